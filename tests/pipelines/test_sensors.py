"""The inbox sensor: many files a run, known content is left alone, half-copied files wait."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.jobs import IMPORT_JOB
from pipelines.sensors import inbox_sensor
from pipelines.services.importing import outcome_of
from pipelines.services.instance import prepare_instance
from schemas.contracts.vocabulary import ImportStatus
from tests.support import Workplace, write_csv

ROWS = [["Name", "Email"], ["Ann", "a@b.example"]]


@pytest.fixture
def inbox(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEADSIFT_HOME", str(workplace.settings.home))
    workplace.settings.inbox_dir.mkdir(parents=True)
    return workplace.settings.inbox_dir


def _tick(cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
    with dg.DagsterInstance.ephemeral() as instance:
        result = inbox_sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def _settled(path: Path) -> Path:
    before = time.time() - 60
    os.utime(path, (before, before))
    return path


def _paths(result: dg.SensorResult | dg.SkipReason) -> list[str]:
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []
    paths: list[str] = request.run_config["ops"]["landed_files"]["config"]["paths"]
    return paths


def test_an_empty_inbox_is_skipped(inbox: Path) -> None:
    assert isinstance(_tick(), dg.SkipReason)


def test_many_files_go_into_one_run(inbox: Path) -> None:
    paths = [_settled(write_csv(inbox / f"{i}.csv", [ROWS[0], [f"P{i}", ""]])) for i in range(5)]
    assert _paths(_tick()) == sorted(map(str, paths))


def test_a_file_that_still_changes_waits(inbox: Path) -> None:
    write_csv(inbox / "a.csv", ROWS)
    assert isinstance(_tick(), dg.SkipReason)


def test_a_link_out_of_the_inbox_is_refused_by_name(inbox: Path, tmp_path: Path) -> None:
    secret = write_csv(tmp_path / "secret.csv", ROWS)
    (inbox / "l.csv").symlink_to(secret)
    os.mkfifo(inbox / "pipe.csv")
    skipped = _tick()
    assert isinstance(skipped, dg.SkipReason)
    assert f"refused: {inbox / 'l.csv'} is a link that leads out of the folder" in str(skipped.skip_message)
    path = _settled(write_csv(inbox / "a.csv", [ROWS[0], ["Bob", ""]]))
    assert _paths(_tick()) == [str(path)]


def test_content_that_the_ledger_knows_is_left_alone(inbox: Path, workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "elsewhere.csv", ROWS))
    _settled(write_csv(inbox / "again.csv", ROWS))
    result = _tick()
    assert isinstance(result, dg.SensorResult)
    assert not result.run_requests


def test_the_same_name_with_new_content_is_imported(inbox: Path, workplace: Workplace) -> None:
    path = _settled(write_csv(inbox / "leads.csv", ROWS))
    first = _tick()
    workplace.take(path)
    _settled(write_csv(path, [*ROWS, ["Bob", "b@c.example"]]))
    assert isinstance(first, dg.SensorResult)
    second = _tick(first.cursor)
    assert _paths(second) == [str(path)]
    keys = [
        result.run_requests[0].run_key
        for result in (first, second)
        if isinstance(result, dg.SensorResult) and result.run_requests
    ]
    assert len(set(keys)) == 2


def test_a_file_whose_run_failed_is_asked_for_again(inbox: Path) -> None:
    path = _settled(write_csv(inbox / "a.csv", ROWS))
    first = _tick()
    assert isinstance(first, dg.SensorResult)
    # The run failed before anything landed: the ledger does not know the file, so the sensor must not forget it.
    assert _paths(_tick(first.cursor)) == [str(path)]


def test_an_archive_is_known_by_its_members(inbox: Path, workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "in" / "a.csv", ROWS))
    archive = Path(shutil.make_archive(str(inbox / "zipped"), "zip", tmp_path / "in"))
    _settled(archive)
    result = _tick()
    assert isinstance(result, dg.SensorResult)
    assert not result.run_requests


def test_what_a_run_of_the_sensor_refused_is_seen(inbox: Path, workplace: Workplace) -> None:
    """A broken file and a wrong cell: a warning with counts and reasons in Dagster, the same outcome for everybody."""
    _settled(write_csv(inbox / "good.csv", [["Name", "Email", "Birth date"], ["Ann", "a@b.example", "yesterday"]]))
    broken = inbox / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    locked = inbox / "cut.zip"
    locked.write_bytes(b"PK\x05\x06 no archive")
    for path in (broken, locked):
        _settled(path)
    tick = _tick()
    assert isinstance(tick, dg.SensorResult)
    (request,) = tick.run_requests or []
    prepare_instance(workplace.settings)
    with dg.DagsterInstance.get() as instance:
        result = defs().resolve_job_def(IMPORT_JOB).execute_in_process(run_config=request.run_config, instance=instance)
    assert result.success

    (check,) = [found for found in result.get_asset_check_evaluations() if found.check_name == "nothing_refused"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert {name: value.value for name, value in check.metadata.items() if name != "refused"} == {
        "files_refused": 2, "rows_rejected": 0, "cells_rejected": 1,
    }  # fmt: skip
    assert "broken.xlsx" in str(check.metadata["refused"].value)
    assert "cut.zip" in str(check.metadata["refused"].value)
    loaded = {
        found.asset_key: found.metadata for found in result.asset_materializations_for_node("source_records")
    }[dg.AssetKey("import_files")]  # fmt: skip
    assert loaded["rows_loaded"].value == 1
    assert "good.csv" in str(loaded["read"].value)

    run = workplace.ledger.runs.of_run(result.run_id)
    assert run is not None
    assert run.import_id is not None
    assert workplace.ledger.runs.of_import(run.import_id) == run
    outcome = outcome_of(workplace.settings, run)
    assert outcome.status == ImportStatus.PARTIAL
    assert sorted(Path(line.split(": ")[0]).name for line in outcome.refusals) == ["broken.xlsx", "cut.zip"]


def test_a_run_that_took_everything_warns_of_nothing(inbox: Path, workplace: Workplace) -> None:
    _settled(write_csv(inbox / "good.csv", ROWS))
    (request,) = getattr(_tick(), "run_requests", None) or []
    prepare_instance(workplace.settings)
    with dg.DagsterInstance.get() as instance:
        result = defs().resolve_job_def(IMPORT_JOB).execute_in_process(run_config=request.run_config, instance=instance)
    assert all(check.passed for check in result.get_asset_check_evaluations())
