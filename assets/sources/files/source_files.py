"""Source files: the single files behind the named paths. Folders are walked and archives are opened.

Belongs here: finding bytes and refusing dangerous archives. Does not belong here: what the bytes mean; listing an
archive's members (`assets.sources.files.archives`). A workbook is a zip archive too, but counts as one file.
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
class SourceFile:
    """One file: `path` as the user gave it (an archive's member follows `!`), and `opened`, which opens it, or
    `refusal`, the reason why it is refused.

    `stem` is the path below the named folder, without extension; it distinguishes two lists of one name.
    `skipped`: a file in a folder or archive without the extension of a table.
    """

    path: str
    stem: str
    opened: Callable[[], IO[bytes]] | None = None
    refusal: str | None = None
    skipped: bool = False
    local: Path | None = None

    def __post_init__(self) -> None:
        """Escape bytes of names that are not UTF-8; the ledger, Dagster and the database accept only UTF-8."""
        object.__setattr__(self, "path", storable(self.path))
        object.__setattr__(self, "stem", storable(self.stem))

    @contextmanager
    def as_file(self) -> Iterator[Path]:
        """A path to the file, or to a temporary copy of an archive's member, for the duration of the block.

        Raises InputRefusedError if it cannot be opened.
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
        """Open the file at its beginning. Raises InputRefusedError if it cannot be opened."""
        if self.opened is None:
            raise InputRefusedError(self.refusal or "has no bytes")
        return self.opened()


TABLE_SUFFIXES = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".vcf", ".zip", ".gz", ".tgz", ".tar"}
)
"""Extensions that are imported from a folder or archive; a README beside them is not an error."""


def source_files_of(paths: Sequence[Path]) -> Iterator[SourceFile]:
    """Yield every file below `paths` in natural order; links that lead out of a folder are refused."""
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        else:
            yield from _open(path, str(path), path.stem)


def _in_folder(root: Path) -> Iterator[SourceFile]:
    for entry in entries_in(root):
        shown, stem = str(entry.path), entry.path.relative_to(root).with_suffix("").as_posix()
        if entry.path.suffix.casefold() not in TABLE_SUFFIXES and not entry.is_folder:
            yield SourceFile(shown, stem, skipped=True)
        elif entry.refusal is not None:
            yield SourceFile(shown, stem, refusal=entry.refusal)
        else:
            yield from _open(entry.path, shown, stem)


def _open(path: Path, shown: str, stem: str) -> Iterator[SourceFile]:
    if not path.exists():
        yield SourceFile(shown, stem, refusal="there is no such file or folder")
        return
    if not path.is_file():
        yield SourceFile(shown, stem, refusal=NO_FILE)
        return
    try:
        kind = archive_kind(path)
    except OSError as error:
        yield SourceFile(shown, stem, refusal=f"cannot be read: {error.strerror or error}")
        return
    if kind is None:
        yield SourceFile(shown, stem, opened=lambda: path.open("rb"), local=path)
        return
    try:
        members = sorted(members_of(path, kind), key=lambda member: natural(member.name))
    except InputRefusedError as error:
        yield SourceFile(shown, stem, refusal=str(error))
        return
    for member in members:
        yield _member(member, shown)


def _member(member: Member, shown: str) -> SourceFile:
    path, stem = f"{shown}!{member.name}", Path(member.name).with_suffix("").as_posix()
    if Path(member.name).suffix.casefold() not in TABLE_SUFFIXES and not member.is_only:
        return SourceFile(path, stem, skipped=True)
    try:
        with member.opened() as handle:
            head = handle.read(8)
    except InputRefusedError as error:
        return SourceFile(path, stem, refusal=str(error))
    if head.startswith(b"\x1f\x8b") or (head.startswith(b"PK\x03\x04") and not member.is_workbook()):
        return SourceFile(path, stem, refusal="is an archive within an archive; unpack it first")
    return SourceFile(path, stem, opened=member.opened)
