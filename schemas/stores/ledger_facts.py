"""Recording facts twice: in the ledger's database and in the journal, so that either can be made from the other.

A transaction keeps the journal's new lines in the table `journal_outbox` until the journal has them: after a crash in
between, the next opening appends them. A journal that knows more than the ledger shows that the ledger was lost.
Belongs here: keeping the two level and comparing them. Does not belong here: which facts there are
(`schemas.stores.ledger`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from filelock import FileLock

from schemas.contracts.counting import counted
from schemas.contracts.errors import LedgerLostError, StoreError
from schemas.stores.failures import REBUILD, damaged, translated
from schemas.stores.journal import Entry, Journal, Mark
from schemas.stores.ledger_engine import file_of, migrate, open_engine, place_of
from schemas.stores.ledger_tables import journal_outbox_table, metadata
from schemas.stores.private import private_files

CHECKED_AT_FIRST_WRITE = 4 << 20
"""Bytes of ledger and journal up to which they are compared row by row before the first fact that a process records; it
takes a tenth of a second at most. `doctor` compares those of any size."""

Row = dict[str, Any]
Rows = dict[tuple[str, tuple[object, ...]], Row]
"""Rows by table and primary key; columns without a value are left out."""


class Recording:
    """A transaction that records facts. What is inserted and updated also goes to the journal."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.facts: list[tuple[str, Row]] = []

    def insert(self, table: sa.Table, rows: Sequence[Mapping[str, object]]) -> list[Row]:
        """Add rows; returns them with the values that the database gave them."""
        if not rows:
            return []
        statement = sa.insert(table).returning(*table.c, sort_by_parameter_order=True)
        return self._keep(table, self._connection.execute(statement, [dict(row) for row in rows]))

    def update(self, table: sa.Table, key: Mapping[str, object], values: Mapping[str, object]) -> list[Row]:
        """Set values of the rows whose columns equal `key`; returns the rows as they are then."""
        named = sa.and_(*(table.c[name] == value for name, value in key.items()))
        return self._keep(
            table, self._connection.execute(sa.update(table).where(named).values(**values).returning(*table.c))
        )

    def replace(self, table: sa.Table, row: Mapping[str, object]) -> None:
        """Put a row in the place of the one with its primary key, or add it."""
        key = sa.and_(*(column == row[column.name] for column in table.primary_key))
        self._connection.execute(sa.delete(table).where(key))
        self.insert(table, [row])

    def _keep(self, table: sa.Table, result: sa.CursorResult[Any]) -> list[Row]:
        rows = [dict(row) for row in result.mappings()]
        self.facts += [(table.name, row) for row in rows]
        return rows


