"""Folders: the files below a folder, without hidden ones and without following links out of it.

Belongs here: walking a folder for import, inspect and the inbox. Does not belong here: what a file is; links that the
user names, which are followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME_MARK = "ledger.sqlite"
"""The file that marks a folder as a leadsift home."""

LEADS_OUT = "is a link that leads out of the folder; name the file itself to import it"
LEADS_NOWHERE = "is a link that leads nowhere"
NO_FILE = "is neither a file nor a folder"

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file below a folder, or a path with the reason why it is refused."""

    path: Path
    refusal: str | None = None
    is_folder: bool = False


def entries_in(root: Path) -> list[Entry]:
    """Everything below a folder in natural order, without hidden files and without leadsift homes inside it.

    Links to folders are not followed. The target of a link inside the root is reached by its own path.
    """
    unread: list[OSError] = []
    found = [entry for path in _paths_in(root, unread) if (entry := _entry(path, root.resolve())) is not None]
    found += [Entry(Path(error.filename), f"cannot be read: {error.strerror}", is_folder=True) for error in unread]
    return sorted(found, key=lambda entry: natural(entry.path.relative_to(root).as_posix()))


def _paths_in(root: Path, unread: list[OSError]) -> Iterator[Path]:
    for place, folders, names in os.walk(root, onerror=unread.append):
        folder = Path(place)
        if folder != root and HOME_MARK in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not is_hidden(name)]
        links = [name for name in folders if (folder / name).is_symlink()]
        yield from (folder / name for name in (*links, *names) if not is_hidden(name))


def is_hidden(name: str) -> bool:
    """Whether a name is hidden or belongs to a temporary file of a program."""
    return name.startswith((".", "~$", "__MACOSX"))


def _entry(path: Path, inside: Path) -> Entry | None:
    """The entry at a path; None for a link to a folder that is walked anyway."""
    if path.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # broken, or a loop
            return Entry(path, LEADS_NOWHERE)
        if not target.is_relative_to(inside):
            return Entry(path, LEADS_OUT, is_folder=target.is_dir())
        if target.is_dir():
            return None
    return Entry(path) if path.is_file() else Entry(path, NO_FILE)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key that puts `Leads_2` before `Leads_10`."""
    parts = _DIGITS.split(text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
