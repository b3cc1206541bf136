"""`demo`: imports the example exports and shows the result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.common import JsonOption
from pipelines.commands.console import out, print_json, progress_shown, short_path
from pipelines.commands.files import show_outcome
from pipelines.commands.reading import show_report
from schemas.contracts.counting import counted
from schemas.contracts.errors import StoreError
from schemas.stores.private import private_files
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores

DEMO_HOME = Path("leadsift-home/demo")
CHARTS = ("pipeline_value_by_stage", "win_rate_by_month", "stage_conversion", "lead_conversion_by_channel")


def demo(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help=f"The folder for the demo's stores (default: ./{DEMO_HOME}).",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Import the example exports of four systems and show the result.

    [bold]Example[/bold]

      leadsift demo
    """
    from pipelines.reports.page import write_page
    from pipelines.reports.queries import read_report
    from pipelines.services.importing import run_import
    from pipelines.services.merges import explain_merges, summarise_review

    given = home or (context.obj if isinstance(context.obj, Path) else None)
    settings = load_settings(given or DEMO_HOME)
    with progress_shown(quiet=as_json):
        outcome = run_import(settings, [examples_dir()])
        charts = _draw(settings)
    published = Stores.open(settings).published
    merges = explain_merges(published)
    review = summarise_review(published)
    if as_json:
        print_json(
            {
                **outcome.to_json(),
                "merges": merges,
                "review": review,
                "charts": [str(path) for path in charts],
            }
        )
        return
    out.rule("Imported files")
    show_outcome(settings, outcome.to_json())
    out.rule("Merged records")
    for line in merges:
        out.print(line, markup=False)
    for line in review:
        out.print(line, markup=False, style="yellow")
    out.rule("Reports")
    for report in CHARTS:
        show_report(read_report(published, report), report)
    page = settings.home / "reports.html"
    with private_files():
        names = write_page(published, page)
    out.print(f"{counted(len(names), 'report')} on one page: {short_path(str(page))}", markup=False, soft_wrap=True)
    out.rule("Next steps")
    for path in charts:
        out.print(f"Chart: {short_path(str(path))}", markup=False, soft_wrap=True)
    _suggest(settings)


def examples_dir() -> Path:
    """The folder of example exports: in the checkout, else in the installed package."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here.parent / "examples", here / "examples"):
        if folder.is_dir():
            return folder
    raise StoreError("the example exports are missing; run the demo from a checkout of the project")


@private_files()
def _draw(settings: Settings) -> list[Path]:
    from pipelines.reports.charts import write_chart
    from pipelines.reports.queries import rows_to_draw

    published = Stores.open(settings).published
    folder = settings.home / "charts"
    folder.mkdir(exist_ok=True)
    drawn: list[Path] = []
    for name in CHARTS:
        target = folder / f"{name}.png"
        write_chart(name, rows_to_draw(published, name), target)
        drawn.append(target)
    return drawn


def _suggest(settings: Settings) -> None:
    home = f"--home {short_path(str(settings.home))}"
    persons = "SELECT name, email, source_count FROM persons ORDER BY source_count DESC"
    for command, why in (
        (
            f'leadsift {home} sql "{persons}"',
            "query the published tables",
        ),
        (
            f"leadsift {home} review",
            "see the pairs that wait for a decision",
        ),
        (f"leadsift {home} report stage_conversion --chart conversion.svg", "draw a report"),
        (f"leadsift {home} leads", "see the leads inbox; `convert` turns a lead into a deal"),
        ("leadsift inspect YOUR-FILES", "see how your own files would be read, without importing them"),
        ("leadsift import YOUR-FILES", "import them into ./leadsift-home"),
    ):
        out.print(f"  {command}", markup=False, soft_wrap=True)
        out.print(f"      {why}", style="dim")
