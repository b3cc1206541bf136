"""Formats values for people and for JSON.

Belongs here: formatting one value. Does not belong here: tables, colours and widths (`pipelines.commands.console`).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from schemas.contracts.printable import printable

MOST_CHARACTERS = 500
"""The most characters of a value that are shown; --json has all of them."""


def to_plain(value: object) -> object:
    """Convert a value without a JSON type: times and dates to ISO 8601, amounts to text, so that no digit is lost."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return str(value)


def cell(value: object, form: str | None = None) -> str:  # noqa: PLR0911  (one return a type)
    """Format a value for people; `form` is the format of its column in the report catalog."""
    if value is None:
        return ""
    if form is not None and (text := _formatted(value, form)) is not None:
        return text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{cell(key)}: {cell(item)}" for key, item in value.items())
    return printable(shortened(str(value)))


def shortened(text: str, most: int = MOST_CHARACTERS) -> str:
    """Truncate a long text and add its length. Wrapping a cell of 10 MB in a table took minutes."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def _formatted(value: object, form: str) -> str | None:
    """The value in the format of its column; None if it has another type."""
    if form == "percent" and isinstance(value, float):
        return f"{value:.1%}"
    return value.strftime("%Y-%m") if form == "month" and isinstance(value, date) else None
