"""What calamine does not report of an .xlsx or .xlsb: formulas without a result, zeros of number formats, charts.

Both are zip archives of parts that refer to each other. Runs in the child process. Belongs here: looking into parts.
Does not belong here: the cells' values (`assets.sources.readers.spreadsheets`).
"""

from __future__ import annotations

import posixpath
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from assets.sources.readers.binary_workbooks import error_cells, sheet_relations

Cell = tuple[int, int, str]


@dataclass(slots=True)
class SheetDetails:
    """Formulas without a result and error cells (row, column, text), and cells to pad with zeros (row, column, width).

    Rows from 1, columns from 0. `first_column` is the first with a cell. `is_table`: it is no chart or dialog.
    """

    formulas: list[Cell] = field(default_factory=list)
    errors: list[Cell] = field(default_factory=list)
    padded: list[tuple[int, int, int]] = field(default_factory=list)
    first_column: int = 0
    is_table: bool = True


_CELL = re.compile(rb"<c ([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>|<f[^>]*/>")
_RESULT = re.compile(rb"<v>[^<]|<v [^>]*>[^<]|<is>")
_NAMESPACES = re.compile(r"\{[^}]*\}")


_UNDATED = re.compile(rb"<\w+:workbookPr\b(?![^>]*\bdate1904=)[^>]*/>")
_IS_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true|on)[\"']")


def sheet_details(path: Path, kind: str) -> dict[str, SheetDetails]:
    """Details of each sheet by name; none for a damaged workbook, and for other formats."""
    if kind not in ("xlsx", "xlsb"):
        return {}
    found: dict[str, SheetDetails] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            package = _Package(archive)
            widths = _zero_formats(package) if kind == "xlsx" else {}
            for name, (sort, part) in package.sheets().items():
                if sort in ("chartsheet", "dialogsheet"):
                    found[name] = SheetDetails(is_table=False)
                elif kind == "xlsb":
                    errors, first = error_cells(package.read(part))
                    found[name] = SheetDetails(errors=errors, first_column=first)
                else:
                    data = package.read(part)
                    if widths or b"<f" in data:
                        found[name] = _scanned(data, widths)
    except (KeyError, ValueError, StopIteration, struct.error, ElementTree.ParseError, zipfile.BadZipFile):
        return {}
    return found


@contextmanager
def plain_copy(path: Path, kind: str) -> Iterator[Path]:
    """The workbook, or a copy in which calamine finds the date system of 1904.

    calamine takes an extension of the workbook's properties, which Excel writes since 2013, for the properties.
    """
    with tempfile.TemporaryDirectory(prefix="leadsift-") as folder:
        copy = Path(folder) / "plain.xlsx"
        try:
            is_copied = kind == "xlsx" and _copy_undated(path, copy)
        except (KeyError, StopIteration, ElementTree.ParseError, zipfile.BadZipFile):
            is_copied = False
        yield copy if is_copied else path


def _copy_undated(path: Path, copy: Path) -> bool:
    """Copy a workbook of the 1904 date system without the extension that hides it; False if there is none."""
    with zipfile.ZipFile(path) as archive:
        package = _Package(archive)
        book = package.read(package.book)
        if not _IS_1904.search(book) or not _UNDATED.search(book):
            return False
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as plain:
            for item in archive.infolist():
                is_book = item.filename == package.member(package.book)
                plain.writestr(item.filename, _UNDATED.sub(b"", book) if is_book else archive.read(item))
    return True


class _Package:
    """The parts of a workbook by their names in the relations, in any case, folder and spelling of paths."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
        kinds = self.relations("")
        self.book = next(target for kind, target in kinds.values() if kind == "officedocument")
        self.related = self.relations(self.book)
        self.styles = next((target for kind, target in self.related.values() if kind == "styles"), None)

    def sheets(self) -> dict[str, tuple[str, str]]:
        """The kind of each sheet (`worksheet`, `chartsheet` …) and its part, by its name."""
        if self.book.endswith(".bin"):
            ids = sheet_relations(self.read(self.book))
        else:
            items = [item for item in self.xml(self.book).iter() if _bare(item.tag) == "sheet"]
            ids = {item.get("name", ""): _attribute(item, "id") for item in items}
        return {name: self.related.get(relation, ("", "")) for name, relation in ids.items()}

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises KeyError if there is none."""
        return self._archive.read(self.member(part))

    def member(self, part: str) -> str:
        """The name of a part in the archive. Raises KeyError if there is none."""
        return self._members[part.lower()]

    def xml(self, part: str) -> ElementTree.Element:
        """A part as XML."""
        return ElementTree.fromstring(self.read(part))  # noqa: S314  (the child's memory and time are limited)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The kind and the part of each relation of a part, by its id; those of the package for a blank name."""
        folder, name = posixpath.split(part)
        return {
            item.get("Id", ""): (
                item.get("Type", "").rpartition("/")[2].lower(),
                posixpath.normpath(posixpath.join("/", folder, item.get("Target", "").replace("\\", "/"))).lstrip("/"),
            )
            for item in self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        }


def _scanned(data: bytes, widths: dict[int, int]) -> SheetDetails:
    details = SheetDetails(first_column=16_384)
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


def _attribute(item: ElementTree.Element, name: str) -> str:
    return next((value for key, value in item.attrib.items() if _bare(key) == name), "")


def _bare(tag: str) -> str:
    return _NAMESPACES.sub("", tag)
