"""Reports of one pipeline, one owner or a period are what the reports would say if there were nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.reports.queries import fields_of
from schemas.sql.report_catalog import macro_of, reports
from schemas.stores.warehouse import Session, Warehouse

MAKE = [
    "SELECT setseed(0.42)",
    "INSERT INTO main.pipelines VALUES ('pipe_1', 'Sales', 'crm'), ('pipe_2', 'Renewals', 'crm')",
    "INSERT INTO main.users BY NAME SELECT * FROM (VALUES ('user_1', 'Ann'), ('user_2', 'Bob')) AS u (user_id, name), "
    "(SELECT 'crm' AS source, 'x' AS external_id)",
    "INSERT INTO main.stages SELECT 'stage_' || p || '_' || i, 'pipe_' || p, 'Stage ' || i, i, i / 10.0, "
    "CASE i WHEN 4 THEN 'won' WHEN 5 THEN 'lost' ELSE 'open' END FROM range(1, 6) AS r (i), range(1, 3) AS q (p)",
    "CREATE TEMP TABLE made AS SELECT i, random() AS luck, 1 + i % 2 AS p, 1 + CAST(floor(random() * 2) AS INTEGER) AS o, "
    "TIMESTAMPTZ '2026-01-01 12:00:00+00' + to_days(CAST(random() * 200 AS INTEGER)) AS begun, 1 + i % 4 AS steps FROM range(300) AS r (i)",
    "INSERT INTO main.deals BY NAME SELECT 'deal_' || i AS deal_id, 'Deal ' || i AS title, 'pipe_' || p AS pipeline_id, "
    "'stage_' || p || '_' || steps AS stage_id, CASE WHEN luck < 0.3 THEN 'won' WHEN luck < 0.6 THEN 'lost' ELSE 'open' END AS status, "
    "CAST(luck * 1000 AS DECIMAL(18, 2)) AS value, CASE WHEN i % 3 = 0 THEN 'USD' ELSE 'EUR' END AS currency, 'user_' || o AS owner_id, "
    "CAST(begun AS DATE) + 90 AS expected_close_date, begun AS created_at, "
    "CASE WHEN luck < 0.6 THEN begun + to_days(30 + i % 50) END AS closed_at, 'too dear' AS lost_reason FROM made",
    "INSERT INTO main.deal_stage_history SELECT 'deal_' || i, step, CASE WHEN step > 1 THEN 'stage_' || p || '_' || step - 1 END, "
    "CASE WHEN step > 1 THEN begun + to_days(CAST(step * 5 - 5 AS INTEGER)) END, "
    "'stage_' || p || '_' || step, begun + to_days(CAST(step * 5 AS INTEGER)), "
    "CASE WHEN step < steps THEN begun + to_days(CAST(step * 5 + 5 AS INTEGER)) END, NULL, 'native' "
    "FROM (SELECT *, unnest(range(1, steps + 1)) AS step FROM made)",
    "INSERT INTO main.deal_value_history BY NAME SELECT 'deal_' || i AS deal_id, 1 AS sequence, CAST(5 AS DECIMAL(18, 2)) AS value, "
    "'EUR' AS currency, 'native' AS origin FROM made UNION ALL BY NAME SELECT deal_id, 2 AS sequence, created_at + INTERVAL 1 DAY AS changed_at, "
    "CAST(5 AS DECIMAL(18, 2)) AS from_value, value, 'EUR' AS from_currency, currency, expected_close_date, 'native' AS origin FROM main.deals",
    "INSERT INTO main.leads BY NAME SELECT 'lead_' || i AS lead_id, 'open' AS status, 'user_' || o AS owner_id, 'Web' AS channel, begun AS created_at "
    "FROM made",
]
"""Two pipelines, two owners, 300 deals."""

NEEDED = {
    "open_pipeline_at": "day := '2026-04-01'",
    "pipeline_movement_between": "since := '2026-02-01', until := '2026-05-01'",
}
LEARNT_FROM_ALL = ["learnt_value", "deals_without_learnt_chance"]
FILTERED = [name for name in reports() if fields_of(name)]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Warehouse(tmp_path / "w.duckdb").open() as session:
        for statement in MAKE:
            session.execute(statement)
        yield session


def _reports(session: Session, wanted: str, names: list[str]) -> dict[str, pl.DataFrame]:
    found = {}
    for name in names:
        macro = macro_of(name)
        arguments = ", ".join(part for part in (NEEDED.get(name), wanted) if part)
        rows = session.frame(f"SELECT * FROM reports.{macro}({arguments})")
        found[name] = rows.select(pl.exclude(LEARNT_FROM_ALL)).sort(pl.exclude("never"))
    return found


def _all_of(session: Session, wanted: str, field: str) -> dict[str, pl.DataFrame]:
    return _reports(session, wanted, [name for name in FILTERED if field in fields_of(name)])


def test_a_report_of_one_pipeline_is_the_report_without_the_others(session: Session) -> None:
    filtered = _all_of(session, "of_pipeline := 'Sales'", "pipeline")
    for table in ("deal_stage_history", "deal_value_history", "deals"):
        session.execute(
            f"DELETE FROM main.{table} WHERE deal_id IN (SELECT deal_id FROM main.deals WHERE pipeline_id = 'pipe_2')"
        )
    session.execute("DELETE FROM main.stages WHERE pipeline_id = 'pipe_2'")
    session.execute("DELETE FROM main.pipelines WHERE pipeline_id = 'pipe_2'")
    assert len(filtered) > 10
    for name, rows in _all_of(session, "", "pipeline").items():
        assert rows.height
        assert filtered[name].equals(rows), name


def test_a_report_of_one_owner_is_the_report_without_the_others(session: Session) -> None:
    filtered = _all_of(session, "of_owner := 'Ann'", "owner")
    for table in ("deal_stage_history", "deal_value_history", "deals"):
        session.execute(
            f"DELETE FROM main.{table} WHERE deal_id IN (SELECT deal_id FROM main.deals WHERE owner_id = 'user_2')"
        )
    session.execute("DELETE FROM main.leads WHERE owner_id = 'user_2'")
    assert len(filtered) > 12
    for name, rows in _all_of(session, "", "owner").items():
        assert filtered[name].equals(rows), name


PERIODS = {
    "pipeline_value_by_stage": "created_at",
    "win_rate": "closed_at",
    "win_rate_by_month": "closed_at",
    "sales_cycle": "closed_at",
    "lost_reasons": "closed_at",
    "forecast_by_month": "expected_close_date",
    "stage_conversion": "created_at",
    "stage_conversion_all": "created_at",
    "cohort_win_curves": "created_at",
}
"""Reports whose period chooses deals, and by which of their times."""


@pytest.mark.parametrize("when", sorted(set(PERIODS.values())))
def test_a_report_of_a_period_is_the_report_without_the_rest(session: Session, when: str) -> None:
    names = [name for name, time in PERIODS.items() if time == when]
    filtered = _reports(session, "since := '2026-03-01', until := '2026-04-30'", names)
    # The days are those of UTC, and the last one is included.
    outside = f"NOT coalesce({when} >= TIMESTAMPTZ '2026-03-01 00:00:00+00' AND {when} < TIMESTAMPTZ '2026-05-01 00:00:00+00', false)"
    for table in ("deal_stage_history", "deal_value_history", "deals"):
        session.execute(f"DELETE FROM main.{table} WHERE deal_id IN (SELECT deal_id FROM main.deals WHERE {outside})")
    for name, rows in _reports(session, "", names).items():
        assert rows.height
        assert filtered[name].equals(rows), name


def test_months_are_those_of_utc_whatever_the_client_is_set_to(session: Session) -> None:
    before = _all_of(session, "", "owner")
    session.execute("SET TimeZone = 'Pacific/Auckland'")
    for name, rows in _all_of(session, "", "owner").items():
        times = [column for column, kind in rows.schema.items() if isinstance(kind, pl.Datetime)]
        assert rows.drop(times).equals(before[name].drop(times)), name
