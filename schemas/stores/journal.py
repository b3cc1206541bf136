"""The journal: every fact of the ledger as a line of an append-only file. A lost ledger is restored from it.

A line is JSON: a sequence, the table, the row as the fact left it, the checksum of the line before, and a checksum of
all of these. So the last line identifies the whole history. Belongs here: the file. Does not belong here: the ledger's
database (`schemas.stores.ledger_facts`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.contracts.errors import DamagedFileError
from schemas.stores.failures import REBUILD, translated
from schemas.stores.private import private_files

_TAIL = 1 << 16
"""Bytes read from the end to find the last line; more if a line is longer."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in the history of facts: the sequence and checksum of a line."""

    sequence: int = 0
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact: the row of a table as the fact left it."""

    mark: Mark
    previous: str
    table: str
    row: Mapping[str, object]

    @classmethod
    def after(cls, before: Mark, table: str, row: Mapping[str, object]) -> Entry:
        """The entry that follows the one at `before`. Columns without a value are left out."""
        filled = {name: value for name, value in row.items() if value is not None}
        sequence = before.sequence + 1
        return cls(Mark(sequence, _checksum(sequence, before.checksum, table, filled)), before.checksum, table, filled)

    def to_line(self) -> str:
        """The entry as one line of the journal, without its end."""
        body = {"sequence": self.mark.sequence, "previous": self.previous, "table": self.table, "row": self.row}
        return json.dumps({**body, "checksum": self.mark.checksum}, ensure_ascii=False)

    @classmethod
    def from_line(cls, line: str | bytes) -> Entry:
        """Read a line. Raises ValueError if it is not whole."""
        try:
            fields = json.loads(line)
            sequence, previous, table = fields["sequence"], fields["previous"], fields["table"]
            entry = cls(Mark(sequence, fields["checksum"]), previous, table, fields["row"])
        except (TypeError, KeyError) as error:
            raise ValueError("not an entry") from error
        if entry.mark.checksum != _checksum(sequence, previous, table, entry.row):
            raise ValueError("the checksum does not match")
        return entry


def _checksum(sequence: int, previous: str, table: str, row: Mapping[str, object]) -> str:
    text = json.dumps([sequence, previous, table, row], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Journal:
    """The file of a home's journal."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def last(self) -> Mark:
        """The last whole line; the beginning of history if there is none.

        Raises DamagedFileError if the last line is whole and does not match its checksum.
        """
        with translated(self.path):
            if not self.path.is_file():
                return Mark()
            line = self._last_line()
        return self._read(line).mark if line else Mark()

    def _last_line(self) -> bytes:
        """The last line that has an end; an append that a crash cut off has none."""
        with self.path.open("rb") as handle:
            size = handle.seek(0, os.SEEK_END)
            length = min(size, _TAIL)
            while True:
                handle.seek(size - length)
                lines = handle.read(length).rpartition(b"\n")[0].split(b"\n")
                if length == size or len(lines) > 1:
                    return lines[-1]
                length = min(size, 2 * length)

    def _read(self, line: bytes) -> Entry:
        try:
            return Entry.from_line(line)
        except ValueError as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, cause: str) -> DamagedFileError:
        return DamagedFileError(f"journal {self.path}: damaged ({cause}); {REBUILD}, which makes it from the ledger")

    def append(self, lines: Sequence[str]) -> None:
        """Append lines and wait until they are on disk. First removes a partial line that a crash left.

        Raises StoreError if the file cannot be written, DiskFullError if there is no space.
        """
        if not lines:
            return
        with translated(self.path), private_files():
            is_new = not self.path.exists()
            with self.path.open("ab") as handle:
                self._cut_off_half_a_line()
                handle.write("".join(f"{line}\n" for line in lines).encode())
                handle.flush()
                os.fsync(handle.fileno())
            if is_new:
                _sync_folder(self.path.parent)

    def _cut_off_half_a_line(self) -> None:
        with self.path.open("rb+") as handle:
            size = handle.seek(0, os.SEEK_END)
            whole, length = size, min(size, _TAIL)
            while size:
                handle.seek(size - length)
                end = handle.read(length).rfind(b"\n")
                whole = size - length + end + 1
                if end >= 0 or length == size:
                    break
                length = min(size, 2 * length)
            if whole < size:
                handle.truncate(whole)

    def entries(self) -> Iterator[Entry]:
        """Every entry in order.

        Raises DamagedFileError for the first line that does not match its checksum or does not follow the one before.
        """
        if not self.path.is_file():
            return
        before: Mark | None = None
        with translated(self.path), self.path.open("rb") as handle:
            for line in handle:
                if not line.endswith(b"\n"):
                    return
                entry = self._read(line)
                # A journal that was made from the ledger goes on with the numbers; only its first line has none before.
                expected = (before.checksum, before.sequence + 1) if before else ("", entry.mark.sequence)
                if (entry.previous, entry.mark.sequence) != expected:
                    raise self._damaged(f"entry {entry.mark.sequence} does not follow the one before")
                before = entry.mark
                yield entry

    def readable(self) -> int:
        """The highest sequence of the entries that can be read."""
        sequence = 0
        if self.path.is_file():
            with translated(self.path), self.path.open("rb") as handle:
                for line in handle:
                    with suppress(ValueError):
                        sequence = max(sequence, Entry.from_line(line).mark.sequence)
        return sequence

    def set_aside(self) -> Path:
        """Rename the file, so that a new one begins; returns its new path."""
        return set_aside(self.path)


def set_aside(path: Path) -> Path:
    """Rename a file by appending the time; returns its new path."""
    target = path.with_name(f"{path.name}.until-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    with translated(path):
        path.rename(target)
    return target


def _sync_folder(folder: Path) -> None:
    """Wait until a new file name in a folder is on disk."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
