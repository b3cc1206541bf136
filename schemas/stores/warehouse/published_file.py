"""The published database: a file that everybody reads and nobody writes.

Belongs here: opening it safely and querying it. Does not belong here: making it
(`schemas.stores.warehouse.working_file`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from schemas.contracts.errors import QueryError, StoreError
from schemas.stores.failures import REBUILD, first_line
from schemas.stores.warehouse.failures import of_duckdb
from schemas.stores.warehouse.session import Parameters, plain


class Published:
    """The published database, read-only. Queries cannot read other files, change settings or load extensions."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file open while the block runs: all queries see the same state and use one connection.

        Within another such block it stays open until the end of that one.
        """
        if self._held:
            yield
            return
        self._held = self._open()
        try:
            yield
        finally:
            self._held.close()
            self._held = None

    def query(self, sql: str, parameters: Parameters = None) -> pl.DataFrame:
        """Run one query and return its rows.

        Raises StoreError if nothing is published yet, DamagedFileError if the file is damaged, and QueryError with the
        database's reason if the query fails.
        """
        connection = self._held or self._open()
        try:
            relation = connection.sql(sql, params=plain(parameters))
            if relation is None:
                raise QueryError("not a query: it returns no rows")
            frame: pl.DataFrame = relation.pl()
            return frame
        except duckdb.Error as error:
            raise of_duckdb(error, self.path) or QueryError(first_line(error)) from error
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
            raise of_duckdb(error, self.path) or StoreError(
                f"{self.path}: cannot be opened: {first_line(error)}; {REBUILD}"
            ) from error
        return connection
