"""What the user named, as single files: folders are walked, zip archives are opened, everything else is taken as it is.

Belongs here: finding bytes and refusing dangerous archives by name. Does not belong here: what the bytes mean.
A workbook is a zip archive too and is left whole.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assets.sources.detect import is_workbook_archive

MAX_MEMBERS = 2_000
MAX_UNPACKED = 8 * 1024**3
MAX_RATIO = 200
"""Text compresses about 5 to 20 times; 200 leaves room for repetitive exports and stops a bomb."""

HOME_MARK = "ledger.sqlite"
"""What tells a leadsift home from any other folder."""

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """One file: `path` as the user gave it (a member of an archive behind `!`), its bytes or the reason it is refused.

    `stem` is the file's path below what the user named, without its extension: it tells apart two lists of one name.
    `passed_over` marks a file that stands in a folder or archive among tables and does not claim to be one.
    """

    path: str
    stem: str
    data: bytes = b""
    refusal: str | None = None
    passed_over: bool = False


TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".zip"})
"""Endings of files that are taken from a folder or archive; a README beside them is not an error."""


def find_files(paths: list[Path]) -> Iterator[Found]:
    """Yield every file behind `paths`, in natural order of their names; hidden files in folders are passed over."""
    for path in paths:
        if path.is_dir():
            for item in _files_in(path):
                stem = item.relative_to(path).with_suffix("").as_posix()
                if item.suffix.casefold() not in TABLE_SUFFIXES:
                    yield Found(str(item), stem, passed_over=True)
                else:
                    yield from _open(item, str(item), stem)
        else:
            yield from _open(path, str(path), path.stem)


def _files_in(root: Path) -> list[Path]:
    """The files of a folder in natural order, without hidden ones and without a leadsift home that lies in it."""
    homes = [found.parent for found in root.rglob(HOME_MARK) if found.parent != root]
    members = [
        item
        for item in root.rglob("*")
        if item.is_file() and not _hidden(item, root) and not any(home in item.parents for home in homes)
    ]
    return sorted(members, key=lambda item: natural(item.relative_to(root).as_posix()))


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key under which `Leads_2` comes before `Leads_10`."""
    parts = _DIGITS.split(text.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _hidden(item: Path, root: Path) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in item.relative_to(root).parts)


def _open(path: Path, shown: str, stem: str) -> Iterator[Found]:
    if not path.exists():
        yield Found(shown, stem, refusal="there is no such file or folder")
        return
    if not path.is_file():
        yield Found(shown, stem, refusal="is neither a file nor a folder")
        return
    try:
        data = path.read_bytes()
    except OSError as error:
        yield Found(shown, stem, refusal=f"cannot be read: {error.strerror or error}")
        return
    if data[:4] == b"PK\x03\x04" and not is_workbook_archive(data):
        yield from _unpack(data, shown)
    else:
        yield Found(shown, stem, data)


def _unpack(data: bytes, shown: str) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            reason = _dangerous(members, len(data))
            if reason:
                yield Found(shown, shown, refusal=reason)
                return
            visible = [item for item in members if not _skipped(item.filename)]
            if not visible:
                yield Found(shown, shown, refusal="is an archive without files")
            for item in sorted(visible, key=lambda item: natural(item.filename)):
                yield _member(archive, item, shown)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        yield Found(shown, shown, refusal=f"is a damaged archive: {error}")


def _member(archive: zipfile.ZipFile, item: zipfile.ZipInfo, shown: str) -> Found:
    path = f"{shown}!{item.filename}"
    stem = PurePosixPath(item.filename).with_suffix("").as_posix()
    if PurePosixPath(item.filename).suffix.casefold() not in TABLE_SUFFIXES:
        return Found(path, stem, passed_over=True)
    try:
        with archive.open(item) as handle:
            # One byte more than declared: a lying header is found out before it fills the memory.
            data = handle.read(item.file_size + 1)
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        return Found(path, stem, refusal=f"cannot be unpacked: {error}")
    if len(data) > item.file_size:
        return Found(path, stem, refusal="is larger than its archive says; refused")
    if data[:4] == b"PK\x03\x04" and not is_workbook_archive(data):
        return Found(path, stem, refusal="is an archive within an archive; unpack it first")
    return Found(path, stem, data)


def _skipped(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _dangerous(members: list[zipfile.ZipInfo], packed: int) -> str | None:
    if len(members) > MAX_MEMBERS:
        return f"is an archive of {len(members)} files; at most {MAX_MEMBERS} are taken"
    for item in members:
        path = PurePosixPath(item.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", item.filename):
            return f"holds {item.filename!r}, which points outside the archive; refused"
        if stat.S_ISLNK(item.external_attr >> 16):
            return f"holds the link {item.filename!r}; links are refused"
        if item.flag_bits & 0x1:
            return f"holds {item.filename!r}, which is protected by a password; unpack it first"
    unpacked = sum(item.file_size for item in members)
    if unpacked > MAX_UNPACKED or unpacked > max(packed, 1) * MAX_RATIO:
        return f"would unpack to {unpacked:,} bytes from {packed:,}; refused as a possible bomb"
    return None
