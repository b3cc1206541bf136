"""Frames kept in order, in memory while they are few and on disk beyond that.

What a file needs of memory is one batch and this buffer, whatever its size.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

BUFFER = 48 << 20
"""Bytes of frames that are kept in memory; more goes to disk."""

HELD_FRAMES = 4
"""Frames that are kept in memory at most: a few rows keep alive the texts of all rows that they were filtered from."""

BATCH_ROWS = 131_072


class Spool:
    """Frames added one by one and read again as often as wanted, in batches of bounded size.

    A column that some of the frames lack is null for their rows.
    """

    def __init__(self) -> None:
        self.height = 0
        self._held: list[pl.DataFrame] = []
        self._held_bytes = 0
        self._files: list[Path] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows behind those that are there."""
        if frame.is_empty():
            return
        self.height += frame.height
        self._held.append(frame)
        self._held_bytes += int(frame.estimated_size())
        if self._held_bytes > BUFFER or len(self._held) > HELD_FRAMES:
            self._flush()

    def _flush(self) -> None:
        if self._folder is None:
            # Removed with this object at the latest.
            self._folder = tempfile.TemporaryDirectory(prefix="leadsift-spool-")
        path = Path(self._folder.name) / f"{len(self._files)}.arrow"
        pl.concat(self._held, how="diagonal").write_ipc(path, compression="uncompressed")
        self._files.append(path)
        self._held, self._held_bytes = [], 0

    def batches(self) -> Iterator[pl.DataFrame]:
        """The rows in their order, at most `BATCH_ROWS` at a time."""
        for path in self._files:
            yield from pl.read_ipc(path).iter_slices(BATCH_ROWS)
        if self._held:
            yield from pl.concat(self._held, how="diagonal").iter_slices(BATCH_ROWS)

    def frame(self) -> pl.DataFrame:
        """Everything as one frame, for small tables; an empty frame without columns when nothing was added."""
        parts = list(self.batches())
        return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
