"""Creates every table, macro and report view of the warehouse from the SQL files and the report catalog, with comments.

Belongs here: what is created in which order, and whether another version of the program created it. Does not belong
here: opening the file (`schemas.stores.warehouse`) and what the tables are (`schemas/sql`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from schemas.contracts.keys import digest
from schemas.sql import report_catalog
from schemas.sql.files import Table, literal, quoted, sql_names, sql_text
from schemas.sql.table_contracts import columns_of, comment_of, table_names
from schemas.sql.table_definitions import TABLE_SCHEMAS, table_definitions
from schemas.stores.fingerprints import Part, recorded, remember

if TYPE_CHECKING:
    from schemas.stores.warehouse import Session

STORAGE = "v1.2.0"
"""The storage format of our files. Older versions of DuckDB can open it, too: analysts' tools often embed one. A newer
format made the file of a million contacts neither smaller nor faster."""


@cache
def _tables_version() -> str:
    return digest([STORAGE, *table_definitions().values()])


@cache
def _views_version() -> str:
    return digest([*(sql_text(name) for name in sql_names("macros")), *report_catalog.definitions()])


def is_of_another_version(session: Session) -> bool:
    """Whether there are tables, and another version of the program made them."""
    there = session.scalar("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'audit' AND table_name = 'state'")
    if not there:
        return False
    return recorded(session.frame, Part.TABLES) != _tables_version()


def create_tables(session: Session) -> None:
    """Make every schema, table, macro, view and comment that is missing: all of them, or nothing."""
    with session.transaction():
        _create_all(session)


def _create_all(session: Session) -> None:
    for schema in (*TABLE_SCHEMAS, "reports"):
        session.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
    there = session.frame(
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
        "WHERE table_catalog = current_database()"
    )["name"].to_list()
    _create_missing(session, there)
    if recorded(session.frame, Part.VIEWS) != _views_version():
        # Views hold no data: those of another version give way to ours.
        _create_views(session, [name for name in there if name.startswith("reports.")])
    for part, version in ((Part.TABLES, _tables_version()), (Part.VIEWS, _views_version())):
        if recorded(session.frame, part) != version:
            remember(session, part, version)


def _create_views(session: Session, there: list[str]) -> None:
    for view in there:
        schema, name = view.split(".", 1)
        session.connection.execute(f"DROP VIEW IF EXISTS {quoted(schema)}.{quoted(name)}")
    for name in [*sql_names("macros"), *report_catalog.macro_files()]:
        session.connection.execute(sql_text(name))
    for name in report_catalog.view_names():
        session.connection.execute(report_catalog.view_sql(name))
    session.connection.execute("\n".join(_comments_on_reports(session)))


def _comments_on_reports(session: Session) -> Iterator[str]:
    """The statements that comment every report's macro, view and columns."""
    for name, report in report_catalog.reports().items():
        macro = report_catalog.macro_of(name)
        if macro is not None:
            yield f"COMMENT ON MACRO TABLE reports.{quoted(macro)} IS {literal(report.description)};"
        if not report.needs:
            yield f"COMMENT ON VIEW reports.{quoted(name)} IS {literal(report.description)};"
    columns = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'reports'"
    for name, column in session.frame(columns).iter_rows():
        comment = report_catalog.column_comments(name)[column]
        yield f"COMMENT ON COLUMN reports.{quoted(name)}.{quoted(column)} IS {literal(comment)};"


def _create_missing(session: Session, there: list[str]) -> None:
    """Make the tables that are missing, with their comments."""
    missing = [table for table in table_names() if table not in there]
    if not missing:
        return
    statements: list[str] = []
    for table in missing:
        statements += [table_definitions()[table], f"COMMENT ON TABLE {Table(table)} IS {literal(comment_of(table))};"]
        statements += [
            f"COMMENT ON COLUMN {Table(table)}.{quoted(column.name)} IS {literal(column.comment)};"
            for column in columns_of(table)
        ]
    session.connection.execute("\n".join(statements))
