"""Splits delimited text into rows, block by block, so that memory does not grow with the file.

A block is parsed in one of two ways. The fast way uses Polars, with every option pinned, and only if the block is
unambiguous: each quotation mark is at the edge of a cell, and all records have the same number of delimiters. Any other
block, and every small file, is parsed by `csv` in strict mode. A row that fails is repaired or rejected alone, and
reading continues after it. Does not belong here: detecting the dialect (`assets.sources.readers.dialects`); what the
rows mean.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl

from assets.sources.readers.dialects import Dialect
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

MAX_REPAIR_LINES = 50
"""The most lines that a row with a stray quotation mark may span to be repaired."""

Row = list[str]


class Cutter:
    """Splits text by a dialect. `repaired` counts rows with stray quotation marks that were kept."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.repaired = 0
        self.dropped_nuls = 0
        self._widths: Counter[int] = Counter()
        self._next = 1

    def blocks(self, pieces: Iterator[str]) -> Iterator[Block]:
        """Split text that comes in pieces, without its `sep=` line."""
        csv.field_size_limit(sys.maxsize)
        rest, held, is_first, skip = "", "", True, self.dialect.skip
        for piece, is_last in _with_last(pieces):
            prepared = self._prepared(held + piece[skip:])
            held = "" if is_last else self._begun_delimiter(prepared)
            text, skip = rest + prepared.removesuffix(held), 0
            if len(text) < FAST_FROM and not is_last:
                rest = text  # collect short pieces until a block is large enough
                continue
            block, rest = self._cut(text, is_last=is_last, may_be_fast=not is_first)
            is_first = False
            if len(block):
                yield block

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
            at, is_cut = self._run(lines, at, rows)
            if at >= len(lines):
                break
            open_text = "".join(lines[at:]) if is_cut else ""
            if is_cut and not is_last and len(lines) - at < MAX_RECORD_LINES and len(open_text) < MAX_RECORD_CHARS:
                self._next += len(rows)
                return rows, open_text + held
            at += self._repair(lines, at, rows)
        self._next += len(rows)
        return rows, held

    def _run(self, lines: list[str], at: int, rows: Rows) -> tuple[int, bool]:
        """Parse records from line `at` until one fails; return its first line, and whether it is only incomplete."""
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
                rows.rows.append(self._restored(row))
                if row:
                    self._widths[len(row)] += 1
                done = reader.line_num
        except csv.Error as error:
            return at + done, "unexpected end of data" in str(error)
        return at + done, False

    def _repair(self, lines: list[str], at: int, rows: Rows) -> int:
        """Repair or reject the row that starts at a line with a stray quotation mark; return its number of lines."""
        width = self._widths.most_common(1)[0][0] if self._widths else 0
        for count in range(1, min(MAX_REPAIR_LINES, len(lines) - at) + 1):
            row = self._by_edges("".join(lines[at : at + count]).rstrip("\r\n"))
            if len(row) == width:
                rows.rows.append(self._restored(row))
                self.repaired += 1
                return count
            # A next line that is a complete row does not belong to this one.
            if at + count < len(lines) and len(self._by_edges(lines[at + count].rstrip("\r\n"))) == width:
                break
        number = rows.first + len(rows.rows)
        text = lines[at].rstrip("\r\n").replace(self.dialect.cutter, self.dialect.delimiter)
        reason = "a quotation mark is never closed, or is inside a cell; the row cannot be split into cells"
        rows.rows.append(None)
        rows.broken[number] = (text, reason)
        return 1

    def _by_edges(self, text: str) -> Row:
        """Split a row; only quotation marks at the edges of a cell count as such."""
        quote = self.dialect.quote or '"'
        return [
            (match["quoted"].replace(quote * 2, quote) if match["quoted"] is not None else match["plain"])
            for match in _edges(self.dialect.cutter, quote).finditer(text)
        ]

    def _restored(self, row: Row) -> Row:
        """The row, with the stand-in character in cells replaced by the delimiter of several characters."""
        if self.dialect.cutter == self.dialect.delimiter:
            return row
        return [cell.replace(self.dialect.cutter, self.dialect.delimiter) for cell in row]


@lru_cache(maxsize=32)
def _edges(cutter: str, quote: str) -> re.Pattern[str]:
    cut, mark = re.escape(cutter), re.escape(quote)
    return re.compile(
        rf"(?:(?<=\A)|(?<={cut}))[ ]*(?:{mark}(?P<quoted>.*?){mark}[ ]*(?={cut}|\Z)|(?P<plain>[^{cut}]*))(?:{cut}|\Z)",
        re.DOTALL,
    )


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
