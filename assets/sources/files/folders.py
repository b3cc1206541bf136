"""Folders: what lies in one, without what is hidden, and without following a link out of it.

Belongs here: walking a folder for importing, inspecting and the inbox. Does not belong here: what a file is; links
that the user names, which are his own choice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOME_MARK = "ledger.sqlite"
"""What tells a leadsift home from any other folder."""

LEADS_OUT = "is a link that leads out of the folder; name the file itself to import it"
LEADS_NOWHERE = "is a link that leads nowhere"
NO_FILE = "is neither a file nor a folder"

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file below a folder, or something that is refused for a reason."""

    path: Path
    refusal: str | None = None
    is_folder: bool = False


def entries_in(root: Path) -> list[Entry]:
    """Everything below a folder in natural order, without hidden files and without leadsift homes that lie in it.

    No link to a folder is followed; what one inside the root leads to is found by its own path.
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
    """Whether a file or folder of this name is none that users mean: hidden, or made by a program for itself."""
    return name.startswith((".", "~$", "__MACOSX"))


def _entry(path: Path, inside: Path) -> Entry | None:
    """What lies at a path; None for a link to a folder that is walked anyway."""
    if path.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # it is broken, or a loop
            return Entry(path, LEADS_NOWHERE)
        if not target.is_relative_to(inside):
            return Entry(path, LEADS_OUT, is_folder=target.is_dir())
        if target.is_dir():
            return None
    return Entry(path) if path.is_file() else Entry(path, NO_FILE)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sort key under which `Leads_2` comes before `Leads_10`."""
    parts = _DIGITS.split(text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
