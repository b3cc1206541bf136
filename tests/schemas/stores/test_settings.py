"""Settings come from the home's file and the environment, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.contracts.errors import SettingsError
from schemas.stores.settings import load_settings


def test_the_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "leadsift.toml").write_text('default_country = "FR"\ntime_zone = "Europe/Paris"\n')
    monkeypatch.setenv("LEADSIFT_DEFAULT_COUNTRY", "DE")
    settings = load_settings(tmp_path)
    assert settings.default_country == "DE"
    assert settings.time_zone == "Europe/Paris"
    assert settings.home == tmp_path


def test_the_home_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADSIFT_HOME", str(tmp_path / "there"))
    assert load_settings().home == tmp_path / "there"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('time_zone = "Paris"', "time_zone"),
        ('default_country = "France"', "default_country"),
        ('defualt_country = "FR"', "defualt_country"),  # a misspelt key must not be passed over
        ("date_order = ", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "leadsift.toml").write_text(text)
    with pytest.raises(SettingsError, match=reason) as refused:
        load_settings(tmp_path)
    assert "leadsift.toml" in str(refused.value)
