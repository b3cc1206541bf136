"""Detects a file's format by its content. The extension is never trusted.

Belongs here: telling formats apart by their first bytes, and naming formats that are not tables. Does not belong here:
encodings and dialects of text; reading workbooks.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import IO

from schemas.contracts.errors import InputRefusedError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 4096
MOST_TYPES = 1 << 20
"""Bytes that are read of a list of content types: it names each sheet and picture of a workbook."""

_NAMED_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x06\x00", b"\x09\x08\x08\x00")
"""First record of Excel 2 to 4 workbooks, which have no container, and of later ones without their container."""

_HTML = re.compile(rb"<(?:!doctype\s+html|html|table|head|body|meta|style)\b", re.IGNORECASE)


_SHEETS = re.compile(rb"(?:spreadsheetml\.(?:sheet|template)|ms-excel\.(?:sheet|template)\.macroenabled)\.main\+xml")
_BINARY_SHEETS = b"ms-excel.sheet.binary.macroenabled.main"
"""Content types of the main part of Excel's workbooks, in lower case: they say what a package is, whatever its parts'
names are."""


def is_workbook_archive(source: Path | IO[bytes]) -> bool:
    """Whether a zip archive is a workbook: Excel's, by its content types or parts, or an OpenDocument spreadsheet."""
    return _zip_format(source) is not None


def _zip_format(source: Path | IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(source) as archive:
            names = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
            types = _beginning(archive, names.get("[content_types].xml")).lower()
            if _BINARY_SHEETS in types or any(name.startswith("xl/workbook.bin") for name in names):
                return "xlsb"
            if _SHEETS.search(types) or any(name.startswith("xl/workbook") for name in names):
                return "xlsx"
            if "content.xml" in names and b"spreadsheet" in _beginning(archive, names.get("mimetype")):
                return "ods"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, KeyError):
        # A truncated workbook keeps its beginning; the reader reports the damage.
        return "xlsx" if _begins_like_workbook(source) else None
    return None


def _beginning(archive: zipfile.ZipFile, name: str | None) -> bytes:
    """The first bytes of a member; none if there is no such member."""
    if name is None:
        return b""
    with archive.open(name) as member:
        return member.read(MOST_TYPES)


def _begins_like_workbook(source: Path | IO[bytes]) -> bool:
    if not isinstance(source, Path):
        return False
    with source.open("rb") as handle:
        head = handle.read(HEAD)
    return head.startswith(b"PK\x03\x04") and (b"[Content_Types].xml" in head or b"xl/" in head)


def detect_format(path: Path) -> str:
    """Return the format: `csv` (any text), `xlsx` (.xlsm too), `xlsb`, `ods`, `xls`, `xml` (Excel 2003), `html`, `vcf`.

    Raises InputRefusedError if the file is empty, a picture, a document, an archive or another binary format.
    """
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    if not head.strip(b"\x00\t\r\n ") and path.stat().st_size <= HEAD:
        raise InputRefusedError("is empty")
    if head.startswith(b"PK\x03\x04"):
        kind = _zip_format(path)
        if kind is None:
            raise InputRefusedError("cannot be read: it is a truncated or damaged zip archive, not a workbook")
        return kind
    if head.startswith(OLE_MAGIC) or head.startswith(_BIFF):
        return "xls"
    for magic, what in _NAMED_MAGIC:
        if head.startswith(magic):
            raise InputRefusedError(f"is {what}, not a table")
    return _text_format(head)


def _text_format(head: bytes) -> str:
    # Ignore byte order marks and the zeros of UTF-16: every signature below is ASCII.
    bare = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    small = bare.lower()
    if small.startswith(b"begin:vcard"):
        return "vcf"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in small and small.startswith((b"<?xml", b"<workbook", b"<ss:")):
        return "xml"
    if _HTML.match(small) or (small.startswith((b"<?xml", b"<!--")) and _HTML.search(small)):
        return "html"
    if small.startswith(b"<?xml"):
        raise InputRefusedError("is an XML document, not a table; save it as .xlsx or .csv")
    if small.startswith((b"{\\rtf", b"%!ps")):
        raise InputRefusedError("is a text document, not a table")
    if small.startswith((b"{", b"[")) and b'":' in small:
        raise InputRefusedError("is JSON, not a table; save it as .csv")
    return "csv"
