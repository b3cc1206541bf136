"""Reading attempts: which files ended the process while they were read.

A mark is made before a file is read and removed afterwards, however reading ended. A mark that is found later means
that the process was killed or aborted. Belongs here: making, counting and removing marks, files in the home named by
sha256. Does not belong here: facts; a mark that is lost costs one more attempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.stores.private import private_files

MOST_ATTEMPTS = 2
"""The first may be chance: a power failure, or another program that used up the memory. A second one hardly is."""

SET_ASIDE = "set aside: reading it ended the process twice; try again with `leadsift import FILE --retry`"


@dataclass(frozen=True, slots=True)
class Attempts:
    """The marks in a folder, one file for each content hash with one byte for each attempt."""

    folder: Path

    @contextmanager
    def reading(self, sha256: str) -> Iterator[None]:
        """Mark the file as being read while the block runs."""
        mark = self.folder / sha256
        with private_files():
            self.folder.mkdir(parents=True, exist_ok=True)
            with mark.open("ab") as handle:
                handle.write(b".")
        try:
            yield
        finally:
            mark.unlink(missing_ok=True)

    def is_set_aside(self, sha256: str) -> bool:
        """Whether reading the file ended the process `MOST_ATTEMPTS` times."""
        mark = self.folder / sha256
        return mark.is_file() and mark.stat().st_size >= MOST_ATTEMPTS

    def set_aside(self) -> list[str]:
        """The sha256 of every file that is set aside."""
        if not self.folder.is_dir():
            return []
        return sorted(mark.name for mark in self.folder.iterdir() if self.is_set_aside(mark.name))

    def forget(self, sha256: str) -> None:
        """Remove the mark of a file, so that it is read again."""
        (self.folder / sha256).unlink(missing_ok=True)
