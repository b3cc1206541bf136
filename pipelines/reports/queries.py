"""Reports as users ask for them: by name, filtered by pipeline, owner or period.

Belongs here: checking filters and reading the rows of a report. Does not belong here: what reports there are
(`schemas.sql.report_catalog`) and how they are drawn (`pipelines.reports.charts`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import cast

import polars as pl

from schemas.contracts.errors import InputRefusedError, InvalidRequestError
from schemas.sql.files import SHARED, Expression, Table
from schemas.sql.report_catalog import PARAMETERS, Report, ReportField, macro_of, reports
from schemas.stores.warehouse import Published

MOST_NAMES = 20
"""Names that an error lists."""


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """The part of a report to show: names of a pipeline and an owner, days in ISO 8601; None for all.

    `since` and `until` are the first and the last day of a period, `on` is a past day. In UTC.
    """

    pipeline: str | None = None
    owner: str | None = None
    since: str | None = None
    until: str | None = None
    on: str | None = None

    def given(self) -> dict[ReportField, str]:
        """The filters that are set, by name."""
        return {cast("ReportField", name): value for name, value in asdict(self).items() if value is not None}

    def words(self) -> str:
        """The filters in words; empty if none is set."""
        return ", ".join(f"{name} {value}" for name, value in self.given().items())

    def without(self, fields: set[ReportField]) -> ReportFilter:
        """The filter without some of its fields."""
        return replace(self, **dict.fromkeys(fields))


NO_FILTER = ReportFilter()


def fields_of(name: str) -> list[ReportField]:
    """The filters of a report, required ones first."""
    report = reports()[name]
    return [*report.needs, *report.filters]


def read_report(
    published: Published, name: str, wanted: ReportFilter = NO_FILTER, most: int | None = None
) -> pl.DataFrame:
    """The rows of a report, at most `most` of them (some reports have millions).

    Raises InvalidRequestError for an unknown report, an unsupported filter or a missing required one, and
    InputRefusedError for a pipeline or owner that does not exist.
    """
    report, values = _source(published, name, wanted)
    order = reports()[name].order
    query = SHARED.statement("queries/report", report=report, order=Expression(f"ORDER BY {order}" if order else ""))
    return published.query(query.text, {**values, "most": most})


def count_rows(published: Published, name: str, wanted: ReportFilter = NO_FILTER) -> int:
    """How many rows a report has; raises as `read_report`."""
    report, values = _source(published, name, wanted)
    return int(published.query(SHARED.statement("queries/report_height", report=report).text, values).item())


def rows_to_draw(published: Published, name: str, wanted: ReportFilter = NO_FILTER) -> pl.DataFrame:
    """The rows that the chart of a report needs: all of them, or counts where the chart counts rows.

    Raises as `read_report`.
    """
    report, values = _source(published, name, wanted)
    chart = reports()[name].chart
    if chart.count is None:
        return read_report(published, name, wanted)
    query = SHARED.statement(
        "queries/report_counts", report=report, across=Table(chart.across), count=Table(chart.count)
    )
    return published.query(query.text, values)


def check_filter(published: Published, wanted: ReportFilter) -> None:
    """Raise InvalidRequestError for an invalid day or period, InputRefusedError for an unknown pipeline or owner."""
    for field in ("since", "until", "on"):
        _check_day(field, getattr(wanted, field))
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise InvalidRequestError(f"--since {wanted.since} is after --until {wanted.until}")
    for field, given, query in (
        ("pipeline", wanted.pipeline, "SELECT DISTINCT name FROM main.pipelines ORDER BY name"),
        ("owner", wanted.owner, "SELECT DISTINCT coalesce(name, email) AS name FROM main.users ORDER BY name"),
    ):
        if given is not None:
            _check_name(field, given, [name for name in published.query(query)["name"].to_list() if name])


def _source(published: Published, name: str, wanted: ReportFilter) -> tuple[Expression, dict[str, str]]:
    """The view or macro call that a report is read from, with its parameters."""
    report = reports().get(name)
    if report is None:
        raise InvalidRequestError(f"there is no report {name!r}; known: {', '.join(reports())}")
    _check_fields(name, report, wanted)
    check_filter(published, wanted)
    if not wanted.given():
        return Expression(f"reports.{name}"), {}
    values = {PARAMETERS[field]: value for field, value in wanted.given().items()}
    arguments = ", ".join(f"{parameter} := ${parameter}" for parameter in values)
    return Expression(f"reports.{macro_of(name)}({arguments})"), values


def _check_fields(name: str, report: Report, wanted: ReportFilter) -> None:
    known = fields_of(name)
    for field in wanted.given():
        if field not in known:
            options = ", ".join(f"--{other}" for other in known) or "no filter"
            raise InvalidRequestError(f"{name} cannot be filtered by --{field}; it takes {options}")
    missing = [f"--{field} DAY" for field in report.needs if field not in wanted.given()]
    if missing:
        raise InvalidRequestError(f"{name} needs {' and '.join(missing)}")


def _check_day(field: str, given: str | None) -> None:
    if given is None:
        return
    try:
        date.fromisoformat(given)
    except ValueError as error:
        raise InvalidRequestError(f"--{field} {given!r} is not a day like 2026-03-31") from error


def _check_name(field: str, given: str, names: list[str]) -> None:
    if given not in names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        known = ", ".join(names[:MOST_NAMES]) or "none"
        raise InputRefusedError(f"there is no {field} {given!r}; the {field}s are {known}{more}")
