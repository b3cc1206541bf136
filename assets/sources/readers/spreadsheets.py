"""Spreadsheets as text: Excel's .xlsx, .xlsm and .xlsb, OpenDocument's .ods, by calamine. Runs in the child process.

Reports error cells and formulas that have no cached result. Leading zeros that only a number format shows are restored.
calamine also reads an .xls that xlrd cannot (`assets.sources.readers.old_workbooks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from assets.sources.readers.packages import SheetDetails, plain_copy, sheet_details
from assets.sources.readers.text_frames import UnreadableError

MAX_CELLS = 50_000_000
"""A sheet that declares more cells is refused before it fills the memory."""

_ERRORS = {
    "NA": "#N/A", "Div0": "#DIV/0!", "Ref": "#REF!", "Name": "#NAME?", "Value": "#VALUE!", "Num": "#NUM!",
    "Null": "#NULL!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


def spreadsheets(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    """Every sheet of a workbook: `name`, `frame` of text cells, `is_hidden` and `faults`.

    Raises UnreadableError if a sheet declares too many cells, and calamine's own errors.
    """
    import fastexcel

    with plain_copy(path, kind) as readable:
        workbook = fastexcel.read_excel(readable)
        details = sheet_details(path, kind)
        # Read all sheets before yielding any: a workbook with a damaged sheet is refused as a whole.
        tables = [(name, details.get(name, SheetDetails())) for name in workbook.sheet_names]
        sheets = [_sheet(workbook, name, more) for name, more in tables if more.is_table]
    yield from sheets


def _sheet(workbook: Any, name: str, details: SheetDetails) -> dict[str, Any]:
    # skip_rows=0 keeps leading empty rows, so that row numbers are those the user sees.
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.width * sheet.height > MAX_CELLS:
        raise UnreadableError(f"sheet {name!r} declares {sheet.height:,} x {sheet.width:,} cells, too many to read")
    batch, errors = sheet.to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch)) if sheet.width else pl.DataFrame()
    faults = [_error_fault(error.position, error.detail) for error in (errors.errors if errors else [])]
    known = {(fault["row"], fault["column"]) for fault in faults}
    # calamine leaves out the blank columns before the first cell.
    first = details.first_column
    frame = _padded(frame, [(row, column - first, width) for row, column, width in details.padded])
    for reason, cells in (
        ("is a formula without a cached result", details.formulas),
        ("is an error value", details.errors),
    ):
        faults += [
            {"row": row, "column": column - first, "value": value, "reason": reason}
            for row, column, value in cells
            if column >= first and (row, column - first) not in known
        ]
    return {"name": name, "frame": frame, "is_hidden": sheet.visible != "visible", "faults": faults}


def _error_fault(position: tuple[int, int], detail: str) -> dict[str, Any]:
    kind = re.search(r"Error\((\w+)\)", detail)
    value = _ERRORS.get(kind.group(1), kind.group(1)) if kind else None
    return {"row": position[0] + 1, "column": position[1], "value": value, "reason": "is an error value"}


def _padded(frame: pl.DataFrame, padded: list[tuple[int, int, int]]) -> pl.DataFrame:
    by_column: dict[int, dict[int, int]] = {}
    for row, column, width in padded:
        by_column.setdefault(column, {})[row - 1] = width
    for column, widths in by_column.items():
        if column >= frame.width:
            continue
        series = frame.to_series(column)
        rows = [row for row in widths if row < frame.height]
        cells = [
            cell.zfill(widths[row]) if cell is not None and cell.isdecimal() else cell
            for row, cell in zip(rows, series.gather(rows).to_list(), strict=True)
        ]
        frame = frame.with_columns(series.scatter(rows, cells))
    return frame
