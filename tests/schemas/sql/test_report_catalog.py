"""The report catalog says the same as the SQL beside it."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from schemas.sql.files import sql_names, sql_text
from schemas.sql.report_catalog import (
    CATALOG,
    PARAMETERS,
    Chart,
    Report,
    column_comments,
    column_formats,
    macro_of,
    reports,
    view_names,
)
from schemas.stores.warehouse import Session, Warehouse

NAMES = sorted(reports())
SHARED_COLUMNS: dict[str, str] = tomllib.loads(CATALOG.read_text(encoding="utf-8"))["columns"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with Warehouse(tmp_path_factory.mktemp("w") / "w.duckdb").open() as session:
        yield session


def columns_of(session: Session, name: str) -> list[str]:
    days = ", ".join(f"{PARAMETERS[field]} := '2026-01-01'" for field in reports()[name].needs)
    call = f"{macro_of(name)}({days})" if days else name
    order = reports()[name].order
    return session.frame(f"SELECT * FROM reports.{call}{f' ORDER BY {order}' if order else ''}").columns


def test_every_report_has_its_sql_and_its_entry() -> None:
    assert [name.removeprefix("reports/") for name in sql_names("reports")] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_filters_are_the_parameters_of_the_macro(name: str) -> None:
    report, macro = reports()[name], macro_of(name)
    if macro is None:
        assert sql_text(f"reports/{name}").startswith(f"CREATE VIEW reports.{name} AS")
        return
    head = re.match(r"CREATE OR REPLACE MACRO reports\.(\w+)\(([^)]*)\) AS TABLE\n", sql_text(f"reports/{name}"))
    assert head is not None
    assert head.group(1) == macro
    parameters = {item.split(":=")[0].strip(): ":=" not in item for item in head.group(2).split(",")}
    declared = {PARAMETERS[field]: field in report.needs for field in [*report.needs, *report.filters]}
    assert declared == parameters
    # Whoever filters by a period must be told of which date.
    assert bool(report.period) == ("since" in parameters)


@pytest.mark.parametrize("name", NAMES)
def test_charts_draw_columns_that_the_report_has(session: Session, name: str) -> None:
    chart, columns = reports()[name].chart, set(columns_of(session, name))
    labelled = {field for _, field, _, _ in string.Formatter().parse(chart.label or "") if field}
    drawn = {chart.across, *chart.panels, *labelled, *filter(None, [chart.by, chart.tick])}
    if chart.count:
        assert chart.measures == [chart.count]
    else:
        drawn |= set(chart.measures)
    assert drawn <= columns
    # Amounts of different currencies are never added up.
    if "currency" in columns and any("value" in measure for measure in chart.measures):
        assert "currency" in {*chart.panels, chart.by}


def test_formats_are_of_columns_that_there_are(session: Session) -> None:
    columns = {column for name in NAMES for column in columns_of(session, name)}
    assert set(column_formats()) <= columns
    assert {column for column in columns if column.endswith("_month")} == {
        column for column, form in column_formats().items() if form == "month"
    }


def test_views_carry_the_description_as_their_comment(session: Session) -> None:
    comments = dict(
        session.frame("SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'reports'").iter_rows()
    )
    assert comments == {name: reports()[name].description for name in view_names()}


@pytest.mark.parametrize("name", NAMES)
def test_every_column_has_a_comment_and_every_comment_a_column(session: Session, name: str) -> None:
    columns = set(columns_of(session, name))
    assert columns <= set(column_comments(name))
    assert set(reports()[name].columns) <= columns
    # What reports share is written once.
    assert not SHARED_COLUMNS.items() & reports()[name].columns.items()


def test_shared_comments_are_of_columns_that_there_are(session: Session) -> None:
    columns = {column for name in NAMES for column in columns_of(session, name)}
    assert set(SHARED_COLUMNS) <= columns


def test_macros_carry_the_description_as_their_comment(session: Session) -> None:
    comments = dict(
        session.frame(
            "SELECT function_name, comment FROM duckdb_functions() "
            "WHERE schema_name = 'reports' AND function_type = 'table_macro'"
        ).iter_rows()
    )
    for name in NAMES:
        if macro := macro_of(name):
            assert comments[macro] == reports()[name].description


def test_an_unknown_key_is_refused() -> None:
    chart = {"kind": "bars", "across": "stage", "measures": ["deals"], "subtitle": ""}
    report = {"title": "x", "question": "x", "grain": "x", "chart": chart}
    Report.model_validate(report)
    for wrong in ({**report, "colour": "red"}, {**report, "filters": ["team"]}):
        with pytest.raises(ValidationError):
            Report.model_validate(wrong)
    with pytest.raises(ValidationError):
        Chart.model_validate({**chart, "kind": "pie"})
