"""Excel's binary .xls (Excel 2 to 2003) as text, by xlrd. Runs in the child process.

xlrd keeps the workbook's date system, embedded charts apart from cells, and long texts whole; calamine does not always.
calamine reads what xlrd cannot, and is compared with it: cells that the two read differently are named. Belongs here:
the text of xlrd's cells, and the comparison. Does not belong here: calamine (`assets.sources.readers.spreadsheets`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlrd

from assets.sources.readers.text_frames import UnreadableError, text_frame

MAX_NAMED_CELLS = 3
"""Cells that are named where the two readers differ; their number is given."""

_ZEROS = re.compile(r"0{2,}")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d+?)0*")

Sheet = dict[str, Any]


def old_sheets(path: Path) -> list[Sheet]:
    """Every worksheet of an .xls: `name`, `frame` of text cells, `is_hidden` and `faults`.

    Raises UnreadableError for a protected workbook, and errors of xlrd's many kinds if it cannot read the file.
    """
    try:
        book = xlrd.open_workbook(path, logfile=_Silent(), formatting_info=True)
    except Exception as error:
        if "encrypted" in str(error):
            raise UnreadableError("it is password-protected; save it without a password") from error
        # Formats are damaged more often than cells. Without them the file may be read.
        book = xlrd.open_workbook(path, logfile=_Silent())
    return [_sheet(book, sheet) for sheet in book.sheets()]


class _Silent:
    """A log file that xlrd's complaints about odd records go to."""

    def write(self, text: str) -> None:
        """Write nothing."""

    def flush(self) -> None:
        """Flush nothing."""


def _sheet(book: Any, sheet: Any) -> Sheet:
    faults: list[dict[str, Any]] = []
    rows = [
        [_text(book, sheet, (row, column), faults) for column in range(sheet.row_len(row))]
        for row in range(sheet.nrows)
    ]
    while rows and not any(rows[-1]):  # cells that have a format and no value
        rows.pop()
    first = min((place for row in rows for place, cell in enumerate(row) if cell), default=0)
    for fault in faults:
        first = min(first, fault["column"])
    frame = text_frame([row[first:] for row in rows])
    moved = [{**fault, "column": fault["column"] - first} for fault in faults]
    where = {"name": sheet.name, "is_hidden": bool(sheet.visibility), "first_column": first}
    return {**where, "frame": frame, "faults": moved, "notes": []}


def _text(book: Any, sheet: Any, place: tuple[int, int], faults: list[dict[str, Any]]) -> str | None:
    kind, value = sheet.cell_type(*place), sheet.cell_value(*place)
    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if kind == xlrd.XL_CELL_NUMBER:
        return _padded(book, sheet, place, number_text(value))
    if kind == xlrd.XL_CELL_DATE:
        try:
            return str(xlrd.xldate_as_datetime(value, book.datemode))
        except (ValueError, OverflowError):  # a number before the first day or behind the last
            return number_text(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "true" if value else "false"
    if kind == xlrd.XL_CELL_ERROR:
        shown = xlrd.error_text_from_code.get(value, "#ERROR")
        faults.append({"row": place[0] + 1, "column": place[1], "value": shown, "reason": "is an error value"})
        return None
    return str(value) or None


def number_text(value: float) -> str:
    """A number as Excel shows it: at most 15 significant digits, no exponent.

    >>> number_text(0.1 + 0.2), number_text(12.0), number_text(0.00001)
    ('0.3', '12', '0.00001')
    """
    return str(int(value)) if value.is_integer() else format(Decimal(f"{value:.15g}"), "f")


def _padded(book: Any, sheet: Any, place: tuple[int, int], text: str) -> str:
    """The digits with the leading zeros that only the number format shows (`00000` for ZIP codes)."""
    if not book.formatting_info or not text.isdecimal():
        return text
    style = book.format_map.get(book.xf_list[sheet.cell_xf_index(*place)].format_key)
    return text.zfill(len(style.format_str)) if style and _ZEROS.fullmatch(style.format_str) else text


# The comparison ----------------------------------------------------------------------------------------------------


def difference(sheet: Sheet, other: pl.DataFrame) -> str | None:
    """A sentence that names cells which another reader reads differently; None if there are none.

    Both readers leave out blank columns before the first cell; the other may see a cell in them.
    """
    start = sheet["first_column"]
    aligned = (list(_differing(sheet["frame"], other, start, shift)) for shift in {0, start})
    cells = min(aligned, key=len)
    if not cells:
        return None
    named = ", ".join(f"{place} is {mine!r}, not {theirs!r}" for place, mine, theirs in cells[:MAX_NAMED_CELLS])
    more = f" and {len(cells) - MAX_NAMED_CELLS:,} more" if len(cells) > MAX_NAMED_CELLS else ""
    return f"a second reader (calamine) reads cells differently, xlrd is followed: {named}{more}"


def _differing(
    mine: pl.DataFrame, theirs: pl.DataFrame, start: int, shift: int
) -> Iterator[tuple[str, str | None, str | None]]:
    """The cells that differ: their name, my text and theirs, if their first column is `shift` columns before mine."""
    height = max(mine.height, theirs.height)
    for column in range(-shift, max(mine.width, theirs.width - shift)):
        ours, yours = _column(mine, column, height), _column(theirs, column + shift, height)
        for row in ours.ne_missing(yours).arg_true().to_list():
            if _plain(ours[row]) != _plain(yours[row]):
                yield _place(row, column + start), ours[row], yours[row]


def _column(frame: pl.DataFrame, index: int, height: int) -> pl.Series:
    if not 0 <= index < frame.width:
        return pl.Series("", [None] * height, dtype=pl.String)
    return frame.to_series(index).extend_constant(None, height - frame.height).alias("")


def _plain(text: str | None) -> object:
    """What a cell says, however a reader writes numbers (one keeps nine decimals) and parts of seconds."""
    stripped = (text or "").replace("\x00", "").strip()
    if moment := _DATE.fullmatch(stripped):
        return moment.groups()
    try:
        return round(float(stripped), 6)
    except ValueError:
        return stripped


def _place(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
