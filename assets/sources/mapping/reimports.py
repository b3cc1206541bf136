"""Reimporting a rejects file: its two extra columns and their meaning.

Belongs here: what writing and reading such a file must agree on. Does not belong here: writing it
(`assets.sources.loading.rejects`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from schemas.contracts.vocabulary import Entity

REASON = "leadsift reason"
RECORDS = "leadsift records"
"""The headers of the two columns; a sheet with the second one is a rejects file."""

_FORMULA = re.compile(r"^['=+\-@\t\r]")


def escaped(cell: str) -> str:
    """Return a cell, behind an apostrophe if a spreadsheet would run it as a formula (CWE-1236)."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def given_keys(records: pl.Series, entity: Entity) -> pl.Series:
    """Return the keys that a rejects file names for records of an entity, null for none."""
    return records.str.extract(rf"(?:^|\s){entity.value}:([0-9a-f]{{32}})(?:\s|$)")


def restored(cells: Mapping[str, pl.Series]) -> list[pl.Series]:
    """Cells of a rejects file without the apostrophes that `escaped` put before them."""
    return [cell.str.replace(r"^'(['=+\-@\t\r])", "${1}").alias(name) for name, cell in cells.items()]
