"""Fixtures of all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import SHARED, Workplace

settings.register_profile(
    "leadsift", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("leadsift")


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """An empty home."""
    monkeypatch.delenv("LEADSIFT_HOME", raising=False)
    return Workplace(tmp_path / "home")


@pytest.fixture
def shared() -> Path:
    """The folder of real data to develop against; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the development data are not beside this checkout")
    return SHARED
