"""Misplaced e-mail addresses: a cell that its field refuses, and that is plainly the address of the row's person.

Rows typed or pasted below a list often have their cells in other columns. An e-mail address says what it is wherever it
stands; nothing else is moved.
"""

from __future__ import annotations

import re

import polars as pl

from assets.sources.mapping.columns import Batch, Columns

_EMAIL = re.compile(r"^[^\s@<>;,]+@(?:[\w-]+\.)+\w{2,}$")


def with_misplaced_emails(fields: pl.DataFrame, batch: Batch, columns: Columns) -> pl.DataFrame:
    """Return the fields of persons; a person without an e-mail address gets one that another column refused."""
    if "emails" not in fields.columns:
        return fields
    found: dict[int, str] = {}
    headers: dict[str, None] = {}
    for rejection in batch.rejections:
        text = (rejection.value or "").strip().lower()
        if rejection.column and _EMAIL.match(text) and found.setdefault(rejection.row_number, text) == text:
            headers[rejection.column] = None
    if not found:
        return fields
    misplaced = batch.cells["row_number"].replace_strict(found, default=None, return_dtype=pl.String)
    lacking = fields["emails"].is_null() & misplaced.is_not_null()
    if not lacking.any():
        return fields
    columns.decide(f"e-mail addresses under {', '.join(map(repr, headers))} are the persons', where they have no other")
    moved = misplaced.to_frame("text").select(pl.concat_list("text")).to_series()
    return fields.with_columns(fields["emails"].zip_with(~lacking, moved).alias("emails"))
