"""The published snapshot is never left behind: what failed once is made up for by the next run."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.published import published_snapshot
from assets.resources import Home
from schemas.contracts.errors import StoreError
from schemas.stores.warehouse import Published, Warehouse
from tests.support import Workplace, write_csv

ROWS = [["id", "Name"], ["1", "Ann Lee"]]


def _publish(workplace: Workplace) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize(
            [published_snapshot],
            resources={"home": Home(path=str(workplace.settings.home))},
            instance=instance,
        )


def test_a_publishing_that_failed_is_made_up_for(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    workplace.derive()
    _publish(workplace)
    workplace.take(write_csv(tmp_path / "b.csv", [ROWS[0], ["2", "Bob Ray"]]))
    workplace.derive()

    def fail(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Warehouse, "publish", fail)
        with pytest.raises(StoreError):
            _publish(workplace)
    _publish(workplace)
    assert Published(workplace.settings.published_path).query("SELECT count(*) FROM persons").item() == 2


def test_what_is_published_already_is_left_alone(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    workplace.derive()
    _publish(workplace)
    before = workplace.settings.published_path.stat().st_mtime_ns
    _publish(workplace)
    assert workplace.settings.published_path.stat().st_mtime_ns == before


def test_an_old_copy_put_back_by_hand_is_replaced(workplace: Workplace, tmp_path: Path) -> None:
    target = workplace.settings.published_path
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    workplace.derive()
    _publish(workplace)
    shutil.copy(target, tmp_path / "old.duckdb")
    workplace.take(write_csv(tmp_path / "b.csv", [ROWS[0], ["2", "Bob Ray"]]))
    workplace.derive()
    _publish(workplace)
    shutil.copy(tmp_path / "old.duckdb", target)
    _publish(workplace)
    assert Published(target).query("SELECT count(*) FROM persons").item() == 2
