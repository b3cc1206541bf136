"""`report` and `sql`: queries on the published file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from pipelines.commands.common import HomeOption, JsonOption, chart_option, output_file, published_of
from pipelines.commands.console import MOST_SHOWN, out, print_json, print_table, short_path
from pipelines.reports.queries import ReportFilter, count_rows, fields_of, read_report, rows_to_draw
from pipelines.services.output_files import PAGE_ENDINGS
from schemas.contracts.counting import counted
from schemas.sql.report_catalog import column_formats, reports
from schemas.stores.warehouse import Published

_NamesArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="The report; without it, lists all reports.", show_default=False),
]


def _option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(f"--{name}", metavar=metavar, help=text, show_default=False)


def report(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    name: _NamesArgument = None,
    pipeline: Annotated[str | None, _option("pipeline", "NAME", "Only deals of this pipeline.")] = None,
    owner: Annotated[str | None, _option("owner", "NAME", "Only deals and leads of this owner.")] = None,
    since: Annotated[str | None, _option("since", "DAY", "First day of the period (UTC), such as 2026-01-31.")] = None,
    until: Annotated[str | None, _option("until", "DAY", "Last day of the period, included.")] = None,
    on: Annotated[str | None, _option("on", "DAY", "The past day that open_pipeline_at shows.")] = None,
    chart: Annotated[Path | None, chart_option("Also draw it: .png, .svg, or .html with values on hover.")] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            callback=output_file(*PAGE_ENDINGS),
            help="Write all reports to one page.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a report from the published database, or list the reports and their filters.

    [bold]Examples[/bold]

      leadsift report

      leadsift report pipeline_value_by_stage --chart pipeline.png

      leadsift report win_rate_by_owner --pipeline Sales --since 2026-01-01 --until 2026-06-30

      leadsift report open_pipeline_at --on 2026-03-31

      leadsift report --html reports.html
    """
    published = published_of(context, home)
    wanted = ReportFilter(pipeline, owner, since, until, on)
    if html is not None:
        _write_page(published, html, wanted, name, as_json=as_json)
        return
    if name is None:
        if chart is not None or wanted.given():
            raise typer.BadParameter("name a report, or write all of them with --html")
        _list(as_json=as_json)
        return
    rows = read_report(published, name, wanted, None if as_json else MOST_SHOWN)
    if chart is not None:
        from pipelines.reports.charts import write_chart

        write_chart(name, rows_to_draw(published, name, wanted), chart)
    if as_json:
        drawn = str(chart) if chart else None
        print_json({"report": name, "filters": wanted.given(), "rows": rows.to_dicts(), "chart": drawn})
        return
    total = count_rows(published, name, wanted) if rows.height == MOST_SHOWN else rows.height
    show_report(rows, f"{name} · {wanted.words()}" if wanted.given() else name, total)
    if rows.is_empty():
        out.print("No rows match." if wanted.given() else "No rows yet.", style="dim")
    if chart is not None:
        out.print(f"Chart: {short_path(str(chart))}", markup=False, soft_wrap=True)


def show_report(rows: pl.DataFrame, title: str, total: int | None = None) -> None:
    """Show rows of a report as a table, without ids and in the formats of its columns."""
    shown = rows.select(column for column in rows.columns if not column.endswith("_id"))
    print_table(shown, title, total=total, formats=column_formats())


def _write_page(published: Published, html: Path, wanted: ReportFilter, name: str | None, *, as_json: bool) -> None:
    if name is not None:
        raise typer.BadParameter("the page has all reports; leave out the name, or use --chart FILE.html")
    from pipelines.reports.page import write_page

    names = write_page(published, html, wanted)
    if as_json:
        print_json({"html": str(html), "reports": names, "filters": wanted.given()})
    else:
        out.print(f"{counted(len(names), 'report')}: {short_path(str(html))}", markup=False, soft_wrap=True)


def _list(*, as_json: bool) -> None:
    rows = [
        {"report": name, "options": [f"--{field}" for field in fields_of(name)], "question": report.question}
        for name, report in reports().items()
    ]
    if as_json:
        described = [{**row, "description": reports()[str(row["report"])].description} for row in rows]
        print_json({"reports": described})
    else:
        print_table(pl.DataFrame(rows).with_columns(pl.col("options").list.join(" ")), "Reports")


def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One query in DuckDB SQL.", show_default=False)],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run one query on the published database, read-only.

    [bold]Examples[/bold]

      leadsift sql "SELECT name, source_count FROM persons ORDER BY source_count DESC LIMIT 10"

      leadsift sql "FROM audit.rejected_rows" --json
    """
    rows = published_of(context, home).query(query)
    if as_json:
        print_json({"columns": rows.columns, "rows": rows.to_dicts()})
        return
    print_table(rows)
    out.print(counted(rows.height, "row"), style="dim")
