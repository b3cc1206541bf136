"""Splits sheets into tables: headers with their data. Every physical row is accounted for.

A sheet may hold several tables below each other. Belongs here: preambles, several header rows, repeated headers,
footers, ragged rows, and their balance. Does not belong here: which row is the header
(`assets.sources.layout.header_rows`); what a header means: known headers are passed in as a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain

import polars as pl

from assets.sources.layout.header_rows import (
    LONGEST_HEADER,
    clean,
    find_header,
    footer_start,
    is_like_header,
    name_columns,
    repeats,
)
from assets.sources.layout.spool import Spool
from assets.sources.layout.widths import filled_width, is_numbered, usual_width, width_of
from assets.sources.sheets import Block, Cells, Frame, Rejection, Rows, Sheet, part_of
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.headers import fold_header

HEAD_ROWS = 500
"""Rows that are buffered to find the first header."""

TAIL_ROWS = 12
"""Rows that are held back at the end of a table: they may be its footer or the next table's title."""


MAX_COLUMNS = 4_096
"""Five times what CRMs allow. Unmapped columns go to each record's `custom` map, and DuckDB processes 2,048 records at
a time: above some 8,000 columns they exceed its memory, and the import fails."""


@dataclass(slots=True)
class Table:
    """One header and its data.

    `cells` holds frames with one text column per header, `c0`, `c1` …, and `row_number` (Int32). The counts obey
    `rows == cells.height + rejected + blank + preamble + footer`; the header itself is not counted.
    """

    name: str
    headers: list[str]
    header_row: int
    cells: Spool = field(default_factory=Spool)
    blank: int = 0
    preamble: int = 0
    footer: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Physical rows of the table without its header."""
        return self.cells.height + len(self.rejections) + self.blank + self.preamble + self.footer


def find_tables(sheet: Sheet, known_headers: frozenset[str]) -> list[Table]:
    """Split a sheet into its tables; an empty list for a sheet without values.

    Raises InputRefusedError if the tables do not account for every row of the sheet.
    """
    physical = _Physical(sheet.blocks)
    tables = _Splitter(replace(sheet, blocks=physical), known_headers).split()
    counted = sum(table.rows for table in tables) + len(tables)
    if tables and counted != physical.rows:
        raise InputRefusedError(
            f"does not balance: {physical.rows} rows, but {counted} are accounted for; please report this file"
        )
    return tables


class _Physical:
    """Counts the rows of blocks as they pass, independently of the code that splits them."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.rows = 0
        self._blocks = blocks

    def __iter__(self) -> Iterator[Block]:
        for block in self._blocks:
            self.rows += len(block)
            yield block


