"""The doctor: a home without imports is healthy and Dagster can start in it; what is wrong is named and repaired."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.services.doctor import repair_dagster
from schemas.stores.settings import load_settings
from tests.assets.support import make_small_crm
from tests.pipelines.support import ROOT, process_environment, run, run_json
from tests.support import FinishedHomes


def test_a_new_home_is_healthy_and_ready_for_dagster(tmp_path: Path) -> None:
    home = tmp_path / "home"
    document = run_json("doctor", home=home)
    assert document["healthy"]
    assert any("nothing is imported yet" in fact for fact in document["facts"])
    # `dagster dev` refuses to start without its folder, and without this file it sends telemetry.
    assert "telemetry" in (home / "dagster" / "dagster.yaml").read_text()
    assert (home / "inbox").is_dir()
    assert run_json("doctor", home=home)["healthy"]


def test_commands_that_read_leave_a_new_home_healthy(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run("imports", home=home)
    run("leads", home=home, expect=3)
    assert run_json("doctor", home=home)["healthy"]


@pytest.fixture
def home(finished_homes: FinishedHomes, tmp_path: Path) -> Path:
    """A copy of a home with a small CRM imported."""
    return finished_homes.copy("small-crm", make_small_crm, tmp_path / "home")


def test_without_a_file_of_the_archive_nothing_is_removed_and_both_remedies_are_named(home: Path) -> None:
    lost = next(path for path in (home / "archive").rglob("*") if path.is_file())
    warehouse = home / "warehouse.duckdb"
    lost.unlink()
    before = warehouse.read_bytes()
    import_id = run_json("imports", home=home)["imports"][0]["import_id"]
    for command in (["doctor"], ["doctor", "--rebuild"]):
        said = run(*command, home=home, expect=3).stderr
        assert said.count("\n") == 1
        for words in (lost.name, "restore it from a backup", f"`leadsift undo {import_id}`"):
            assert words in said
    assert warehouse.read_bytes() == before

    run("undo", import_id, home=home)
    assert run_json("doctor", home=home)["healthy"]


def test_an_outdated_published_file_is_named(home: Path) -> None:
    published = home / "published" / "leadsift.duckdb"
    older = published.read_bytes()
    run("undo", run_json("imports", home=home)["imports"][0]["import_id"], home=home)
    published.write_bytes(older)
    said = run("doctor", home=home, expect=3).stderr
    assert f"{published} is out of date: it has 1 import, the warehouse has 0 imports; run `leadsift doctor" in said
    assert run_json("doctor", "--rebuild", home=home)["healthy"]


@pytest.mark.parametrize("broken", [b"telemetry: [", b"nonsense: 1", b"text"])
def test_broken_settings_of_dagster_are_named_and_restored(home: Path, broken: bytes) -> None:
    file = home / "dagster" / "dagster.yaml"
    shipped = file.read_bytes()
    file.write_bytes(broken)
    for command in (["doctor"], ["import", home / "small-crm"]):
        said = run(*command, home=home, expect=3).stderr
        assert f"{file}: Dagster does not start with these settings" in said
        assert "`leadsift doctor --rebuild`" in said
    notes = repair_dagster(load_settings(home))
    assert "restored Dagster's shipped settings" in notes[0]
    assert run_json("doctor", home=home)["healthy"]
    assert file.read_bytes() == shipped


def _content(home: Path) -> list[dict[str, object]]:
    return list(run_json("sql", "SELECT * FROM persons ORDER BY person_id", home=home)["rows"])


def test_a_rebuild_that_is_killed_leaves_the_old_warehouse(home: Path) -> None:
    before, warehouse = _content(home), home / "warehouse.duckdb"
    old = warehouse.stat()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "doctor", "--rebuild"],
        cwd=ROOT,
        env=process_environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while process.poll() is None and not (home / "warehouse.rebuild.duckdb").exists():
            assert warehouse.stat().st_ino == old.st_ino
            time.sleep(0.005)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == -signal.SIGKILL, "it ended before it could be killed"
    assert warehouse.stat().st_ino == old.st_ino
    assert _content(home) == before
    assert run_json("doctor", home=home)["healthy"]
    assert run_json("doctor", "--rebuild", home=home)["healthy"]
    assert warehouse.stat().st_ino != old.st_ino
    assert not (home / "warehouse.rebuild.duckdb").exists()
    assert _content(home) == before
