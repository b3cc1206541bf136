"""The CRM tables: leads, deals, their histories, notes and activities."""

from typing import Any

import dagster as dg

from assets.checks import check_specs, evaluate
from assets.deals.tables import SETTINGS_FRAMES, SQL, Setup, build_crm_tables
from assets.deals.tables import STEPS as SQL_STEPS
from assets.resources import Home
from assets.summaries import leading_nowhere
from assets.tables import STEPS, Evaluations, Selection, results, table_spec, upstream
from dedup.scoring.freshness import is_current
from schemas.contracts import progress
from schemas.sql.statements import made_from

BESIDES = {"audit.id_redirects": ("main.organizations", "main.persons")}
"""Dependencies of a table besides this step's SQL: resolving writes redirects of organizations and persons."""


def _spec(table: str) -> dg.AssetSpec:
    steps = [SQL.statement(step) for step in SQL_STEPS]
    sources = made_from([step.text for step in steps], SETTINGS_FRAMES)[table] | set(BESIDES.get(table, ()))
    return table_spec(table, "crm", upstream(sources), steps)


@dg.multi_asset(
    specs=[_spec(table) for table in STEPS["crm"]],
    check_specs=check_specs("crm"),
    pool="warehouse",
    can_subset=True,
)
def crm_tables(context: dg.AssetExecutionContext, home: Home) -> Evaluations:
    """Build users, pipelines, stages, leads, deals, their histories, notes and activities together."""
    yield from build(context, home)


def build(selection: Selection, home: Home) -> Evaluations:
    """Build the CRM tables, unless they are up to date."""
    outcome = "up to date"
    if selection.selected_asset_keys and not is_current(home.session, home.settings.shaping):
        progress.report("Building leads, deals and their history")
        with home.session.transaction():
            settings = home.settings
            setup = Setup(settings.base_currency, settings.rates, settings.pipelines, settings.stage_map)
            build_crm_tables(home.session, setup)
        outcome = "built"
    for table in STEPS["crm"]:
        metadata: dict[str, Any] = {"step": outcome}
        if table == "audit.references":
            metadata["leading nowhere"] = dg.MetadataValue.md(leading_nowhere(home.session))
        yield from results(selection, home.session, [table], metadata)
    yield from evaluate(selection, home, "crm")
