"""Reports as users ask for them: by name, narrowed to a pipeline, an owner or a period.

Belongs here: which reports there are, what each can be narrowed by, and reading one. Does not belong here: what they
say (`schemas/sql/reports`, `schemas/sql/report_macros`), how they are drawn (`pipelines.reports.charts`).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from schemas.contracts.errors import InputRefusedError
from schemas.sql.files import sql_comment, sql_names, sql_text
from schemas.stores.warehouse import Published

_HEAD = re.compile(r"MACRO reports\.\w+\(([^)]*)\)")
_PARAMETERS = {"pipeline": "of_pipeline", "owner": "of_owner", "since": "since", "until": "until", "on": "day"}
"""What a macro calls that which the command line calls otherwise."""

_ORDERS = {
    "pipeline_movement": "moved_at DESC NULLS LAST, deal_id, direction",
    "timeline": "happened_at DESC NULLS LAST, event, what",
}
"""Reports whose view is not sorted, because sorting costs as much as all the rest."""


_COUNTED = {
    "pipeline_movement": ("direction", "changes"),
    "leads_inbox": ("status", "leads"),
    "timeline": ("event", "events"),
}
"""Reports of one row a thing, by which kind they are counted to be drawn."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What part of a report is asked for: names of a pipeline and an owner, days in ISO 8601; None for all.

    `since` and `until` are the first and the last day of a period, `on` is a past day. In UTC.
    """

    pipeline: str | None = None
    owner: str | None = None
    since: str | None = None
    until: str | None = None
    on: str | None = None

    def given(self) -> dict[str, str]:
        """What was given, by the names of the fields."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def told(self) -> str:
        """In words; empty where nothing was given."""
        return ", ".join(f"{name} {value}" for name, value in self.given().items())


NOTHING = Narrowing()


def report_names() -> list[str]:
    """Every report, those that need parameters included, sorted."""
    views = [name.split("/")[1] for name in sql_names("reports")]
    macros = [name.split("/")[1] for name in sql_names("report_macros")]
    return sorted([*views, *(name for name in macros if name.removesuffix("_of") not in views)])


def described(name: str) -> str:
    """What a report says, in a sentence or two."""
    return sql_comment(f"reports/{name}") or sql_comment(f"report_macros/{name}")


def narrowed_by(name: str) -> dict[str, bool]:
    """The fields of a `Narrowing` that a report takes, and whether it needs them."""
    macro = _macro_of(name)
    head = _HEAD.search(sql_text(f"report_macros/{macro}")) if macro else None
    if head is None:
        return {}
    needed = {item.split(":=")[0].strip(): ":=" not in item for item in head.group(1).split(",")}
    return {field: needed[parameter] for field, parameter in _PARAMETERS.items() if parameter in needed}


def read_report(
    published: Published, name: str, narrowing: Narrowing = NOTHING, most: int | None = None
) -> pl.DataFrame:
    """The rows of a report, at most so many where that is said (some have millions).

    Raises InputRefusedError for an unknown report, and for a narrowing that it does not take, needs and lacks, or that
    names something that is not there.
    """
    source, values = _source(published, name, narrowing)
    order = f" ORDER BY {_ORDERS[name]}" if name in _ORDERS else ""
    limit = f" LIMIT {most}" if most is not None else ""
    return published.query(f"SELECT * FROM {source}{order}{limit}", values)  # noqa: S608  (names of our own)


def count_rows(published: Published, name: str, narrowing: Narrowing = NOTHING) -> int:
    """How many rows a report has; raises as `read_report`."""
    source, values = _source(published, name, narrowing)
    return int(published.query(f"SELECT count(*) FROM {source}", values).item())  # noqa: S608


def rows_to_draw(published: Published, name: str, narrowing: Narrowing = NOTHING) -> pl.DataFrame:
    """What the chart of a report needs: its rows; of a report of one row a thing, how many there are of each kind.

    Raises as `read_report`.
    """
    if name not in _COUNTED:
        return read_report(published, name, narrowing)
    source, values = _source(published, name, narrowing)
    kind, counted = _COUNTED[name]
    counts = f"SELECT {kind}, count(*) AS {counted} FROM {source} GROUP BY ALL ORDER BY ALL"  # noqa: S608
    return published.query(counts, values)


def _source(published: Published, name: str, narrowing: Narrowing) -> tuple[str, dict[str, str]]:
    """What a report is read from, with its parameters."""
    if name not in report_names():
        raise InputRefusedError(f"there is no report {name!r}; known: {', '.join(report_names())}")
    given, takes = narrowing.given(), narrowed_by(name)
    for field in given:
        if field not in takes:
            known = ", ".join(f"--{other}" for other in takes) or "nothing"
            raise InputRefusedError(f"{name} cannot be narrowed by --{field}; it takes {known}")
    missing = [f"--{field} DAY" for field, is_needed in takes.items() if is_needed and field not in given]
    if missing:
        raise InputRefusedError(f"{name} needs {' and '.join(missing)}")
    check_narrowing(published, narrowing)
    if not given:
        return f"reports.{name}", {}
    values = {_PARAMETERS[field]: value for field, value in given.items()}
    arguments = ", ".join(f"{parameter} := ${parameter}" for parameter in values)
    return f"reports.{_macro_of(name)}({arguments})", values


def check_narrowing(published: Published, narrowing: Narrowing) -> None:
    """Raise InputRefusedError for a pipeline or owner that is not there, and for what is no day."""
    for field in ("since", "until", "on"):
        _check_day(field, getattr(narrowing, field))
    if narrowing.since and narrowing.until and narrowing.since > narrowing.until:
        raise InputRefusedError(f"--since {narrowing.since} is after --until {narrowing.until}")
    for field, given, query in (
        ("pipeline", narrowing.pipeline, "SELECT DISTINCT name FROM main.pipelines ORDER BY name"),
        ("owner", narrowing.owner, "SELECT DISTINCT coalesce(name, email) AS name FROM main.users ORDER BY name"),
    ):
        if given is not None:
            _check_name(field, given, [name for name in published.query(query)["name"].to_list() if name])


def _macro_of(name: str) -> str | None:
    names = {item.split("/")[1] for item in sql_names("report_macros")}
    return next((macro for macro in (f"{name}_of", name) if macro in names), None)


def _check_day(field: str, given: str | None) -> None:
    if given is None:
        return
    try:
        date.fromisoformat(given)
    except ValueError as error:
        raise InputRefusedError(f"--{field} {given!r} is not a day like 2026-03-31") from error


MOST_NAMES = 20
"""Names that an error lists."""


def _check_name(field: str, given: str, names: list[str]) -> None:
    if given not in names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        known = ", ".join(names[:MOST_NAMES]) or "none"
        raise InputRefusedError(f"there is no {field} {given!r}; there are {known}{more}")
