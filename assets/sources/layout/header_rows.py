"""Finds the headers and footers of a sheet, and names its columns.

Belongs here: rules about single rows. Does not belong here: walking through a sheet (`assets.sources.layout.tables`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from schemas.contracts.headers import fold_header, without_repeat
from schemas.contracts.word_lists import word_list

HEADER_WITHIN = 60
"""The first header must be in this many rows: the longest preamble seen in real exports had about twenty."""

FOOTER_WITHIN = 10
LONGEST_HEADER = 120
"""Characters. Anything longer is a sentence."""

_NUMBER = re.compile(r"[-+]?[\d.,\s]+%?")

Cells = Sequence[str | None]


@cache
def _footer() -> re.Pattern[str]:
    """The beginning of a row below the data: a word of the list, or a count of pages or rows."""
    words = "|".join(re.escape(word) for word in sorted(word_list(__file__, "footer_words")))
    return re.compile(rf"^({words}|(page|seite) \d+|\d+ (rows|records))\b", re.IGNORECASE)


def clean(cell: str | None) -> str | None:
    """The cell without surrounding whitespace; None if it is blank."""
    if cell is None:
        return None
    text = cell.replace("\u00a0", " ").strip()
    return text or None


def known_cells(row: Cells, known: frozenset[str]) -> int:
    """How many cells of a row are headers of some profile; a text that is repeated counts once."""
    texts = {fold_header(cell): cell for cell in row if cell and len(cell) <= LONGEST_HEADER}
    return sum(1 for folded in texts if without_repeat(folded) in known)


def _exact_cells(row: Cells, known: frozenset[str]) -> int:
    """How many cells of a row are known as they stand: names of fields, rather than labels that describe them."""
    return sum(1 for cell in row if cell and frozenset.__contains__(known, fold_header(cell)))


def find_header(rows: Sequence[Cells], filled: Sequence[int], known: frozenset[str]) -> int:
    """The index of the header row.

    The row with the most known headers, the first of equals. Without known headers: the first row that is as wide
    as most rows and has no number, else the first row with a value.
    """
    first = [index for index, count in enumerate(filled) if count][:HEADER_WITHIN]
    hits = {index: known_cells(rows[index], known) for index in first}
    # A later table may have more known headers than the first: the first row that is mostly headers wins.
    for index in first:
        if hits[index] >= max(2, filled[index] / 2):
            near = [other for other in first if index <= other <= index + 2]
            return max(near, key=lambda other: (hits[other], _exact_cells(rows[other], known), -other))
    best = max(first, key=lambda index: (hits[index], -index))
    if hits[best]:
        return best
    usual = Counter(count for count in filled if count).most_common(1)[0][0]
    for index in first:
        if filled[index] >= usual and not any(is_number(cell) for cell in rows[index]):
            return index
    return first[0]


def repeats(row: Cells, own: Sequence[str]) -> bool:
    """Whether a row is the header again; `own` are the folded headers, blank where the header is."""
    folded = [fold_header(cell) if cell else "" for cell in row[: len(own)]]
    return folded + [""] * (len(own) - len(folded)) == list(own)


def is_like_header(row: Cells, known: frozenset[str], own: Sequence[str]) -> bool:
    """Whether a row among the data is a header: the table's own again, or three of four known headers, at least two."""
    cells = [cell for cell in row if cell]
    if repeats(row, own):
        return True
    return known_cells(cells, known) >= max(2, 0.75 * len(cells)) and not any(is_number(cell) for cell in cells)


def is_number(cell: str | None) -> bool:
    """Whether a cell looks like a number."""
    return bool(cell) and bool(_NUMBER.fullmatch(cell or ""))


def name_columns(cells: Cells, above: Sequence[Cells] = ()) -> tuple[list[str], list[str]]:
    """Name every column; returns the names and warnings for the user.

    A blank header becomes `column N`. A repeated header is prefixed with the label of its group from the row above
    (`Billing` over `City`), if any; if it still repeats, a number is appended.
    """
    names = [" ".join(cell.split()) if cell else f"column {index + 1}" for index, cell in enumerate(cells)]
    counts = Counter(fold_header(name) for name in names)
    groups = _groups(above, len(names))
    for index, name in enumerate(names):
        if counts[fold_header(name)] > 1 and groups[index]:
            names[index] = f"{groups[index]} {name}"
    headers: list[str] = []
    seen: Counter[str] = Counter()
    warnings: list[str] = []
    for name in names:
        seen[fold_header(name)] += 1
        place = seen[fold_header(name)]
        if place > 1:
            numbered = f"{name} ({place})"
            warnings.append(f"header {name!r} is repeated; the later column is named {numbered!r}")
            headers.append(numbered)
        else:
            headers.append(name)
    return headers, warnings


def _groups(above: Sequence[Cells], width: int) -> list[str | None]:
    """The group label of each column: the nearest cell at or left of it in the row above the header."""
    row = above[-1] if above else ()
    labels = [cell for cell in row if cell]
    if not labels or len(labels) >= width or len(labels) < 2:
        return [None] * width
    groups: list[str | None] = []
    current: str | None = None
    for index in range(width):
        current = (row[index] if index < len(row) else None) or current
        groups.append(current)
    return groups


def footer_start(rows: Sequence[Cells], width: int) -> int:
    """The index after the last data row: closing rows such as `Total` or `Generated on …` are the footer."""
    end = len(rows)
    if width < 3:
        return end
    last = end
    for index in range(end - 1, max(-1, end - FOOTER_WITHIN - 1), -1):
        cells = [cell for cell in rows[index] if cell is not None]
        if not cells:
            continue
        first, *others = cells
        is_sparse = len(cells) <= max(1, width // 2) or all(is_number(cell) for cell in others)
        if is_sparse and _footer().match(first):
            last = index
        else:
            break
    return last
