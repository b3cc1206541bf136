"""The contract of every table, read from its definition: columns, ids, and the columns that point at other tables.

Belongs here: what a table promises by its definition. Does not belong here: the definition
(`schemas.sql.table_definitions`), making the table (`schemas.stores.warehouse_tables`), and finding out whether it
keeps the promise (`schemas.stores.table_checks`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.sql.files import comment_in
from schemas.sql.table_definitions import table_definitions

PART_OF = {
    "audit.match_weights": "models",
    "audit.organization_features": "organization_pairs",
    "audit.organization_members": "organizations",
    "audit.person_features": "person_pairs",
    "audit.person_members": "persons",
    "audit.retired_records": "imports",
    "audit.state": "published_snapshot",
    "records.current_organizations": "organization_pairs",
    "records.current_persons": "person_pairs",
    "records.sheets": "import_files",
}
"""Tables that are working state of another: they promise readers nothing. The value is the asset that writes them."""

HISTORY = frozenset({"audit.entity_history"})
"""Tables about the past: the rows they point at may be gone, for example an import that was undone."""

_COLUMN = re.compile(
    r'^ {4}"?(?P<name>\w+)"? (?P<type>[A-Z]\w*(?:\([^)]*\))?(?:\[\])?)(?P<rest>[^\n]*?),?\s+-- (?P<comment>.+)$',
    re.MULTILINE,
)

USER_ROLES = frozenset({"owner_id", "author", "changed_by"})
"""Columns that hold the id of a user and are named after what the user does."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its table defines it."""

    name: str
    type: str
    comment: str
    is_required: bool
    is_unique: bool


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column whose every value must be an id of another table."""

    table: str
    column: str
    target: str
    target_column: str


@cache
def table_names() -> tuple[str, ...]:
    """Every table as `schema.name`."""
    return tuple(table_definitions())


def comment_of(table: str) -> str:
    """What a table holds."""
    return comment_in(table_definitions()[table])


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """The columns of a table in order."""
    found = [match.groupdict() for match in _COLUMN.finditer(table_definitions()[table])]
    own = _own_id(table)
    return tuple(
        Column(
            name=column["name"],
            type=column["type"],
            comment=column["comment"],
            is_required="NOT NULL" in column["rest"],
            is_unique=place == 0 and column["name"] == own,
        )
        for place, column in enumerate(found)
    )


def unique_id(table: str) -> str | None:
    """The column that names the rows of a table: its first, if it bears the table's name (`persons.person_id`)."""
    return next((column.name for column in columns_of(table) if column.is_unique), None)


@cache
def unique_ids() -> dict[str, str]:
    """Every table whose rows have an id, with the column that holds it."""
    return {table: key for table in table_names() if (key := unique_id(table))}


def pointers_of(table: str) -> list[Pointer]:
    """The columns of a table that point at a table, by their names: `stage_id` and `from_stage_id` at stages."""
    if table in PART_OF or table in HISTORY:
        return []
    targets = {key: target for target, key in unique_ids().items()}
    found: list[Pointer] = []
    for column in columns_of(table):
        key = "user_id" if column.name in USER_ROLES else _longest_ending(column.name, targets)
        if key is not None and not column.is_unique:
            found.append(Pointer(table, column.name, targets[key], key))
    return found


def _longest_ending(column: str, keys: dict[str, str]) -> str | None:
    fitting = [key for key in keys if column == key or column.endswith(f"_{key}")]
    return max(fitting, key=len, default=None)


def _own_id(table: str) -> str:
    """The name of the id of a table: `person_id` of persons, `activity_id` of activities."""
    name = table.split(".")[1]
    return f"{name.removesuffix('ies')}y_id" if name.endswith("ies") else f"{name.removesuffix('s')}_id"
