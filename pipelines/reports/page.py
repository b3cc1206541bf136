"""All reports on one page: charts and tables in one self-contained HTML file, light and dark, ready to print.

Belongs here: the page. Does not belong here: the reports (`schemas/sql/reports`); their charts
(`pipelines.reports.charts`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.reports.charts import report_chart
from pipelines.reports.html_page import html_page
from pipelines.reports.queries import (
    NO_FILTER,
    ReportFilter,
    check_filter,
    count_rows,
    fields_of,
    read_report,
    rows_to_draw,
)
from pipelines.reports.rendering import pictures
from pipelines.services.display import cell
from pipelines.services.output_files import PAGE_ENDINGS, check_output, write_output
from schemas.contracts.counting import counted
from schemas.contracts.errors import InputRefusedError
from schemas.sql.report_catalog import column_formats, reports, view_names
from schemas.stores.warehouse import Published

MOST_ROWS = 25
"""The most rows of a report that are shown; the published file has all of them."""

_NUMBER = ' class="number"'
_STYLE = """
figure { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; overflow-x: auto; padding: .5rem; }
figure svg { height: auto; max-width: 100%; }
@media screen and (prefers-color-scheme: dark) { figure svg { filter: invert(.92) hue-rotate(180deg); } }
"""


def write_page(published: Published, target: Path, wanted: ReportFilter = NO_FILTER) -> list[str]:
    """Write every report that needs no parameter to one HTML file, with the filters it supports; returns their names.

    Raises InputRefusedError if the file cannot be written, or a filter has an unknown value.
    """
    check_output(target, PAGE_ENDINGS)
    check_filter(published, wanted)
    names = view_names()
    drawn = _drawn(published, names, wanted)
    sections = [_section(published, name, wanted, drawn.get(name)) for name in names]
    links = " ".join(f'<a href="#{name}">{escape(reports()[name].title)}</a>' for name in names)
    written = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    body = (
        f"<h1>Reports</h1>\n{f'<p>Filtered by {escape(wanted.words())}.</p>' if wanted.given() else ''}\n"
        f"<nav>{links}</nav>\n{''.join(sections)}"
        f"<footer>Written {written} from {escape(published.path.name)}.</footer>"
    )
    write_output(target, html_page("leadsift reports", body, _STYLE))
    return names


def _applicable(name: str, wanted: ReportFilter) -> ReportFilter:
    """The part of a filter that a report supports."""
    return wanted.without({field for field in wanted.given() if field not in fields_of(name)})


def _drawn(published: Published, names: list[str], wanted: ReportFilter) -> dict[str, str]:
    """SVG of the reports that have charts."""
    charts: dict[str, Any] = {}
    for name in names:
        with suppress(InputRefusedError):
            charts[name] = report_chart(name, rows_to_draw(published, name, _applicable(name, wanted)))
    drawn = zip(charts, pictures(list(charts.values()), "svg"), strict=True)
    return {name: picture.decode("utf-8") for name, picture in drawn if picture is not None}


def _section(published: Published, name: str, wanted: ReportFilter, picture: str | None) -> str:
    applied = _applicable(name, wanted)
    rows = read_report(published, name, applied, MOST_ROWS)
    more = count_rows(published, name, applied) - rows.height if rows.height == MOST_ROWS else 0
    report = reports()[name]
    text = report.description
    if applied != wanted:
        ignored = wanted.without(set(applied.given()))
        text += f" (Not filtered by {ignored.words()}: this report does not take that filter.)"
    figure = f"<figure>{picture}</figure>\n" if picture else ""
    shown = rows.select(column for column in rows.columns if not column.endswith(("_id", "_ids")))
    return (
        f'<section id="{name}">\n<h2>{escape(report.title)}</h2>\n<p>{escape(text)}</p>\n{figure}'
        f"{_table(shown, more) if rows.height else '<p>No rows yet.</p>'}\n</section>\n"
    )


def _table(rows: pl.DataFrame, more: int) -> str:
    formats = [column_formats().get(name) for name in rows.columns]
    numeric = [kind.is_numeric() for kind in rows.dtypes]
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in rows.columns)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_NUMBER if is_number else ''}>{escape(cell(value, form))}</td>"
            for value, is_number, form in zip(row, numeric, formats, strict=True)
        )
        + "</tr>"
        for row in rows.iter_rows()
    )
    note = f"<p>{counted(more, 'more row')} in the published file.</p>" if more else ""
    return f'<div class="rows"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}'
