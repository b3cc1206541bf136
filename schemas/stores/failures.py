"""Translates errors of the disk and of databases into our own: which file, what happened, what to do.

Belongs here: recognising a full disk and a damaged file by class, errno or error code. Does not belong here: deciding
what the program does then.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy.exc

from schemas.contracts.errors import DamagedFileError, DiskFullError, LeadsiftError, StoreError

REBUILD = "run `leadsift doctor --rebuild`"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


_NOT_WRITTEN = frozenset({
    sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
})  # fmt: skip
"""Codes that SQLite also returns on a full disk: its write-ahead log and shared memory are files, too."""


def disk_full(path: Path | str) -> DiskFullError:
    """Return the error for a disk without space, at `path`."""
    return DiskFullError(
        f"{path}: no space left on its disk (or its quota is used up, or it fails); free some space there and "
        "give the command again: what was published before is still there, and nothing has to be imported twice"
    )


def damaged(path: Path | str, cause: str) -> DamagedFileError:
    """Return the error for a damaged file that `doctor --rebuild` can make again."""
    return DamagedFileError(f"{path}: damaged ({cause}); {REBUILD}")


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, else the name of its class."""
    return (str(error).splitlines() or [type(error).__name__])[0]


@contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Raise errors of the disk, SQLite and SQLAlchemy in the block as a StoreError about the file at `path`."""
    try:
        yield
    except OSError as error:
        raise of_system(error, path) from error
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise of_sqlalchemy(error, path) from error
    except sqlite3.Error as error:  # from SQLAlchemy's own first look at a file
        raise of_sqlite(error, path) from error


@contextmanager
def translated_causes(path: Path) -> Iterator[None]:
    """Raise a DiskFullError or DamagedFileError about `path` if one of them caused an error in the block.

    For libraries that wrap the errors they meet: searches the causes of an error. Other errors pass unchanged.
    """
    try:
        yield
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, LeadsiftError):
            if ours := _of_cause(cause, path):
                raise ours from error
            cause = cause.__cause__ or cause.__context__
        raise


def _of_cause(error: BaseException, path: Path) -> StoreError | None:
    if isinstance(error, OSError) and error.errno in FULL:
        return disk_full(error.filename or path)
    if isinstance(error, sqlite3.DatabaseError):
        found = of_sqlite(error, path)
        return found if isinstance(found, DamagedFileError | DiskFullError) else None
    return None


def of_system(error: OSError, path: Path | str) -> StoreError:
    """Return the StoreError for an error of the operating system."""
    if error.errno in FULL:
        return disk_full(error.filename or path)
    return StoreError(f"{error.filename or path}: {error.strerror or error}")


def of_sqlalchemy(error: sqlalchemy.exc.SQLAlchemyError, path: Path | str) -> StoreError:
    """Return the StoreError for an error of SQLAlchemy or of its database."""
    cause = getattr(error, "orig", None)
    # The statement and its values stay out of the message: they hold personal data.
    return of_sqlite(cause, path) if isinstance(cause, sqlite3.Error) else StoreError(f"{path}: {first_line(error)}")


def of_sqlite(error: sqlite3.Error, path: Path | str) -> StoreError:
    """Return the StoreError for an error of SQLite, by its code."""
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code == sqlite3.SQLITE_FULL or extended in _NOT_WRITTEN:
        return disk_full(path)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return damaged(path, first_line(error))
    return StoreError(f"{path}: {first_line(error)}")
