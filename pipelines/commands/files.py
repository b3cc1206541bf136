"""`inspect` and `import`: read files and show the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from assets.sources.files.landing import import_options
from pipelines.commands.asking import ask_about
from pipelines.commands.common import (
    HomeOption,
    JsonOption,
    PasswordOption,
    PathsArgument,
    WriteProfileOption,
    output_file,
    refuse,
    settings_of,
    stated_words,
    takes_stated_options,
    with_password,
)
from pipelines.commands.console import out, print_json, print_table, progress_shown, short_path
from pipelines.services.display import cell, shortened
from pipelines.services.output_files import PAGE_ENDINGS
from schemas.contracts.counting import counted, counted_tables
from schemas.contracts.options import StatedOptions
from schemas.stores.settings import Settings

SHOWN_REJECTIONS = 10
SHOWN_COLUMNS = 120
LINE_CHARACTERS = 4_000
EXAMPLE_CHARACTERS = 40


@takes_stated_options
def inspect(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    paths: PathsArgument,
    stated: StatedOptions,
    password: PasswordOption = None,
    write_profile: WriteProfileOption = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            callback=output_file(*PAGE_ENDINGS),
            help="Write a page that shows what each column fills, and composes the command that changes it.",
            show_default=False,
        ),
    ] = None,
    every_row: Annotated[
        bool, typer.Option("--all", help="Read every row; without it the first 100,000 of each sheet.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how each file would be read and mapped, and what would be rejected. Imports nothing.

    --write-profile writes the guessed mapping as a profile that you can edit and use with `import --profile`. It works
    for any table: one that an import refuses gets its likeliest kind, or the one given with --as. docs/profiles.md
    describes the syntax. --html shows the same as a page, for people who do not read TOML.

    [bold]Examples[/bold]

      leadsift inspect export.zip

      leadsift inspect leads.xlsx --json

      leadsift inspect leads.xlsx --write-profile leads.toml

      leadsift inspect leads.xlsx --html leads.html
    """
    settings = with_password(settings_of(context, home), password)
    if write_profile is not None:
        from pipelines.services.inspect_files import write_profile as write

        write(paths[0], import_options(settings, stated), settings, write_profile)
        if not as_json:
            _line(f"Wrote the mapping to {write_profile}. Edit it, then import with --profile {write_profile}")
    from pipelines.services.inspect_files import INSPECTED_ROWS

    most_rows = None if every_row else INSPECTED_ROWS
    is_guessing = write_profile is not None or html is not None
    looking = _look(settings, stated, paths, as_json=as_json, most_rows=most_rows, is_guessing=is_guessing)
    if html is not None:
        from pipelines.reports.inspection_page import write_inspection

        write_inspection(looking, html, [*stated_words(stated), *_home_words(home)])
        if not as_json:
            _line(f"Page: {short_path(str(html))}")
    _end_look(looking, paths, as_json=as_json)


