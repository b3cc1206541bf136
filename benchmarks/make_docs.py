"""Write docs/warehouse.md from the comments of the tables and docs/settings.md from the settings.

Run from the project's root: `python -m benchmarks.make_docs`. A test compares the files with what this makes.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from schemas.sql.files import sql_comment, sql_names, sql_text
from schemas.sql.table_contracts import pointers_of, table_names
from schemas.stores.settings import Settings
from schemas.stores.warehouse import Session, Warehouse

DOCS = Path(__file__).parent.parent / "docs"

SECTIONS = {
    "main": "What the data say: for everybody.",
    "reports": "One view for each report, see [reports.md](reports.md).",
    "audit": "What was taken, refused and decided.",
    "records": "The source records as they were given, version by version. `record_key` in the lineage points here.",
}

_TABLES = """
SELECT schema_name, table_name AS name, comment FROM duckdb_tables() WHERE schema_name = ? AND NOT internal
UNION ALL
SELECT schema_name, view_name, comment FROM duckdb_views() WHERE schema_name = ? AND NOT internal
ORDER BY name
"""
_COLUMNS = """
SELECT column_name, data_type, coalesce(comment, '') AS comment FROM duckdb_columns()
WHERE schema_name = ? AND table_name = ? ORDER BY column_index
"""


def warehouse_page() -> str:
    """The description of every table, view and column."""
    with tempfile.TemporaryDirectory() as folder, Warehouse(Path(folder) / "w.duckdb").open() as session:
        parts = [_section(session, schema, text) for schema, text in SECTIONS.items()]
    head = (
        "# The published database\n\n"
        "Made from the comments in the database itself, which any client shows. Times are in UTC. "
        "Any client of DuckDB 1.4 or newer opens it, without extensions.\n\n"
        f"What points at what; a blocking check holds every arrow:\n\n{_diagram()}\n"
    )
    return "\n".join([head, *parts, _macros()])


def _macros() -> str:
    """What can be called with arguments."""
    lines = ["## Macros", "", "Tables to be called with arguments; those with `:=` may be left out.", ""]
    for name in sql_names("report_macros"):
        head = re.search(r"MACRO (reports\.\w+\([^)]*\))", sql_text(name))
        if head is not None:
            lines.append(f"- `{head.group(1)}`: {sql_comment(name)}")
    return "\n".join([*lines, ""])


def _diagram() -> str:
    """The pointers between tables, as the checks know them, in Mermaid."""
    pointers = [pointer for table in table_names() if table.startswith("main.") for pointer in pointers_of(table)]
    names = [(_bare(item.target), _bare(item.table), item.column) for item in pointers]
    arrows = [f"    {target} ||--o{{ {table} : {column}" for target, table, column in names]
    return "\n".join(["```mermaid", "erDiagram", *arrows, "```"])


def _bare(table: str) -> str:
    return table.split(".")[1]


def _section(session: Session, schema: str, text: str) -> str:
    lines = [f"## {schema}", "", text, ""]
    for _, name, comment in session.frame(_TABLES, [schema, schema]).iter_rows():
        lines += [f"### {schema}.{name}", "", comment, "", "| column | type | meaning |", "|---|---|---|"]
        for column, kind, meaning in session.frame(_COLUMNS, [schema, name]).iter_rows():
            lines.append(f"| {column} | {kind} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def settings_page() -> str:
    """The description of every setting."""
    lines = [
        "# Settings",
        "",
        "In `<home>/leadsift.toml`, or as environment variables `LEADSIFT_<SETTING>`, which win. "
        "An unknown or wrong setting is refused by name.",
        "",
        "| setting | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        lines.append(f"| {name} | {'' if default in (None, []) else f'`{default}`'} | {field.description} |")
    return "\n".join([*lines, ""])


PAGES = {"warehouse.md": warehouse_page, "settings.md": settings_page}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
