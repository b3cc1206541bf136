"""Every report, recomputed by hand or in Polars from the published tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.reports.charts import report_chart, write_chart
from pipelines.reports.page import MOST_ROWS, write_page
from pipelines.reports.queries import NO_FILTER, ReportFilter, count_rows, read_report, rows_to_draw
from pipelines.reports.rendering import pictures
from schemas.contracts.options import ImportOptions
from schemas.sql.report_catalog import reports, view_names
from schemas.stores.warehouse import Published
from tests.support import Workplace, write_csv

OPPORTUNITY = ["Id", "AccountId", "OwnerId", "Name", "StageName", "Amount", "Probability", "CreatedDate", "CloseDate",
               "IsClosed", "IsWon", "LastModifiedDate"]  # fmt: skip
HISTORY = ["Id", "OpportunityId", "CreatedById", "CreatedDate", "StageName", "Probability", "Amount", "CloseDate"]
CHANCES = {"Qualify": "10", "Offer": "50", "Closed Won": "100", "Closed Lost": "0"}

WORLD: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "A": ("100", [("Qualify", "2026-01-01"), ("Offer", "2026-01-11"), ("Closed Won", "2026-01-31")]),
    "B": ("300", [("Qualify", "2026-01-05"), ("Closed Lost", "2026-02-04")]),
    "C": (
        "200",
        [("Qualify", "2026-02-01"), ("Offer", "2026-02-11"), ("Qualify", "2026-02-16"), ("Offer", "2026-02-20")],
    ),
    "D": ("400", [("Offer", "2026-02-10"), ("Closed Won", "2026-03-12")]),
    "E": ("50", [("Qualify", "2026-03-01")]),
}
"""The example of docs/reports.md: five deals, what they are worth, and when they entered which stage."""

BEFORE = {("C", number): ("150", "2026-04-15") for number in range(3)} | {("D", 0): ("400", "2026-03-01")}
"""Steps at which a deal was worth something else than in the end, or should close on another day."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    folder = tmp_path_factory.mktemp("world")
    deals, steps = [], []
    for name, (value, moves) in WORLD.items():
        stage, last = moves[-1]
        closed, won = str("Closed" in stage).lower(), str(stage == "Closed Won").lower()
        created = f"{moves[0][1]}T00:00:00Z"
        deals.append([f"006{name}", "001A", "005A", name, stage, value, CHANCES[stage], created, "2026-04-15", closed, won,
                      f"{last}T00:00:00Z"])  # fmt: skip
        steps += [
            [
                f"008{name}{number}",
                f"006{name}",
                "005A",
                f"{day}T00:00:00Z",
                stage,
                CHANCES[stage],
                *BEFORE.get((name, number), (value, "2026-04-15")),
            ]
            for number, (stage, day) in enumerate(moves)
        ]
    write_csv(folder / "Opportunity.csv", [OPPORTUNITY, *deals])
    write_csv(folder / "OpportunityHistory.csv", [HISTORY, *steps])
    lead = [
        "Id",
        "LastName",
        "Company",
        "Status",
        "LeadSource",
        "IsConverted",
        "CreatedDate",
        "ConvertedDate",
        "LastModifiedDate",
    ]
    leads = [
        ["00Q1", "Lee", "Acme", "New", "Web", "true", "2026-01-02T00:00:00Z", "2026-01-12", "2026-01-12T00:00:00Z"],
        ["00Q2", "Ray", "Globex", "New", "Web", "false", "2026-01-03T00:00:00Z", "", "2026-01-03T00:00:00Z"],
        ["00Q3", "Fox", "Initech", "New", "Fair", "false", "2026-02-03T00:00:00Z", "", "2026-02-03T00:00:00Z"],
    ]
    write_csv(folder / "Lead.csv", [lead, *leads])
    place = Workplace(tmp_path_factory.mktemp("home"))
    place.take(folder, options=ImportOptions())
    place.derive()
    with place.warehouse.open() as session:
        place.warehouse.publish(session, place.settings.published_path)
    return place


def _report(world: Workplace, what: str) -> list[dict[str, Any]]:
    return Published(world.settings.published_path).query(f"FROM reports.{what}").to_dicts()


def _by(rows: list[dict[str, Any]], key: str, *columns: str) -> dict[Any, tuple[Any, ...]]:
    return {row[key]: tuple(row[column] for column in columns) for row in rows}


def test_sales_cycle_by_hand(world: Workplace) -> None:
    rows = _report(world, "sales_cycle")
    found = _by(rows, "closed_month", "deals", "mean_days", "median_days", "p90_days")
    # A from 1 to 31 January, D from 10 February to 12 March.
    assert found == {date(2026, 1, 1): (1, 30.0, 30.0, 30.0), date(2026, 3, 1): (1, 30.0, 30.0, 30.0)}


