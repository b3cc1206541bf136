"""Source records: every row that was taken, typed, as its source gave it."""

from collections.abc import Iterator

import dagster as dg

from assets.resources import Home
from assets.sources.loading.imports import load_pending
from assets.sources.loading.record_writing import RECORD_TABLES

_NAMES = [table.split(".")[1] for table in RECORD_TABLES.values()]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            name,
            deps=["landed_files"],
            group_name="records",
            kinds={"duckdb"},
            description=f"Records of the sources in `records.{name}`: one row for each time a record was met.",
        )
        for name in _NAMES
    ],
    pool="warehouse",
)
def source_records(home: Home) -> Iterator[dg.MaterializeResult[None]]:
    """Bring every import that the ledger knows and the warehouse lacks into the records tables."""
    finished = load_pending(home.session, home.ledger, home.archive, home.settings.rejects_dir)
    refused = [file.path for item in finished for file in item.files if file.status == "refused"]
    for name in _NAMES:
        rows = home.session.scalar(f'SELECT count(*) FROM records."{name}"')  # noqa: S608  (our own names)
        yield dg.MaterializeResult(
            asset_key=name,
            metadata={
                "dagster/row_count": int(str(rows)),
                "imports_loaded": dg.MetadataValue.json([item.import_id for item in finished]),
                "files_refused": dg.MetadataValue.json(refused),
            },
        )
