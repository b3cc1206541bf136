"""Dagster's event log: engines are kept within a run, and Dagster's own storage reads what was written."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines.services.instance import open_instance, prepare_instance
from schemas.stores.settings import load_settings
from tests.pipelines.support import import_examples
from tests.support import FinishedHomes, Workplace


def test_connections_to_a_file_share_one_engine(workplace: Workplace) -> None:
    prepare_instance(workplace.settings)
    with open_instance(workplace.settings) as instance:
        log = instance.event_log_storage
        engines = []
        for _ in range(2):
            with log.index_connection() as connection:
                engines.append(connection.engine)
    assert engines[0] is engines[1]


def test_dagsters_own_storage_reads_what_a_run_wrote(finished_homes: FinishedHomes, tmp_path: Path) -> None:
    home = finished_homes.copy("examples", import_examples, tmp_path / "home")
    with dg.DagsterInstance.from_config(str(load_settings(home).dagster_home)) as plain:
        (run,) = plain.get_runs()
        kinds = {entry.dagster_event.event_type for entry in plain.all_logs(run.run_id) if entry.dagster_event}
        assert {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.RUN_SUCCESS} <= kinds
        materialized = plain.get_latest_materialization_event(dg.AssetKey("published_snapshot"))
    assert materialized is not None
    assert materialized.run_id == run.run_id
