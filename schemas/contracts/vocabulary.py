"""The words of the field as small types: entities, statuses, bands, kinds of value.

Belongs here: enumerations that more than one package speaks. Does not belong here: anything that computes.
"""

from __future__ import annotations

from enum import StrEnum


class Entity(StrEnum):
    """What a source record can describe. One row of a flat list may carry several of them."""

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
    """Where a lead stands in the leads inbox."""

    OPEN = "open"
    ARCHIVED = "archived"
    CONVERTED = "converted"


class LeadOrder(StrEnum):
    """By what the leads inbox can be sorted."""

    CREATED = "created"
    VALUE = "value"
    TITLE = "title"
    OWNER = "owner"
    PERSON = "person"


class DealStatus(StrEnum):
    """Whether a deal still moves."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Band(StrEnum):
    """What is done with a scored pair: merged, put before a person, or left apart."""

    MATCHED = "matched"
    REVIEW = "review"
    DISTINCT = "distinct"


class Verdict(StrEnum):
    """What a person decides about two records. Who is unsure has looked at the pair and leaves it to the model."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class PairRule(StrEnum):
    """What says that two records are one or not: the model, a person, or the shape of their cluster."""

    MODEL = "model"
    DECIDED_SAME = "decided same"
    DECIDED_DIFFERENT = "decided different"
    BARE_NAME = "same name, no other details"
    WEAK_BRIDGE = "weak bridge"
    KEPT_APART = "kept apart"


class ActionKind(StrEnum):
    """What a person does to an entity, kept as a fact of the ledger."""

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
    """What became of one file of an import."""

    RECEIVED = "received"
    LOADED = "loaded"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class ImportStatus(StrEnum):
    """What became of an import as a whole."""

    RECEIVED = "received"
    IMPORTED = "imported"
    PARTIAL = "partial"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DRY_RUN = "dry_run"


class DateOrder(StrEnum):
    """The order of day, month and year in a numeric date."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class UpdatePolicy(StrEnum):
    """What a later version of a record does to what is known of it."""

    NEWEST = "newest"
    FILL = "fill"
    IGNORE = "ignore"


LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl")
"""Languages in which names of months and countries are read (CLDR, through Babel)."""

RESOLVED_ENTITIES = (Entity.ORGANIZATION, Entity.PERSON)
"""Entities whose records are compared with each other; all others are one entity a record."""

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