class _Splitter:
    def __init__(self, sheet: Sheet, known: frozenset[str]) -> None:
        self.sheet = sheet
        self.known = known
        self.words = pl.Series(sorted(known), dtype=pl.String).implode()
        self.tables: list[Table] = []
        self.tail = pl.DataFrame()
        self.short = 0
        self.repeated = 0
        self.header_cells = 0  # as many as the header row has, or as most rows
        self.named = 0  # up to the last name

    def split(self) -> list[Table]:
        blocks = iter(self.sheet.blocks)
        head, blocks = _head(blocks)
        rows = [None if row is None else [clean(cell) for cell in row] for row in head.rows[:HEAD_ROWS]]
        if not any(any(row or ()) for row in rows):
            rows = [None if row is None else [clean(cell) for cell in row] for row in head.rows]
        filled = [sum(cell is not None for cell in row) if row else 0 for row in rows]
        if not any(filled):
            return []
        place = find_header([row or [] for row in rows], filled, self.known)
        before = Table("", [], 0)
        self._count_preamble(before, head, range(place), filled)
        self._open(head.first + place, [row or [] for row in rows][: place + 1], before)
        behind = Rows(head.first + place + 1, head.rows[place + 1 :], head.broken)
        for block in chain([behind], blocks):
            self._absorb(block)
        self._close()
        return self.tables

    # Tables ------------------------------------------------------------------------------------------------------

    def _open(self, number: int, rows: Sequence[Sequence[str | None]], before: Table) -> None:
        """Start a table whose header is the last of `rows`; the rows above may hold group labels."""
        header = rows[-1]
        self.header_cells = len(header)
        width = max((index + 1 for index, cell in enumerate(header) if cell is not None), default=0)
        self.header_cells, self.named = len(header), width
        self._refuse_wide(width)
        headers, warnings = name_columns(header[:width], [row[:width] for row in rows[-3:-1]])
        name = self.sheet.name
        if self.tables:
            name = f"{name} (table {len(self.tables) + 1})".strip()
        table = Table(name, headers, number, warnings=warnings)
        table.preamble, table.blank, table.rejections = before.preamble, before.blank, before.rejections
        self.tables.append(table)

    def _close(self) -> None:
        """End the table; its last rows may be a footer."""
        table = self.tables[-1]
        tail = [row[:-1] for row in self.tail.iter_rows()]
        keep = footer_start(tail, len(table.headers))
        self._keep(self.tail[:keep])
        closing = self.tail[keep:]
        blank = _blank_rows(closing)
        table.blank += blank
        table.footer += closing.height - blank
        self.tail = self.tail.clear()
        if self.short:
            table.warnings.append(
                f"{self.short} rows have fewer cells than the header; the missing last cells are blank"
            )
        if self.repeated:
            table.warnings.append(f"the header is repeated {self.repeated} times among the rows; skipped")
        if not table.cells.height and not table.rejections:
            table.warnings.append("has a header and no rows")
        self.short = self.repeated = 0

    def _keep(self, frame: pl.DataFrame) -> None:
        """Add rows to the data; blank ones are only counted."""
        if frame.is_empty():
            return
        table = self.tables[-1]
        cells = [name for name in frame.columns if name != "row_number"]
        filled = frame.filter(~pl.all_horizontal(pl.col(cells).is_null()))
        table.blank += frame.height - filled.height
        table.cells.add(filled)

    # Blocks ------------------------------------------------------------------------------------------------------

    def _absorb(self, block: Block) -> None:
        """Add a block of rows to the open table, and start the tables that begin within it."""
        while len(block):
            if not self.sheet.is_cut:
                self._widen(width_of(block))
            place = self._next_header(block)
            ahead = block if place is None else part_of(block, 0, place)
            if self.sheet.is_cut:
                self._fit(ahead)
            self._hold(self._frame(ahead, len(self.tables[-1].headers)))
            if place is None:
                return
            self._begin_at(block, place)
            block = part_of(block, place + 1, len(block))

    def _begin_at(self, block: Block, place: int) -> None:
        """Handle a header among the rows: skip it if it repeats the table's own, else start a new table."""
        table = self.tables[-1]
        row = [clean(cell) for cell in _raw_row(block, place)]
        own = _folded_names(table)
        has_data = table.cells.height or _blank_rows(self.tail) < self.tail.height
        if repeats(row, own) or not has_data:
            table.preamble += 1
            self.repeated += 1
        else:
            before = Table("", [], 0)
            labels = self._take_title(before)
            self._close()
            self._open(block.first + place, [*labels, row], before)

    def _take_title(self, before: Table) -> list[list[str | None]]:
        """Remove the title rows above a new header from the tail: they are the new table's preamble."""
        width = len(self.tables[-1].headers)
        rows = [list(row[:-1]) for row in self.tail.iter_rows()]
        start = len(rows)
        while start and sum(cell is not None for cell in rows[start - 1]) <= min(1, width - 1):
            start -= 1
        for row in rows[start:]:
            if any(cell is not None for cell in row):
                before.preamble += 1
            else:
                before.blank += 1
        self.tail = self.tail[:start]
        return rows[start:]

    def _hold(self, frame: pl.DataFrame) -> None:
        """Keep all rows except the last few, which are held back."""
        joined = pl.concat([self.tail, frame]) if self.tail.height else frame
        cut = max(0, joined.height - TAIL_ROWS)
        self._keep(joined[:cut])
        self.tail = joined[cut:]

    def _next_header(self, block: Block) -> int | None:
        """The index of the first header row in a block; its first or second cell must be a known header."""
        own = _folded_names(self.tables[-1])
        words = self.known | {header.lower() for header in self.tables[-1].headers[:2]}
        for place, row in _candidates(block, words, self.words):
            if is_like_header([clean(cell) for cell in row], self.known, own):
                return place
        return None

    def _frame(self, block: Block, width: int) -> pl.DataFrame:
        """A block as clean cells in the table's columns; broken and too long rows are rejected."""
        if isinstance(block, Frame):
            numbers = pl.int_range(block.first, block.first + len(block), dtype=pl.Int32, eager=True)
            frame = block.frame.with_columns(numbers.alias("row_number"))
            beyond = block.frame.columns[width:]
            if beyond:
                frame = self._refuse_beyond(frame, beyond)
            missing = [pl.lit(None, pl.String).alias(f"c{index}") for index in range(block.frame.width, width)]
            if missing:
                frame = frame.with_columns(missing)
        else:
            frame = self._rows_frame(block, width)
        cells = [f"c{index}" for index in range(width)]
        return frame.select(pl.col(cells).str.strip_chars(), "row_number").with_columns(
            pl.when(pl.col(cells).str.len_bytes() > 0).then(pl.col(cells)).name.keep()
        )

    def _refuse_beyond(self, frame: pl.DataFrame, beyond: list[str]) -> pl.DataFrame:
        has_more = pl.any_horizontal(pl.col(beyond).str.strip_chars().str.len_bytes() > 0).fill_null(False)
        for row in frame.filter(has_more).iter_rows():
            self._refuse_long(row[-1], list(row[:-1]), len(self.tables[-1].headers))
        return frame.filter(~has_more)

    def _rows_frame(self, block: Rows, width: int) -> pl.DataFrame:
        numbers: list[int] = []
        kept: list[Sequence[str | None]] = []
        for number, row in enumerate(block.rows, block.first):
            if row is None:
                text, reason = block.broken[number]
                self.tables[-1].rejections.append(Rejection(number, None, text, reason))
                continue
            if len(row) > self.header_cells and any(cell is not None and cell.strip() for cell in row[self.named :]):
                self._refuse_long(number, row, self.header_cells)
                continue
            if len(row) > width:
                row = row[:width]  # noqa: PLW2901
            elif len(row) < width:
                if self.sheet.is_cut and len(row) > 1 and any(cell is not None and cell.strip() for cell in row):
                    self.short += 1
                row = [*row, *[None] * (width - len(row))]  # noqa: PLW2901
            numbers.append(number)
            kept.append(row)
        columns: Iterator[Sequence[str | None]] = iter(zip(*kept, strict=True)) if kept else iter([()] * width)
        data = {f"c{index}": pl.Series(column, dtype=pl.String) for index, column in enumerate(columns)}
        return pl.DataFrame({**data, "row_number": pl.Series(numbers, dtype=pl.Int32)})

    def _refuse_long(self, number: int, row: Sequence[str | None], width: int) -> None:
        reason = f"has {len(row)} cells where the header has {width}; a quote or a delimiter is missing"
        value = json.dumps(list(row), ensure_ascii=False)
        self.tables[-1].rejections.append(Rejection(number, None, value, reason))

    def _fit(self, block: Block) -> None:
        """Name columns of delimited text that have cells and a blank header, or none where most rows are that wide."""
        table = self.tables[-1]
        is_first = not table.cells.height and not self.tail.height
        usual = usual_width(block) if is_first else 0
        if usual == len(table.headers) + 1 and self.header_cells < usual and is_numbered(block):
            table.headers.insert(0, "column 1")
            self.named += 1
            table.warnings.append("the header has no name for the first column, which numbers the rows")
        elif usual > self.header_cells and filled_width(block, usual) > self.header_cells:
            table.warnings.append(
                f"most rows have {usual} cells and the header {self.header_cells}; the others are named column N"
            )
        self.header_cells = max(self.header_cells, usual)
        if self.header_cells > len(table.headers):
            self._widen(filled_width(block, self.header_cells))

    def _widen(self, width: int) -> None:
        """Name columns that have cells but no header."""
        self._refuse_wide(width)
        table = self.tables[-1]
        new = range(len(table.headers), width)
        table.headers += [f"column {index + 1}" for index in new]
        if self.tail.height and new:
            cells = [name for name in self.tail.columns if name != "row_number"]
            blank = [pl.lit(None, pl.String).alias(f"c{index}") for index in new]
            self.tail = self.tail.select(*cells, *blank, "row_number")

    def _refuse_wide(self, width: int) -> None:
        if width > MAX_COLUMNS:
            where = f"sheet {self.sheet.name!r} " if self.sheet.name else ""
            raise InputRefusedError(f"{where}has {width:,} columns; at most {MAX_COLUMNS:,} are read")

    def _count_preamble(self, before: Table, head: Rows, span: range, filled: Sequence[int]) -> None:
        for index in span:
            number = head.first + index
            if head.rows[index] is None:
                text, reason = head.broken[number]
                before.rejections.append(Rejection(number, None, text, reason))
            elif filled[index]:
                before.preamble += 1
            else:
                before.blank += 1


