"""What a file is, from its content alone: format, encoding, dialect. The extension is never trusted.

Belongs here: decisions about bytes, each of which the reading reports. Does not belong here: splitting rows or
reading workbooks.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
import zipfile
from collections import Counter
from dataclasses import dataclass

from schemas.errors import InputRefusedError

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARS = 256 * 1024
SAMPLE_ROWS = 500

_NAMED_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEP_LINE = re.compile(r'\A"?sep=(.)"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How delimited text is written: its delimiter, and how many characters of a `sep=` line come first."""

    delimiter: str
    skip: int = 0


def is_workbook_archive(data: bytes) -> bool:
    """Whether a zip archive is an Excel workbook (it has `xl/workbook.*`)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.startswith("xl/workbook") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def detect_format(data: bytes) -> str:
    """Name the format: `csv` (any delimited text), `xlsx` or `xls`.

    Raises InputRefusedError with the reason for an empty file, a picture, a document, a protected workbook or
    other bytes.
    """
    if not data.strip(b"\x00\t\r\n "):
        raise InputRefusedError("is empty")
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(OLE_MAGIC):
        if _is_encrypted_workbook(data):
            raise InputRefusedError("is protected by a password; save it without one and import that file")
        return "xls"
    for magic, what in _NAMED_MAGIC:
        if data.startswith(magic):
            raise InputRefusedError(f"is {what}, not a table")
    head = data[:2048].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise InputRefusedError("is an HTML or XML page, not a table; save it as .xlsx or .csv")
    if head.startswith((b"{", b"[")) and b'":' in head:
        raise InputRefusedError("is JSON, not a table; save it as .csv")
    return "csv"


def _is_encrypted_workbook(data: bytes) -> bool:
    import msoffcrypto  # imported late: only OLE files need it

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # noqa: BLE001  (whatever a damaged file makes it raise, the workbook reader will name it)
        return False


def decode(data: bytes) -> tuple[str, str, str | None]:
    """Decode text: a byte-order mark first, then strict UTF-8, then Windows-1252.

    Returns the text, the name of the encoding and, where it is a guess, a sentence for the user with sample words.
    Raises InputRefusedError for bytes that are no text.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding), encoding, None
            except UnicodeDecodeError as error:
                raise InputRefusedError(f"begins as {encoding} but is not: {error.reason}") from error
    if b"\x00" in data[:65_536]:
        raise InputRefusedError("is binary data, not a table")
    try:
        return data.decode("utf-8"), "utf-8", None
    except UnicodeDecodeError:
        text = _decode_cp1252(data)
    words = list(dict.fromkeys(re.findall(r"\w*[^\x00-\x7f]\w*", text)))[:5]
    return text, "cp1252", f"not UTF-8; read as Windows-1252, with words such as {', '.join(words)}"


def _decode_cp1252(data: bytes) -> str:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise InputRefusedError(
            f"is neither UTF-8 nor Windows-1252 (byte {data[error.start]:#04x} at {error.start}); save it as UTF-8"
        ) from error
    controls = sum(1 for char in text[:65_536] if char < " " and char not in "\t\r\n\x0b\x0c")
    if controls > len(text[:65_536]) // 100:
        raise InputRefusedError("is binary data, not a table")
    return text


def detect_dialect(text: str) -> Dialect:
    """Find the delimiter: the one under which the most rows have the same number of cells, and the most cells.

    A `sep=` line decides at once. Text in which no delimiter makes two columns is a list of one column.
    """
    stated = _SEP_LINE.match(text)
    if stated:
        return Dialect(stated.group(1), stated.end())
    sample = text[:SAMPLE_CHARS]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _consistency(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return Dialect(best)


def _consistency(sample: str, delimiter: str) -> float:
    widths: Counter[int] = Counter()
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                widths[len(row)] += 1
            if sum(widths.values()) >= SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # a damaged row later in the sample: what was read so far still tells the width
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    # Squared, so that a delimiter that fits every row beats one that makes more cells in a few of them.
    return (count / sum(widths.values())) ** 2 * math.log2(width + 1)
