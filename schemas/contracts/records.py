"""Record contracts: the fields of each entity's source records, with their kinds.

A profile maps headers to these fields only; the tables `records.*` have one column for each
(`schemas.sql.table_definitions`). A reference points to another record by the source's id or, without one, by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.contracts.vocabulary import Entity, Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: its kind and meaning; `is_list` if it collects the values of several columns.

    `is_input` fields are merged into another field (a house number into the street) and have no column.
    """

    name: str
    kind: Kind
    comment: str
    is_list: bool = False
    is_input: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The fields and references of one entity's records.

    A row needs a value in at least one of the `identifying` fields, unless it has the source's id.
    """

    entity: Entity
    fields: dict[str, Field]
    references: tuple[Entity, ...]
    identifying: tuple[str, ...]

    @property
    def columns(self) -> list[Field]:
        """The fields that have a column in the records table."""
        return [field for field in self.fields.values() if not field.is_input]


def _fields(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


_ADDRESS = (
    Field("street_number", Kind.TEXT, "House number, added to the street", is_input=True),
    Field("street", Kind.TEXT, "Street with number"),
    Field("street_2", Kind.TEXT, "Second address line, added to the street", is_input=True),
    Field("city", Kind.TEXT, "City"),
    Field("region", Kind.TEXT, "State, province or region"),
    Field("postal_code", Kind.TEXT, "Postal code as given"),
    Field("country", Kind.COUNTRY, "ISO 3166-1 alpha-2 code"),
)
_TIMES = (
    Field("created_at", Kind.TIMESTAMP, "When the source created it"),
    Field("updated_at", Kind.TIMESTAMP, "When the source last changed it"),
    Field("is_deleted", Kind.BOOLEAN, "The source marks it as deleted"),
)
_EVERYTHING = (Entity.PERSON, Entity.ORGANIZATION, Entity.LEAD, Entity.DEAL)

CONTRACTS: dict[Entity, Contract] = {
    Entity.ORGANIZATION: Contract(
        Entity.ORGANIZATION,
        _fields(
            Field("name", Kind.TEXT, "The name as given"),
            Field("domain", Kind.DOMAIN, "Web domain, lower case, without www"),
            Field("website", Kind.URL, "Web address as given"),
            Field("email", Kind.EMAIL, "E-mail address in lower case"),
            Field("phone", Kind.PHONE, "Phone number, E.164 where valid, else as given"),
            *_ADDRESS,
            Field("industry", Kind.TEXT, "Industry as given"),
            *_TIMES,
        ),
        references=(Entity.USER,),
        identifying=("name", "domain", "website", "email"),
    ),
    Entity.PERSON: Contract(
        Entity.PERSON,
        _fields(
            Field("name", Kind.TEXT, "The name as given"),
            Field("first_name", Kind.TEXT, "Given name"),
            Field("middle_name", Kind.TEXT, "Middle name, added to the name", is_input=True),
            Field("last_name", Kind.TEXT, "Family name"),
            Field("birth_date", Kind.DATE, "Date of birth"),
            Field("job_title", Kind.TEXT, "Job title as given"),
            Field("emails", Kind.EMAIL, "E-mail addresses in lower case", is_list=True),
            Field("phones", Kind.PHONE, "Phone numbers, E.164 where valid, else as given", is_list=True),
            Field("national_id", Kind.TEXT, "A personal number issued by a state, as given"),
            *_ADDRESS,
            *_TIMES,
        ),
        references=(Entity.ORGANIZATION, Entity.USER),
        identifying=("name", "first_name", "last_name", "emails", "phones", "national_id"),
    ),
    Entity.LEAD: Contract(
        Entity.LEAD,
        _fields(
            Field("title", Kind.TEXT, "Title as given"),
            Field("status", Kind.TEXT, "Status: the profile's translation, else as given"),
            Field("is_converted", Kind.BOOLEAN, "The source says that it was converted"),
            Field("is_archived", Kind.BOOLEAN, "The source says that it was archived"),
            Field("channel", Kind.TEXT, "Where it came from, as given"),
            Field("value", Kind.MONEY, "Amount of money in currency"),
            Field("currency", Kind.CURRENCY, "ISO 4217 code"),
            Field("labels", Kind.LABELS, "Labels as given", is_list=True),
            Field("archived_at", Kind.TIMESTAMP, "When it was archived"),
            Field("converted_at", Kind.TIMESTAMP, "When it was converted"),
            *_TIMES,
        ),
        references=(
            Entity.PERSON,
            Entity.ORGANIZATION,
            Entity.DEAL,
            Entity.USER,
        ),
        identifying=("title", "status", "channel", "value", "labels", "created_at"),
    ),
    Entity.DEAL: Contract(
        Entity.DEAL,
        _fields(
            Field("title", Kind.TEXT, "Title as given"),
            Field("pipeline", Kind.TEXT, "Name of the pipeline as given"),
            Field("stage", Kind.TEXT, "Name of the stage as given"),
            Field("status", Kind.TEXT, "Status: the profile's translation, else as given"),
            Field("is_closed", Kind.BOOLEAN, "The source says that it is won or lost"),
            Field("is_won", Kind.BOOLEAN, "The source says that it is won"),
            Field("value", Kind.MONEY, "Amount of money in currency"),
            Field("currency", Kind.CURRENCY, "ISO 4217 code"),
            Field("probability", Kind.PERCENT, "Win probability, 0 to 1"),
            Field("visibility", Kind.TEXT, "Who may see it, as given"),
            Field("labels", Kind.LABELS, "Labels as given", is_list=True),
            Field("expected_close_date", Kind.DATE, "Expected close date"),
            Field("stage_entered_at", Kind.TIMESTAMP, "When it entered its current stage"),
            Field("won_at", Kind.TIMESTAMP, "When it was won"),
            Field("lost_at", Kind.TIMESTAMP, "When it was lost"),
            Field("closed_at", Kind.TIMESTAMP, "When it was closed"),
            Field("lost_reason", Kind.TEXT, "Why it was lost, as given"),
            *_TIMES,
        ),
        references=(Entity.PERSON, Entity.ORGANIZATION, Entity.LEAD, Entity.USER),
        identifying=("title", "stage"),
    ),
    Entity.STAGE: Contract(
        Entity.STAGE,
        _fields(
            Field("name", Kind.TEXT, "Name of the stage as given"),
            Field("pipeline", Kind.TEXT, "Name of the pipeline as given, else the one in the profile"),
            Field("position", Kind.NUMBER, "Position in the pipeline"),
            Field("probability", Kind.PERCENT, "Win probability, 0 to 1"),
            Field("is_closed", Kind.BOOLEAN, "A deal in it is won or lost"),
            Field("is_won", Kind.BOOLEAN, "A deal in it is won"),
            *_TIMES,
        ),
        references=(),
        identifying=("name",),
    ),
    Entity.STAGE_CHANGE: Contract(
        Entity.STAGE_CHANGE,
        _fields(
            Field("stage", Kind.TEXT, "Name of the stage as given"),
            Field("entered_at", Kind.TIMESTAMP, "When the deal entered the stage"),
            Field("probability", Kind.PERCENT, "Win probability, 0 to 1"),
            Field("value", Kind.MONEY, "Value of the deal at that time"),
            Field("currency", Kind.CURRENCY, "ISO 4217 code of the value"),
            Field("expected_close_date", Kind.DATE, "Expected close date at that time"),
            *_TIMES,
        ),
        references=(Entity.DEAL, Entity.USER),
        identifying=("stage",),
    ),
    Entity.NOTE: Contract(
        Entity.NOTE,
        _fields(Field("content", Kind.TEXT, "The text"), *_TIMES),
        references=(*_EVERYTHING, Entity.USER),
        identifying=("content",),
    ),
    Entity.ACTIVITY: Contract(
        Entity.ACTIVITY,
        _fields(
            Field("subject", Kind.TEXT, "Subject as given"),
            Field("type", Kind.TEXT, "Type as given"),
            Field("is_done", Kind.BOOLEAN, "Whether it is done"),
            Field("due_at", Kind.TIMESTAMP, "When it is due"),
            Field("content", Kind.TEXT, "The text"),
            *_TIMES,
        ),
        references=(*_EVERYTHING, Entity.USER),
        identifying=("subject", "content"),
    ),
    Entity.USER: Contract(
        Entity.USER,
        _fields(
            Field("name", Kind.TEXT, "The name as given"),
            Field("first_name", Kind.TEXT, "Given name, added to the name", is_input=True),
            Field("last_name", Kind.TEXT, "Family name, added to the name", is_input=True),
            Field("email", Kind.EMAIL, "E-mail address in lower case"),
            *_TIMES,
        ),
        references=(),
        identifying=("name", "email"),
    ),
}

RECORD_TABLES: dict[Entity, str] = {
    Entity.ORGANIZATION: "records.source_organizations",
    Entity.PERSON: "records.source_persons",
    Entity.LEAD: "records.source_leads",
    Entity.DEAL: "records.source_deals",
    Entity.STAGE: "records.source_stages",
    Entity.STAGE_CHANGE: "records.source_stage_changes",
    Entity.NOTE: "records.source_notes",
    Entity.ACTIVITY: "records.source_activities",
    Entity.USER: "records.source_users",
}
"""The table that holds the source records of each entity."""
