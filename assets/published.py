"""The published snapshot: the file that everybody reads, swapped in one step."""

import dagster as dg

from assets.reports import REPORTS
from assets.resources import Home
from dedup.state import DERIVED, fingerprint, is_current, record
from schemas import progress


@dg.asset(
    group_name="publishing",
    pool="warehouse",
    kinds={"duckdb"},
    deps=[dg.AssetKey(["reports", name]) for name in REPORTS],
)
def published_snapshot(home: Home) -> dg.MaterializeResult[None]:
    """`published/leadsift.duckdb`: a copy of the warehouse, put in place atomically; open readers keep theirs."""
    settings, session = home.settings, home.session
    target = settings.published_path
    if not target.is_file() or not is_current(session, settings.base_currency):
        progress.report("Publishing")
        record(session, DERIVED, fingerprint(session, settings.base_currency))
        home.warehouse.publish(session, target)
    return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(str(target)), "bytes": target.stat().st_size})
