"""Damage and a full disk: one line that names the file, the cause and the command; no traceback, nothing lost."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.support import make_small_crm
from tests.pipelines.support import ROOT, Done, process_environment, run, run_json
from tests.support import FinishedHomes, write_csv


@pytest.fixture
def home(finished_homes: FinishedHomes, tmp_path: Path) -> Path:
    """A copy of a home with a small CRM imported."""
    return finished_homes.copy("small-crm", make_small_crm, tmp_path / "home")


def _outcome(*arguments: str | Path, home: Path) -> Done | None:
    """How a command was refused, None if it succeeded."""
    try:
        return run(*arguments, home=home, expect=3)
    except AssertionError as error:
        if error.args[0][0] == 0:
            return None
        raise


def _names(said: str, file: Path) -> bool:
    assert "Error" not in said.replace("IO Error", "")
    assert "report" not in said
    return str(file) in said and "`leadsift doctor --rebuild`" in said


def _flip(file: Path, offset: int) -> None:
    with file.open("rb+") as handle:
        handle.seek(offset)
        byte = handle.read(1)[0]
        handle.seek(offset)
        handle.write(bytes([byte ^ 0xFF]))


def test_a_flipped_byte_anywhere_in_the_warehouse_is_found_and_repaired(home: Path, tmp_path: Path) -> None:
    warehouse = home / "warehouse.duckdb"
    size, found = warehouse.stat().st_size, 0
    whole = tmp_path / "whole.duckdb"
    shutil.copyfile(warehouse, whole)
    for offset in [40, 4_104, *range(20_000, size, size // 4)]:
        shutil.copyfile(whole, warehouse)
        _flip(warehouse, offset)
        if refused := _outcome("doctor", home=home):
            assert _names(refused.stderr, warehouse), (offset, refused.stderr)
            found += 1
    assert found >= 4
    before = run_json("sql", "FROM persons ORDER BY ALL", home=home)
    listed = write_csv(tmp_path / "new.csv", [["id", "Name"], ["1", "Zoe Quill"]])
    shutil.copyfile(whole, warehouse)
    _flip(warehouse, size // 2)
    if refused := _outcome("import", listed, home=home):
        assert refused.stderr.count("\n") == 1
        assert _names(refused.stderr, warehouse), refused.stderr
    assert run_json("doctor", "--rebuild", home=home)["healthy"] is True
    after = run_json("sql", "FROM persons ORDER BY ALL", home=home)
    assert [row for row in after["rows"] if row["name"] != "Zoe Quill"] == before["rows"]


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.9999])
def test_a_truncated_warehouse_is_named(home: Path, share: float) -> None:
    warehouse = home / "warehouse.duckdb"
    os.truncate(warehouse, int(warehouse.stat().st_size * share))
    refused = run("doctor", home=home, expect=3)
    assert _names(refused.stderr, warehouse), refused.stderr


def test_a_damaged_published_file_is_named_and_made_again(home: Path) -> None:
    published = home / "published" / "leadsift.duckdb"
    size = published.stat().st_size
    for offset in range(20_000, size, size // 12):
        _flip(published, offset)
    for command in (["sql", "FROM persons"], ["report", "timeline"], ["match", "--name", "Ann Lee"], ["doctor"]):
        refused = run(*command, home=home, expect=3)
        assert refused.stderr.count("\n") == 1
        assert _names(refused.stderr, published), refused.stderr
    assert run_json("doctor", "--rebuild", home=home)["healthy"] is True
    assert run_json("sql", "FROM persons", home=home)["rows"]


def test_a_damaged_history_of_runs_is_named_and_begun_anew(home: Path, tmp_path: Path) -> None:
    runs = home / "dagster" / "history" / "runs.db"
    runs.write_bytes(b"no database" * 100)
    refused = run("import", write_csv(tmp_path / "new.csv", [["id", "Name"], ["1", "Ann Lee"]]), home=home, expect=3)
    assert refused.stderr.count("\n") == 1
    assert _names(refused.stderr, home / "dagster"), refused.stderr
    assert _names(run("doctor", home=home, expect=3).stderr, runs)
    assert run_json("doctor", "--rebuild", home=home)["healthy"] is True


def test_a_damaged_file_in_the_archive_is_named(home: Path) -> None:
    file = next(path for path in (home / "archive").rglob("*") if path.is_file())
    _flip(file, 1)
    said = run("doctor", home=home, expect=3).stderr
    assert file.name in said
    assert "restore it from a backup" in said


def _limited(*arguments: str | Path, home: Path, most: int) -> subprocess.CompletedProcess[str]:
    """Run a command in a process that cannot make a file larger than `most` bytes."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *map(str, arguments)],
        cwd=ROOT,
        # Python would leave compiled modules that are cut off.
        env={**process_environment(home), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


def _check_refused_for_space(said: str) -> None:
    assert said.count("\n") == 1, said
    assert "no space left" in said
    assert "free some space" in said
    for word in ("Traceback", "report", "SELECT", "INSERT", "fault"):
        assert word not in said


@pytest.mark.parametrize(
    "most", [pytest.param(20_000, marks=pytest.mark.slow), 12_000_000]
)  # the ledger does not fit; the warehouse does not
def test_where_no_space_is_left_the_old_file_is_served_and_the_import_resumes(
    home: Path, tmp_path: Path, most: int
) -> None:
    before = run_json("sql", "SELECT count(*) AS n FROM persons", home=home)
    rows = [[str(n), f"Ann{n} Lee{n}", f"ann{n}@firm{n}.example"] for n in range(3_000)]
    listed = write_csv(tmp_path / "new.csv", [["id", "Name", "Email"], *rows])
    done = _limited("import", listed, home=home, most=most)
    assert done.returncode == 3, done
    _check_refused_for_space(done.stderr)
    assert run_json("sql", "SELECT count(*) AS n FROM persons", home=home) == before
    interrupted = [
        item["import_id"] for item in run_json("imports", home=home)["imports"] if item["status"] != "imported"
    ]
    assert run_json("import", listed, home=home)["completed"] == interrupted
    assert run_json("sql", "SELECT count(*) AS n FROM persons", home=home)["rows"][0]["n"] > 3_000
    assert run_json("doctor", home=home)["healthy"] is True


def test_a_rebuild_without_space_leaves_the_old_warehouse(home: Path) -> None:
    old = (home / "warehouse.duckdb").stat().st_ino
    done = _limited("doctor", "--rebuild", home=home, most=1_000_000)
    assert done.returncode == 3, done
    assert (home / "warehouse.duckdb").stat().st_ino == old
    assert not (home / "warehouse.rebuild.duckdb").exists()
    assert run_json("doctor", home=home)["healthy"] is True


def test_a_memory_limit_that_is_too_low_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADSIFT_MEMORY_LIMIT", "1MB")
    assert "raise the setting memory_limit" in run("doctor", home=home, expect=3).stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 90 MB; skipped where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=90m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


PERSONS = ["id", "First Name", "Last Name"]


@pytest.mark.slow
def test_a_full_disk_at_any_point_is_named_and_nothing_is_lost(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    run("import", ROOT / "examples", home=home)
    before = run_json("sql", "FROM persons ORDER BY ALL", home=home)
    listed = write_csv(tmp_path / "new.csv", [PERSONS, *([str(n), f"Ann{n}", f"Lee{n}"] for n in range(5_000))])
    ballast = small_disk / "ballast"
    for left in (0, 50_000, 300_000, 1_000_000, 3_000_000, 8_000_000):
        free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
        ballast.write_bytes(b"\0" * max(0, free - left))
        done = _limited("import", listed, home=home, most=1 << 40)
        ballast.unlink()
        assert run_json("sql", "FROM persons ORDER BY ALL", home=home) == before
        assert done.returncode == 3, (left, done)
        _check_refused_for_space(done.stderr)
    run("import", listed, home=home)
    assert run_json("doctor", home=home)["healthy"] is True
