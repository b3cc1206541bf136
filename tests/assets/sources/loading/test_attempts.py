"""A file that ends the process is set aside after two ends, and everything else goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.sources.files.landing import LandingOptions, land
from pipelines.services.doctor import examine
from schemas.contracts.options import ImportOptions
from schemas.stores.attempts import SET_ASIDE, Attempts
from tests.pipelines.support import ROOT
from tests.support import Workplace, write_csv

ROWS = [["Name", "Email"], ["Ann Lee", "ann@acme.example"]]
LOAD = """
import sys
from pathlib import Path
from assets.sources.loading.imports import load_pending
from schemas.stores.settings import load_settings
from schemas.stores.stores import Stores
with Stores.open(load_settings(Path(sys.argv[1]))) as stores:
    load_pending(stores.session, stores)
"""


@pytest.fixture
def poison(tmp_path: Path) -> Path:
    """A list that takes seconds to read: time enough to be killed within."""
    rows = "".join(f"Ann Lee {i},ann{i}@acme.example,note {i}\n" for i in range(200_000))
    path = tmp_path / "inbox" / "a poison.csv"
    path.parent.mkdir()
    path.write_text(f"Name,Email,Remarks\n{rows}", encoding="utf-8")
    return path


def _loading(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", LOAD, str(home)], env={**os.environ, "PYTHONPATH": str(ROOT)})


def _killed_while_reading(home: Path) -> None:
    process = _loading(home)
    marks = Attempts(home / "attempts").folder
    sizes = {mark: mark.stat().st_size for mark in _marks(marks)}
    while not any(mark.stat().st_size > sizes.get(mark, 0) for mark in _marks(marks)):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _marks(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def test_a_file_that_ended_the_process_twice_is_set_aside_and_the_rest_is_loaded(
    workplace: Workplace, poison: Path
) -> None:
    good = write_csv(poison.parent / "b good.csv", ROWS)
    landing = land([poison.parent], ImportOptions(), workplace.stores)
    for _ in range(2):
        _killed_while_reading(workplace.settings.home)
    workplace.load_all()
    files = {Path(file.path).name: file for item in workplace.ledger.imports() for file in item.files}
    assert (files[poison.name].status, files[poison.name].reason) == ("refused", SET_ASIDE)
    assert files[good.name].status == "loaded"
    assert workplace.query("SELECT name FROM records.source_persons").rows() == [("Ann Lee",)]
    assert any(str(poison) in fact and SET_ASIDE in fact for fact in examine(workplace.settings).facts)
    # A rebuild reads it no more, a folder that is looked at again and again neither.
    workplace.warehouse.remove()
    workplace.load_all()
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 1
    again = land([poison.parent], ImportOptions(), workplace.stores)
    assert [(file.status, file.reason) for file in again.files] == [("refused", SET_ASIDE), ("unchanged", None)]
    # Who asks for it has it read again.
    assert land([poison], ImportOptions(), workplace.stores, LandingOptions(retry=True)).import_id
    assert _loading(workplace.settings.home).wait() == 0
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 200_001
    assert workplace.stores.attempts.set_aside() == []
    assert landing.import_id


def test_a_file_that_is_refused_or_interrupted_leaves_no_mark(tmp_path: Path) -> None:
    attempts = Attempts(tmp_path / "attempts")
    for error in (ValueError, KeyboardInterrupt):
        for _ in range(3):
            with pytest.raises(error), attempts.reading("ab" * 32):
                raise error
    assert not list(attempts.folder.iterdir())
