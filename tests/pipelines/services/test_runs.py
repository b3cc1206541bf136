"""Runs in this process: Dagster's history holds what its own executor would have stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.jobs import ACT_JOB, IMPORT_JOB, import_run_config
from pipelines.services import runs
from pipelines.services.importing import run_import
from pipelines.services.instance import open_instance, prepare_instance
from pipelines.services.runs import steps_of
from schemas.contracts.errors import StoreError
from schemas.stores.settings import load_settings
from tests.pipelines.support import ROOT
from tests.support import Workplace, write_csv

KEPT = (
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.RUN_START,
    dg.DagsterEventType.RUN_SUCCESS,
)


def _history(instance: dg.DagsterInstance) -> tuple[dg.DagsterRun, list[tuple[Any, ...]]]:
    """The newest run, and its events as kind, step, asset, check and whether it passed."""
    run = next(iter(instance.get_runs(limit=1)))
    found: list[tuple[Any, ...]] = []
    for entry in instance.all_logs(run.run_id):
        event = entry.dagster_event
        if event is None or event.event_type not in KEPT:
            continue
        check = event.event_specific_data if isinstance(event.event_specific_data, dg.AssetCheckEvaluation) else None
        asset = check.asset_key if check else event.asset_key
        found.append(
            (
                event.event_type.value, event.step_key, asset and asset.to_user_string(),
                check and check.check_name, check and check.passed,
            )
        )  # fmt: skip
    return run, found


def test_a_run_here_leaves_what_dagsters_executor_leaves(tmp_path: Path) -> None:
    ours, theirs = Workplace(tmp_path / "ours"), Workplace(tmp_path / "theirs")
    run_import(ours.settings, [ROOT / "examples"])
    prepare_instance(theirs.settings)
    with open_instance(theirs.settings) as instance:
        config = import_run_config([ROOT / "examples"], take_undone=True)
        assert (
            defs()
            .resolve_job_def(IMPORT_JOB)
            .execute_in_process(
                run_config=config | {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}, instance=instance
            )
            .success
        )
        run, expected = _history(instance)
    prepare_instance(ours.settings)
    with open_instance(ours.settings) as instance:
        own, found = _history(instance)
        assert instance.has_job_snapshot(own.job_snapshot_id or "")
        statuses = {
            evaluation.status.value
            for check in defs().resolve_job_def(IMPORT_JOB).asset_layer.asset_graph.asset_check_keys
            for evaluation in instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
        }
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert (own.status, own.job_name, own.tags) == (run.status, run.job_name, run.tags)
    # Every check that was planned has a result.
    assert "SUCCEEDED" in statuses
    assert statuses <= {"SUCCEEDED", "FAILED"}


@pytest.mark.parametrize("job_name", [IMPORT_JOB, ACT_JOB])
def test_every_step_of_a_job_comes_after_the_steps_it_reads_from(job_name: str) -> None:
    job = defs().resolve_job_def(job_name)
    done: set[dg.AssetKey] = set()
    selected = {key for _, step in steps_of(job) for key in step.selected_asset_keys}
    for _, step in steps_of(job):
        done |= step.selected_asset_keys
        for key in step.selected_asset_keys:
            assert job.asset_layer.asset_graph.get(key).parent_keys & selected <= done, key


def test_a_run_that_fails_is_a_failed_run(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreError("the tables are wrong")

    monkeypatch.setattr(runs, "_refuse_failed", fail)
    with pytest.raises(StoreError, match="the tables are wrong"):
        run_import(workplace.settings, [write_csv(workplace.settings.home.parent / "a.csv", [["Name"], ["Ann Lee"]])])
    with open_instance(load_settings(workplace.settings.home)) as instance:
        run, found = _history(instance)
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert {step for _, step, *_ in found if step} == {"landed_files"} | {
        step for kind, step, *_ in found if kind.endswith("PLANNED")
    }


def test_a_run_that_is_interrupted_is_a_canceled_run(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "_refuse_failed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_import(workplace.settings)
    with open_instance(workplace.settings) as instance:
        assert next(iter(instance.get_runs())).status == dg.DagsterRunStatus.CANCELED
