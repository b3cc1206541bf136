"""What each report costs over many deals.

    python -m benchmarks.report_speed 1000000 5

Deals with so many stage events each are made by SQL (seeded) in an empty warehouse; then every report is computed to
its last row. CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path

from schemas.sql.files import SHARED, Expression
from schemas.sql.report_catalog import view_names
from schemas.stores.warehouse import Session, Warehouse

# ruff: noqa: E501
_MAKE = [
    "SELECT setseed(0.42)",
    "INSERT INTO main.pipelines VALUES ('pipe_1', 'Sales', 'crm')",
    "INSERT INTO main.users BY NAME SELECT 'user_' || i AS user_id, 'User ' || i AS name, 'crm' AS source, "
    "CAST(i AS VARCHAR) AS external_id FROM range(50) AS r (i)",
    "INSERT INTO main.stages SELECT 'stage_' || i, 'pipe_1', 'Stage ' || i, i, i / 10.0, "
    "if(i = 7, 'won', if(i = 8, 'lost', 'open')) FROM range(1, 9) AS r (i)",
    "CREATE TEMP TABLE made AS SELECT i, random() AS luck, TIMESTAMPTZ '2023-01-01' + INTERVAL (random() * 1000) DAY AS begun, "
    "1 + CAST(floor(random() * $most) AS INTEGER) AS steps FROM range($deals) AS r (i)",
    "INSERT INTO main.deals BY NAME SELECT 'deal_' || i AS deal_id, 'Deal ' || i AS title, 'pipe_1' AS pipeline_id, "
    "'stage_' || CASE WHEN luck < 0.3 THEN 7 WHEN luck < 0.7 THEN 8 ELSE 1 + steps % 6 END AS stage_id, "
    "CASE WHEN luck < 0.3 THEN 'won' WHEN luck < 0.7 THEN 'lost' ELSE 'open' END AS status, "
    "CAST(luck * 10000 AS DECIMAL(18, 2)) AS value, if(i % 3 = 0, 'USD', 'EUR') AS currency, 'user_' || i % 50 AS owner_id, "
    "CAST(begun AS DATE) + 120 AS expected_close_date, begun AS created_at, if(luck < 0.7, begun + INTERVAL 60 DAY, NULL) AS closed_at, "
    "if(luck >= 0.3 AND luck < 0.7, 'reason ' || i % 7, NULL) AS lost_reason FROM made",
    "INSERT INTO main.deal_stage_history SELECT 'deal_' || i, step, if(step = 1, NULL, 'stage_' || (1 + (step + i - 1) % 6)), "
    "if(step = 1, NULL, begun + INTERVAL (step * 5 - 5) DAY), "
    "'stage_' || (1 + (step + i) % 6), begun + INTERVAL (step * 5) DAY, if(step = steps, NULL, begun + INTERVAL (step * 5 + 5) DAY), "
    "NULL, 'native' FROM (SELECT *, unnest(range(1, steps + 1)) AS step FROM made)",
    "INSERT INTO main.deal_value_history BY NAME SELECT 'deal_' || i AS deal_id, change AS sequence, "
    "if(change = 1, NULL, begun + INTERVAL (change * 10) DAY) AS changed_at, if(change = 1, NULL, CAST(luck * 9000 AS DECIMAL(18, 2))) AS from_value, "
    "CAST(luck * if(change = 1, 9000, 10000) AS DECIMAL(18, 2)) AS value, if(i % 3 = 0, 'USD', 'EUR') AS currency, "
    "if(change = 1, NULL, currency) AS from_currency, CAST(begun AS DATE) + 100 + 10 * change AS expected_close_date, "
    "if(change = 1, NULL, CAST(begun AS DATE) + 110) AS from_expected_close_date, 'native' AS origin "
    "FROM (SELECT *, unnest([1, 2]) AS change FROM made)",
    "INSERT INTO main.leads BY NAME SELECT 'lead_' || i AS lead_id, 'per_' || i // 2 AS person_id, if(luck < 0.5, 'open', 'converted') AS status, "
    "'channel ' || i % 5 AS channel, begun AS created_at, if(luck < 0.5, NULL, begun + INTERVAL 20 DAY) AS converted_at FROM made",
]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _computed(session: Session, report: str) -> tuple[int, float]:
    """Rows of a report and the CPU seconds of computing every column of it."""
    began = _cpu()
    rows = session.frame_of(SHARED.statement("queries/report_rows", report=Expression(report)))
    return int(rows.item()), _cpu() - began


def main() -> None:
    """Make the deals, compute the reports, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("deals", type=int)
    parser.add_argument("events", type=int, help="stage events of a deal on average")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Warehouse(Path(folder) / "w.duckdb").open() as session:
        for statement in _MAKE:
            names = {"deals": given.deals, "most": 2 * given.events - 1}
            session.execute(
                statement, {name: value for name, value in names.items() if f"${name}" in statement} or None
            )
        events = session.scalar("SELECT count(*) FROM main.deal_stage_history")
        print(
            f"{given.deals:,} deals, {int(str(events)):,} stage events, a change of value each\n\n| report | rows | CPU s |\n|---|---|---|"
        )
        reports = [f"reports.{name}" for name in view_names()]
        for report in [
            *reports,
            "reports.open_pipeline_at('2024-06-30')",
            "reports.pipeline_movement_between('2024-01-01', '2024-03-31')",
        ]:
            rows, seconds = _computed(session, report)
            print(f"| {report.removeprefix('reports.')} | {rows:,} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
