"""Archives: the members of .zip, .gz, .tar and .tar.gz files, each as a stream limited to its declared size.

Belongs here: listing members, and refusing dangerous ones: paths that lead outside, links, devices, bombs, encrypted
members. Does not belong here: which members are tables (`assets.sources.files.source_files`).
"""

from __future__ import annotations

import gzip
import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from assets.sources.files.formats import is_workbook_archive
from schemas.contracts.errors import InputRefusedError

MAX_MEMBERS = 2_000
MAX_UNPACKED = 16 * 1024**3
MAX_RATIO = 200
"""Text compresses about 5 to 20 times; 200 leaves room for repetitive exports and stops a bomb."""

RATIO_FROM = 1 << 20
"""The ratio is checked above this many unpacked bytes: a small list of equal rows may compress 500 to 1."""

_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, RuntimeError, OSError, EOFError, zlib.error, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `is_only`: the archive only wraps this file (.gz)."""

    name: str
    opened: Callable[[], IO[bytes]]
    is_only: bool = False

    def is_workbook(self) -> bool:
        """Whether the member is a workbook. It must be a zip archive."""
        with self.opened() as handle:
            return is_workbook_archive(io.BytesIO(handle.read()))


def archive_kind(path: Path) -> str | None:
    """Detect `zip`, `tar` or `gz` by content; None for workbooks and everything else."""
    with path.open("rb") as handle:
        head = handle.read(512)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return None if is_workbook_archive(path) else "zip"
    if head.startswith(b"\x1f\x8b"):
        return "tar" if _is_tar(path) else "gz"
    return "tar" if head[257:262] == b"ustar" else None


def _is_tar(path: Path) -> bool:
    try:
        with gzip.open(path) as handle:
            return handle.read(512)[257:262] == b"ustar"
    except _DAMAGE:
        return False


def members_of(path: Path, kind: str) -> list[Member]:
    """The visible files of an archive.

    Raises InputRefusedError if the archive is damaged or dangerous.
    """
    try:
        members = {"zip": _zip_members, "tar": _tar_members, "gz": _gz_members}[kind](path)
    except _DAMAGE as error:
        raise InputRefusedError(f"is a damaged archive: {error}") from error
    visible = [member for member in members if not _is_hidden(member.name)]
    if not visible:
        raise InputRefusedError("is an archive without files")
    return visible


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts if part != ".")


def _refuse_outside(name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name):
        raise InputRefusedError(f"holds {name!r}, which points outside the archive; refused")


def _refuse_bomb(members: int, unpacked: int, packed: int) -> None:
    if members > MAX_MEMBERS:
        raise InputRefusedError(f"is an archive of {members} files; at most {MAX_MEMBERS} are allowed")
    if unpacked > MAX_UNPACKED or unpacked > max(RATIO_FROM, packed * MAX_RATIO):
        raise InputRefusedError(f"would unpack from {packed:,} to {unpacked:,} bytes; refused as a possible zip bomb")


# Zip ---------------------------------------------------------------------------------------------------------------


def _zip_members(path: Path) -> list[Member]:
    with zipfile.ZipFile(path) as archive:
        items = [item for item in archive.infolist() if not item.is_dir() and not item.filename.endswith("\\")]
    for item in items:
        _refuse_outside(item.filename)
        if stat.S_ISLNK(item.external_attr >> 16):
            raise InputRefusedError(f"holds the link {item.filename!r}; links are refused")
        if item.flag_bits & 0x1:
            raise InputRefusedError(f"holds {item.filename!r}, which is password-protected; unpack it first")
    _refuse_bomb(len(items), sum(item.file_size for item in items), path.stat().st_size)
    # Some programs of Windows separate folders by backslashes.
    return [Member(item.filename.replace("\\", "/"), _zip_opener(path, item)) for item in items]


def _zip_opener(path: Path, item: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        archive = zipfile.ZipFile(path)
        try:
            return _limited(archive.open(item), archive, item.file_size)
        except _DAMAGE as error:
            archive.close()
            raise InputRefusedError(f"cannot be unpacked: {error}") from error

    return opened


# Tar ---------------------------------------------------------------------------------------------------------------


def _tar_members(path: Path) -> list[Member]:
    members: list[Member] = []
    unpacked = 0
    with tarfile.open(path) as archive:
        for item in archive:
            if item.isdir():
                continue
            _refuse_outside(item.name)
            if item.issym() or item.islnk():
                raise InputRefusedError(f"holds the link {item.name!r}; links are refused")
            if not item.isfile():
                raise InputRefusedError(f"holds {item.name!r}, which is not a regular file; refused")
            unpacked += item.size
            members.append(Member(item.name, _tar_opener(path, item)))
            _refuse_bomb(len(members), unpacked, path.stat().st_size)
    return members


def _tar_opener(path: Path, item: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        archive = tarfile.open(path)  # noqa: SIM115  (closed with the member's stream)
        handle = archive.extractfile(item)
        if handle is None:
            archive.close()
            raise InputRefusedError("cannot be unpacked: it is not a regular file")
        return _limited(handle, archive, item.size)

    return opened


# Gzip --------------------------------------------------------------------------------------------------------------


def _gz_members(path: Path) -> list[Member]:
    name = path.stem if path.suffix.casefold() == ".gz" else path.name
    limit = max(RATIO_FROM, path.stat().st_size * MAX_RATIO)
    return [Member(name, lambda: _limited(gzip.open(path), None, min(limit, MAX_UNPACKED)), is_only=True)]


def _limited(
    handle: IO[bytes] | gzip.GzipFile, archive: zipfile.ZipFile | tarfile.TarFile | None, limit: int
) -> IO[bytes]:
    return io.BufferedReader(_Limited(handle, archive, limit))


class _Limited(io.RawIOBase):
    """A member's stream that stops at its limit, so that a false header cannot fill disk or memory."""

    def __init__(
        self, handle: IO[bytes] | gzip.GzipFile, archive: zipfile.ZipFile | tarfile.TarFile | None, limit: int
    ) -> None:
        super().__init__()
        self._handle, self._archive, self._left = handle, archive, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with _refusing_damage():
            data = self._handle.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise InputRefusedError("unpacks to more bytes than its archive declares; refused as a possible zip bomb")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._handle.close()
            if self._archive is not None:
                with closing(self._archive):
                    pass
        super().close()


@contextmanager
def _refusing_damage() -> Iterator[None]:
    try:
        yield
    except InputRefusedError:
        raise
    except _DAMAGE as error:
        raise InputRefusedError(f"cannot be unpacked: {error}") from error
