"""Record contracts: which fields a source record of each entity may carry, and of which kind.

A profile may map headers to these fields and to nothing else; the tables `records.*` have one column for each. A
reference is a field that points at another record by the source's id or, failing that, by name.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.contracts.vocabulary import Entity, Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: its kind, whether it unites the values of several columns, whether it is an input only.

    `is_input` fields are folded into another field while a record is built (a house number into the street) and have
    no column of their own.
    """

    name: str
    kind: Kind
    is_list: bool = False
    is_input: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The fields and references of one entity's records, and what makes a row worth a record.

    `identifying` lists fields of which a row must carry at least one, unless the row has the source's own id.
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
    Field("street_number", Kind.TEXT, is_input=True),
    Field("street", Kind.TEXT),
    Field("street_2", Kind.TEXT, is_input=True),
    Field("city", Kind.TEXT),
    Field("region", Kind.TEXT),
    Field("postal_code", Kind.TEXT),
    Field("country", Kind.COUNTRY),
)
_TIMES = (
    Field("created_at", Kind.TIMESTAMP),
    Field("updated_at", Kind.TIMESTAMP),
    Field("is_deleted", Kind.BOOLEAN),
)
_EVERYTHING = (Entity.PERSON, Entity.ORGANIZATION, Entity.LEAD, Entity.DEAL)

CONTRACTS: dict[Entity, Contract] = {
    Entity.ORGANIZATION: Contract(
        Entity.ORGANIZATION,
        _fields(
            Field("name", Kind.TEXT),
            Field("domain", Kind.DOMAIN),
            Field("website", Kind.URL),
            Field("email", Kind.EMAIL),
            Field("phone", Kind.PHONE),
            *_ADDRESS,
            Field("industry", Kind.TEXT),
            *_TIMES,
        ),
        references=(Entity.USER,),
        identifying=("name", "domain", "website", "email"),
    ),
    Entity.PERSON: Contract(
        Entity.PERSON,
        _fields(
            Field("name", Kind.TEXT),
            Field("first_name", Kind.TEXT),
            Field("middle_name", Kind.TEXT, is_input=True),
            Field("last_name", Kind.TEXT),
            Field("birth_date", Kind.DATE),
            Field("job_title", Kind.TEXT),
            Field("emails", Kind.EMAIL, is_list=True),
            Field("phones", Kind.PHONE, is_list=True),
            Field("national_id", Kind.TEXT),
            *_ADDRESS,
            *_TIMES,
        ),
        references=(Entity.ORGANIZATION, Entity.USER),
        identifying=("name", "first_name", "last_name", "emails", "phones", "national_id"),
    ),
    Entity.LEAD: Contract(
        Entity.LEAD,
        _fields(
            Field("title", Kind.TEXT),
            Field("status", Kind.TEXT),
            Field("is_converted", Kind.BOOLEAN),
            Field("is_archived", Kind.BOOLEAN),
            Field("channel", Kind.TEXT),
            Field("value", Kind.MONEY),
            Field("currency", Kind.CURRENCY),
            Field("labels", Kind.LABELS, is_list=True),
            Field("archived_at", Kind.TIMESTAMP),
            Field("converted_at", Kind.TIMESTAMP),
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
            Field("title", Kind.TEXT),
            Field("pipeline", Kind.TEXT),
            Field("stage", Kind.TEXT),
            Field("status", Kind.TEXT),
            Field("is_closed", Kind.BOOLEAN),
            Field("is_won", Kind.BOOLEAN),
            Field("value", Kind.MONEY),
            Field("currency", Kind.CURRENCY),
            Field("probability", Kind.PERCENT),
            Field("visibility", Kind.TEXT),
            Field("labels", Kind.LABELS, is_list=True),
            Field("expected_close_date", Kind.DATE),
            Field("stage_entered_at", Kind.TIMESTAMP),
            Field("won_at", Kind.TIMESTAMP),
            Field("lost_at", Kind.TIMESTAMP),
            Field("closed_at", Kind.TIMESTAMP),
            Field("lost_reason", Kind.TEXT),
            *_TIMES,
        ),
        references=(Entity.PERSON, Entity.ORGANIZATION, Entity.LEAD, Entity.USER),
        identifying=("title", "stage"),
    ),
    Entity.STAGE: Contract(
        Entity.STAGE,
        _fields(
            Field("name", Kind.TEXT),
            Field("pipeline", Kind.TEXT),
            Field("position", Kind.NUMBER),
            Field("probability", Kind.PERCENT),
            Field("is_closed", Kind.BOOLEAN),
            Field("is_won", Kind.BOOLEAN),
            *_TIMES,
        ),
        references=(),
        identifying=("name",),
    ),
    Entity.STAGE_CHANGE: Contract(
        Entity.STAGE_CHANGE,
        _fields(
            Field("stage", Kind.TEXT),
            Field("entered_at", Kind.TIMESTAMP),
            Field("probability", Kind.PERCENT),
            Field("value", Kind.MONEY),
            Field("currency", Kind.CURRENCY),
            Field("expected_close_date", Kind.DATE),
            *_TIMES,
        ),
        references=(Entity.DEAL, Entity.USER),
        identifying=("stage",),
    ),
    Entity.NOTE: Contract(
        Entity.NOTE,
        _fields(Field("content", Kind.TEXT), *_TIMES),
        references=(*_EVERYTHING, Entity.USER),
        identifying=("content",),
    ),
    Entity.ACTIVITY: Contract(
        Entity.ACTIVITY,
        _fields(
            Field("subject", Kind.TEXT),
            Field("type", Kind.TEXT),
            Field("is_done", Kind.BOOLEAN),
            Field("due_at", Kind.TIMESTAMP),
            Field("content", Kind.TEXT),
            *_TIMES,
        ),
        references=(*_EVERYTHING, Entity.USER),
        identifying=("subject", "content"),
    ),
    Entity.USER: Contract(
        Entity.USER,
        _fields(Field("name", Kind.TEXT), Field("email", Kind.EMAIL), *_TIMES),
        references=(),
        identifying=("name", "email"),
    ),
}
