"""Which columns of other tables each column of a table or report is computed from, where sqlglot can tell.

Belongs here: lineage by column. It takes seconds, so `column_lineage.json` keeps it; `python -m
tests.pipelines.asset_graph` writes the file and a test compares it. Does not belong here: lineage by table
(`schemas.sql.statements`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.sql.table_contracts import columns_of, table_names

if TYPE_CHECKING:
    from sqlglot import exp

FILE = Path(__file__).with_name("column_lineage.json")

Columns = dict[str, list[str]]
"""Columns of one table, and for each the columns that it is computed from (`main.deals.value`)."""


@cache
def recorded() -> dict[str, Columns]:
    """The lineage of tables and reports as the file has it."""
    lineage: dict[str, Columns] = json.loads(FILE.read_text(encoding="utf-8"))
    return lineage


def column_lineage(statements: Iterable[str]) -> dict[str, Columns]:
    """The lineage of the lasting tables that `statements`, run in this order, write."""
    from sqlglot import exp

    from schemas.sql.lineage import expanded, parsed

    temporary: dict[str, Columns] = {}
    found: dict[str, Columns] = {}
    for tree in map(parsed, statements):
        target = tree.this.find(exp.Table)
        columns = _columns(expanded(tree.expression, temporary), temporary)
        if target.db:
            found[f"{target.db}.{target.name}"] = {name: origins for name, origins in columns.items() if origins}
        else:
            temporary[target.name] = columns
    return {table: columns for table, columns in sorted(found.items()) if columns}


def _columns(query: exp.Expr, temporary: Mapping[str, Columns]) -> Columns:
    """What each column of a query is computed from; empty for constants and where sqlglot finds no origin.

    A column of a temporary table counts as the columns that it was computed from itself.
    """
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    from schemas.sql.lineage import TEMPORARY

    schema = {**_schema(), TEMPORARY: {name: dict.fromkeys(columns, "TEXT") for name, columns in temporary.items()}}
    qualified = qualify(query, schema=schema, dialect="duckdb", validate_qualify_columns=False, identify=False)
    if not isinstance(qualified, exp.Query):
        return {}
    _align_unions(qualified)
    scope = build_scope(qualified)
    found: Columns = {}
    for name in qualified.named_selects:
        origins: set[str] = set()
        with suppress(SqlglotError):  # sqlglot cannot follow it: unknown
            for node in lineage(name, qualified, {}, scope=scope, copy=False).walk():
                if not node.downstream and isinstance(node.source, exp.Table) and node.source.db:
                    table, column = node.source, node.name.rsplit(".", 1)[-1]
                    is_temporary = table.db == TEMPORARY
                    origins |= set(
                        temporary[table.name][column] if is_temporary else [f"{table.db}.{table.name}.{column}"]
                    )
        found[name] = sorted(origins)
    return found


def _align_unions(query: exp.Expr) -> None:
    """Turn unions by name into unions by position, which sqlglot can follow."""
    from sqlglot import exp

    for union in reversed(list(query.find_all(exp.SetOperation))):
        if union.args.get("by_name"):
            names = list(dict.fromkeys([*union.left.named_selects, *union.right.named_selects]))
            for side in (union.left, union.right):
                there = side.named_selects
                _select(side, {name: there.index(name) if name in there else None for name in names})
            union.set("by_name", False)


def _select(query: exp.Expr, places: Mapping[str, int | None]) -> None:
    """Let a query select its columns in these places, by their new names; NULL where there is none."""
    from sqlglot import exp

    inner = query.unnest() if isinstance(query, exp.Subquery) else query
    if isinstance(inner, exp.SetOperation):
        _select(inner.left, places)
        _select(inner.right, places)
    elif isinstance(inner, exp.Select):
        columns = inner.selects
        inner.set(
            "expressions",
            [columns[at] if at is not None else exp.alias_(exp.Null(), name) for name, at in places.items()],
        )


@cache
def _schema() -> dict[str, object]:
    """The columns of all tables, as sqlglot takes them."""
    schemas: dict[str, dict[str, dict[str, str]]] = {}
    for table in table_names():
        schema, name = table.split(".")
        schemas.setdefault(schema, {})[name] = {column.name: column.type for column in columns_of(table)}
    return dict(schemas)
