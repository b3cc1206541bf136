"""What the user named, as single files: folders are walked, archives are opened, everything else is taken as it is.

Belongs here: finding bytes and refusing dangerous archives by name. Does not belong here: what the bytes mean, and how
an archive's members are listed (`assets.sources.files.archives`). A workbook is a zip archive too and is left whole.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assets.sources.files.archives import Member, archive_kind, members_of
from assets.sources.files.folders import NO_FILE, entries_in, natural
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.printable import storable
from schemas.stores.archive import BLOCK


@dataclass(frozen=True, slots=True)
class Found:
    """One file: `path` as the user gave it (a member of an archive behind `!`), and its bytes behind `opened` or the
    reason why it is refused.

    `stem` is the file's path below what the user named, without its extension: it tells apart two lists of one name.
    `passed_over` marks a file that stands in a folder or archive among tables and does not claim to be one.
    """

    path: str
    stem: str
    opened: Callable[[], IO[bytes]] | None = None
    refusal: str | None = None
    passed_over: bool = False
    local: Path | None = None

    def __post_init__(self) -> None:
        """Escape what a name holds that is no UTF-8; the ledger, Dagster and the database take nothing else."""
        object.__setattr__(self, "path", storable(self.path))
        object.__setattr__(self, "stem", storable(self.stem))

    @contextmanager
    def as_file(self) -> Iterator[Path]:
        """The file on disk while the block runs: itself, or a copy of an archive's member.

        Raises InputRefusedError when its bytes cannot be had.
        """
        if self.local is not None:
            yield self.local
            return
        with tempfile.TemporaryDirectory(prefix="leadsift-") as folder:
            path = Path(folder) / "member"
            with self.open() as source, path.open("wb") as sink:
                shutil.copyfileobj(source, sink, BLOCK)
            yield path

    def open(self) -> IO[bytes]:
        """The bytes from their beginning. Raises InputRefusedError when they cannot be had."""
        if self.opened is None:
            raise InputRefusedError(self.refusal or "has no bytes")
        return self.opened()


TABLE_SUFFIXES = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".vcf", ".zip", ".gz", ".tgz", ".tar"}
)
"""Endings of files that are taken from a folder or archive; a README beside them is not an error."""


def find_files(paths: Sequence[Path]) -> Iterator[Found]:
    """Yield every file behind `paths`, in natural order of their names; links that lead out of a folder are refused."""
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        else:
            yield from _open(path, str(path), path.stem)


def _in_folder(root: Path) -> Iterator[Found]:
    for entry in entries_in(root):
        shown, stem = str(entry.path), entry.path.relative_to(root).with_suffix("").as_posix()
        if entry.path.suffix.casefold() not in TABLE_SUFFIXES and not entry.is_folder:
            yield Found(shown, stem, passed_over=True)
        elif entry.refusal is not None:
            yield Found(shown, stem, refusal=entry.refusal)
        else:
            yield from _open(entry.path, shown, stem)


def _open(path: Path, shown: str, stem: str) -> Iterator[Found]:
    if not path.exists():
        yield Found(shown, stem, refusal="there is no such file or folder")
        return
    if not path.is_file():
        yield Found(shown, stem, refusal=NO_FILE)
        return
    try:
        kind = archive_kind(path)
    except OSError as error:
        yield Found(shown, stem, refusal=f"cannot be read: {error.strerror or error}")
        return
    if kind is None:
        yield Found(shown, stem, opened=lambda: path.open("rb"), local=path)
        return
    try:
        members = sorted(members_of(path, kind), key=lambda member: natural(member.name))
    except InputRefusedError as error:
        yield Found(shown, stem, refusal=str(error))
        return
    for member in members:
        yield _member(member, shown)


def _member(member: Member, shown: str) -> Found:
    path, stem = f"{shown}!{member.name}", Path(member.name).with_suffix("").as_posix()
    if Path(member.name).suffix.casefold() not in TABLE_SUFFIXES and not member.is_only:
        return Found(path, stem, passed_over=True)
    try:
        with member.opened() as handle:
            head = handle.read(8)
    except InputRefusedError as error:
        return Found(path, stem, refusal=str(error))
    if head.startswith(b"\x1f\x8b") or (head.startswith(b"PK\x03\x04") and not member.is_workbook()):
        return Found(path, stem, refusal="is an archive within an archive; unpack it first")
    return Found(path, stem, opened=member.opened)
