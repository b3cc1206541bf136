"""Exchange rates: a dated file that the user keeps, into the base currency. No rate is ever assumed.

The file is delimited text with the columns `date, currency, rate`: one unit of `currency` was worth `rate` units of the
base currency from that day on, until the next line of the same currency.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemas.contracts.errors import SettingsError

COLUMNS = ("date", "currency", "rate")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency (ISO 4217) is worth in the base currency from a day on."""

    currency: str
    valid_from: date
    rate: float


def read_rates(path: Path) -> list[Rate]:
    """Read a rates file. Raises SettingsError naming the file, the line and the reason."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"rates_file {path}: cannot be read: {error}") from error
    rows = csv.DictReader(text.splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise SettingsError(f"rates_file {path}: the header must be {','.join(COLUMNS)}")
    found = []
    for row in rows:
        try:
            rate = Rate(
                str(row["currency"]).strip().upper(), date.fromisoformat(row["date"].strip()), float(row["rate"])
            )
        except (ValueError, AttributeError, TypeError) as error:
            raise SettingsError(f"rates_file {path}, line {rows.line_num}: {error}") from error
        if len(rate.currency) != len("EUR") or not math.isfinite(rate.rate) or rate.rate <= 0:
            raise SettingsError(f"rates_file {path}, line {rows.line_num}: not a currency with a rate above zero")
        found.append(rate)
    return found
