"""Splits delimited text into rows, block by block, so that memory does not grow with the file.

A block is parsed in one of two ways. The fast way uses Polars, with every option pinned, and only if the block is
unambiguous: each quotation mark is at the edge of a cell, and all records have the same number of delimiters. Any other
block, and every small file, is parsed by `csv` in strict mode. A row that fails is repaired or rejected alone, and
reading continues after it. At the end the rows are balanced against the lines of the text, counted without a parser.
Does not belong here: detecting the dialect (`assets.sources.readers.dialects`); splitting what strict parsing refuses
(`assets.sources.readers.stray_quotes`); what the rows mean.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from assets.sources.readers.dialects import Dialect
from assets.sources.readers.stray_quotes import (
    FOLLOWS,
    LOOK_AHEAD,
    MAX_REPAIR_LINES,
    NEVER_CLOSED,
    LineCounter,
    are_rows,
    line_ends,
    may_swallow_rows,
    repaired,
    swallows_rows,
    usual_width,
    without_end,
)
from assets.sources.sheets import Block, Frame, Rows
from schemas.contracts.errors import InputRefusedError

FAST_FROM = 1 << 20
"""Blocks of at least this many characters take the fast way, except the first."""

MAX_RECORD_LINES = 200_000
"""A cell of 3 MB has some 75,000 lines. A longer record means a quotation mark that is never closed."""

MAX_RECORD_CHARS = 32 << 20
"""Ten times the longest note seen. With `MAX_CELLS_OF_ROW` it limits the memory for one row to half a gigabyte."""

MAX_CELLS_OF_ROW = 16_384
"""As many as a workbook has: Excel writes delimiters up to its last column. A million cells took more than 8 GB."""

Row = list[str]


class Cutter:
    """Splits text by a dialect. `repaired` are the rows with stray quotation marks that were kept.

    Raises InputRefusedError at the end if there are not as many rows as lines outside accepted quotes.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.repaired: list[int] = []
        self.dropped_nuls = 0
        self._widths: Counter[int] = Counter()
        self._next = 1
        self._counter = LineCounter()
        self._inside = 0  # line ends inside quoted cells
        self._is_after_broken = False
        self._is_in_open_cell = False

    def blocks(self, pieces: Iterator[str]) -> Iterator[Block]:
        """Split text that comes in pieces, without its `sep=` line."""
        csv.field_size_limit(sys.maxsize)
        rest, held, is_first, skip, enough = "", "", True, self.dialect.skip, FAST_FROM
        for piece, is_last in _with_last(pieces):
            prepared = self._prepared(held + piece[skip:])
            held = "" if is_last else self._begun_delimiter(prepared)
            new, skip = prepared.removesuffix(held), 0
            self._counter.add(new)
            text = rest + new
            if len(text) < enough and not is_last:
                rest = text  # collect short pieces until a block is large enough
                continue
            block, rest = self._cut(text, is_last=is_last, may_be_fast=not is_first)
            enough = max(FAST_FROM, 2 * len(rest))  # a long record is not parsed again for every piece of it
            is_first = False
            if len(block):
                yield block
        self._balance()

    def _balance(self) -> None:
        rows, lines = self._next - 1, self._counter.lines - self._inside
        if rows != lines:
            raise InputRefusedError(
                f"does not balance: {lines:,} lines outside quotes, but {rows:,} rows; please report this file"
            )

    def _prepared(self, text: str) -> str:
        if "\x00" in text:
            self.dropped_nuls += text.count("\x00")
            text = text.replace("\x00", "")
        if self.dialect.cutter != self.dialect.delimiter:
            text = text.replace(self.dialect.delimiter, self.dialect.cutter)
        return text.replace("\u00a0", " ")  # a non-breaking space counts as a space

    def _begun_delimiter(self, text: str) -> str:
        """The end of a piece that may begin a delimiter of several characters."""
        delimiter = self.dialect.delimiter
        ends = (delimiter[:length] for length in range(len(delimiter) - 1, 0, -1))
        return next((end for end in ends if text.endswith(end)), "")

    def _cut(self, text: str, *, is_last: bool, may_be_fast: bool) -> tuple[Block, str]:
        if may_be_fast and self._widths:
            parsed = self._fast(text, is_last=is_last)
            if parsed is not None:
                return parsed
        rows, rest = self._careful(text, is_last=is_last)
        return rows, rest

    # The fast way ------------------------------------------------------------------------------------------------

    def _fast(self, text: str, *, is_last: bool) -> tuple[Frame, str] | None:
        """The complete records of a block as a frame, and the remaining text; None if the block is ambiguous."""
        width = self._widths.most_common(1)[0][0]
        cutter, quote = self.dialect.cutter, self.dialect.quote
        if self.dialect.escape or width < 2 or not (cutter.isascii() and (quote is None or quote.isascii())):
            return None
        data = text.encode("utf-8", "surrogatepass")
        if is_last and not data.endswith(b"\n"):
            data += b"\n"
        ends = regular_record_ends(data, cutter, quote, width)
        if ends is None or not len(ends) or (is_last and ends[-1] + 1 < len(data)):
            return None
        whole, rest = data[: ends[-1] + 1], data[ends[-1] + 1 :]
        try:
            frame = pl.read_csv(
                whole, has_header=False, separator=cutter, quote_char=quote, infer_schema=False, raise_if_empty=False,
                new_columns=[f"c{index}" for index in range(width)],
            )  # fmt: skip
        except pl.exceptions.PolarsError:
            return None
        if frame.shape != (len(ends), width):
            return None
        if whole.count(b"\n") != frame.height:
            cells = [cell for column in frame for cell in column.filter(column.str.contains("\n", literal=True))]
            if any(may_swallow_rows(cell, width, self.dialect) for cell in cells):
                return None
            self._inside += sum(map(line_ends, cells))
        block = Frame(self._next, frame)
        self._next += frame.height
        return block, rest.decode("utf-8", "surrogatepass")

    # The careful way ---------------------------------------------------------------------------------------------

    def _careful(self, text: str, *, is_last: bool) -> tuple[Rows, str]:
        """The rows of a block, and the text of an incomplete last record."""
        lines = list(io.StringIO(text, newline=""))
        # The last line may continue in the next block, or its carriage return may be followed by a line feed there.
        held = lines.pop() if lines and not is_last and not lines[-1].endswith("\n") else ""
        if len(held) > MAX_RECORD_CHARS:
            raise InputRefusedError(f"has a line of more than {MAX_RECORD_CHARS:,} characters; it is not a table")
        rows = Rows(self._next, [])
        at = 0
        while at < len(lines):
            at, is_open = self._run(lines, at, rows)
            if at >= len(lines):
                break
            if is_open and not is_last and self._may_go_on(lines, at, rows):
                self._next += len(rows)
                return rows, "".join(lines[at:]) + held
            at += self._repair(lines, at, rows, is_open=is_open)
        self._next += len(rows)
        return rows, held

    def _run(self, lines: list[str], at: int, rows: Rows) -> tuple[int, bool]:
        """Parse records from line `at` until one fails; return its first line, and whether a quote is still open."""
        behind = (lines[index] for index in range(at, len(lines)))
        reader = self.dialect.reader(behind, strict=True)
        done = 0
        try:
            for row in reader:
                if len(row) > MAX_CELLS_OF_ROW:
                    number = rows.first + len(rows.rows)
                    raise InputRefusedError(
                        f"row {number} has {len(row):,} cells; at most {MAX_CELLS_OF_ROW:,} are read"
                    )
                if reader.line_num > done + 1:
                    if swallows_rows(lines[at + done : at + reader.line_num], len(row), self._width(()), self.dialect):
                        break
                    self._inside += sum(map(line_ends, row))
                if row and (self._is_in_open_cell or (self._is_after_broken and len(row) < self._width(()))):
                    self._reject("".join(lines[at + done : at + reader.line_num]), FOLLOWS, rows)
                else:
                    rows.rows.append(self._restored(row))
                    self._is_after_broken &= not row
                    self._widths[len(row)] += bool(row)
                done = reader.line_num
        except csv.Error as error:
            return at + done, "unexpected end of data" in str(error)
        return at + done, False

    def _may_go_on(self, lines: list[str], at: int, rows: Rows) -> bool:
        """Whether the record with an open quotation mark may end in a later block.

        Raises InputRefusedError if it is too long, unless the lines after it are rows: then the mark is a stray one.
        """
        ahead = lines[at + 1 :]
        if len(ahead) < MAX_RECORD_LINES and sum(map(len, ahead)) < MAX_RECORD_CHARS:
            return True
        if are_rows(ahead, self._width(ahead[:LOOK_AHEAD]), self.dialect):
            return False
        raise InputRefusedError(
            f"row {rows.first + len(rows.rows)} has a quoted cell of more than {MAX_RECORD_LINES:,} lines or "
            f"{MAX_RECORD_CHARS:,} characters, or its quotation mark is never closed"
        )

    def _width(self, lines: Iterable[str]) -> int:
        return usual_width(self._widths, lines, self.dialect)

    def _repair(self, lines: list[str], at: int, rows: Rows, *, is_open: bool) -> int:
        """Repair or reject the row that starts at a line with a stray quotation mark; return its number of lines."""
        found = repaired(lines[at : at + MAX_REPAIR_LINES + 1], self._width(lines[at : at + LOOK_AHEAD]), self.dialect)
        # The lines after a mark that is never closed may be its cell, unless they are whole rows.
        self._is_after_broken = is_open or found is None
        ahead = lines[at + 1 : at + 1 + LOOK_AHEAD]
        self._is_in_open_cell |= is_open and not are_rows(ahead, self._width(ahead), self.dialect)
        if found is None:
            self._reject(lines[at], NEVER_CLOSED, rows)
            return 1
        row, count = found
        self.repaired.append(rows.first + len(rows.rows))
        self._inside += sum(map(line_ends, row))
        rows.rows.append(self._restored(row))
        return count

    def _reject(self, text: str, reason: str, rows: Rows) -> None:
        shown = without_end(text).replace(self.dialect.cutter, self.dialect.delimiter)
        rows.broken[rows.first + len(rows.rows)] = (shown, reason)
        rows.rows.append(None)

    def _restored(self, row: Row) -> Row:
        """The row, with the stand-in character in cells replaced by the delimiter of several characters."""
        if self.dialect.cutter == self.dialect.delimiter:
            return row
        return [cell.replace(self.dialect.cutter, self.dialect.delimiter) for cell in row]


