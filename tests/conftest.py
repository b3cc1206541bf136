"""Fixtures of all tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import benchmarks.development_data
from tests.support import LONGER, NIGHTLY, FinishedHomes, Workplace

IN_MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30  # noqa: S108  (pytest makes a private folder below it)
if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ENOUGH:
    # Dagster commits hundreds of small transactions in a run; on a disk the suite waits for them longer than it works.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile("leadsift", deadline=None, max_examples=60, suppress_health_check=CHECKS)
settings.register_profile(LONGER, parent=settings.get_profile("leadsift"))
settings.register_profile(NIGHTLY, parent=settings.get_profile("leadsift"), max_examples=1_000)
settings.load_profile("leadsift")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """An empty home."""
    monkeypatch.delenv("LEADSIFT_HOME", raising=False)
    return Workplace(tmp_path / "home")


@pytest.fixture(scope="session")
def finished_homes(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> FinishedHomes:
    """Homes that are made once in a session and copied where a test changes them."""
    base = tmp_path_factory.getbasetemp()
    # Workers of pytest-xdist each have a folder below that of the session.
    return FinishedHomes((base if worker_id == "master" else base.parent) / "finished-homes")


@pytest.fixture
def development_data() -> Path:
    """The folder of the development data; tests that need it are skipped where it is absent."""
    folder = benchmarks.development_data.development_data()
    if not folder.is_dir():
        pytest.skip(f"{folder}: no development data; LEADSIFT_DATA names another folder")
    return folder
