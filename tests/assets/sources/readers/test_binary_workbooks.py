"""Binary workbooks (.xlsb): names of sheets and error cells, record by record (MS-XLSB)."""

from __future__ import annotations

import struct

from assets.sources.readers.binary_workbooks import error_cells, sheet_relations


def record(kind: int, data: bytes) -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 0x7F | 0x80, len(data) >> 7])
    return head + size + data


def text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def test_sheets_are_told_by_their_relations() -> None:
    book = record(131, b"") + record(156, struct.pack("<II", 0, 1) + text("rId7") + text("Größen" * 20))
    assert sheet_relations(book) == {"Größen" * 20: "rId7"}


def test_errors_of_cells_and_formulas_are_told_by_row_and_column() -> None:
    def cell(column: int) -> bytes:
        return struct.pack("<II", column, 0)

    data = (
        record(0, struct.pack("<I", 0) + b"\0" * 13) + record(1, cell(0)) + record(7, cell(2) + b"\0" * 4)
        + record(0, struct.pack("<I", 4) + b"\0" * 13) + record(3, cell(3) + b"\x2a") + record(11, cell(5) + b"\x17" + b"\0" * 9)
    )  # fmt: skip
    assert error_cells(data) == ([(5, 3, "#N/A"), (5, 5, "#REF!")], 2)
    assert error_cells(data[:-3])[0] == [(5, 3, "#N/A")]
