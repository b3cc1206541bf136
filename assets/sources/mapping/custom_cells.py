"""Cells without a field, as lists of key and value, from which the warehouse makes a map.

Uses offsets, because polars' `concat_list` of structs takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pyarrow as pa


def key_value_lists(columns: Mapping[str, pl.Series]) -> pl.Series:
    """The filled cells of each row, in order, as a list of `key` and `value`; null if there are none."""
    width, height = len(columns), len(next(iter(columns.values())))
    stacked = pl.concat([cell.alias("value") for cell in columns.values()])
    # From column by column to row by row.
    order = (np.arange(height)[:, None] + np.arange(width)[None, :] * height).ravel()
    values = stacked.gather(order)
    filled = values.is_not_null()
    keys = pl.Series("key", list(columns), dtype=pl.String).gather(np.tile(np.arange(width), height))
    entries = pl.DataFrame([keys, values]).filter(filled)
    counts = filled.to_numpy().reshape(height, width).sum(axis=1)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    lists = pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(pa.array(offsets), entries.to_struct().to_arrow())))
    return lists.set(pl.Series(counts == 0), None) if (counts == 0).any() else lists
