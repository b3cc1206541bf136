"""The stores of a home: opened once, closed together, written by one at a time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from schemas.contracts.errors import StoreError
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from tests.support import Workplace

OPEN_FOR_WRITING = """
import sys
from pathlib import Path
from schemas.stores.warehouse import Warehouse

with Warehouse(Path(sys.argv[1]), lock_timeout=0.2).open():
    pass
"""


def _another_process(settings: Settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OPEN_FOR_WRITING, str(settings.warehouse_path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_store_is_opened_once_and_all_are_closed_together(workplace: Workplace) -> None:
    with Stores.open(workplace.settings) as stores:
        assert stores.ledger is stores.ledger
        assert stores.session is stores.session
        session = stores.session
        assert session.scalar("SELECT 1") == 1
    with pytest.raises(Exception, match="closed"):
        session.scalar("SELECT 1")
    assert _another_process(workplace.settings).returncode == 0


def test_what_was_closed_is_opened_again(workplace: Workplace) -> None:
    stores = Stores.open(workplace.settings)
    for _ in range(2):
        with stores:
            assert stores.session.scalar("SELECT 1") == 1
            assert stores.ledger.imports() == []


def test_nothing_is_opened_that_nobody_uses(workplace: Workplace) -> None:
    workplace.ledger.close()
    before = sorted(workplace.settings.home.rglob("*"))
    with Stores.open(workplace.settings) as stores:
        assert stores.published.path == workplace.settings.published_path
    assert sorted(workplace.settings.home.rglob("*")) == before


def test_the_writer_lock_keeps_others_out_and_lets_its_holder_open_the_warehouse(workplace: Workplace) -> None:
    with Stores.open(workplace.settings) as stores, stores.writing():
        assert stores.ledger.imports() == []
        # As an act does: the run that follows from its fact opens the stores of the home by itself.
        with Stores.open(workplace.settings) as again, again.writing():
            assert again.session.scalar("SELECT 1") == 1
        other = _another_process(workplace.settings)
        assert other.returncode == 1
        assert "still writing" in other.stderr
    assert _another_process(workplace.settings).returncode == 0


def test_the_writer_lock_is_given_back_after_a_failure(workplace: Workplace) -> None:
    with pytest.raises(StoreError), Stores.open(workplace.settings) as stores, stores.writing():
        raise StoreError("the act was refused")
    assert _another_process(workplace.settings).returncode == 0
