"""The catalog of reports: what each answers, how it is filtered and drawn, and the SQL that defines it.

Belongs here: loading `schemas/sql/reports/reports.toml`, strictly, and the views generated over report macros. Does not
belong here: reading a report (`pipelines.reports.queries`) and drawing it (`pipelines.reports.charts`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.sql.files import SQL_DIR, sql_names, sql_text

CATALOG = SQL_DIR / "reports" / "reports.toml"

ReportField = Literal["pipeline", "owner", "since", "until", "on"]
PARAMETERS: dict[str, str] = {
    "pipeline": "of_pipeline",
    "owner": "of_owner",
    "since": "since",
    "until": "until",
    "on": "day",
}
"""The macro parameter behind each filter of the command line."""

Format = Literal["percent", "month"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Chart(_Part):
    """How a report is drawn; `reports.toml` explains each key."""

    kind: Literal["bars", "columns", "lines"]
    across: str
    measures: list[str] = Field(min_length=1)
    subtitle: str
    by: str | None = None
    panels: list[str] = Field(default_factory=list)
    stacked: bool = False
    percent: bool = False
    mean: bool = False
    tick: str | None = None
    label: str | None = None
    count: str | None = None


class Report(_Part):
    """What is known of a report besides its SQL."""

    title: str
    question: str
    grain: str
    notes: str = ""
    filters: list[ReportField] = Field(default_factory=list)
    needs: list[ReportField] = Field(default_factory=list)
    period: str | None = None
    order: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    chart: Chart

    @property
    def description(self) -> str:
        """The report in one paragraph, as the view's comment says it."""
        return " ".join(filter(None, [self.question, f"One row per {self.grain}.", self.notes]))


class _Catalog(_Part):
    report: dict[str, Report]
    columns: dict[str, str]
    formats: dict[Format, list[str]]


@cache
def _catalog() -> _Catalog:
    return _Catalog.model_validate(tomllib.loads(CATALOG.read_text(encoding="utf-8")))


def reports() -> dict[str, Report]:
    """Every report by name, sorted."""
    return dict(sorted(_catalog().report.items()))


@cache
def column_formats() -> dict[str, Format]:
    """How people read the values of a column of any report, by the column's name."""
    return {column: kind for kind, columns in _catalog().formats.items() for column in columns}


def column_comments(name: str) -> dict[str, str]:
    """What the columns of a report hold, by column; also has the comments of columns that other reports share."""
    return _catalog().columns | reports()[name].columns


def view_names() -> list[str]:
    """The reports that are views: all but those that need a parameter."""
    return [name for name, report in reports().items() if not report.needs]


def macro_of(name: str) -> str | None:
    """The table macro that takes the filters of a report; None for a report that takes none."""
    report = reports()[name]
    if report.needs:
        return name
    return f"{name}_of" if report.filters else None


def view_sql(name: str) -> str:
    """The statement that creates the view of a report."""
    macro = macro_of(name)
    if macro is None:
        return sql_text(f"reports/{name}")
    return f"CREATE VIEW reports.{name} AS FROM reports.{macro}();"


def macro_files() -> list[str]:
    """The SQL files of the report macros, each after those that it calls."""
    files = [name for name in sql_names("reports") if macro_of(name.split("/")[1])]
    return sorted(files, key=lambda name: bool(reports()[name.split("/")[1]].needs))


def definitions() -> list[str]:
    """Every statement that defines a report, and its comments: what a change of any of them changes."""
    views = [
        "\n".join([report.description, *column_comments(name).values(), view_sql(name)])
        for name, report in reports().items()
    ]
    return [*(sql_text(name) for name in macro_files()), *views]
