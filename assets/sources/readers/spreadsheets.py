"""Spreadsheets as text: Excel's .xlsx, .xlsm and .xlsb, OpenDocument's .ods, by calamine. Runs in the child process.

Reports error cells and formulas that have no cached result. Leading zeros that only a number format shows are restored.
calamine also reads an .xls that xlrd cannot (`assets.sources.readers.old_workbooks`).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl

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

    workbook = fastexcel.read_excel(path)
    details = _xml_details(path) if kind == "xlsx" else {}
    # Read all sheets before yielding any: a workbook with a damaged sheet is refused as a whole.
    sheets = []
    for name in workbook.sheet_names:
        # skip_rows=0 keeps leading empty rows, so that row numbers are those the user sees.
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if sheet.width * sheet.height > MAX_CELLS:
            raise UnreadableError(f"sheet {name!r} declares {sheet.height:,} x {sheet.width:,} cells, too many to read")
        batch, errors = sheet.to_arrow_with_errors()
        frame = pl.DataFrame(pl.from_arrow(batch)) if sheet.width else pl.DataFrame()
        faults = [_error_fault(error.position, error.detail) for error in (errors.errors if errors else [])]
        more = details.get(name, _XmlDetails())
        # calamine leaves out the blank columns before the first cell.
        frame = _padded(frame, [(row, column - more.first_column, width) for row, column, width in more.padded])
        faults += [
            {
                "row": row,
                "column": column,
                "value": formula,
                "reason": "is a formula without a cached result",
            }
            for row, column, formula in more.formulas
        ]
        sheets.append({"name": name, "frame": frame, "is_hidden": sheet.visible != "visible", "faults": faults})
    yield from sheets


def _error_fault(position: tuple[int, int], detail: str) -> dict[str, Any]:
    kind = re.search(r"Error\((\w+)\)", detail)
    value = _ERRORS.get(kind.group(1), kind.group(1)) if kind else None
    return {"row": position[0] + 1, "column": position[1], "value": value, "reason": "is an error value"}


# What calamine does not report of an .xlsx -------------------------------------------------------------------------


@dataclass(slots=True)
class _XmlDetails:
    """Formulas without a result (row, column, text) and cells to pad with zeros (row, column, width); rows from 1."""

    formulas: list[tuple[int, int, str]] = field(default_factory=list)
    padded: list[tuple[int, int, int]] = field(default_factory=list)
    first_column: int = 0


_CELL = re.compile(rb"<c ([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>|<f[^>]*/>")
_RESULT = re.compile(rb"<v>[^<]|<v [^>]*>[^<]|<is>")
_NAMESPACES = re.compile(r"\{[^}]*\}")


def _xml_details(path: Path) -> dict[str, _XmlDetails]:
    """Details of each sheet from the XML, by name; none for a damaged workbook."""
    found: dict[str, _XmlDetails] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            package = _Package(archive)
            widths = _zero_formats(package)
            for name, member in package.sheets.items():
                data = package.read(member)
                if widths or b"<f" in data:
                    found[name] = _scanned(data, widths)
    except (KeyError, ValueError, ElementTree.ParseError, zipfile.BadZipFile):
        return {}
    return found


class _Package:
    """The parts of a workbook by their names in the relations, in any case, folder and spelling of paths."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
        (book,) = (target for kind, target in self._relations("").values() if kind == "officedocument")
        self._related = self._relations(book)
        self.styles = next((target for kind, target in self._related.values() if kind == "styles"), None)
        self.sheets: dict[str, str] = {}
        for item in self.xml(book).iter():
            if _bare(item.tag) == "sheet":
                relation = next((value for key, value in item.attrib.items() if _bare(key) == "id"), None)
                self.sheets[item.get("name", "")] = self._related.get(relation or "", ("", ""))[1]

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises KeyError if there is none."""
        return self._archive.read(self._members[part.lower()])

    def xml(self, part: str) -> ElementTree.Element:
        """A part as XML."""
        return ElementTree.fromstring(self.read(part))  # noqa: S314  (the child's memory and time are limited)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The kind and the part of each relation of a part, by its id; those of the package for a blank name."""
        folder, name = posixpath.split(part)
        return {
            item.get("Id", ""): (
                item.get("Type", "").rpartition("/")[2].lower(),
                posixpath.normpath(posixpath.join("/", folder, item.get("Target", "").replace("\\", "/"))).lstrip("/"),
            )
            for item in self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        }


def _scanned(data: bytes, widths: dict[int, int]) -> _XmlDetails:
    details = _XmlDetails(first_column=16_384)
    for match in _CELL.finditer(data):
        attributes, inside = match.groups()
        if inside and (found := _PLACE.search(attributes)) and _RESULT.search(inside):
            details.first_column = min(details.first_column, _column(found.group(1).decode()))
        style = _STYLE.search(attributes)
        width = widths.get(int(style.group(1)), 0) if style else 0
        formula = _FORMULA.search(inside or b"") if inside and b"<f" in inside else None
        place = _PLACE.search(attributes) if width or formula else None
        if place is None:
            continue
        column, row = _column(place.group(1).decode()), int(place.group(2))
        if width and inside:
            details.padded.append((row, column, width))
        if formula and not _RESULT.search(inside or b""):
            details.formulas.append((row, column, "=" + (formula.group(1) or b"").decode("utf-8", "replace")))
    return details


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _zero_formats(package: _Package) -> dict[int, int]:
    """The number of digits that each cell style pads to with zeros (`00000` for ZIP codes)."""
    if package.styles is None:
        return {}
    root = package.xml(package.styles)
    formats = {
        item.get("numFmtId"): len(item.get("formatCode", ""))
        for item in root.iter()
        if _bare(item.tag) == "numFmt" and re.fullmatch(r"0{2,}", item.get("formatCode", ""))
    }
    if not formats:
        return {}
    styles = next((item for item in root if _bare(item.tag) == "cellXfs"), None)
    return {
        index: formats[item.get("numFmtId")]
        for index, item in enumerate(styles if styles is not None else ())
        if item.get("numFmtId") in formats
    }


def _bare(tag: str) -> str:
    return _NAMESPACES.sub("", tag)


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
