"""Splits records that strict parsing refuses, because a quotation mark is inside a cell or is never closed.

Belongs here: what a line says by itself when only quotation marks at the edges of cells count, and counting line ends.
Does not belong here: reading a file (`assets.sources.readers.delimited`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assets.sources.readers.dialects import Dialect

NEVER_CLOSED = "a quotation mark is never closed, or is inside a cell; the row cannot be split into cells"
FOLLOWS = "follows a row with a broken quotation mark, and is no whole row; it may be the rest of that row's cell"

MAX_REPAIR_LINES = 50
"""The most lines that a record with a stray quotation mark may span to be repaired."""

UNLIKELY_DELIMITERS = 4
"""So many delimiters stand by chance in the lines of one cell as they would between the cells of rows in few texts."""

LOOK_AHEAD = 100
"""Lines after an open quotation mark that show whether rows follow it, or the text of one cell."""


class LineCounter:
    """Counts the lines of a text that comes in pieces, by its line ends alone."""

    def __init__(self) -> None:
        self._ends = 0
        self._last = "\n"

    def add(self, text: str) -> None:
        """Count the line ends of the next piece. A carriage return and a line feed are one, also across pieces."""
        if text:
            self._ends += line_ends(text) - (self._last == "\r" and text[0] == "\n")
            self._last = text[-1]

    @property
    def lines(self) -> int:
        """The number of lines so far; the last needs no line end."""
        return self._ends + (self._last not in "\r\n")


def line_ends(text: str) -> int:
    """The number of line ends in a text.

    >>> line_ends("a" + chr(13) + chr(10) + "b" + chr(13) + "c" + chr(10))
    3
    """
    returns = text.count("\r")
    return text.count("\n") + returns - (text.count("\r\n") if returns else 0)


def split_by_edges(text: str, dialect: Dialect) -> list[str] | None:
    """Split one record; only quotation marks at the edges of a cell count as such.

    None if the text has a line end outside a quoted cell: then it is several records, however well the cells fit. A
    cell over several lines must not contain the opening of another one.

    >>> split_by_edges('Ann,"5" pipe, blue",x', Dialect())
    ['Ann', '5" pipe, blue', 'x']
    """
    quote = dialect.quote or '"'
    row: list[str] = []
    for match in _cells(dialect.cutter, quote).finditer(text):
        quoted, plain = match["quoted"], match["plain"]
        if plain is not None and line_ends(plain):
            return None
        if (
            quoted is not None
            and line_ends(quoted)
            and _opening(dialect.cutter, quote).search(quoted.replace(quote * 2, ""))
        ):
            return None
        row.append(quoted.replace(quote * 2, quote) if quoted is not None else plain)
    return row


@lru_cache(maxsize=32)
def _cells(cutter: str, quote: str) -> re.Pattern[str]:
    cut, mark = re.escape(cutter), re.escape(quote)
    return re.compile(
        rf"(?:(?<=\A)|(?<={cut}))[ ]*(?:{mark}(?P<quoted>.*?){mark}[ ]*(?={cut}|\Z)|(?P<plain>[^{cut}]*))(?:{cut}|\Z)",
        re.DOTALL,
    )


@lru_cache(maxsize=32)
def _opening(cutter: str, quote: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{re.escape(cutter)}|[\r\n])[ ]*{re.escape(quote)}")


def without_end(line: str) -> str:
    """The line without its line end."""
    return line.removesuffix("\n").removesuffix("\r")


def width_of(line: str, dialect: Dialect) -> int:
    """The number of cells of a line by itself."""
    return len(split_by_edges(without_end(line), dialect) or ())


def usual_width(widths: Counter[int], lines: Iterable[str], dialect: Dialect) -> int:
    """The most common width of the rows so far, or else of the lines that follow."""
    if not widths:
        widths = Counter(width_of(line, dialect) for line in lines if line.strip())
    return widths.most_common(1)[0][0] if widths else 0


def repaired(lines: Sequence[str], width: int, dialect: Dialect) -> tuple[list[str], int] | None:
    """The record at the beginning of `lines` with `width` cells, and its number of lines; None if there is none.

    It ends before a line that is a whole row by itself. A first line that is whole goes on only if the next is not, and
    a quoted cell does.
    """
    found: tuple[list[str], int] | None = None
    for count in range(1, min(MAX_REPAIR_LINES, len(lines)) + 1):
        row = split_by_edges(without_end("".join(lines[:count])), dialect)
        if row is not None and len(row) == width:
            found = (row, count)
            if count > 1:
                break
        if count < len(lines) and width_of(lines[count], dialect) == width:
            break
    return found


def swallows_rows(lines: Sequence[str], found: int, usual: int, dialect: Dialect) -> bool:
    """Whether a record of `found` cells over several lines is made of rows between two stray quotation marks.

    Each line is a whole row by itself, and the record is none, or that would be too great a coincidence.
    """
    is_whole = found == usual
    if is_whole and (len(lines) == 2 or (len(lines) - 1) * (usual - 1) < UNLIKELY_DELIMITERS):
        return False
    return usual > 1 and all(width_of(line, dialect) == usual for line in lines)


def may_swallow_rows(cell: str, usual: int, dialect: Dialect) -> bool:
    """Whether the lines inside a quoted cell are all as wide as a row."""
    inner = cell.splitlines()[1:-1]
    return bool(inner) and all(width_of(line, dialect) == usual for line in inner)


def are_rows(lines: Sequence[str], width: int, dialect: Dialect) -> bool:
    """Whether lines after an open quotation mark are rows of the table rather than the text of a cell."""
    filled = [line for line in lines[:LOOK_AHEAD] if line.strip()]
    return 2 * sum(width_of(line, dialect) == width for line in filled) >= len(filled)
