"""Reading a file into grids of text: delimited text through `csv`, workbooks through calamine.

Belongs here: bytes to rows, and what was decided on the way. Does not belong here: headers and meaning.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass, field

import fastexcel

from assets.sources.detect import decode, detect_dialect, detect_format
from assets.sources.tables import Grid
from schemas.errors import InputRefusedError

MAX_CELLS = 50_000_000
"""A sheet that declares more is refused by name before it fills the memory."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """The grids of a file and what was decided to get them. `decisions` are sentences for the user."""

    format: str
    grids: list[Grid]
    encoding: str | None = None
    delimiter: str | None = None
    decisions: list[str] = field(default_factory=list)


def read_file(data: bytes) -> FileReading:
    """Read the bytes of one file as text cells.

    Raises InputRefusedError with the reason when it is not a table that can be read whole.
    """
    kind = detect_format(data)
    if kind == "csv":
        return _read_delimited(data)
    return FileReading(kind, _read_workbook(data))


def _read_delimited(data: bytes) -> FileReading:
    text, encoding, guess = decode(data)
    dialect = detect_dialect(text)
    decisions = [guess] if guess else []
    csv.field_size_limit(sys.maxsize)
    body = text[dialect.skip :]
    try:
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=dialect.delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise InputRefusedError(
                "a quotation mark is opened and never closed, so the rows after it cannot be told apart"
            ) from error
        # A quote inside an unquoted cell is common in lists typed by hand; taken as it stands.
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=dialect.delimiter))
        decisions.append("quotation marks are not used by the rule; taken as they stand")
    return FileReading("csv", [Grid("", rows)], encoding, dialect.delimiter, decisions)


def _read_workbook(data: bytes) -> list[Grid]:
    try:
        workbook = fastexcel.read_excel(data)
        return [_read_sheet(workbook, name) for name in workbook.sheet_names]
    except InputRefusedError:
        raise
    except BaseException as error:
        # calamine reports some damaged files by a panic, which is no Exception; everything else passes through.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputRefusedError(f"is a workbook that cannot be read: {reason}") from error
        raise


def _read_sheet(workbook: fastexcel.ExcelReader, name: str) -> Grid:
    # skip_rows=0 keeps leading empty rows, so that row numbers are those the user sees.
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.width * sheet.height > MAX_CELLS:
        raise InputRefusedError(f"sheet {name!r} declares {sheet.height:,} x {sheet.width:,} cells; too large to read")
    frame = sheet.to_polars()
    return Grid(name, frame.rows())
