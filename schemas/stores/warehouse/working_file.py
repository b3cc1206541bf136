"""The working database of a home: its one writer, its lock, and publishing a copy of it.

Belongs here: opening, locking, removing and copying the file. Does not belong here: statements
(`schemas.stores.warehouse.session`) and what the tables are (`schemas/sql`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb
from filelock import FileLock, Timeout

from schemas.contracts.errors import StoreError
from schemas.stores.failures import REBUILD, first_line, of_system
from schemas.stores.private import private_files
from schemas.stores.warehouse.failures import is_busy, of_duckdb, translated
from schemas.stores.warehouse.session import Session
from schemas.stores.warehouse_tables import STORAGE, create_tables, is_of_another_version


class Warehouse:
    """The working database file of a home: one writer at a time, across processes."""

    def __init__(self, path: Path, memory_limit: str = "2GB", lock_timeout: float = 600.0) -> None:
        self.path = path
        self._memory_limit = memory_limit
        self._lock_timeout = lock_timeout
        # One lock object per file and process: its holder may open the warehouse, too.
        self._lock = FileLock(str(path) + ".lock", is_singleton=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the file against other processes while the block runs; waits for one that has the lock.

        Files created in the block are readable by their owner only. The lock is reentrant within a thread. Raises
        StoreError after `lock_timeout` seconds.
        """
        with private_files():
            self._acquire()
            try:
                yield
            finally:
                self._lock.release()

    def _acquire(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=self._lock_timeout)
        except Timeout as error:
            raise StoreError(
                f"{self.path}: another leadsift is still writing to it after {self._lock_timeout:.0f} s; "
                "wait for it or raise lock_timeout"
            ) from error

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Open for writing, with every table in place; waits while another process has it.

        A file whose tables another version of the program created is replaced by an empty one: the next import fills
        it. Raises StoreError if the wait is over or the file cannot be opened, DamagedFileError if it is damaged and
        DiskFullError if its disk is full.
        """
        with self.locked(), translated(self.path):
            connection = self._connect()
            try:
                if is_of_another_version(Session(connection, self.path)):
                    # Everything in it is derived from archive and ledger; the next import derives it again.
                    connection.close()
                    self.remove()
                    connection = self._connect()
                session = Session(connection, self.path)
                create_tables(session)
                yield session
                session.execute("CHECKPOINT")
            finally:
                connection.close()

    def remove(self) -> None:
        """Delete the file and its write-ahead log; everything in it can be derived again."""
        for path in (self.path, self._log):
            path.unlink(missing_ok=True)

    def replace_with(self, other: Warehouse) -> None:
        """Put the file of another warehouse in the place of this one, in one step. Both must be closed."""
        # The log of the old file does not fit the new one.
        self._log.unlink(missing_ok=True)
        other.path.replace(self.path)

    @property
    def _log(self) -> Path:
        """DuckDB's write-ahead log; it exists only while the file is open or after a crash."""
        return Path(f"{self.path}.wal")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            if self.path.exists():
                self.path.open("rb+").close()
            connection = duckdb.connect(
                str(self.path),
                config={
                    "storage_compatibility_version": STORAGE,
                    "memory_limit": self._memory_limit,
                    "temp_directory": str(self.path) + ".tmp",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                },
            )
        except OSError as error:
            raise of_system(error, self.path) from error
        except duckdb.Error as error:
            if is_busy(error):
                raise StoreError(
                    f"{self.path}: another program has it open; close that: {first_line(error)}"
                ) from error
            raise of_duckdb(error, self.path) or StoreError(
                f"{self.path}: cannot be opened: {first_line(error)}; {REBUILD}"
            ) from error
        # Times are kept in UTC and must not depend on the machine that shows them.
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        return connection

    def publish(self, session: Session, target: Path, *, clean: bool = False) -> None:
        """Copy the warehouse into a new file and put it at `target` in one step.

        Readers that have the old file open keep it; whoever opens next sees the new one. The file is copied as it
        is, which costs a tenth of writing every table again. With `clean`, and while that costs little, every table is
        written again: rows that were taken out leave nothing between the others.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        for left_over in target.parent.glob(f".{target.name}.*.partial*"):
            left_over.unlink(missing_ok=True)
        partial = target.parent / f".{target.name}.{uuid4().hex}.partial"
        try:
            session.execute("CHECKPOINT")
            if clean or session.is_loose():
                session.copy_database(partial)
            else:
                _copy_apart(self.path, partial)
            partial.replace(target)
        except OSError as error:
            raise of_system(error, target) from error
        except duckdb.Error as error:
            raise StoreError(f"{target}: could not be published: {first_line(error)}") from error
        finally:
            partial.unlink(missing_ok=True)


def _copy_apart(source: Path, target: Path) -> None:
    """Copy a file in a process of its own: to close a file here would give up DuckDB's lock on it (POSIX locks)."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", _COPY, str(source), str(target)], check=False)  # noqa: S603
    if done.returncode:
        raise OSError(done.returncode, os.strerror(done.returncode), str(target))


_COPY = """
import shutil, sys
try:
    shutil.copyfile(sys.argv[1], sys.argv[2])
except OSError as error:
    sys.exit(error.errno or 1)
"""
