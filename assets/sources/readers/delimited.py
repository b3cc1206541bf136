"""Delimited text cut into rows, block by block, so that memory does not grow with the file.

Two ways lead through a block. The fast one parses it with Polars, everything pinned, and only after a proof that there
is nothing to guess: every quotation mark stands at the edge of a cell, and between its record ends every record has
exactly as many delimiters as the first. A block without that proof, and every small file, is cut by `csv`, strictly;
where that stumbles, the stumbling row alone is repaired or refused and reading goes on behind it. Does not belong here:
what the dialect is (`assets.sources.readers.dialects`), and what the rows mean.
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
"""Characters from which a file is worth the fast way; the first block is always cut with care."""

MAX_RECORD_LINES = 200_000
"""A cell of 3 MB has some 75,000 lines. A record of more is a quotation mark that was never closed."""

MAX_RECORD_CHARS = 32 << 20
"""Ten times the longest note met. With `MAX_CELLS_OF_ROW` it bounds what one row needs of memory: half a gigabyte."""

MAX_CELLS_OF_ROW = 16_384
"""As many as a workbook has: Excel writes delimiters up to its last column. A million took more than 8 GB."""

MENDED_LINES = 50
"""How many lines a row with a stray quotation mark is looked for in."""

Row = list[str]


class Cutter:
    """Cuts text under a dialect. `repaired` counts rows with stray quotation marks that were taken all the same."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.repaired = 0
        self.dropped_nuls = 0
        self._widths: Counter[int] = Counter()
        self._next = 1

    def blocks(self, pieces: Iterator[str]) -> Iterator[Block]:
        """Cut text that comes in pieces; the `sep=` line is passed over."""
        csv.field_size_limit(sys.maxsize)
        rest, held, is_first, skip = "", "", True, self.dialect.skip
        for piece, is_last in _with_last(pieces):
            prepared = self._prepared(held + piece[skip:])
            held = "" if is_last else self._begun_delimiter(prepared)
            text, skip = rest + prepared.removesuffix(held), 0
            if len(text) < FAST_FROM and not is_last:
                rest = text  # short pieces are gathered until a block is worth its while
                continue
            block, rest = self._cut(text, is_last=is_last, may_hurry=not is_first)
            is_first = False
            if len(block):
                yield block

    def _prepared(self, text: str) -> str:
        if "\x00" in text:
            self.dropped_nuls += text.count("\x00")
            text = text.replace("\x00", "")
        if self.dialect.cutter != self.dialect.delimiter:
            text = text.replace(self.dialect.delimiter, self.dialect.cutter)
        return text.replace("\u00a0", " ")  # a blank that does not break is a blank all the same

    def _begun_delimiter(self, text: str) -> str:
        """The end of a piece that may be the beginning of a delimiter of several characters."""
        delimiter = self.dialect.delimiter
        ends = (delimiter[:length] for length in range(len(delimiter) - 1, 0, -1))
        return next((end for end in ends if text.endswith(end)), "")

    def _cut(self, text: str, *, is_last: bool, may_hurry: bool) -> tuple[Block, str]:
        if may_hurry and self._widths:
            hurried = self._hurry(text, is_last=is_last)
            if hurried is not None:
                return hurried
        rows, rest = self._with_care(text, is_last=is_last)
        return rows, rest

    # The fast way ------------------------------------------------------------------------------------------------

    def _hurry(self, text: str, *, is_last: bool) -> tuple[Frame, str] | None:
        """The whole records of a block as a frame and the text behind them; None where there is something to guess."""
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

    def _with_care(self, text: str, *, is_last: bool) -> tuple[Rows, str]:
        """The rows of a block, and the text of the record that its end cuts in two."""
        lines = list(io.StringIO(text, newline=""))
        # The last line may go on in the next block, and a carriage return there may have its line feed yet to come.
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
            at += self._mend(lines, at, rows)
        self._next += len(rows)
        return rows, held

    def _run(self, lines: list[str], at: int, rows: Rows) -> tuple[int, bool]:
        """Cut records from line `at` until one stumbles: the line it begins at, and whether it only lacks its end."""
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

    def _mend(self, lines: list[str], at: int, rows: Rows) -> int:
        """Take or refuse the row that begins at a line with a stray quotation mark; returns how many lines it takes."""
        width = self._widths.most_common(1)[0][0] if self._widths else 0
        for count in range(1, min(MENDED_LINES, len(lines) - at) + 1):
            row = self._by_edges("".join(lines[at : at + count]).rstrip("\r\n"))
            if len(row) == width:
                rows.rows.append(self._restored(row))
                self.repaired += 1
                return count
            # A next line that is a whole row by itself is no part of this one.
            if at + count < len(lines) and len(self._by_edges(lines[at + count].rstrip("\r\n"))) == width:
                break
        number = rows.first + len(rows.rows)
        text = lines[at].rstrip("\r\n").replace(self.dialect.cutter, self.dialect.delimiter)
        reason = (
            "a quotation mark is opened and never closed, or stands inside a cell; the row cannot be cut into cells"
        )
        rows.rows.append(None)
        rows.broken[number] = (text, reason)
        return 1

    def _by_edges(self, text: str) -> Row:
        """Cut a row, taking only those quotation marks for such that stand at the edges of a cell."""
        quote = self.dialect.quote or '"'
        return [
            (match["quoted"].replace(quote * 2, quote) if match["quoted"] is not None else match["plain"])
            for match in _edges(self.dialect.cutter, quote).finditer(text)
        ]

    def _restored(self, row: Row) -> Row:
        """A row whose cells have their own text back where it held the delimiter of several characters."""
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
    """The places of the line feeds that end a record; None unless nothing in `data` is open to doubt.

    The proof: no carriage return stands alone; each opening quotation mark follows a delimiter, a line feed or another
    quotation mark, each closing one precedes one of those; every record has `width - 1` delimiters outside of quotes.
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
    """Each piece, and whether it is the last one."""
    held: str | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    yield held or "", True
