"""Reads HTML pages and Excel 2003 XML, which CRMs and banks save with the extension of a workbook.

Runs in the child process. A spanning cell has its text in its first cell; the others are blank.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree, html

from assets.sources.readers.text_frames import UnreadableError, text_frame

_SHEETS = "{urn:schemas-microsoft-com:office:spreadsheet}"
Rows = list[list[str | None]]


def html_tables(path: Path) -> Iterator[dict[str, Any]]:
    """Every table of a page with at least two rows and no nested table."""
    data = path.read_bytes()
    # A page that does not state its encoding is usually UTF-8; lxml would assume Latin-1.
    stated = b"charset" in data[:4096].lower() or data[:2] in (b"\xff\xfe", b"\xfe\xff")
    parser = html.HTMLParser(encoding=None if stated or not _is_utf8(data) else "utf-8", no_network=True)
    root = html.document_fromstring(data, parser=parser)
    tables = [table for table in root.iter("table") if table.find(".//table") is None]
    found = [rows for table in tables if len(rows := _html_rows(table)) > 1]
    if not found:
        raise UnreadableError("it is a web page without a table")
    for index, rows in enumerate(found):
        yield {"name": f"table {index + 1}" if len(found) > 1 else "", "frame": text_frame(rows)}


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _html_rows(table: Any) -> Rows:
    rows: Rows = []
    spanned: dict[int, int] = {}
    for line in table.iter("tr"):
        row: list[str | None] = []
        for cell in line.iter("td", "th"):
            while spanned.get(len(row), 0):
                spanned[len(row)] -= 1
                row.append(None)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(wide):
                if high > 1:
                    spanned[len(row)] = high - 1
                row.append(_text(cell) if not offset else None)
        rows.append(row)
    return rows


def _text(cell: Any) -> str | None:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    return cell.text_content().strip() or None


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 1000) if value.isdecimal() else 1


def xml_sheets(path: Path) -> Iterator[dict[str, Any]]:
    """Every worksheet of an "XML Spreadsheet 2003" document."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True)
    root = etree.parse(str(path), parser).getroot()
    if root is None:
        raise UnreadableError("it is damaged")
    for sheet in root.iter(f"{_SHEETS}Worksheet"):
        yield {"name": sheet.get(f"{_SHEETS}Name", ""), "frame": text_frame(_xml_rows(sheet))}


def _xml_rows(sheet: Any) -> Rows:
    rows: Rows = []
    for line in sheet.iter(f"{_SHEETS}Row"):
        place = int(line.get(f"{_SHEETS}Index", len(rows) + 1))
        rows += [[]] * max(0, min(place, 1_048_576) - 1 - len(rows))
        row: list[str | None] = []
        for cell in line.iter(f"{_SHEETS}Cell"):
            column = int(cell.get(f"{_SHEETS}Index", len(row) + 1))
            row += [None] * max(0, min(column, 16_384) - 1 - len(row))
            data = cell.find(f"{_SHEETS}Data")
            row.append("".join(data.itertext()).strip() or None if data is not None else None)
            row += [None] * min(int(cell.get(f"{_SHEETS}MergeAcross", 0)), 16_384)
        rows.append(row)
    return rows
