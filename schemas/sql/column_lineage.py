"""Which columns of other tables each column of a table or report is computed from, where sqlglot can tell.

Belongs here: lineage by column. It takes seconds, so `column_lineage.json` keeps it; `python -m
tests.pipelines.asset_graph` writes the file and a test compares it. Does not belong here: lineage by table
(`schemas.sql.lineage`), which every process works out again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
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


def column_lineage(statements: Iterable[str], without: Iterable[str] = ()) -> dict[str, Columns]:
    """The lineage of the lasting tables that `statements`, run in this order, write, besides `without`."""
    from sqlglot import exp

    from schemas.sql.lineage import expanded, parsed

    temporary: dict[str, exp.Expr] = {}
    found: dict[str, Columns] = {}
    for tree in map(parsed, statements):
        target = tree.this.find(exp.Table)
        table = f"{target.db}.{target.name}"
        if not target.db:
            temporary[target.name] = expanded(tree.expression, temporary)
        elif table not in without:
            found[table] = _columns(expanded(tree.expression, temporary))
    return {table: columns for table, columns in sorted(found.items()) if columns}


def _columns(query: exp.Expr) -> Columns:
    """What each column of a query is computed from; a column whose origin sqlglot does not find is left out."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    qualified = qualify(query, schema=_schema(), dialect="duckdb", validate_qualify_columns=False, identify=False)
    if not isinstance(qualified, exp.Query):
        return {}
    scope = build_scope(qualified)
    found: Columns = {}
    for name in qualified.named_selects:
        try:
            leaves = [
                node for node in lineage(name, qualified, {}, scope=scope, copy=False).walk() if not node.downstream
            ]
        except SqlglotError:
            continue  # such as a column of a union by name
        origins = {
            f"{leaf.source.db}.{leaf.source.name}.{leaf.name.rsplit('.', 1)[-1]}"
            for leaf in leaves
            if isinstance(leaf.source, exp.Table) and leaf.source.db
        }
        if origins:
            found[name] = sorted(origins)
    return found


@cache
def _schema() -> dict[str, object]:
    """The columns of all tables, as sqlglot takes them."""
    schemas: dict[str, dict[str, dict[str, str]]] = {}
    for table in table_names():
        schema, name = table.split(".")
        schemas.setdefault(schema, {})[name] = {column.name: column.type for column in columns_of(table)}
    return dict(schemas)