@takes_stated_options
def import_(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    paths: PathsArgument,
    stated: StatedOptions,
    password: PasswordOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would happen; same as inspect.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Read files again that were set aside because they ended the process.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import files, folders and archives, merge duplicates, and publish the result.

    A file is identified by its content: importing it again, under any name, changes nothing.

    [bold]Examples[/bold]

      leadsift import export.zip

      leadsift import spring-fair.xlsx autumn-fair.csv --source fairs

      leadsift import old-crm/ --dry-run

      leadsift import pipeline.csv --as deals --map "close_value=value"
    """
    settings = with_password(settings_of(context, home), password)
    if dry_run:
        _end_look(_look(settings, stated, paths, as_json=as_json), paths, as_json=as_json)
        return
    if not as_json:
        ask_about(settings, stated, paths)
    from pipelines.services.importing import run_import

    with progress_shown(quiet=as_json):
        outcome = run_import(settings, paths, stated, retry=retry)
    document = outcome.to_json()
    if not outcome.files:
        refuse([f"{path}: no file with a table in it" for path in paths], document, as_json=as_json)
    if as_json and not outcome.refusals:
        print_json(document)
    if not as_json:
        show_outcome(settings, document)
    if outcome.refusals:
        refuse(outcome.refusals, document, as_json=as_json)


def _look(  # noqa: PLR0913
    settings: Settings,
    stated: StatedOptions,
    paths: list[Path],
    *,
    as_json: bool,
    most_rows: int | None = None,
    is_guessing: bool = False,
) -> dict[str, Any]:
    """Inspect files, and show each as soon as it was read; returns the document."""
    from pipelines.services.inspect_files import inspect_paths, inspection

    files: list[dict[str, Any]] = []
    coming = inspect_paths(paths, import_options(settings, stated), settings, most_rows, is_guessing=is_guessing)
    while True:
        with progress_shown(quiet=as_json):
            file = next(coming, None)
        if file is None:
            break
        files.append(file)
        if not as_json:
            _show_inspection(inspection([file]))
    return inspection(files)


def _home_words(home: Path | None) -> list[str]:
    return [] if home is None else ["--home", str(home)]


def _end_look(document: dict[str, Any], paths: Sequence[Path], *, as_json: bool) -> None:
    """Print the document, and refuse if a file is refused."""
    refusals = [f"{file['path']}: {file['reason']}" for file in document["files"] if file["status"] == "refused"]
    if not document["files"]:
        refusals = [f"{path}: no file with a table in it" for path in paths]
    if not as_json:
        _line("Nothing was imported.", "dim")
    elif not refusals:
        print_json(document)
    if refusals:
        refuse(refusals, document, as_json=as_json)


def show_outcome(settings: Settings, document: dict[str, Any]) -> None:
    """Show what an import loaded, rejected and decided, and the counts of entities."""
    from pipelines.services.importing import rejections_of

    _show_files(document)
    _show_decisions(document)
    if document["import_id"] and any(file["status"] == "loaded" for file in document["files"]):
        rejected = rejections_of(settings, document["import_id"], SHOWN_REJECTIONS + 1)
        if rejected.height:
            shown = rejected.head(SHOWN_REJECTIONS).with_columns(pl.col("file").map_elements(short_path, pl.String))
            print_table(shown, "Rejected rows and cells (rejected cells are kept in custom)")
            if rejected.height > SHOWN_REJECTIONS:
                out.print("… more: leadsift sql 'FROM audit.rejected_rows'", style="dim")
    for file in document["files"]:
        if file.get("rejects_file"):
            _line(f"to correct and import again: {short_path(file['rejects_file'])}", "yellow")
    for note in document["notes"]:
        _line(note, "yellow")
    counts = counted_tables(document["entities"])
    if document["status"] == "unchanged":
        out.print(f"Nothing changed: every file was imported before. The home has {counts}.")
    else:
        what = document["import_id"] or ", ".join(document["completed"]) or "Nothing was imported"
        _line(f"{what}: {document['status']}. The home now has {counts}.", "bold")
        _line(f"Published: {short_path(str(settings.published_path))}", "dim")


def _show_files(document: dict[str, Any]) -> None:
    table = Table(header_style="bold", box=SIMPLE_HEAD)
    for name in ("file", "recognised as", "source"):
        table.add_column(name, overflow="fold")
    for name in ("rows", "loaded", "rejected", "blank", "preamble", "footer"):
        table.add_column(name, justify="right")
    for file in document["files"]:
        for sheet in file["sheets"]:
            counts = ("rows", "loaded", "rejected", "blank", "preamble", "footer")
            table.add_row(
                Text(_place(file, sheet)),
                sheet["object"],
                Text(file["source"]),
                *(f"{sheet[count]:,}" for count in counts),
            )
    if table.row_count:
        out.print(table)
    for file in document["files"]:
        if file["status"] == "unchanged":
            when = f"in {file['known_from']}" if file.get("known_from") else "as another file of this import"
            verb = "received" if file.get("known_from") in document["completed"] else "imported"
            _line(f"unchanged: {short_path(file['path'])} was {verb} before, {when}", "dim")
    for path in document["skipped"]:
        _line(f"skipped: {short_path(path)} does not have the extension of a table", "dim")


def _place(file: dict[str, Any], sheet: dict[str, Any]) -> str:
    return short_path(file["path"]) + (f" [{sheet['name']}]" if sheet["name"] else "")


def _line(text: str, style: str | None = None) -> None:
    out.print(shortened(text, LINE_CHARACTERS), style=style, markup=False, soft_wrap=True)


def _show_decisions(document: dict[str, Any]) -> None:
    for file in document["files"]:
        for sheet in file["sheets"]:
            for decision in sheet["decisions"]:
                _line(f"{_place(file, sheet)}: {decision}", "yellow")
            suspects = [column for column in sheet["quality"] if column["suspicious"]]
            for column in suspects:
                cells = counted(column["suspicious"], "cell")
                _line(
                    f"{_place(file, sheet)}: {column['column_name']!r}: kept {cells} such as "
                    f"{cell(column['example'])!r}, which may be placeholders",
                    "yellow",
                )
            for column in sheet.get("references", ()):
                if column["nowhere"]:
                    _line(f"{_place(file, sheet)}: {_leading_nowhere(column)}", "yellow")
            _line(f"{_place(file, sheet)}: {_understood(sheet)}", "dim")


def _leading_nowhere(column: dict[str, Any]) -> str:
    """How many values of a column lead to no record that is known."""
    few = ", ".join(repr(shortened(cell(value), EXAMPLE_CHARACTERS)) for value in column["examples"])
    return (
        f"{column['column_name']!r}: {column['nowhere']:,} of {column['distinct_count']:,} values lead to no known "
        f"{column['entity']}, such as {few}"
    )


def _understood(sheet: dict[str, Any]) -> str:
    """How many columns of a sheet fill a field, and the others, most filled first, with a cell where one is at hand."""
    left, columns = set(sheet["unmapped"]), sheet["quality"]
    text = f"{len(columns) - len(left)} of {len(columns)} columns understood"
    others = sorted((column for column in columns if column["column_name"] in left), key=lambda one: -one["filled"])
    shown = [
        f"{column['column_name']} ({shortened(cell(column['first']), EXAMPLE_CHARACTERS)})"
        if column.get("first")
        else column["column_name"]
        for column in others
    ]
    return f"{text}; kept as custom columns: {', '.join(shown)}" if shown else text


def _show_inspection(document: dict[str, Any]) -> None:
    _show_files(document)
    for file in document["files"]:
        for sheet in file["sheets"]:
            _line("")
            _line(_place(file, sheet), "bold")
            read = ", ".join(str(file[name]) for name in ("format", "encoding") if file[name])
            delimiter = f", delimiter {file['delimiter']!r}" if file["delimiter"] else ""
            _line(f"read as {read}{delimiter}; recognised as {sheet['object']}: {sheet['recognition']}")
            if sheet["refusal"]:
                _line(f"without a profile an import refuses this table: {sheet['refusal']}", "yellow")
            _show_mapping(sheet)
            _show_refusals(sheet)
    _show_decisions(document)


def _show_mapping(sheet: dict[str, Any]) -> None:
    table = Table(header_style="bold", box=SIMPLE_HEAD)
    for name in ("column", "goes to", "first value"):
        table.add_column(name, overflow="fold")
    table.add_column("filled", justify="right")
    columns = {column["column_name"]: column for column in sheet["quality"]}
    for header, targets in list(sheet["mapping"].items())[:SHOWN_COLUMNS]:
        column = columns[header]
        share = f"{column['filled'] / column['rows']:.0%}" if column["rows"] else ""
        table.add_row(Text(cell(header)), ", ".join(targets) or "custom", Text(cell(column["first"] or "")), share)
    out.print(table)
    if len(sheet["mapping"]) > SHOWN_COLUMNS:
        _line(f"  … {counted(len(sheet['mapping']) - SHOWN_COLUMNS, 'more column')}; use --json for all of them", "dim")


def _show_refusals(sheet: dict[str, Any]) -> None:
    for item in sheet["refusals"][:SHOWN_REJECTIONS]:
        column = f", column {cell(item['column_name'])!r}" if item["column_name"] else ""
        _line(f"  row {item['row_number']}{column}: {cell(item['value'])!r} {item['reason']}", "yellow")
    more = len(sheet["refusals"]) - SHOWN_REJECTIONS
    if more > 0:
        out.print(f"  … {more} more; use --json for all of them", style="dim")
