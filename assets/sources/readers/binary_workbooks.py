"""What calamine does not report of an .xlsb (MS-XLSB): which sheets are tables, and formulas whose result is an error.

Runs in the child process. Belongs here: walking through records. Does not belong here: the cells' values
(`assets.sources.readers.spreadsheets`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_ROW, _BLANK, _CELL_ERROR, _LAST_CELL, _FORMULA_ERROR, _SHEET = 0, 1, 3, 11, 11, 156
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip


def sheet_relations(book: bytes) -> dict[str, str]:
    """The id of each sheet's relation by the sheet's name, from the part `workbook.bin`."""
    found: dict[str, str] = {}
    for kind, start, _ in _records(book):
        if kind == _SHEET:
            relation, after = _text(book, start + 8)
            found[_text(book, after)[0]] = relation
    return found


def error_cells(sheet: bytes) -> tuple[list[tuple[int, int, str]], int]:
    """The error cells of a sheet's part (row from 1, column, text), and its first column with a cell."""
    errors: list[tuple[int, int, str]] = []
    row, first = 0, 16_384
    for kind, start, size in _records(sheet):
        if kind == _ROW and size >= 4:
            (row,) = struct.unpack_from("<I", sheet, start)
        elif _BLANK < kind <= _LAST_CELL and size >= 8:
            (column,) = struct.unpack_from("<I", sheet, start)
            first = min(first, column)
            if kind in (_CELL_ERROR, _FORMULA_ERROR) and size > 8:
                errors.append((row + 1, column, _ERRORS.get(sheet[start + 8], "#ERROR")))
    return errors, first


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The kind of each record, and where its content starts and how long it is."""
    at = 0
    while at + 1 < len(data):
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        if at + size > len(data):
            return
        yield kind, at, size
        at += size


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most `most` bytes, seven bits each, and the place after it."""
    value = 0
    for place in range(most):
        byte = data[at + place] if at + place < len(data) else 0
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    return value, at + most


def _text(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", data, at)
    end = at + 4 + 2 * length
    return data[at + 4 : end].decode("utf-16-le", "replace"), end
