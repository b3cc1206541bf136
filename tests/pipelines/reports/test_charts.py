"""Every report is drawn whatever is in it: nothing, one row, nulls, hostile text, many rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pipelines.reports.charts import MOST_BARS, chart_points, report_chart
from pipelines.reports.palette import LOST, OPEN, SOURCES, WON, color_scale
from pipelines.reports.rendering import pictures
from schemas.contracts.errors import InputRefusedError
from schemas.sql.report_catalog import PARAMETERS, macro_of, reports
from schemas.stores.warehouse import Warehouse
from tests.pipelines.support import ROOT

HOSTILE = "a\x1b[31m\x00\ufffe\u202e</text><script>{x}%s'\"`"


@pytest.fixture(scope="module")
def schemas_of_reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Each report without rows, as its chart reads it."""
    found = {}
    with Warehouse(tmp_path_factory.mktemp("w") / "w.duckdb").open() as session:
        for name, report in reports().items():
            days = ", ".join(f"{PARAMETERS[field]} := '2026-01-01'" for field in report.needs)
            rows = session.frame(f"SELECT * FROM reports.{f'{macro_of(name)}({days})' if days else name}")
            if report.chart.count:
                rows = rows.select(report.chart.across).with_columns(pl.lit(1).alias(report.chart.count))
            found[name] = rows
    return found


def _value(kind: Any, number: int, text: str) -> Any:
    if kind == pl.Date:
        return date(2026, 1 + number % 12, 1)
    if isinstance(kind, pl.Datetime):
        return datetime(2026, 1, 1 + number % 28, tzinfo=UTC)
    if isinstance(kind, pl.List):
        return [text]
    if kind == pl.Boolean:
        return number % 2 == 1
    if kind.is_numeric():
        return Decimal(number) if kind.is_decimal() else number
    return f"{text}{number}"


def _filled(empty: pl.DataFrame, rows: int, text: str) -> pl.DataFrame:
    few = {"pipeline", "currency"}  # a panel each, which is what drawing costs
    columns = {
        name: [_value(kind, number % 2 if name in few else number, text) for number in range(1, rows + 1)]
        for name, kind in empty.schema.items()
    }
    return pl.DataFrame(columns, schema=empty.schema)


def test_a_report_without_rows_or_numbers_is_refused_by_name(schemas_of_reports: dict[str, pl.DataFrame]) -> None:
    for name, empty in schemas_of_reports.items():
        with pytest.raises(InputRefusedError, match=f"{name} has nothing to draw yet"):
            report_chart(name, empty)
        nulls = pl.DataFrame({column: [None] for column in empty.columns}, schema=empty.schema)
        with pytest.raises(InputRefusedError, match=f"{name} has nothing to draw yet"):
            report_chart(name, nulls)


@pytest.mark.parametrize(("rows", "text"), [(1, HOSTILE), (60, HOSTILE)], ids=["one", "many"])
def test_every_report_is_drawn(schemas_of_reports: dict[str, pl.DataFrame], rows: int, text: str) -> None:
    charts = [report_chart(name, _filled(empty, rows, text)) for name, empty in schemas_of_reports.items()]
    for name, picture in zip(schemas_of_reports, pictures(charts, "svg"), strict=True):
        assert picture is not None, name
        assert b"<script" not in picture


def test_numbers_of_one_category_add_up_or_are_averaged_and_currencies_stay_apart() -> None:
    forecast = pl.DataFrame({
        "expected_month": [date(2026, 4, 1)] * 3, "currency": ["EUR", "EUR", None],
        "total_value": [Decimal(1), Decimal(2), Decimal(5)], "weighted_value": [None] * 3, "learnt_value": [None] * 3,
    }, schema_overrides={"weighted_value": pl.Float64, "learnt_value": pl.Float64})  # fmt: skip
    points = chart_points(reports()["forecast_by_month"].chart, forecast).filter(pl.col("color") == "total_value")
    assert points.select("panel", "across", "value").rows() == [
        ("EUR", "2026-04", 3.0),
        ("currency not stated", "2026-04", 5.0),
    ]
    cycle = pl.DataFrame({
        "pipeline": ["A", "A"], "closed_month": [date(2026, 4, 1)] * 2,
        "mean_days": [1.0, 3.0], "median_days": [1.0, 1.0], "p90_days": [1.0, 1.0],
    })  # fmt: skip
    points = chart_points(reports()["sales_cycle"].chart, cycle).filter(pl.col("color") == "mean_days")
    assert points["value"].to_list() == [2.0]


def test_a_bar_that_rests_on_inferred_history_says_so_and_bars_are_few() -> None:
    rows = pl.DataFrame({
        "pipeline": ["A"] * 100, "stage": [f"S{number}" for number in range(100)], "entered": [2] * 100,
        "advanced": [1] * 100, "conversion_rate": [0.5] * 100,
        "includes_inferred_history": [None, True] * 50,
    })  # fmt: skip
    points = chart_points(reports()["stage_conversion"].chart, rows)
    assert points.height == MOST_BARS
    assert points["inferred"].to_list()[:2] == [False, True]
    assert points["label"][0] == "1 of 2"


def test_colors_have_one_meaning() -> None:
    assert color_scale(["won", "lost", "still_open"]).range == [WON, LOST, OPEN]
    assert color_scale(["converted", "lost"]).range == [WON, LOST]
    assert color_scale(["precision", "total_value", "recall"]).range == [SOURCES[0], OPEN, SOURCES[1]]
    assert not {WON, LOST, OPEN} & set(SOURCES)
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipelines" / "reports").glob("*charts.py"))
    assert "#" not in sources.replace("# ", ""), "colors come from the palette"