@pytest.mark.parametrize(
    ("times", "days"),
    [
        # Created on a day, won on the same day at a time: not 0.87 days, and not before it was created.
        ([("2026-05-01", "2026-05-03 20:52:00"), ("2026-05-01", "2026-05-01 20:52:00")], [0, 2]),
        ([("2026-05-01 08:52:00", "2026-05-03"), ("2026-05-01 20:52:00", "2026-05-01")], [0, 2]),
        ([("2026-05-01 08:00:00", "2026-05-02 20:00:00")], [1.5]),
    ],
)
def test_days_between_a_date_and_a_time_are_whole(
    tmp_path: Path, times: list[tuple[str, str]], days: list[float]
) -> None:
    header = ["Deal ID", "Title", "Value", "Stage", "Status", "Created", "Won time"]
    rows = [[str(number), f"Roof {number}", "5", "Won", "Won", *pair] for number, pair in enumerate(times)]
    place = Workplace(tmp_path / "home")
    place.take(write_csv(tmp_path / "deals.csv", [header, *rows]), options=ImportOptions())
    place.derive()
    with place.warehouse.open() as session:
        found = session.frame(
            "SELECT reports.days_between(created_at, closed_at) AS days FROM main.deals ORDER BY days"
        )
        assert found["days"].to_list() == days
        assert session.frame("FROM reports.sales_cycle")["deals"].to_list() == [len(days)]


def test_time_in_stage_by_hand(world: Workplace) -> None:
    found = _by(
        _report(world, "time_in_stage"), "stage", "ended_visits", "mean_days", "median_days_all_visits", "still_there"
    )
    # Qualify: A 10, B 30, C 10 and 4 days; by deal 10, 30, 14. E is still there. Offer: A 20, C 5, D 30; C is there again.
    assert found["Qualify"] == (4, 13.5, 14.0, 1)
    assert found["Offer"] == (3, 18.33, 20.0, 1)


def test_both_countings_of_stage_conversion_by_hand(world: Workplace) -> None:
    any_stage = _by(_report(world, "stage_conversion"), "stage", "entered", "advanced")
    # Of A, B, C, E in Qualify A and C moved on; of A, C, D in Offer A and D were won.
    assert any_stage == {"Qualify": (4, 2), "Offer": (3, 2)}
    all_stages = _by(_report(world, "stage_conversion_all"), "stage", "reached", "reached_next")
    # D skipped Qualify, so it does not count on.
    assert all_stages == {"Qualify": (4, 2), "Offer": (2, None)}


def test_sales_velocity_and_forecast_by_hand(world: Workplace) -> None:
    (row,) = _report(world, "sales_velocity")
    assert (row["open_deals"], float(row["mean_won_value"]), row["win_rate"]) == (2, 250.0, 0.6667)
    assert row["value_per_day"] == pytest.approx(2 * 250 * 0.6667 / row["mean_days_to_win"], abs=0.01)
    (month,) = _report(world, "forecast_by_month")
    assert month["expected_month"] == date(2026, 4, 1)
    # C is in Offer, E in Qualify: 200 × 0.5 + 50 × 0.1; of closed deals both in Offer were won, one of two in Qualify.
    assert (float(month["total_value"]), float(month["weighted_value"]), float(month["learnt_value"])) == (
        250.0,
        105.0,
        225.0,
    )


def test_progress_and_movement_by_hand(world: Workplace) -> None:
    progress = {
        (row["entered_month"], row["stage"]): (row["deals"], row["moved_back"])
        for row in _report(world, "deal_progress")
    }
    assert progress[date(2026, 2, 1), "Offer"] == (2, 0)
    assert progress[date(2026, 2, 1), "Qualify"] == (1, 1)  # C came, went and came back: one deal
    moved = _by(
        _report(world, "pipeline_movement_between('2026-02-01', '2026-02-28')"), "direction", "changes", "deals"
    )
    assert moved == {"entered": (2, 2), "forward": (2, 1), "back": (1, 1), "lost": (1, 1), "value up": (1, 1)}
    rises = _by(_report(world, "pipeline_movement_between('2026-02-01', '2026-02-28')"), "direction", "value_change")
    assert float(rises["value up"][0]) == 50.0
    pushed = _by(
        _report(world, "pipeline_movement_between('2026-03-01', '2026-03-31')"), "direction", "deals", "mean_days_moved"
    )
    assert pushed["pushed out"] == (1, 45.0)  # D, from 1 March to 15 April


def test_the_open_pipeline_of_a_past_day_by_hand(world: Workplace) -> None:
    found = _by(_report(world, "open_pipeline_at('2026-02-15')"), "stage", "open_deals", "total_value")
    # C, worth 150 then, and D stood in Offer; A was won, B was lost, E was not there yet.
    assert {stage: (deals, float(value)) for stage, (deals, value) in found.items()} == {"Offer": (2, 550.0)}
    later = _by(_report(world, "open_pipeline_at('2026-02-20')"), "stage", "total_value")
    assert float(later["Offer"][0]) == 600.0
    before = _by(_report(world, "open_pipeline_at('2026-01-20')"), "stage", "open_deals")
    assert before == {"Qualify": (1,), "Offer": (1,)}
    assert _report(world, "open_pipeline_at('2025-12-31')") == []