def regular_record_ends(data: bytes, delimiter: str, quote: str | None, width: int) -> np.ndarray | None:
    """The positions of the line feeds that end records; None if `data` is ambiguous.

    Unambiguous means: no lone carriage returns; each opening quotation mark follows a delimiter, a line feed or another
    quotation mark, and each closing one precedes one of these; every record has `width - 1` delimiters outside quotes.
    """
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    signs = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    cuts = np.flatnonzero(signs == ord(delimiter))
    if quote is not None and quote.encode() in data:
        marks = np.flatnonzero(signs == ord(quote))
        if not _at_edges(signs, marks, ord(delimiter), ord(quote)):
            return None
        ends = ends[np.searchsorted(marks, ends) % 2 == 0]
        cuts = cuts[np.searchsorted(marks, cuts) % 2 == 0]
    counts = np.diff(np.searchsorted(cuts, ends), prepend=0)
    return ends if bool(np.all(counts == width - 1)) else None


def _at_edges(signs: np.ndarray, marks: np.ndarray, delimiter: int, quote: int) -> bool:
    opening, closing = marks[0::2], marks[1::2]
    before = signs[opening[opening > 0] - 1]
    after = signs[closing[closing + 1 < len(signs)] + 1]
    edges = (delimiter, ord("\n"), quote)
    return bool(np.isin(before, edges).all() and np.isin(after, (*edges, ord("\r"))).all())


def _with_last(pieces: Iterator[str]) -> Iterator[tuple[str, bool]]:
    """Each piece, and whether it is the last."""
    held: str | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    yield held or "", True
