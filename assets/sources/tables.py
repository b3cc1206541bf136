"""Grids and tables: from rows of cells to one header with its data, every physical row accounted for.

Belongs here: finding the header, preamble and footer, rejecting ragged rows, and the balance of a sheet. Does
not belong here: what a header means; that a header is known is asked through a set of folded headers.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.headers import fold_header, without_repeat

HEADER_WITHIN = 30
"""Rows in which the header is looked for: the longest preamble met in real report exports had about ten."""

FOOTER_WITHIN = 10

_FOOTER = re.compile(
    r"^(grand total|total|totals|sum|subtotal|copyright|©|confidential|generated|exported|report generated|end of"
    r"|page \d+|\d+ (rows|records)|total g[ée]n[ée]ral|somme|g[ée]n[ée]r[ée]|export[ée])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet as text, None where blank. Row i of `rows` is row i + 1 of the sheet."""

    name: str
    rows: Sequence[Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused row (`column` is None) or cell."""

    row_number: int
    column: str | None
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """One header and its data.

    `frame` has one text column for each header, named `c0`, `c1` … in order, and `row_number`. The counts obey
    `rows == len(frame) + rejected + blank + preamble + footer`; the header itself is not counted.
    """

    name: str
    headers: list[str]
    frame: pl.DataFrame
    rows: int
    blank: int
    preamble: int
    footer: int
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def clean(cell: str | None) -> str | None:
    """A cell without blanks around it; None for a blank one."""
    if cell is None:
        return None
    text = cell.replace("\u00a0", " ").strip()
    return text or None


def to_table(grid: Grid, known_headers: frozenset[str]) -> Table | None:
    """Find the header and split the grid around it. Returns None for a grid without any value."""
    rows = [[clean(cell) for cell in row] for row in grid.rows]
    filled = [sum(cell is not None for cell in row) for row in rows]
    if not any(filled):
        return None
    head = find_header(rows, filled, known_headers)
    width = max(index + 1 for index, cell in enumerate(rows[head]) if cell is not None)
    headers, warnings = _headers(rows[head][:width])
    preamble = sum(1 for count in filled[:head] if count)
    end = _footer_start(rows, filled, head, width)
    footer = sum(1 for count in filled[end:] if count)
    kept, numbers, rejections = _data_rows(rows, filled, range(head + 1, end), width)
    columns = {f"c{index}": pl.Series([row[index] for row in kept], dtype=pl.String) for index in range(width)}
    frame = pl.DataFrame({**columns, "row_number": pl.Series(numbers, dtype=pl.Int32)})
    if not numbers and not rejections:
        warnings.append("has a header and no rows")
    blank = sum(1 for count in filled if not count)
    return Table(grid.name, headers, frame, len(rows) - 1, blank, preamble, footer, rejections, warnings)


def find_header(rows: Sequence[Sequence[str | None]], filled: Sequence[int], known: frozenset[str]) -> int:
    """The index of the header row.

    The row in which the most cells are known headers, the first of equals; where none is known, the first row
    that is as wide as most rows and holds no number; else the first row with a value.
    """
    first = [index for index, count in enumerate(filled) if count][:HEADER_WITHIN]

    def hits(index: int) -> int:
        return sum(1 for cell in rows[index] if cell and without_repeat(fold_header(cell)) in known)

    best = max(first, key=lambda index: (hits(index), -index))
    if hits(best):
        return best
    usual = Counter(count for count in filled if count).most_common(1)[0][0]
    for index in first:
        if filled[index] >= usual and not any(_is_number(cell) for cell in rows[index]):
            return index
    return first[0]


def _is_number(cell: str | None) -> bool:
    return bool(cell) and bool(re.fullmatch(r"[-+]?[\d.,\s]+%?", cell or ""))


def _headers(cells: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Name every column: a blank header becomes `column N`, a repeated one gets a number behind it."""
    headers: list[str] = []
    seen: Counter[str] = Counter()
    warnings: list[str] = []
    for index, cell in enumerate(cells):
        name = " ".join(cell.split()) if cell else f"column {index + 1}"
        folded = fold_header(name)
        seen[folded] += 1
        if seen[folded] > 1:
            numbered = f"{name} ({seen[folded]})"
            warnings.append(f"header {name!r} stands more than once; the later column is called {numbered!r}")
            name = numbered
        headers.append(name)
    return headers, warnings


def _footer_start(rows: Sequence[Sequence[str | None]], filled: Sequence[int], head: int, width: int) -> int:
    """The index behind the last data row: closing rows that say `Total`, `Generated on …` are no data."""
    end = len(rows)
    if width < 3:
        return end
    last = end
    for index in range(end - 1, max(head, end - FOOTER_WITHIN - 1), -1):
        if not filled[index]:
            continue
        first, *others = (cell for cell in rows[index] if cell is not None)
        sparse = filled[index] <= max(1, width // 2) or all(_is_number(cell) for cell in others)
        if sparse and _FOOTER.match(first):
            last = index
        else:
            break
    return last


def _data_rows(
    rows: Sequence[Sequence[str | None]], filled: Sequence[int], span: range, width: int
) -> tuple[list[Sequence[str | None]], list[int], list[Rejection]]:
    kept: list[Sequence[str | None]] = []
    numbers: list[int] = []
    rejections: list[Rejection] = []
    for index in span:
        if not filled[index]:
            continue
        row = rows[index]
        if any(cell is not None for cell in row[width:]):
            reason = f"has {len(row)} cells where the header has {width}; a quote or a delimiter is missing"
            rejections.append(Rejection(index + 1, None, json.dumps(row, ensure_ascii=False), reason))
            continue
        numbers.append(index + 1)
        kept.append([*row[:width], *([None] * (width - len(row)))])
    return kept, numbers, rejections