def test_leads_by_cohort_by_hand(world: Workplace) -> None:
    found = {(row["created_month"], row["channel"]): row for row in _report(world, "lead_conversion_by_cohort")}
    web = found[date(2026, 1, 1), "Web"]
    assert (web["leads"], web["converted"], web["still_open"]) == (2, 1, 1)
    assert (web["conversion_rate_so_far"], web["conversion_rate_at_most"], web["median_days_to_convert"]) == (
        0.5,
        1.0,
        10.0,
    )


def test_reports_agree_with_polars(world: Workplace) -> None:
    published = Published(world.settings.published_path)
    deals, history = published.query("FROM deals"), published.query("FROM deal_stage_history")
    stages = published.query("FROM stages")
    won = deals.filter(pl.col("status") == "won").with_columns(
        days=(pl.col("closed_at") - pl.col("created_at")).dt.total_seconds() / 86400
    )
    cycle = published.query("FROM reports.sales_cycle")
    assert cycle["deals"].sum() == won.filter(pl.col("days") >= 0).height
    weighted = (cycle["mean_days"] * cycle["deals"]).sum() / cycle["deals"].sum()
    assert weighted == pytest.approx(float(won["days"].mean()), abs=0.01)  # type: ignore[arg-type]
    owners = published.query("FROM reports.win_rate_by_owner")
    assert owners["won"].sum() == won.height
    assert owners["open_value"].cast(pl.Float64).sum() == float(
        deals.filter(pl.col("status") == "open")["value"].cast(pl.Float64).sum()
    )
    lost = published.query("FROM reports.lost_reasons")
    last = (
        history.join(stages, on="stage_id")
        .filter(pl.col("status") == "open")
        .sort("sequence")
        .group_by("deal_id")
        .agg(pl.col("name").last())
        .join(deals.filter(pl.col("status") == "lost"), on="deal_id")
    )
    assert lost["lost_at_stage"].to_list() == last["name"].to_list()
    curves = published.query("FROM reports.cohort_win_curves")
    final = curves.sort("age_months").group_by("created_month").last()
    assert final["won_by_then"].sum() == won.filter(pl.col("days") >= 0).height
    assert final["deals"].sum() == deals.filter(pl.col("created_at").is_not_null()).height
    overlap = published.query("FROM reports.source_overlap")
    entities = published.query("SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM organizations)").item()
    assert overlap["entities"].sum() == entities
    trend = published.query("FROM reports.import_trend")
    assert trend["loaded"].sum() == published.query("SELECT sum(loaded) FROM audit.import_files").item()
    timeline = published.query("SELECT * FROM reports.timeline WHERE event = 'stage'")
    assert timeline.height == history.height


def test_the_timeline_tells_of_imports_for_every_kind_of_thing(world: Workplace) -> None:
    published = Published(world.settings.published_path)
    for table in ("organizations", "leads", "deals"):
        one = table.removesuffix("s")
        told = published.query(
            f"SELECT DISTINCT {one}_id FROM reports.timeline WHERE event = 'import' AND {one}_id IS NOT NULL"
        )
        assert sorted(told[f"{one}_id"]) == sorted(
            published.query(f"SELECT DISTINCT {one}_id FROM {one}_sources WHERE NOT is_stub")[f"{one}_id"]
        )
        assert told.height


def test_every_report_is_drawn_and_stands_on_the_page(world: Workplace, tmp_path: Path) -> None:
    published = Published(world.settings.published_path)
    names = write_page(published, tmp_path / "reports.html")
    page = (tmp_path / "reports.html").read_text(encoding="utf-8")
    assert names == view_names()
    assert set(reports()) - set(names) == {"open_pipeline_at", "pipeline_movement_between"}
    assert page.count("<svg") >= len(names) - 1
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page
    asked = {
        "open_pipeline_at": ReportFilter(on="2026-02-15"),
        "pipeline_movement_between": ReportFilter(since="2026-01-01", until="2026-12-31"),
    }
    charts = [report_chart(name, rows_to_draw(published, name, asked.get(name, NO_FILTER))) for name in reports()]
    assert all(picture and b"<svg" in picture for picture in pictures(charts, "svg"))
    steps = count_rows(published, "timeline")
    assert rows_to_draw(published, "timeline")["events"].sum() == steps > MOST_ROWS
    assert f"{steps - MOST_ROWS} more row" in page
    assert read_report(published, "timeline", most=3).height == 3
    write_chart("win_rate", read_report(published, "win_rate"), tmp_path / "chart.html")
    chart = (tmp_path / "chart.html").read_text(encoding="utf-8")
    assert "<script src" not in chart, "the page fetches nothing"
    assert '"editor": false' in chart
    assert '"tooltip": true' in chart
