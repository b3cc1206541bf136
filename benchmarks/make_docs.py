"""Write docs/warehouse.md from the tables' comments, docs/settings.md from the settings, and the tables of
docs/reports.md and docs/profiles.md.

Run from the project's root: `python -m benchmarks.make_docs`. A test compares the files with what this makes.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from schemas.contracts.records import CONTRACTS
from schemas.sql import report_catalog
from schemas.sql.files import sql_text
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
    lines = ["## Macros", "", "Tables to call with arguments; those with `:=` are optional.", ""]
    for name in report_catalog.macro_files():
        head = re.search(r"MACRO (reports\.\w+\([^)]*\))", sql_text(name))
        report = report_catalog.reports()[name.split("/")[1]]
        if head is not None:
            period = f" The period is the {report.period}." if report.period else ""
            lines.append(f"- `{head.group(1)}`: {report.question}{period}")
    return "\n".join([*lines, ""])


REPORT_TABLE = ("<!-- reports: written by benchmarks/make_docs.py -->", "<!-- end of reports -->")


def reports_page() -> str:
    """The page of reports, with its table made from the catalog."""
    text = (DOCS / "reports.md").read_text(encoding="utf-8")
    start, end = REPORT_TABLE
    head, rest = text.split(start)
    tail = rest.split(end)[1]
    lines = ["| report | question | one row per | filters | period |", "|---|---|---|---|---|"]
    for name, report in report_catalog.reports().items():
        fields = [*(f"**{field}**" for field in report.needs), *report.filters]
        cells = (f"[{name}](#{name})", report.question, report.grain, ", ".join(fields), report.period or "")
        lines.append(f"| {' | '.join(cells)} |")
    return f"{head}{start}\n\n{chr(10).join(lines)}\n\n{end}{tail}"


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


FIELD_TABLES = ("<!-- fields: written by benchmarks/make_docs.py -->", "<!-- end of fields -->")


def profiles_page() -> str:
    """The page of profiles, with the fields of each section from the contracts."""
    lines: list[str] = []
    for entity, contract in CONTRACTS.items():
        points_at = ", ".join(contract.references) or "nothing"
        lines += [
            "",
            f"### {entity}",
            "",
            f"References: {points_at}.",
            "",
            "| field | kind | meaning |",
            "|---|---|---|",
        ]
        for name, field in contract.fields.items():
            several = ", several columns" if field.is_list else ""
            lines.append(f"| `{name}` | {field.kind}{several} | {field.comment} |")
    text = (DOCS / "profiles.md").read_text(encoding="utf-8")
    start, end = FIELD_TABLES
    head, rest = text.split(start)
    return f"{head}{start}\n{chr(10).join(lines)}\n\n{end}{rest.split(end)[1]}"


PAGES = {
    "warehouse.md": warehouse_page,
    "settings.md": settings_page,
    "reports.md": reports_page,
    "profiles.md": profiles_page,
}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
