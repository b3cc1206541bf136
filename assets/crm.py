"""The CRM tables: leads apart from the pipeline, deals in it, and what happened to them."""

from collections.abc import Iterator

import dagster as dg

from assets.deals.tables import CRM_TABLES, Setup, build_crm_tables
from assets.resources import Home
from dedup.scoring.freshness import is_current
from schemas.contracts import progress


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            name,
            deps=[
                "organizations", "persons", "source_leads", "source_deals", "source_stages", "source_stage_changes",
                "source_notes", "source_activities", "source_users",
            ],
            group_name="crm",
            kinds={"duckdb"},
            description=text,
        )
        for name, text in CRM_TABLES.items()
    ],
    pool="warehouse",
)  # fmt: skip
def crm_tables(home: Home) -> Iterator[dg.MaterializeResult[None]]:
    """Build users, pipelines, stages, leads, deals, their history, notes and activities."""
    if not is_current(home.session, home.settings.shaping):
        progress.report("Building leads, deals and their history")
        with home.session.transaction():
            settings = home.settings
            setup = Setup(settings.base_currency, settings.rates, settings.pipelines, settings.stage_map)
            build_crm_tables(home.session, setup)
    for name in CRM_TABLES:
        rows = home.session.scalar(f"SELECT count(*) FROM main.{name}")  # noqa: S608  (our own names)
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": int(str(rows))})
