"""The commands of `leadsift` and their exit codes.

Belongs here: the list of commands, exit codes, the handling of errors that no command handles. Does not belong here:
what a command does. Commands import slow modules themselves.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from pipelines import __version__
from pipelines.commands import crm, decisions, demo, files, history, models, people, quality, reading
from pipelines.commands.common import path_of_home
from pipelines.commands.console import (
    BAD_USAGE,
    DONE,
    FAILED,
    INTERRUPTED,
    REFUSED,
    print_error,
    print_json,
    wants_traceback,
)
from schemas.contracts.errors import InputRefusedError, InvalidRequestError, LeadsiftError
from schemas.stores.failures import of_system

EXIT_CODES = {
    DONE: "Done, also if nothing had to be done or nothing was found.",
    FAILED: "A fault of the program, or its output could not be written.",
    BAD_USAGE: "The command line itself is wrong, with any home. Nothing was done.",
    REFUSED: "Refused: a file, name, id or change does not fit what is there, or a store needs repair. Each reason is "
    "a line on stderr. An import keeps the files that it could read.",
    INTERRUPTED: "Interrupted.",
}
"""The exit codes of every command."""

app = typer.Typer(
    name="leadsift",
    help="Import and deduplicate sales data: lists and whole CRM exports become one clean DuckDB database.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with [bold]leadsift demo[/bold], or look at your own files with [bold]leadsift inspect FILE[/bold]."
    "\n\n[bold]Exit codes[/bold]\n\n" + "\n\n".join(f"{code}  {text}" for code, text in EXIT_CODES.items()),
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leadsift {__version__}")
        raise typer.Exit


@app.callback()
def leadsift(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            parser=path_of_home,
            help="The folder that holds the stores (default: LEADSIFT_HOME, else ./leadsift-home).",
            show_default=False,
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001  (its callback has answered before)
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options before the command."""
    context.obj = home


app.command("inspect")(files.inspect)
app.command("import")(files.import_)
app.command("imports")(history.imports)
app.command("undo")(history.undo)
app.command("match")(people.match)
app.command("explain")(people.explain)
app.command("review")(decisions.review)
app.command("decide")(decisions.decide)
app.command("evaluate")(quality.evaluate)
app.command("train")(models.train)
app.command("edit")(models.edit)
app.command("leads")(crm.leads)
app.command("convert")(crm.convert)
app.command("revert-conversion")(crm.revert_conversion)
app.command("archive")(crm.archive)
app.command("restore")(crm.restore)
app.command("move")(crm.move)
app.command("win")(crm.win)
app.command("lose")(crm.lose)
app.command("reopen")(crm.reopen)
app.command("report")(reading.report)
app.command("sql")(reading.sql)
app.command("doctor")(history.doctor)
app.command("demo")(demo.demo)


def run() -> None:
    """Run the command line and exit with a code of `EXIT_CODES`."""
    try:
        app(prog_name="leadsift")
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print_error("interrupted; the next import finishes what was started")
        raise
    except LeadsiftError as error:
        _refuse(error, str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FAILED)
    except OSError as error:
        # Such as a home that is not writable, or a full disk.
        _refuse(error, str(of_system(error, "the disk")))
    except Exception as error:
        if wants_traceback():
            raise
        print_error(
            f"a fault of the program, not of your data ({type(error).__name__}: {error}); "
            "set LEADSIFT_DEBUG=1 to see where, and please report it"
        )
        sys.exit(FAILED)


def _refuse(error: Exception, reason: str) -> NoReturn:
    if wants_traceback():
        raise error
    reasons = [str(item) for item in error.args] if isinstance(error, InputRefusedError) else [reason]
    if "--json" in sys.argv:
        print_json({"status": "refused", "reason": reasons[0], "reasons": reasons})
    for line in reasons:
        print_error(line)
    sys.exit(BAD_USAGE if isinstance(error, InvalidRequestError) else REFUSED)
