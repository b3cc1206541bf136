"""What every command shares: its options, its settings, its way to end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from pipelines.console import REFUSED, print_error, print_json
from schemas.settings import Settings, load_settings

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="The folder that holds the stores (default: LEADSIFT_HOME, else ./leadsift-home).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else there.")]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="NAME",
        help="The system or list that the records belong to; ids are unique within it "
        "(default: the CRM, or a list's file name).",
        show_default=False,
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Read every file under this profile: pipedrive, hubspot, salesforce, generic or a .toml file.",
        show_default=False,
    ),
]
DateOrderOption = Annotated[
    str | None,
    typer.Option(
        "--date-order",
        metavar="ORDER",
        help="dmy, mdy or ymd: how to read dates that neither the column nor the profile decides.",
        show_default=False,
    ),
]
PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH…", help="Files, folders or zip archives.", show_default=False)
]

DATE_ORDERS = ("dmy", "mdy", "ymd")


def settings_of(context: typer.Context, home: Path | None) -> Settings:
    """The settings of the home that the command, or `leadsift` before it, names."""
    return load_settings(home or (context.obj if isinstance(context.obj, Path) else None))


def check_date_order(given: str | None) -> str | None:
    """A date order as the import takes it. Raises typer.BadParameter for any other word."""
    if given is not None and given not in DATE_ORDERS:
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(DATE_ORDERS)}", param_hint="--date-order")
    return given


def refuse(reasons: list[str], document: Any, *, as_json: bool) -> NoReturn:
    """End with exit code 3: every reason on its own line of stderr, the document on stdout where JSON is wanted."""
    if as_json:
        print_json(document)
    for reason in reasons:
        print_error(reason)
    raise typer.Exit(REFUSED)
