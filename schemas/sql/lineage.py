"""Parsing statements with sqlglot: the tables that one reads and writes, and its macros in place of their calls.

Belongs here: what needs a syntax tree. Does not belong here: what is known without one (`schemas.sql.statements`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import ClassVar

from sqlglot import exp, parse_one
from sqlglot.dialects.duckdb import DuckDB

from schemas.sql.files import sql_names, sql_text
from schemas.sql.statements import MACRO_FOLDERS, Statement

_MACRO = re.compile(r"CREATE OR REPLACE MACRO (\w+\.\w+)\(([^)]*)\) AS TABLE\b")
_QUALIFIED = re.compile(r"(?:main|records|audit)\.\w+")


class _Dialect(DuckDB):
    """DuckDB's SQL. `current_version` is a macro of ours and not the function of that name."""

    class Parser(DuckDB.Parser):  # type: ignore[misc, valid-type]
        FUNCTIONS: ClassVar = {
            name: maker for name, maker in DuckDB.Parser.FUNCTIONS.items() if name != "CURRENT_VERSION"
        }


def parsed(text: str) -> exp.Expr:
    """The syntax tree of a statement."""
    return parse_one(text, dialect=_Dialect)


@cache
def parsed_statement(text: str) -> Statement:
    """What a statement reads and writes; a call of a table macro counts as the tables that the macro reads."""
    tree = parsed(text)
    target = tree.this.find(exp.Table) if isinstance(tree, exp.DML | exp.Create) else None
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    reads: set[str] = set()
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Anonymous):
            reads |= _reads_of_call(table)
        elif table is not target and (table.db or table.name not in local):
            reads.add(_name(table))
    return Statement(_name(target) if target else None, frozenset(reads))


def _name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}" if table.db else table.name


def _reads_of_call(call: exp.Table) -> frozenset[str]:
    """The tables behind the call of a table function: those that a macro reads and those passed to it, or to macros."""
    named = [text for text in _texts(call) if _QUALIFIED.fullmatch(text)]
    passed = frozenset[str]().union(
        *(parsed_statement(_macros()[text]).reads if text in _macros() else {text} for text in named)
    )
    body = _macros().get(f"{call.db}.{call.this.name}".lower())
    return passed | (parsed_statement(body).reads if body else frozenset())


def _texts(call: exp.Table) -> list[str]:
    """The texts among the arguments of a call."""
    return [str(literal.this) for literal in call.find_all(exp.Literal) if literal.is_string]


@cache
def _macros() -> Mapping[str, str]:
    """The query behind each table macro, by the macro's name."""
    texts = [sql_text(name) for folder in MACRO_FOLDERS for name in sql_names(folder)]
    heads = [(_MACRO.search(text), text) for text in texts]
    return {head.group(1).lower(): text[head.end() :] for head, text in heads if head}


TEMPORARY = "temporary"
"""The schema that `expanded` gives to temporary tables."""


def expanded(tree: exp.Expr, temporary: Collection[str]) -> exp.Expr:
    """A query with the queries of macros in the place of their calls, and `temporary` tables in a schema of theirs.

    What is known of each record (`records.current_version('records.source_deals')`) counts as the records table itself,
    and the macro that a macro is handed (`records.list_links('records.linkable_deals')`) stands where it is queried.
    """
    local = {cte.alias for cte in tree.find_all(exp.CTE)}

    def put_in_place(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Table):
            return node
        alias = node.alias or node.this.name
        if isinstance(node.this, exp.Anonymous):
            named = [text for text in _texts(node) if _QUALIFIED.fullmatch(text)]
            if named and named[0] not in _macros():
                schema, name = named[0].split(".")
                return exp.table_(name, db=schema, alias=alias)
            body = _macros().get(f"{node.db}.{node.this.name}".lower())
            if body is None:
                return node
            queried = _with_query(parsed(body), named[0]) if named else parsed(body)
            return _subquery(expanded(queried, temporary), alias)
        if node.db or node.name in local or node.name not in temporary:
            return node
        return exp.table_(node.name, db=TEMPORARY, alias=alias)

    return tree.transform(put_in_place)


def _with_query(body: exp.Expr, macro: str) -> exp.Expr:
    """The body of a macro that runs `query()` on the macro that it is handed."""

    def put_in_place(node: exp.Expr) -> exp.Expr:
        is_query = isinstance(node, exp.Table) and node.this.name.lower() == "query"
        return _subquery(parsed(_macros()[macro]), "queried") if is_query else node

    return body.transform(put_in_place)


def _subquery(query: exp.Expr, alias: str) -> exp.Expr:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(alias)))
