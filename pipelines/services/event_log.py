"""Dagster's event log in SQLite, with one SQLAlchemy engine for each database file.

Dagster makes an engine for each connection: each compiles its statements anew, and the last connection that closes lets
SQLite write its log back. Here engines stay, and events that belong together are stored together. The files are the
same, so that Dagster's page and daemon read them as before.

Belongs here: how a run connects to the event log. Does not belong here: where the log is (`dagster.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
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

    @cached_property
    def _transactions(self) -> list[tuple[dict[str, Any], ExitStack]]:
        return []

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
            with nullcontext(self._held(shard)) if self._transactions else engine.begin() as connection:
                yield connection

    def _held(self, shard: str) -> Any:
        """The connection to a file that is kept until the transaction ends."""
        connections, stack = self._transactions[-1]
        if shard not in connections:
            connections[shard] = stack.enter_context(self._engine(shard).begin())
        return connections[shard]

    @contextmanager
    def in_one_transaction(self) -> Iterator[None]:
        """Store the events of the block in one transaction for each file, also where such blocks are nested."""
        if self._transactions:
            yield
            return
        with ExitStack() as stack:
            self._transactions.append(({}, stack))
            try:
                yield
            finally:
                self._transactions.pop()

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
