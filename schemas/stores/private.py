"""Files that only their owner can read: what a home holds is personal data.

Belongs here: making files and folders private, finding those that are not. Does not belong here: what is in them.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What everybody but the owner may do."""

STORES = (
    "ledger.sqlite*",
    "journal.jsonl*",
    "warehouse.duckdb*",
    ".*.lock",
    "archive",
    "attempts",
    "published",
    "rejects",
    "models",
)
"""What the program keeps in a home. What users put there (settings, profiles, inbox) is theirs to share."""

_lock = threading.Lock()
_depth = 0
_before = 0


@contextmanager
def private_files() -> Iterator[None]:
    """While the block runs, every file that this process and its children make is for its owner alone.

    The mask belongs to the process: the first block sets it and the last one restores it, in whatever threads they run.
    It also holds for files that libraries make: DuckDB, SQLite, Dagster.
    """
    global _depth, _before  # noqa: PLW0603  (the mask is the process's own)
    with _lock:
        if _depth == 0:
            _before = os.umask(OTHERS)
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0:
                os.umask(_before)


def make_home(home: Path) -> None:
    """Make the folder of a home for its owner alone; a folder that is there and holds no store becomes private, too.

    The mode of a home in use is left as it is: `exposed` finds it.
    """
    with private_files():
        home.mkdir(parents=True, exist_ok=True)
    if not any(_stores(home)) and is_exposed(home):
        with suppress(OSError):  # somebody else's folder: `exposed` says so
            home.chmod(stat.S_IRWXU)


def is_exposed(path: Path) -> bool:
    """Whether others than the owner may do anything with a file or folder."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS)


def exposed(home: Path) -> list[Path]:
    """The home, and what the program keeps in it, as far as others may do anything with it.

    Of Dagster's folder only the folder counts: a daemon that somebody started writes below it.
    """
    kept = [home, home / "dagster", home / "charts", *_stores(home)]
    inside = (below for path in _stores(home) if path.is_dir() for below in path.rglob("*"))
    return [path for path in (*kept, *inside) if path.exists() and is_exposed(path)]


def make_private(home: Path) -> None:
    """Take every right of others away from the home and what is in it. Links are left alone."""
    for path in (home, *home.rglob("*")):
        if not path.is_symlink() and path.exists() and is_exposed(path):
            path.chmod(path.stat().st_mode & ~OTHERS)


def _stores(home: Path) -> list[Path]:
    return sorted(path for pattern in STORES for path in home.glob(pattern))
