"""What the readers of the child process share: rows of cells as a frame, and a reason that is fit to be shown."""

from __future__ import annotations

import polars as pl


class UnreadableError(Exception):
    """A file that cannot be read, with a reason in our words. The libraries' own words mean nothing to a user."""


def text_frame(rows: list[list[str | None]]) -> pl.DataFrame:
    """Rows of cells as a frame, as wide as the widest row."""
    width = max((len(row) for row in rows), default=0)
    columns = [[row[index] if index < len(row) else None for row in rows] for index in range(width)]
    return pl.DataFrame([pl.Series(f"c{index}", column, dtype=pl.String) for index, column in enumerate(columns)])
