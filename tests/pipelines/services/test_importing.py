"""The home's Dagster instance under several processes."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from pipelines.services.importing import open_instance, prepare_instance
from schemas.stores.settings import load_settings


def _open_at_once(home: str) -> int:
    settings = load_settings(Path(home))
    prepare_instance(settings)
    with open_instance(settings) as instance:
        return int(instance.get_runs_count())


def test_processes_that_open_a_new_home_at_once_do_not_stumble_over_each_other(tmp_path: Path) -> None:
    # Dagster creates its SQLite tables unguarded: without a lock, all but one of these ended in `table exists`.
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(_warm, range(3))
        assert pool.map(_open_at_once, [str(tmp_path / "home")] * 3) == [0, 0, 0]


def _warm(_: int) -> None:
    """Import Dagster beforehand, so that the processes arrive together."""
    __import__("dagster")
