"""What the user named, as single files: folders are walked, archives are opened, everything else is taken as it is.

Belongs here: finding bytes and refusing dangerous archives by name. Does not belong here: what the bytes mean, and how
an archive's members are listed (`assets.sources.files.archives`). A workbook is a zip archive too and is left whole.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from assets.sources.files.archives import Member, archive_kind, members_of
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.printable import storable
from schemas.stores.archive import BLOCK

HOME_MARK = "ledger.sqlite"
"""What tells a leadsift home from any other folder."""

_DIGITS = re.compile(r"(\d+)")


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
    """Files below a folder, without hidden ones and without a leadsift home that lies in it."""
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
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


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
