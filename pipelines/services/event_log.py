"""Dagster's event log in SQLite, with one SQLAlchemy engine for each database file.

Dagster makes an engine for each connection, a thousand for one act: each compiles its statements anew, and the last
connection that closes lets SQLite write its log back. With engines that stay, an act takes half of the CPU time. The
files are the same, so that Dagster's page and daemon read them as before.

Belongs here: how a run connects to the event log. Does not belong here: where the log is (`dagster.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS


class EventLog(SqliteEventLogStorage):
    """The event log of an instance that keeps its engines."""

    @cached_property
    def _engines(self) -> dict[str, Any]:
        return {}

    def _engine(self, shard: str) -> Any:
        """The engine of a database file."""
        if shard not in self._engines:
            wait = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            self._engines[shard] = create_engine(self.conn_string_for_shard(shard), connect_args=wait)
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Any]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the database of all runs has a table."""
        engine = self._engine(INDEX_SHARD_NAME)
        with engine.connect() as connection:
            return bool(engine.dialect.has_table(connection, table_name))

    def dispose(self) -> None:
        """Close the connections."""
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()


def keep_engines(instance: dg.DagsterInstance) -> None:
    """Let the event log of `instance` keep its engines; a log that is kept elsewhere stays as it is."""
    log = instance.event_log_storage
    if type(log) is SqliteEventLogStorage:
        log.__class__ = EventLog
