"""Sheets: rows of text cells in blocks, and what is wrong with some of them.

Belongs here: the types that readers, layout, mapping and loading hand to each other. Does not belong here: making them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows, the first of them row `first` of the sheet; a broken row is None here and told in `broken`."""

    first: int
    rows: list[Cells | None]
    broken: dict[int, tuple[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of one width as text columns `c0`, `c1` …, the first of them row `first` of the sheet."""

    first: int
    frame: pl.DataFrame

    def __len__(self) -> int:
        return self.frame.height


Block = Rows | Frame


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell whose value the reader could not give: row from 1, column from 0 (None: the whole row)."""

    row: int
    column: int | None
    value: str | None
    reason: str

    def shifted(self, start: int) -> Fault:
        """The fault in a table that begins at column `start` of the sheet."""
        return self if self.column is None else Fault(self.row, self.column - start, self.value, self.reason)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet as text in blocks. `is_cut` says that rows were cut at delimiters, so that a row with more
    cells than the header lacks a quotation mark somewhere; a workbook's cells stand where they stand.
    """

    name: str
    blocks: Iterable[Block]
    is_cut: bool = True
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused row (`column` is None) or cell."""

    row_number: int
    column: str | None
    value: str | None
    reason: str


def head_of(sheet: Sheet, most: int) -> Sheet:
    """The sheet with its first `most` rows, and a note where it has more."""
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
    """The rows of a block from place `start` to before `end`."""
    if isinstance(block, Frame):
        return Frame(block.first + start, block.frame[start:end])
    return Rows(block.first + start, block.rows[start:end], block.broken)
