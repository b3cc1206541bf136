"""The published snapshot: the file for all readers, replaced in one step."""

from dataclasses import replace
from pathlib import Path

import dagster as dg

from assets.reports import REPORTS
from assets.resources import Home
from assets.sources.loading.facts import keep_history
from assets.tables import OWNERS, REPORT_PREFIX, key_of, row_count, table_keys
from dedup.scoring.freshness import fingerprint
from schemas.contracts import progress
from schemas.contracts.errors import LeadsiftError
from schemas.contracts.keys import digest
from schemas.stores.fingerprints import Part, forget, recorded, remember
from schemas.stores.warehouse import Published

ENTITIES = ("organizations", "persons", "leads", "deals")
"""Tables whose rows Dagster counts over time."""


@dg.asset(
    group_name="publishing",
    pool="warehouse",
    kinds={"duckdb", "file"},
    owners=[OWNERS["publishing"]],
    deps=[*table_keys(), *(key_of(f"{REPORT_PREFIX}.{name}") for name in REPORTS)],
)
def published_snapshot(home: Home) -> dg.MaterializeResult[None]:
    """`published/leadsift.duckdb`: every table and report in one file. It is a copy of the warehouse, put in place in
    one step after every blocking check has passed; readers with the old file open keep it.

    ```sql
    SELECT * FROM reports.win_rate  -- leadsift sql "…", or any DuckDB client
    ```
    """
    return publish(home)


def publish(home: Home) -> dg.MaterializeResult[None]:
    """Publish the warehouse, unless the published file is up to date."""
    settings, session = home.settings, home.session
    target = settings.published_path
    wanted = fingerprint(session, settings.shaping)
    with session.transaction():
        if recorded(session.frame, Part.DERIVED) != wanted:
            remember(session, Part.DERIVED, wanted)
        forget(session, Part.CAUSE)
    keep_history(session, home.ledger)
    # The copy has its own fingerprint, which decides whether it is up to date.
    outcome = "up to date"
    if _published_fingerprint(target) != wanted:
        progress.report("Publishing")
        before = home.stores.published_imports()
        undone = digest([item.import_id for item in home.ledger.imports() if item.undone_at is not None])
        home.stores.warehouse.publish(
            session, target, clean=(recorded(session.frame, Part.PUBLISHED) or digest([])) != undone
        )
        with session.transaction():
            remember(session, Part.PUBLISHED, undone)
        known = session.frame("SELECT import_id FROM audit.imports ORDER BY import_sequence")["import_id"]
        home.record(replace(home.outcome, published=tuple(item for item in known if item not in before)))
        outcome = "published"
    return dg.MaterializeResult(
        metadata={
            "step": outcome,
            "path": dg.MetadataValue.path(str(target)),
            "bytes": target.stat().st_size,
            **{table: row_count(session, f"main.{table}") for table in ENTITIES},
        }
    )


def _published_fingerprint(target: Path) -> str | None:
    """The fingerprint in the published file; None if it cannot be read."""
    try:
        return recorded(Published(target).query, Part.DERIVED)
    except LeadsiftError:
        return None
