"""A rates file gives dated rates; a wrong one is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from schemas.contracts.errors import SettingsError
from schemas.stores.rates import Rate, read_rates


def _written(folder: Path, text: str) -> Path:
    path = folder / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rates_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = _written(tmp_path, "\ufeffdate,currency,rate\n2026-01-01, usd ,0.92\n2026-02-01,USD,0.95\n")
    assert read_rates(path) == [Rate("USD", date(2026, 1, 1), 0.92), Rate("USD", date(2026, 2, 1), 0.95)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("day,currency,rate\n", "the header must be date,currency,rate"),
        ("date,currency,rate\n2026-01-01,USD,0.9\n2026-13-01,USD,0.9\n", "line 3"),
        ("date,currency,rate\n2026-01-01,USD,much\n", "line 2"),
        ("date,currency,rate\n2026-01-01,USD\n", "line 2"),
        ("date,currency,rate\n2026-01-01,Dollar,0.9\n", "line 2: not a currency with a rate above zero"),
        ("date,currency,rate\n2026-01-01,USD,nan\n", "line 2: not a currency with a rate above zero"),
        ("date,currency,rate\n2026-01-01,USD,0\n", "line 2: not a currency with a rate above zero"),
    ],
)
def test_a_wrong_rates_file_is_named_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(SettingsError, match=reason) as refused:
        read_rates(path)
    assert str(path) in str(refused.value)


def test_a_rates_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.csv: cannot be read"):
        read_rates(tmp_path / "none.csv")
