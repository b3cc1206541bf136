"""Reading a file into grids of text: delimited text through `csv`, workbooks in a child process.

Belongs here: bytes to rows, and what was decided on the way. Does not belong here: headers and meaning.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass, field

from assets.sources.detect import decode, detect_dialect, detect_format
from assets.sources.tables import Grid
from assets.sources.workbook import read_workbook
from schemas.errors import InputRefusedError


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
    return FileReading(kind, read_workbook(data))


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
