"""The warehouse: the one place where SQL meets DuckDB.

Belongs here: opening the working database for its one writer, running the SQL files of `schemas/sql`,
publishing, and reading the published file. Does not belong here: what the SQL says. Values go in as parameters;
identifiers only through `quoted`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from schemas.contracts.errors import QueryError, StoreError
from schemas.sql.files import literal, quoted, sql_text
from schemas.stores.warehouse_tables import STORAGE, create_tables, is_of_another_version

Parameters = Sequence[object] | Mapping[str, object] | None
"""Values of a statement, by place (`?`) or by name (`$name`)."""


def _plain(parameters: Parameters) -> list[object] | dict[str, object] | None:
    if not parameters:
        return None
    return dict(parameters) if isinstance(parameters, Mapping) else list(parameters)


def sniff_delimited(path: Path) -> str | None:
    """The delimiter that DuckDB's sniffer sees in a text file (UTF-8); None where it sees no table."""
    try:
        with duckdb.connect() as connection:
            row = connection.execute("SELECT Delimiter FROM sniff_csv(?, all_varchar = true)", [str(path)]).fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row and row[0] else None


_BULK = {"threads": "1", "memory_limit": "640MB"}
"""What DuckDB may use while records are loaded; five million rows were written under it."""


_SMALL, _MUCH_FREE = 64_000_000, 0.3
"""Bytes of a database that is written in a second; share of free blocks from which a copy of the file wastes space."""


