"""A session: an open connection on which statements run, frames in and frames out.

Belongs here: running statements and SQL files, transactions, bulk writing. Does not belong here:
opening a database file. Values go in as parameters; identifiers only through `quoted`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import polars as pl

from schemas.contracts.errors import StoreError
from schemas.sql.files import Expression, SqlStatement, Table, filled, literal, quoted
from schemas.stores.warehouse.failures import translated
from schemas.stores.warehouse_tables import STORAGE

Parameters = Sequence[object] | Mapping[str, object] | None
"""Values of a statement, by place (`?`) or by name (`$name`)."""


def plain(parameters: Parameters) -> list[object] | dict[str, object] | None:
    """Return parameters in the form that DuckDB accepts; None if there are none."""
    if not parameters:
        return None
    return dict(parameters) if isinstance(parameters, Mapping) else list(parameters)


_BULK = {"threads": "1", "memory_limit": "640MB"}
"""What DuckDB may use while records are loaded; five million rows were written under it."""


_SMALL, _MUCH_FREE = 64_000_000, 0.3
"""Bytes of a database that is written in a second; share of free blocks from which a copy of the file wastes space."""


class Session:
    """An open connection to the warehouse. Frames in, frames out; errors say which statement failed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path = Path(":memory:")) -> None:
        self.connection = connection
        self._path = path

    def _do(self, statement: str, parameters: Parameters = None) -> duckdb.DuckDBPyConnection:
        with translated(self._path):
            return self.connection.execute(statement, plain(parameters))

    def run(self, statement: SqlStatement, parameters: Mapping[str, object] | None = None) -> None:
        """Run the statement of a SQL file with named parameters."""
        try:
            self._do(statement.text, parameters)
        except duckdb.Error as error:
            raise StoreError(f"warehouse: {statement.name}.sql failed: {error}") from error

    def execute(self, statement: str, parameters: Parameters = None) -> None:
        """Run a statement that returns nothing."""
        self._do(statement, parameters)

    def frame(self, query: str, parameters: Parameters = None) -> pl.DataFrame:
        """The result of a query as a polars frame."""
        with translated(self._path):
            frame: pl.DataFrame = self.connection.sql(query, params=plain(parameters)).pl()
        return frame

    def frame_of(self, statement: SqlStatement, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The result of the query of a SQL file."""
        return self.frame(statement.text, parameters)

    def count(self, table: str) -> int:
        """How many rows a table or view has."""
        return int(str(self.scalar(filled("SELECT count(*) FROM {table}", table=Table(table)))))

    def delete(self, table: str, column: str, among: str) -> None:
        """Delete the rows of `table` whose `column` is among the values of `among` (`table.column`)."""
        source, _, values = among.rpartition(".")
        parts = {"table": table, "column": column, "values": values, "source": source}
        statement = "DELETE FROM {table} WHERE {column} IN (SELECT {values} FROM {source})"
        self._do(filled(statement, **{name: Table(part) for name, part in parts.items()}))

    def scalar(self, query: str, parameters: Sequence[object] | None = None) -> object:
        """The first value of the first row, None if there is no row."""
        with translated(self._path):
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
        statement = filled(
            "INSERT INTO {table} BY NAME SELECT {columns} FROM incoming_rows",
            table=Table(table),
            columns=Expression(", ".join(columns)),
        )
        with self.registered("incoming_rows", frame):
            self._do(statement, list((constants or {}).values()))

    def empty(self, table: str) -> None:
        """Delete every row of `table` (`schema.name`)."""
        self._do(filled("DELETE FROM {table}", table=Table(table)))

    def replace(self, table: str, frame: pl.DataFrame) -> None:
        """Replace all rows of `table` with the rows of `frame`."""
        self.empty(table)
        self.append(table, frame)

    @contextmanager
    def registered(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Make `frame` readable as a view called `name` while the block runs."""
        # Polars and DuckDB store text in the same way; without the hint it would be copied into an older format first.
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
            self._do(f"SET {name} = {literal(value)}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in a transaction: commit at its end, roll back on an error."""
        self._do("BEGIN")
        with translated(self._path):  # Splink runs statements of its own
            try:
                yield
            except BaseException:
                with suppress(duckdb.Error):  # a database that an error has closed has rolled back
                    self.connection.execute("ROLLBACK")
                raise
        self._do("COMMIT")

    def keep_so_far(self) -> None:
        """Within a transaction: commit what was done, and begin the next one."""
        self._do("COMMIT")
        self._do("BEGIN")

    def is_loose(self) -> bool:
        """Whether the file is small, or much of it is free, so that writing every table again is worth while."""
        sizes = "SELECT total_blocks * block_size, free_blocks / greatest(total_blocks, 1) FROM pragma_database_size()"
        total, free = self.connection.execute(sizes).fetchall()[0]
        return bool(total < _SMALL or free > _MUCH_FREE)

    def copy_database(self, target: Path) -> None:
        """Write every table, view and macro into a new database file."""
        source = quoted(str(self.scalar("SELECT current_database()")))
        self._do(f"ATTACH {literal(str(target))} AS publication (STORAGE_VERSION {literal(STORAGE)})")
        self._do(f"COPY FROM DATABASE {source} TO publication")
        self._do("DETACH publication")

    def columns_of(self, table: str) -> list[str]:
        """Column names of `schema.name` in order."""
        schema, name = table.split(".")
        rows = self.connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
            [schema, name],
        ).fetchall()
        return [row[0] for row in rows]


def _incoming(name: str, dtype: pl.DataType) -> str:
    """How a column of a frame is selected for a table."""
    if dtype in (_MAP_ENTRIES, _MAP_BITS):
        return f"map_from_entries({quoted(name)}) AS {quoted(name)}"
    return quoted(name)


_MAP_ENTRIES = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
_MAP_BITS = pl.List(pl.Struct({"key": pl.String, "value": pl.Float64}))


def read_all_tables(query: Callable[[str], pl.DataFrame]) -> None:
    """Read every value of every table once; a damaged block raises DamagedFileError."""
    tables = query("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()")
    for schema, table in tables.iter_rows():
        query(filled("SELECT bit_xor(hash(t)) FROM {table} AS t", table=Table(f"{schema}.{table}")))
