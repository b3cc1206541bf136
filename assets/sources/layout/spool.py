"""A buffer of frames in order, which spills to disk, so that a file of any size needs one batch and this buffer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

BUFFER = 48 << 20
"""Bytes of frames in memory; more goes to disk."""

HELD_FRAMES = 4
"""The most frames in memory: a few filtered rows keep alive the text of all rows that they came from."""

BATCH_ROWS = 131_072


class Spool:
    """Frames that are added one by one and can be read repeatedly, in batches of bounded size.

    A column that a frame lacks is null for its rows.
    """

    def __init__(self) -> None:
        self.height = 0
        self._held: list[pl.DataFrame] = []
        self._held_bytes = 0
        self._files: list[Path] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def add(self, frame: pl.DataFrame) -> None:
        """Append rows."""
        if frame.is_empty():
            return
        self.height += frame.height
        self._held.append(frame)
        self._held_bytes += int(frame.estimated_size())
        if self._held_bytes > BUFFER or len(self._held) > HELD_FRAMES:
            self._flush()

    def _flush(self) -> None:
        if self._folder is None:
            # Removed together with this object.
            self._folder = tempfile.TemporaryDirectory(prefix="leadsift-spool-")
        path = Path(self._folder.name) / f"{len(self._files)}.arrow"
        pl.concat(self._held, how="diagonal").write_ipc(path, compression="uncompressed")
        self._files.append(path)
        self._held, self._held_bytes = [], 0

    def batches(self) -> Iterator[pl.DataFrame]:
        """The rows in order, at most `BATCH_ROWS` at a time."""
        for path in self._files:
            yield from pl.read_ipc(path).iter_slices(BATCH_ROWS)
        if self._held:
            yield from pl.concat(self._held, how="diagonal").iter_slices(BATCH_ROWS)

    def frame(self) -> pl.DataFrame:
        """All rows as one frame, for small tables; an empty frame without columns if nothing was added."""
        parts = list(self.batches())
        return pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
