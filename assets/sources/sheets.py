"""Sheets: rows of text cells in blocks, with their faults.

Belongs here: the types that readers, layout, mapping and loading share. Does not belong here: making them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows, starting at row `first` of the sheet. A broken row is None; `broken` has its text and the reason."""

    first: int
    rows: list[Cells | None]
    broken: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of equal width as text columns `c0`, `c1` …, starting at row `first` of the sheet."""

    first: int
    frame: pl.DataFrame

    def __len__(self) -> int:
        return self.frame.height


Block = Rows | Frame


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that the reader could not read: row from 1, column from 0 (None: the whole row)."""

    row: int
    column: int | None
    value: str | None
    reason: str

    def shifted(self, start: int) -> Fault:
        """The fault in a table that begins at column `start` of the sheet."""
        return self if self.column is None else Fault(self.row, self.column - start, self.value, self.reason)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text cells of one sheet, in blocks. `is_cut`: rows were split at delimiters, so a row with more cells than
    the header has a quoting error; the cells of a workbook are always in place.
    """

    name: str
    blocks: Iterable[Block]
    is_cut: bool = True
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected row (`column` is None) or cell."""

    row_number: int
    column: str | None
    value: str | None
    reason: str


def head_of(sheet: Sheet, most: int) -> Sheet:
    """The first `most` rows of a sheet, with a note if it has more."""
    notes = list(sheet.notes)
    return replace(sheet, blocks=_first_rows(sheet.blocks, most, notes), notes=notes)


def _first_rows(blocks: Iterable[Block], most: int, notes: list[str]) -> Iterator[Block]:
    left = most
    for block in blocks:
        if len(block) > left:
            notes.append(f"only the first {most:,} rows were read; --all reads every row")
            yield part_of(block, 0, left)
            return
        left -= len(block)
        yield block


def part_of(block: Block, start: int, end: int) -> Block:
    """The rows of a block from index `start` up to, not including, `end`."""
    if isinstance(block, Frame):
        return Frame(block.first + start, block.frame[start:end])
    return Rows(block.first + start, block.rows[start:end], block.broken)
