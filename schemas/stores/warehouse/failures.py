"""Translates errors of DuckDB: a full disk, too little memory, a damaged file. Others are faults in a statement.

DuckDB gives neither error numbers nor a class for most of these, so its messages are read here, and nowhere else.
Belongs here: recognising them. Does not belong here: other libraries (`schemas.stores.failures`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.contracts.errors import StoreError
from schemas.stores.failures import FULL, damaged, disk_full, first_line

_FULL_TEXTS = (*(os.strerror(number) for number in sorted(FULL)), "max_temp_directory_size")
"""Messages of the system, which DuckDB repeats, and of DuckDB's own limit on temporary files: the free space."""

_CORRUPT = "Corrupt database file"
"""A block whose checksum is wrong is reported by the base class."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise DiskFullError or DamagedFileError about the database at `path` for such errors in the block.

    Other errors pass unchanged. DuckDB's error may be the cause of another one, for example of Splink.
    """
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, duckdb.Error) and (ours := of_duckdb(cause, path)):
                raise ours from error
            cause = cause.__cause__ or cause.__context__
        raise


def of_duckdb(error: duckdb.Error, path: Path) -> StoreError | None:
    """Return our error for one of DuckDB; None for a fault in a statement."""
    text = str(error)
    if any(full in text for full in _FULL_TEXTS):
        return disk_full(path)
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(f"{path}: needs more memory ({first_line(error)}); raise the setting memory_limit")
    # An internal or fatal error of DuckDB closes the database; all we can say is how to rebuild it.
    broken = isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.SerializationException)
    is_of_file = isinstance(error, duckdb.IOException) and str(path) in text
    if broken or is_of_file or _CORRUPT in text:
        return damaged(path, first_line(error))
    return None


def is_busy(error: duckdb.Error) -> bool:
    """Whether a file cannot be opened because another program has it open."""
    return isinstance(error, duckdb.IOException) and "Could not set lock" in str(error)
