"""Options, settings and error output that the commands share."""

from __future__ import annotations

import inspect
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from pipelines.commands.console import MOST_LISTED, REFUSED, print_error, print_json
from pipelines.services.output_files import CHART_ENDINGS, check_output
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.options import StatedOptions
from schemas.contracts.vocabulary import Entity
from schemas.stores.settings import DEFAULT_HOME, Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published


class ResolvedEntity(StrEnum):
    """Entities that leadsift resolves."""

    PERSON = "person"
    ORGANIZATION = "organization"


def output_file(*endings: str) -> Callable[[Path | None], Path | None]:
    """A callback for an option that names an output file; it refuses a bad one before any work."""

    def checked(target: Path | None) -> Path | None:
        if target is not None:
            check_output(target, endings)
        return target

    return checked


def chart_option(text: str) -> Any:
    """The `--chart` option, which draws the output of a command."""
    return typer.Option("--chart", metavar="FILE", callback=output_file(*CHART_ENDINGS), help=text, show_default=False)


def path_of_home(text: str) -> Path:
    """The value of --home. Refuses a blank one (an unset variable), which would be the current folder."""
    if not text.strip():
        raise typer.BadParameter("is blank; name a folder")
    return Path(text)


HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        parser=path_of_home,
        help="The folder that holds the stores (default: LEADSIFT_HOME, else ./leadsift-home).",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else there.")]
EntityOption = Annotated[ResolvedEntity | None, typer.Option("--entity", help="Default: both.", show_default=False)]
LimitOption = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many to show.")]
ListLimitOption = Annotated[
    int | None,
    typer.Option(
        "--limit",
        metavar="N",
        min=1,
        help=f"How many to list (default: {MOST_LISTED}; with --json: all).",
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
        callback=output_file(".toml"),
        help="Write the mapping of the first file as a profile (.toml) that can be edited, whatever the file is.",
        show_default=False,
    ),
]
PathsArgument = Annotated[
    list[Path], typer.Argument(metavar="PATH…", help="Files, folders or zip archives.", show_default=False)
]


def settings_of(context: typer.Context, home: Path | None) -> Settings:
    """The settings of the home given to the command, or to `leadsift` before it."""
    named = home or (context.obj if isinstance(context.obj, Path) else None)
    if named is None and not os.environ.get("LEADSIFT_HOME", DEFAULT_HOME).strip():
        raise typer.BadParameter("is blank; name a folder, or unset it", param_hint="LEADSIFT_HOME")
    return load_settings(named)


def entity_of(given: ResolvedEntity | None) -> Entity | None:
    """Return the entity that an option names."""
    return None if given is None else Entity(given.value)


def published_of(context: typer.Context, home: Path | None) -> Published:
    """The published database of that home."""
    return Stores.open(settings_of(context, home)).published


def with_password(settings: Settings, password: str | None) -> Settings:
    """The settings with the password of protected workbooks, for this process only."""
    if password is None:
        return settings
    # Through the environment of this process: Dagster stores a run's configuration, which must hold no secret.
    os.environ["LEADSIFT_WORKBOOK_PASSWORD"] = password
    return load_settings(settings.home)


def takes_stated_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each field of StatedOptions; the command gets them together as its parameter `stated`."""
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        parameters += _options() if parameter.name == "stated" else [parameter]

    @wraps(command)
    def with_options(**given: Any) -> None:
        values = {name: given.pop(name) for name in StatedOptions.model_fields}
        command(**given, stated=_stated({name: value for name, value in values.items() if value is not None}))

    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_options


def _options() -> list[inspect.Parameter]:
    made: list[inspect.Parameter] = []
    for name, field in StatedOptions.model_fields.items():
        hints = field.json_schema_extra
        metavar = str(hints["metavar"]) if isinstance(hints, dict) else None
        option = typer.Option(_flag(name, hints), metavar=metavar, help=field.description, show_default=False)
        kind = list[str] | None if field.default_factory is list else str | None
        made.append(
            inspect.Parameter(
                name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=Annotated[kind, option]
            )
        )
    return made


def _flag(name: str, hints: Any = None) -> str:
    if isinstance(hints, dict) and "option" in hints:
        return str(hints["option"])
    return f"--{name.replace('_', '-')}"


def stated_words(stated: StatedOptions) -> list[str]:
    """Stated options as the words of a command."""
    words: list[str] = []
    for name, value in stated.stated().items():
        flag = _flag(name, StatedOptions.model_fields[name].json_schema_extra)
        for one in value if isinstance(value, list) else [value]:
            words += [flag, str(one)]
    return words


def _stated(values: dict[str, Any]) -> StatedOptions:
    try:
        return StatedOptions(**values)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        reason = f"{first['input']!r}: {first['msg'].removeprefix('Value error, ')}"
        raise typer.BadParameter(
            reason, param_hint=_flag(field, StatedOptions.model_fields[field].json_schema_extra)
        ) from error


@contextmanager
def cancellable() -> Iterator[None]:
    """Refuse if the user cancels the question of the block, or its input ends."""
    # Polars' handler of Ctrl-C lets the system resume reading the answer: the key would do nothing until Enter.
    signal.siginterrupt(signal.SIGINT, True)
    try:
        yield
    except typer.Abort as error:
        raise InputRefusedError("cancelled; nothing was changed") from error


def refuse(reasons: list[str], document: Any, *, as_json: bool) -> NoReturn:
    """Exit with 3: each reason on a line of stderr, and the document on stdout if `as_json`."""
    if as_json:
        print_json(document)
    for reason in reasons:
        print_error(reason)
    raise typer.Exit(REFUSED)