def _head(blocks: Iterator[Block]) -> tuple[Rows, Iterator[Block]]:
    """The first rows up to one with a value, and the remaining blocks."""
    head = Rows(1, [])
    for block in blocks:
        if not head.rows:
            head = Rows(block.first, [])
        if isinstance(block, Frame):
            cut = HEAD_ROWS if block.frame.height > HEAD_ROWS else block.frame.height
            head.rows.extend(list(row) for row in block.frame[:cut].iter_rows())
            if cut < block.frame.height:
                blocks = chain([Frame(block.first + cut, block.frame[cut:])], blocks)
        else:
            head.rows.extend(block.rows)
            head.broken.update(block.broken)
        if any(row and any(cell and cell.strip() for cell in row) for row in head.rows):
            break
    return head, blocks


def _blank_rows(frame: pl.DataFrame) -> int:
    return sum(all(cell is None for cell in row[:-1]) for row in frame.iter_rows())


def _raw_row(block: Block, place: int) -> Cells:
    return block.frame.row(place) if isinstance(block, Frame) else block.rows[place] or []


def _folded_names(table: Table) -> list[str]:
    """The folded headers of a table; blank where the header is."""
    return ["" if name == f"column {place}" else fold_header(name) for place, name in enumerate(table.headers, 1)]


def _candidates(block: Block, words: AbstractSet[str], known: pl.Series) -> Iterator[tuple[int, Cells]]:
    """Indexes and rows whose first or second cell is one of `words`; in frames, one of `known`."""
    if isinstance(block, Rows):
        for place, row in enumerate(block.rows):
            if row and any(cell and len(cell) <= LONGEST_HEADER and cell.strip().lower() in words for cell in row[:2]):
                yield place, row
        return
    firsts = [name for name in ("c0", "c1") if name in block.frame.columns]
    is_word = [pl.col(name).str.strip_chars().str.to_lowercase().is_in(known) for name in firsts]
    places = block.frame.select(pl.arg_where(pl.any_horizontal(is_word))).to_series()
    for place in places.to_list():
        yield place, block.frame.row(place)