class Session:
    """An open connection to the warehouse. Frames in, frames out; errors say which statement failed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def run(self, name: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run the statement in `schemas/sql/<name>.sql` with named parameters."""
        try:
            self.connection.execute(sql_text(name), dict(parameters) if parameters else None)
        except duckdb.Error as error:
            raise StoreError(f"warehouse: {name}.sql failed: {error}") from error

    def execute(self, statement: str, parameters: Parameters = None) -> None:
        """Run a statement that returns nothing."""
        self.connection.execute(statement, _plain(parameters))

    def frame(self, query: str, parameters: Parameters = None) -> pl.DataFrame:
        """The result of a query as a polars frame."""
        frame: pl.DataFrame = self.connection.sql(query, params=_plain(parameters)).pl()
        return frame

    def frame_of(self, name: str) -> pl.DataFrame:
        """The result of the query in `schemas/sql/<name>.sql`."""
        frame: pl.DataFrame = self.connection.sql(sql_text(name)).pl()
        return frame

    def scalar(self, query: str, parameters: Sequence[object] | None = None) -> object:
        """The first value of the first row, None where there is no row."""
        rows = self.connection.execute(query, list(parameters or ())).fetchall()
        return rows[0][0] if rows else None

    def append(self, table: str, frame: pl.DataFrame, constants: Mapping[str, object] | None = None) -> None:
        """Add the rows of `frame` to `table` (`schema.name`); columns are matched by name.

        A column of key and value structs goes into a map. `constants` are columns of one value for all the rows.
        """
        if frame.is_empty():
            return
        columns = [_incoming(name, dtype) for name, dtype in frame.schema.items()]
        columns += [f"? AS {quoted(name)}" for name in constants or ()]
        target = ".".join(quoted(part) for part in table.split("."))
        with self.registered("incoming_rows", frame):
            self.connection.execute(
                f"INSERT INTO {target} BY NAME SELECT {', '.join(columns)} FROM incoming_rows",  # noqa: S608  (quoted)
                list((constants or {}).values()),
            )

    def empty(self, table: str) -> None:
        """Take every row out of `table` (`schema.name`)."""
        target = ".".join(quoted(part) for part in table.split("."))
        self.connection.execute(f"DELETE FROM {target}")  # noqa: S608  (quoted name)

    def replace(self, table: str, frame: pl.DataFrame) -> None:
        """Put the rows of `frame` in the place of all rows of `table`."""
        self.empty(table)
        self.append(table, frame)

    @contextmanager
    def registered(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Make `frame` readable as a view called `name` while the block runs."""
        # Polars and DuckDB keep texts in the same way; without the hint they would be copied into an older form first.
        self.connection.register(name, frame.to_arrow(compat_level=pl.CompatLevel.newest()))
        try:
            yield
        finally:
            # In a transaction that has failed nothing can be unregistered; the rollback takes the view with it.
            with suppress(duckdb.TransactionException):
                self.connection.unregister(name)

    @contextmanager
    def writing_in_bulk(self) -> Iterator[None]:
        """Write with one thread and little memory while the block runs.

        Rows come in order, so that a second thread only costs; memory belongs to the reading that feeds the writing.
        """
        before = {name: str(self.scalar(f"SELECT current_setting('{name}')")) for name in _BULK}
        self._set(_BULK)
        try:
            yield
        finally:
            self._set(before)

    def _set(self, options: Mapping[str, str]) -> None:
        for name, value in options.items():
            self.connection.execute(f"SET {name} = {literal(value)}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in the block happens, or nothing of it."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def keep_so_far(self) -> None:
        """Within a transaction: commit what was done, and begin the next one."""
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN")

    def is_loose(self) -> bool:
        """Whether the file is small, or much of it is free, so that writing every table again is worth while."""
        sizes = "SELECT total_blocks * block_size, free_blocks / greatest(total_blocks, 1) FROM pragma_database_size()"
        total, free = self.connection.execute(sizes).fetchall()[0]
        return bool(total < _SMALL or free > _MUCH_FREE)

    def copy_database(self, target: Path) -> None:
        """Write every table, view and macro into a new database file."""
        source = quoted(str(self.scalar("SELECT current_database()")))
        self.connection.execute(f"ATTACH {literal(str(target))} AS publication (STORAGE_VERSION {literal(STORAGE)})")
        self.connection.execute(f"COPY FROM DATABASE {source} TO publication")
        self.connection.execute("DETACH publication")

    def columns_of(self, table: str) -> list[str]:
        """Column names of `schema.name` in order."""
        schema, name = table.split(".")
        rows = self.connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
            [schema, name],
        ).fetchall()
        return [row[0] for row in rows]


class Warehouse:
    """The working database file of a home: one writer at a time, across processes."""

    def __init__(self, path: Path, memory_limit: str = "2GB", lock_timeout: float = 600.0) -> None:
        self.path = path
        self._memory_limit = memory_limit
        self._lock = FileLock(str(path) + ".lock", timeout=lock_timeout)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from the file while the block runs; waits for one that has it.

        Raises StoreError when the wait is over.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StoreError(
                f"{self.path}: another leadsift is still writing to it after {self._lock.timeout:.0f} s; "
                "wait for it or raise lock_timeout"
            ) from error
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Open for writing, with every table in place; waits while another process has it.

        A file whose tables another version of the program made is made anew, empty: the next import fills it again.
        Raises StoreError when the wait is over or the file cannot be opened.
        """
        with self.locked():
            connection = self._connect()
            if is_of_another_version(Session(connection)):
                # Everything in it is made of archive and ledger, and the next import brings it all in again.
                connection.close()
                self.remove()
                connection = self._connect()
            try:
                session = Session(connection)
                create_tables(session)
                yield session
                connection.execute("CHECKPOINT")
            finally:
                connection.close()

    def remove(self) -> None:
        """Delete the file and what belongs to it; everything in it can be made anew."""
        for path in (self.path, Path(f"{self.path}.wal")):
            path.unlink(missing_ok=True)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
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
        except duckdb.Error as error:
            raise StoreError(
                f"{self.path}: cannot be opened: {_first_line(error)}; everything in it can be rebuilt: "
                "move the file away and run `leadsift doctor --rebuild`"
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
        except (duckdb.Error, OSError, subprocess.CalledProcessError) as error:
            raise StoreError(f"{target}: could not be published: {_first_line(error)}") from error
        finally:
            partial.unlink(missing_ok=True)


def _incoming(name: str, dtype: pl.DataType) -> str:
    """How a column of a frame is selected for a table."""
    if dtype in (_MAP_ENTRIES, _MAP_BITS):
        return f"map_from_entries({quoted(name)}) AS {quoted(name)}"
    return quoted(name)


_MAP_ENTRIES = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
_MAP_BITS = pl.List(pl.Struct({"key": pl.String, "value": pl.Float64}))


def _copy_apart(source: Path, target: Path) -> None:
    """Copy a file in a process of its own: to close a file here would give up DuckDB's lock on it (POSIX locks)."""
    program = "import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])"
    subprocess.run([sys.executable, "-I", "-S", "-c", program, str(source), str(target)], check=True)  # noqa: S603


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


@contextmanager
def scratch_session() -> Iterator[Session]:
    """A session on an empty database in memory, for working on a few frames."""
    connection = duckdb.connect()
    try:
        yield Session(connection)
    finally:
        connection.close()


class Published:
    """The published database, read-only: no other file, no setting and no extension is in reach of a query."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file open while the block runs: many queries see one state of it, and none opens it again."""
        self._held = self._open()
        try:
            yield
        finally:
            self._held.close()
            self._held = None

    def query(self, sql: str, parameters: Parameters = None) -> pl.DataFrame:
        """Run one query and return its rows.

        Raises StoreError when nothing is published yet and QueryError with the database's reason when it fails.
        """
        connection = self._held or self._open()
        try:
            relation = connection.sql(sql, params=_plain(parameters))
            if relation is None:
                raise QueryError("not a query: it returns no rows")
            frame: pl.DataFrame = relation.pl()
            return frame
        except duckdb.Error as error:
            raise QueryError(_first_line(error)) from error
        finally:
            if self._held is None:
                connection.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        if not self.path.is_file():
            raise StoreError(f"{self.path}: nothing is published yet; run `leadsift import PATH` first")
        try:
            connection = duckdb.connect(
                os.fspath(self.path), read_only=True, config={"enable_external_access": "false"}
            )
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            raise StoreError(f"{self.path}: cannot be opened: {_first_line(error)}") from error
        return connection
