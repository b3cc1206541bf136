"""What every command shares: its options, its settings, its way to end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from pipelines.commands.console import REFUSED, print_error, print_json
from schemas.contracts.vocabulary import UpdatePolicy
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published

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
        help="Read every file under this profile: one that ships (pipedrive, hubspot, salesforce, zoho, …, generic) "
        "or a .toml file of your own, which is known by its headers from then on.",
        show_default=False,
    ),
]
DateOrderOption = Annotated[
    str | None,
    typer.Option(
        "--date-order",
        metavar="ORDER",
        help="dmy, mdy or ymd: how to read numeric dates; outranks the profile, not values that allow nothing else.",
        show_default=False,
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="The encoding of delimited text, such as utf-8, cp1250 or gb18030, where the guess is wrong.",
        show_default=False,
    ),
]
UpdateOption = Annotated[
    str | None,
    typer.Option(
        "--update",
        metavar="POLICY",
        help="What rows do to records that are known already: newest (default), fill (only blanks) or ignore.",
        show_default=False,
    ),
]
KeyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="COLUMN",
        help="A column that tells rows apart in a list without ids, so that its next version updates them; "
        "may be given more than once.",
        show_default=False,
    ),
]
PasswordOption = Annotated[
    str | None,
    typer.Option(
        "--password",
        metavar="TEXT",
        help="Opens protected workbooks; kept nowhere. LEADSIFT_WORKBOOK_PASSWORD keeps it off the command line.",
        show_default=False,
    ),
]
WriteProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--write-profile",
        metavar="FILE",
        help="Write the mapping of the first file as a profile (.toml) that can be edited.",
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


def published_of(context: typer.Context, home: Path | None) -> Published:
    """The published database of that home."""
    return Stores.open(settings_of(context, home)).published


def with_password(settings: Settings, password: str | None) -> Settings:
    """The settings with the password of protected workbooks, for this process and none other."""
    if password is None:
        return settings
    # By the environment of this process: a run's configuration is kept by Dagster, where a secret has no business.
    os.environ["LEADSIFT_WORKBOOK_PASSWORD"] = password
    return load_settings(settings.home)


def check_date_order(given: str | None) -> str | None:
    """A date order as the import takes it. Raises typer.BadParameter for any other word."""
    if given is not None and given not in DATE_ORDERS:
        raise typer.BadParameter(f"{given!r} is not one of {', '.join(DATE_ORDERS)}", param_hint="--date-order")
    return given


def stated(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    source: str | None,
    profile: str | None,
    date_order: str | None,
    encoding: str | None,
    update: str | None,
    key: list[str] | None,
) -> dict[str, Any]:
    """What the user states about files. Raises typer.BadParameter for a word that is none of those allowed."""
    if update is not None and update not in list(UpdatePolicy):
        raise typer.BadParameter(f"{update!r} is not one of {', '.join(UpdatePolicy)}", param_hint="--update")
    return {
        "source": source,
        "profile": profile,
        "date_order": check_date_order(date_order),
        "encoding": encoding,
        "update": update,
        "key": key or [],
    }


def refuse(reasons: list[str], document: Any, *, as_json: bool) -> NoReturn:
    """End with exit code 3: every reason on its own line of stderr, the document on stdout where JSON is wanted."""
    if as_json:
        print_json(document)
    for reason in reasons:
        print_error(reason)
    raise typer.Exit(REFUSED)
