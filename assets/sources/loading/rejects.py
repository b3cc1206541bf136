"""Writes the rejects file: rows that were rejected, or had a cell rejected, to correct and import again.

The file has the columns of the user's own list, as CSV or workbook, and two more: the reason, and the records that the
row already made, so that a corrected row updates them. In a workbook, rejected cells are highlighted and a comment
gives the reason. Belongs here: writing that file. Does not belong here: reading it
(`assets.sources.mapping.reimports`).
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assets.sources.loading.interpretation import InterpretedFile, InterpretedSheet
from assets.sources.mapping.reimports import REASON, RECORDS, escaped
from assets.sources.sheets import Rejection
from schemas.contracts.printable import one_line, printable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_MARKED = "FFF2CC"


KeysOfRows = Callable[[InterpretedSheet, Sequence[int]], Mapping[int, str]]
"""Returns the records that the given rows of a sheet made: `entity:key`, separated by spaces, by row."""


@dataclass(slots=True)
class RejectedRow:
    """A row to correct: its cells, the reasons, the reason by column, and the records it already made."""

    cells: list[str | None]
    reasons: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    records: str = ""


def write_rejects(folder: Path, name: str, file: InterpretedFile, keys: KeysOfRows) -> Path | None:
    """Write the rejected rows of a file to `folder`; returns the path, or None if nothing was rejected."""
    sheets = [(sheet, rows) for sheet in file.sheets if (rows := rejected_rows(sheet, keys))]
    if not sheets:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w .()-]+", "_", name).strip() or "list"
    if file.reading.format == "csv":
        path = _free(folder, f"{stem}.rejects", ".csv")
        _write_csv(path, sheets[0][0].table.headers, sheets[0][1], file.reading.delimiter or ",")
    else:
        path = _free(folder, f"{stem}.rejects", ".xlsx")
        _write_workbook(path, sheets)
    return path


def _free(folder: Path, stem: str, suffix: str) -> Path:
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}){suffix}"
    return path


def rejected_rows(sheet: InterpretedSheet, keys: KeysOfRows) -> list[RejectedRow]:
    """The rows of a sheet that were rejected or had a cell rejected, in order."""
    by_row: dict[int, list[Rejection]] = defaultdict(list)
    for item in sheet.rejections:
        by_row[item.row_number].append(item)
    cells = _cells(sheet, list(by_row))
    made = keys(sheet, list(by_row))
    rows: list[RejectedRow] = []
    for number, items in sorted(by_row.items()):
        row = RejectedRow(cells.get(number) or _given(items[0]), records=made.get(number, ""))
        for item in items:
            where = f"{item.column}: " if item.column else ""
            row.reasons.append(f"{where}{item.reason}")
            if item.column:
                row.columns[item.column] = item.reason
        rows.append(row)
    return rows


def _cells(sheet: InterpretedSheet, rows: list[int]) -> dict[int, list[str | None]]:
    names = [f"c{index}" for index in range(len(sheet.table.headers))]
    wanted = pl.Series(rows, dtype=pl.Int32).implode()
    return {
        number: cells
        for batch in sheet.table.cells.batches()
        for number, *cells in batch.filter(pl.col("row_number").is_in(wanted)).select("row_number", *names).iter_rows()
    }


def _given(item: Rejection) -> list[str | None]:
    """The cells of a row that the reader rejected: a JSON list, or its text in the first cell."""
    try:
        value = json.loads(item.value or "")
    except ValueError:
        return [item.value]
    return [None if cell is None else str(cell) for cell in value] if isinstance(value, list) else [item.value]


def _lines(headers: Sequence[str], rows: Sequence[RejectedRow]) -> Iterator[list[str]]:
    width = max(len(headers), *(len(row.cells) for row in rows))
    blank = [""] * (width - len(headers))
    yield [*headers, *blank, REASON, RECORDS]
    for row in rows:
        cells = ["" if cell is None else cell for cell in row.cells]
        yield [*cells, *[""] * (width - len(cells)), "; ".join(row.reasons), row.records]


def _write_csv(path: Path, headers: Sequence[str], rows: Sequence[RejectedRow], delimiter: str) -> None:
    # With a UTF-8 byte order mark: without one, Excel assumes the system code page.
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter if len(delimiter) == 1 else ",")
        writer.writerows([escaped(cell) for cell in line] for line in _lines(headers, rows))


def _write_workbook(path: Path, sheets: Sequence[tuple[InterpretedSheet, list[RejectedRow]]]) -> None:
    from openpyxl import Workbook  # imported late: it takes a quarter of a second, and most imports do not need it
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet, rows in sheets:
        title = re.sub(r"[\[\]:*?/\\]", " ", one_line(sheet.table.name))[:31] or "Rows"
        page = book.create_sheet(title)
        for number, line in enumerate(_lines(sheet.table.headers, rows), 1):
            _write_line(page, number, line)
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
        for number, row in enumerate(rows, 2):
            _mark(page, number, row, sheet.table.headers)
    book.save(path)


def _write_line(page: Worksheet, number: int, line: Sequence[str]) -> None:
    for column, text in enumerate(line, 1):
        cell = page.cell(number, column)
        if text:
            # A text cell is never a formula; a leading apostrophe is doubled, as in CSV.
            cell.value = printable(f"'{text}" if text.startswith("'") else text)[:32_767]
            cell.data_type = "s"


def _mark(page: Worksheet, number: int, row: RejectedRow, headers: Sequence[str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    whole = {header: "; ".join(row.reasons) for header in headers[:1]}
    for header, reason in (row.columns or whole).items():
        cell = page.cell(number, headers.index(header) + 1)
        cell.fill = PatternFill("solid", fgColor=_MARKED)
        cell.comment = Comment(printable(reason), "leadsift")