class LedgerFacts:
    """The ledger's database and the journal beside it."""

    def __init__(self, url: str, journal: Journal, before_first_write: Callable[[], None] | None = None) -> None:
        self.url = sa.make_url(url)
        self.place = place_of(self.url)
        self.journal = journal
        self._before_first_write = before_first_write
        self._has_written = False
        self._lock = FileLock(str(journal.path.with_name(".journal.lock")), is_singleton=True)
        self._refuse_if_missing()
        self._engine = open_engine(self.url)
        try:
            self._bring_up_to_date()
        except BaseException:
            self._engine.dispose()
            raise

    def _refuse_if_missing(self) -> None:
        file = file_of(self.url)
        if file is None or (file.is_file() and file.stat().st_size):
            return
        if known := self.journal.last().sequence:
            raise self._lost("is empty" if file.is_file() else "is missing", known)

    def _bring_up_to_date(self) -> None:
        with self._translated():
            has_changed = migrate(self._engine)
            if has_changed or self.position() != self.journal.last() or not self.position().sequence:
                with self._locked():
                    self._level()
                    if has_changed:
                        self._add_what_the_journal_lacks()

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """A connection to read from. What cannot be read as facts is reported as damage."""
        with self._translated():
            try:
                with self._engine.connect() as connection:
                    yield connection
            except (ValueError, KeyError) as error:
                raise damaged(f"ledger {self.place}", f"a fact cannot be read: {error}") from error

    @contextmanager
    def begin(self) -> Iterator[Recording]:
        """A transaction that records facts, all of them or none; the journal has them when the block has ended.

        Raises LedgerLostError or DamagedFileError, before anything is recorded, if facts are missing.
        """
        self.prepare_to_write()
        with self._locked():
            self._level()
            with self._translated(), self._engine.begin() as connection:
                recording = Recording(connection)
                yield recording
                lines = self._put_into_outbox(connection, recording.facts)
            self.journal.append(lines)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with private_files():
            self.journal.path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                yield

    def _translated(self) -> Any:
        return translated(f"ledger {self.place}")

    def position(self) -> Mark:
        """The last fact that the ledger knows to be on its way into the journal, or there."""
        newest = sa.select(journal_outbox_table.c.line).order_by(journal_outbox_table.c.sequence.desc()).limit(1)
        with self.connect() as connection:
            line = connection.execute(newest).scalar()
            return Entry.from_line(line).mark if line else Mark()

    def _put_into_outbox(
        self, connection: sa.Connection, facts: Iterable[tuple[str, Row]], *, begins: bool = False
    ) -> list[str]:
        """Keep the lines of new facts beside them; those of earlier facts are in the journal and can go.

        With `begins` they begin a journal: the numbering goes on, and the first line names none before it.
        """
        newest = sa.select(journal_outbox_table.c.line).order_by(journal_outbox_table.c.sequence.desc()).limit(1)
        line = connection.execute(newest).scalar()
        mark = Entry.from_line(line).mark if line else Mark()
        mark = Mark(mark.sequence) if begins else mark
        entries: list[Entry] = []
        for table, row in facts:
            entries.append(Entry.after(mark, table, row))
            mark = entries[-1].mark
        if entries:
            connection.execute(sa.delete(journal_outbox_table))
            rows = [{"sequence": entry.mark.sequence, "line": entry.to_line()} for entry in entries]
            connection.execute(sa.insert(journal_outbox_table), rows)
        return [entry.to_line() for entry in entries]

    def _level(self) -> None:
        """Append to the journal what a crash kept from it.

        Raises LedgerLostError if the journal knows facts that the ledger does not.
        """
        ours, theirs = self.position(), self.journal.last()
        if ours == theirs:
            if not ours.sequence:
                self._add_what_the_journal_lacks()  # a ledger of a version that kept no journal
            return
        if theirs.sequence >= ours.sequence:
            what = "knows another history" if theirs.sequence == ours.sequence else "is older"
            raise self._lost(what, theirs.sequence)
        with self.connect() as connection:
            query = sa.select(journal_outbox_table.c.line).order_by(journal_outbox_table.c.sequence)
            waiting = [Entry.from_line(line) for line in connection.execute(query).scalars()]
        missing = [entry for entry in waiting if entry.mark.sequence > theirs.sequence]
        if missing[0].previous == theirs.checksum:
            self.journal.append([entry.to_line() for entry in missing])
        else:
            if theirs.sequence:
                self.journal.set_aside()
            self._add_what_the_journal_lacks()

    def _add_what_the_journal_lacks(self) -> None:
        known, last = replay(self.journal)
        with self._engine.begin() as connection:
            facts = [(key[0], row) for key, row in _rows_of(connection) if known.get(key) != row]
            lines = self._put_into_outbox(connection, facts, begins=last is None)
        self.journal.append(lines)

    def _lost(self, what: str, known: int) -> LedgerLostError:
        return LedgerLostError(
            f"ledger {self.place}: {what}; the journal {self.journal.path} has {counted(known, 'fact')}. "
            f"Nothing was recorded; {REBUILD}, which restores it"
        )

    def prepare_to_write(self) -> None:
        """Compare the ledger with the journal and the tables, once; what is derived from it must not lack facts.

        Raises LedgerLostError or DamagedFileError if facts are missing.
        """
        if self._has_written:
            return
        file = file_of(self.url)
        size = sum(path.stat().st_size for path in (file, self.journal.path) if path is not None and path.exists())
        if file is not None and size <= CHECKED_AT_FIRST_WRITE:
            self.verify()
        if self._before_first_write is not None:
            self._before_first_write()
        self._has_written = True

    def verify(self) -> None:
        """Compare ledger and journal, row by row, after SQLite's own check of its file.

        Raises DamagedFileError for the first difference.
        """
        with self._locked(), self.connect() as connection:
            if file_of(self.url) is not None:
                found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
                if found != "ok":
                    raise damaged(f"ledger {self.place}", str(found))
            self._level()
            ours = dict(_rows_of(connection))
            theirs, _ = replay(self.journal)  # under the lock: another process may append right after it
        differing = [key for key in {**theirs, **ours} if ours.get(key) != theirs.get(key)]
        if differing:
            table, key = differing[0]
            raise damaged(
                f"ledger {self.place}",
                f"differs from {self.journal.path} in {counted(len(differing), 'fact')}, the first is {table} {key}",
            )


def replay(journal: Journal) -> tuple[Rows, Entry | None]:
    """The rows of every table as the journal leaves them, and its last entry.

    Raises DamagedFileError if it is not whole, and StoreError if a newer version of the program wrote it.
    """
    rows: Rows = {}
    entry = None
    for entry in journal.entries():
        if entry.table not in metadata.tables or not set(entry.row) <= set(metadata.tables[entry.table].c.keys()):
            raise StoreError(f"journal {journal.path} was written by a newer leadsift; update the program")
        rows[_key(entry.table, entry.row)] = dict(entry.row)
    return rows, entry


def _key(table: str, row: Mapping[str, object]) -> tuple[str, tuple[object, ...]]:
    return table, tuple(row[column.name] for column in metadata.tables[table].primary_key)


def _fact_tables() -> list[sa.Table]:
    return [table for table in metadata.sorted_tables if table is not journal_outbox_table]


def _rows_of(connection: sa.Connection) -> Iterator[tuple[tuple[str, tuple[object, ...]], Row]]:
    for table in _fact_tables():
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings():
            filled = {name: value for name, value in row.items() if value is not None}
            yield _key(table.name, filled), filled
