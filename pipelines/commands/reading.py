"""`report` and `sql`: answers from the published file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.common import HomeOption, JsonOption, settings_of
from pipelines.console import out, print_json, print_table
from schemas.errors import InputRefusedError
from schemas.sql_files import sql_names
from schemas.warehouse import Published

_NamesArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="The report; without one the list of reports.", show_default=False),
]


def report(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    name: _NamesArgument = None,
    chart: Annotated[
        Path | None,
        typer.Option("--chart", metavar="FILE", help="Also draw it into a .png or .svg file.", show_default=False),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write all reports into one page.", show_default=False),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a report from the published database, or list the reports.

    [bold]Examples[/bold]

      leadsift report

      leadsift report pipeline_value_by_stage --chart pipeline.png

      leadsift report --html reports.html
    """
    published = Published(settings_of(context, home).published_path)
    if html is not None:
        from pipelines.report_page import write_page

        names = write_page(published, html)
        if as_json:
            print_json({"html": str(html), "reports": names})
        else:
            out.print(f"{len(names)} reports: {html}", markup=False, soft_wrap=True)
        return
    if name is None:
        if chart is not None:
            raise typer.BadParameter("name the report to draw", param_hint="--chart")
        _list(published, as_json=as_json)
        return
    known = [entry.split("/")[1] for entry in sql_names("reports")]
    if name not in known:
        raise InputRefusedError(f"there is no report {name!r}; known: {', '.join(known)}")
    rows = published.query(f'SELECT * FROM reports."{name}"')  # noqa: S608  (a name from our own list)
    if chart is not None:
        from pipelines.charts import write_chart

        write_chart(name, rows, chart)
    if as_json:
        print_json({"report": name, "rows": rows.to_dicts(), "chart": str(chart) if chart else None})
        return
    shown = rows.select(column for column in rows.columns if not column.endswith("_id"))
    print_table(shown, name)
    if rows.is_empty():
        out.print("It has no rows yet.", style="dim")
    if chart is not None:
        out.print(f"Chart: {chart}", markup=False, soft_wrap=True)


def _list(published: Published, *, as_json: bool) -> None:
    rows = published.query(
        "SELECT view_name AS report, comment AS description FROM duckdb_views() "
        "WHERE schema_name = 'reports' ORDER BY report"
    )
    if as_json:
        print_json({"reports": rows.to_dicts()})
    else:
        print_table(rows, "Reports")


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
    rows = Published(settings_of(context, home).published_path).query(query)
    if as_json:
        print_json({"columns": rows.columns, "rows": rows.to_dicts()})
        return
    print_table(rows)
    out.print(f"{rows.height:,} rows" if rows.height != 1 else "1 row", style="dim")
