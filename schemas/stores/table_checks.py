"""Whether the tables keep what their contracts promise: ids that are unique, ids that exist, and queries of their own.

Belongs here: what is checked, and finding what breaks it. Does not belong here: when a check runs and what it stops
(`assets.checks`), and repairing what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from schemas.contracts.vocabulary import ID_PREFIXES, RESOLVED_ENTITIES, Entity
from schemas.sql.files import SHARED, Expression, SqlStatement, Table, comment_in, literal
from schemas.sql.table_contracts import Pointer, pointers_of, table_names, unique_ids
from schemas.stores.warehouse import Session


@dataclass(frozen=True, slots=True)
class Check:
    """A promise of a table. `find` counts what breaks it, by kind; `reads` names the tables that it needs."""

    table: str
    name: str
    description: str
    reads: frozenset[str]
    find: Callable[[Session], dict[str, int]] = field(compare=False)

    def failures(self, found: Mapping[str, int]) -> list[str]:
        """What breaks the promise, one line for each kind that was found."""
        return [f"{self.table}: {kind}: {count:,}" for kind, count in found.items() if count]


QUERIES = {
    "balance": "audit.import_files",
    "history_in_order": "main.deal_stage_history",
    "values_in_order": "main.deal_value_history",
}
"""Queries in `schemas/sql/checks` that find the rows that break a promise, and the table that makes it."""

QUERIES_BY_ENTITY = {
    "every_{}_record_once": ("every_record_once", "main.{}_sources"),
    "{}_ids_resolve": ("ids_resolve", "main.{}s"),
}
"""Checks of organizations and persons alike: the query in `schemas/sql/checks/by_entity`, and the table."""


@cache
def table_checks() -> tuple[Check, ...]:
    """Every check, in the order of the tables."""
    checks = [_unique(table) for table in unique_ids()]
    checks += [check for table in table_names() for check in _pointing(table)]
    checks += [_query(name, table, SHARED.statement(f"checks/{name}")) for name, table in QUERIES.items()]
    checks += [_query_of(entity, name) for entity in RESOLVED_ENTITIES for name in QUERIES_BY_ENTITY]
    return tuple(sorted(checks, key=lambda check: (table_names().index(check.table), check.name)))


def _unique(table: str) -> Check:
    key = unique_ids()[table]

    def find(session: Session) -> dict[str, int]:
        return {f"values of {key} in more than one row": _repeated(session, table, key)}

    return Check(table, "unique_ids", f"No two rows have the same `{key}`.", frozenset({table}), find)


def _pointing(table: str) -> list[Check]:
    """What a table points at: users apart, because they are known last."""
    pointers = pointers_of(table)
    at_users = [pointer for pointer in pointers if pointer.target == "main.users"]
    elsewhere = [pointer for pointer in pointers if pointer not in at_users]
    parts = {"no_dangling_ids": elsewhere, "no_dangling_users": at_users}
    return [_points_at_something(table, name, part) for name, part in parts.items() if part]


def _points_at_something(table: str, name: str, pointers: Sequence[Pointer]) -> Check:
    def find(session: Session) -> dict[str, int]:
        return {f"values of {it.column} not in {it.target}": _dangling(session, it) for it in pointers}

    columns = ", ".join(f"`{pointer.column}`" for pointer in pointers)
    reads = frozenset({table, *(pointer.target for pointer in pointers)})
    return Check(table, name, f"Every id in {columns} exists.", reads, find)


def _query(name: str, table: str, statement: SqlStatement) -> Check:
    def find(session: Session) -> dict[str, int]:
        return {f"rows that break {name}": session.frame_of(statement).height}

    return Check(table, name, comment_in(statement.text), frozenset({table}), find)


def _query_of(entity: Entity, name: str) -> Check:
    file, table = QUERIES_BY_ENTITY[name]
    prefix = Expression(literal(ID_PREFIXES[entity]))
    statement = SHARED.statement(f"checks/by_entity/{file}", entity=entity, prefix=prefix)
    return _query(name.format(entity), table.format(entity), statement)


def _repeated(session: Session, table: str, key: str) -> int:
    query = SHARED.statement("checks/by_table/repeated_keys", table=Table(table), key=Table(key))
    return session.frame_of(query).height


def _dangling(session: Session, pointer: Pointer) -> int:
    query = SHARED.statement(
        "checks/by_table/dangling_ids",
        table=Table(pointer.table),
        column=Table(pointer.column),
        target=Table(pointer.target),
        key=Table(pointer.target_column),
    )
    return int(session.frame_of(query).item())
