"""The reports: one view each in the schema `reports`, defined in `schemas/sql/reports`."""

from collections.abc import Iterator

import dagster as dg

from assets.resources import Home
from schemas.contracts import progress
from schemas.sql.files import sql_comment, sql_names

REPORTS = [name.split("/")[1] for name in sql_names("reports")]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            dg.AssetKey(["reports", name]),
            deps=["leads", "deals", "stages", "pipelines", "deal_stage_history", "deal_value_history"],
            group_name="reports",
            kinds={"duckdb"},
            description=sql_comment(f"reports/{name}"),
        )
        for name in REPORTS
    ],
    pool="warehouse",
)
def reports(home: Home) -> Iterator[dg.MaterializeResult[None]]:
    """Compute every row of every report once, so that one that fails is seen before it is published."""
    progress.report("Reading the reports")
    for name in REPORTS:
        rows = home.session.scalar(
            f'SELECT count(whole) FROM (SELECT hash(report) AS whole FROM reports."{name}" AS report)'  # noqa: S608
        )
        yield dg.MaterializeResult(
            asset_key=dg.AssetKey(["reports", name]), metadata={"dagster/row_count": int(str(rows))}
        )
