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

from schemas.contracts.errors import StoreError
from schemas.stores.failures import translated

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What everybody but the owner may do."""

STORES = (
    "ledger.sqlite*",
    "journal.jsonl*",
    "warehouse.duckdb*",
    ".journal.lock",
    ".ledger-migration.lock",
    "archive",
    "attempts",
    "published",
    "rejects",
    "models",
)
"""What the program keeps in a home. What users put there (settings, profiles, inbox) is theirs to share."""

MARKS = ("ledger.sqlite", "journal.jsonl", "warehouse.duckdb", "leadsift.toml", "archive", "published/leadsift.duckdb")
"""A folder with one of these is a home, whatever else is in it."""

ALLOWED = (*STORES, "leadsift.toml", "dagster", "charts", "inbox", "profiles", "lost+found", ".DS_Store")
"""A folder with nothing but these becomes a home."""

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
    """Make the folder of a home for its owner alone; a folder that holds nothing but settings becomes private, too.

    The mode of any other folder is left as it is: `exposed` finds it. Raises StoreError if there is something else at
    this path.
    """
    refuse_unless_home(home)
    with private_files():
        home.mkdir(parents=True, exist_ok=True)
    if is_exposed(home) and not any(_stores(home)) and not _foreign(home):
        with suppress(OSError):  # somebody else's folder: `exposed` says so
            home.chmod(stat.S_IRWXU)


def refuse_unless_home(home: Path) -> None:
    """Raise StoreError if `home` is a file, or a folder with other things in it."""
    with translated(home):
        if not home.exists():
            return
        if not home.is_dir():
            raise StoreError(f"{home}: not a folder; name a new or empty folder as the home")
        if any((home / mark).exists() for mark in MARKS):
            return
        if foreign := _foreign(home):
            raise StoreError(
                f"{home}: not a leadsift home and not empty (it contains {foreign[0]}); name a new or empty folder"
            )


def _foreign(home: Path) -> list[str]:
    """The names of what neither the program nor its user puts into a home."""
    return sorted(path.name for path in home.iterdir() if not any(map(path.match, ALLOWED)))


def is_exposed(path: Path) -> bool:
    """Whether others than the owner may do anything with a file or folder."""
    return os.name == "posix" and bool(path.stat().st_mode & OTHERS)


def exposed(home: Path) -> list[Path]:
    """The home, and what the program keeps in it, as far as others may do anything with it.

    Of Dagster's folder only the folder counts: a daemon that somebody started writes below it.
    """
    return [path for path in _kept(home) if path.exists() and is_exposed(path)]


def make_private(home: Path) -> None:
    """Take every right of others away from the home and what the program keeps in it. Links are left alone."""
    for path in (*_kept(home), *(home / "dagster").rglob("*")):
        if not path.is_symlink() and path.exists() and is_exposed(path):
            path.chmod(path.stat().st_mode & ~OTHERS)


def _kept(home: Path) -> list[Path]:
    stores = _stores(home)
    inside = (below for path in stores if path.is_dir() and not path.is_symlink() for below in path.rglob("*"))
    return [home, home / "dagster", home / "charts", *stores, *inside]


def _stores(home: Path) -> list[Path]:
    return sorted(path for pattern in STORES for path in home.glob(pattern))
