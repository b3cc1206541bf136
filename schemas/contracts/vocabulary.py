"""The vocabulary as small types: entities, statuses, bands, kinds of value.

Belongs here: enumerations that several packages use. Does not belong here: computation.
"""

from __future__ import annotations

from enum import StrEnum


class Entity(StrEnum):
    """What a source record can describe. A row of a flat list may describe several entities."""

    ORGANIZATION = "organization"
    PERSON = "person"
    LEAD = "lead"
    DEAL = "deal"
    STAGE = "stage"
    STAGE_CHANGE = "stage_change"
    NOTE = "note"
    ACTIVITY = "activity"
    USER = "user"


class Kind(StrEnum):
    """How the text of a cell becomes a value (see `assets.sources.casting.cells`)."""

    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"
    URL = "url"
    COUNTRY = "country"
    DATE = "date"
    TIMESTAMP = "timestamp"
    MONEY = "money"
    CURRENCY = "currency"
    PERCENT = "percent"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LABELS = "labels"


class LeadStatus(StrEnum):
    """The status of a lead in the leads inbox."""

    OPEN = "open"
    ARCHIVED = "archived"
    CONVERTED = "converted"


class LeadOrder(StrEnum):
    """Sort orders of the leads inbox."""

    CREATED = "created"
    VALUE = "value"
    TITLE = "title"
    OWNER = "owner"
    PERSON = "person"


class DealStatus(StrEnum):
    """The status of a deal."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Band(StrEnum):
    """What happens to a scored pair: merged, reviewed, or kept apart."""

    MATCHED = "matched"
    REVIEW = "review"
    DISTINCT = "distinct"


class Verdict(StrEnum):
    """A person's decision about two records. `unsure`: reviewed, and left to the model."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class PairRule(StrEnum):
    """Why a pair is linked or not: the model, a person, or the shape of its cluster."""

    MODEL = "model"
    DECIDED_SAME = "decided same"
    DECIDED_DIFFERENT = "decided different"
    BARE_NAME = "same name, no other details"
    WEAK_BRIDGE = "weak bridge"
    KEPT_APART = "kept apart"


class ActionKind(StrEnum):
    """An act on an entity, recorded in the ledger."""

    EDIT = "edit"
    USE_MODEL = "use_model"
    ARCHIVE = "archive"
    RESTORE = "restore"
    CONVERT = "convert"
    REVERT = "revert"
    MOVE = "move"
    WIN = "win"
    LOSE = "lose"
    REOPEN = "reopen"


class FileStatus(StrEnum):
    """The outcome of one file of an import."""

    RECEIVED = "received"
    LOADED = "loaded"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ImportStatus(StrEnum):
    """The outcome of a whole import."""

    RECEIVED = "received"
    IMPORTED = "imported"
    PARTIAL = "partial"
    UNCHANGED = "unchanged"
    COMPLETED = "completed"
    """Nothing new was received; an earlier import that was interrupted is published now."""
    UNPUBLISHED = "unpublished"
    """Loaded, but interrupted before it was published; the next import completes it."""
    REFUSED = "refused"
    DRY_RUN = "dry_run"


class DateOrder(StrEnum):
    """The order of day, month and year in a numeric date."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class UpdatePolicy(StrEnum):
    """How a later version of a record updates it."""

    NEWEST = "newest"
    FILL = "fill"
    IGNORE = "ignore"


LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl")
"""Languages of month and country names (CLDR, through Babel)."""

RESOLVED_ENTITIES = (Entity.ORGANIZATION, Entity.PERSON)
"""Entities that are deduplicated; every record of the others is an entity."""

ID_PREFIXES: dict[Entity, str] = {
    Entity.ORGANIZATION: "org_",
    Entity.PERSON: "per_",
    Entity.LEAD: "lead_",
    Entity.DEAL: "deal_",
    Entity.NOTE: "note_",
    Entity.ACTIVITY: "act_",
    Entity.USER: "user_",
    Entity.STAGE: "stage_",
    Entity.STAGE_CHANGE: "change_",
}
