"""Restores a ledger from its journal, and a journal from its ledger.

Belongs here: finding which of the two is intact, and restoring the other from it. Does not belong here: noticing that
something is wrong (`schemas.stores.ledger_facts`).
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from schemas.contracts.counting import counted
from schemas.contracts.errors import DamagedFileError, LedgerLostError, StoreError
from schemas.stores.failures import translated
from schemas.stores.journal import Entry, Journal, set_aside
from schemas.stores.ledger_engine import file_of, migrate, open_engine, place_of
from schemas.stores.ledger_facts import LedgerFacts, Row, Rows, replay
from schemas.stores.ledger_tables import journal_outbox_table, metadata


def repair(url: str, path: Path) -> list[str]:
    """Restore the ledger from the journal at `path`, or the journal from the ledger, if one is lost or damaged.

    Returns what was done, one sentence each. Raises StoreError and changes nothing if neither is intact.
    """
    journal, place = Journal(path), place_of(sa.make_url(url))
    try:
        facts = LedgerFacts(url, journal)
        try:
            facts.verify()
        finally:
            facts.close()
        return []
    except (DamagedFileError, LedgerLostError) as error:
        problem = error
    try:
        known = len(list(journal.entries()))
    except DamagedFileError as damage:
        return [_journal_from_ledger(url, journal, damage)]
    if not known:
        raise problem
    old = restore(url, journal)
    kept = f"; the old file is {old}" if old is not None else ""
    return [f"the ledger {place} was restored from {path}, which has {counted(known, 'fact')}{kept}"]


def _journal_from_ledger(url: str, journal: Journal, damage: DamagedFileError) -> str:
    """Restore a damaged journal from the ledger, if that is intact and has all facts that can still be read."""
    place = place_of(sa.make_url(url))
    if _last_fact(url) < journal.readable():
        raise DamagedFileError(f"{damage}; but ledger {place} is lost or damaged, too: restore both from a backup")
    old = journal.set_aside()
    LedgerFacts(url, journal).close()
    return f"the journal {journal.path} was restored from the ledger {place}; the old file is {old}"


def _last_fact(url: str) -> int:
    """The sequence of the last fact of a ledger, -1 if it is missing or damaged."""
    target = sa.make_url(url)
    file = file_of(target)
    if file is not None and not (file.is_file() and file.stat().st_size):
        return -1
    engine = open_engine(target)
    try:
        with translated(place_of(target)), engine.connect() as connection:
            if file is not None and connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() != "ok":
                return -1
            return connection.execute(sa.select(sa.func.max(journal_outbox_table.c.sequence))).scalar() or 0
    except StoreError:
        return -1
    finally:
        engine.dispose()


def restore(url: str, journal: Journal) -> Path | None:
    """Restore the ledger from the journal; returns the path of the old file, None if there was none.

    Raises DamagedFileError if the journal is damaged; the ledger is not touched then.
    """
    rows, last = replay(journal)
    target = sa.make_url(url)
    file = file_of(target)
    if file is None:
        engine = open_engine(target)
        try:
            migrate(engine)
            _fill(engine, rows, last)
        finally:
            engine.dispose()
        return None
    new = file.with_name(f"{file.name}.restoring")
    new.unlink(missing_ok=True)
    engine = open_engine(target.set(database=str(new)))
    try:
        migrate(engine)
        _fill(engine, rows, last)
    finally:
        engine.dispose()
    old = set_aside(file) if file.exists() else None
    for name in ("-wal", "-shm", "-journal"):
        file.with_name(file.name + name).unlink(missing_ok=True)
    new.replace(file)
    return old


def _fill(engine: sa.Engine, rows: Rows, last: Entry | None) -> None:
    by_table: dict[str, list[Row]] = {}
    for (name, _), row in rows.items():
        by_table.setdefault(name, []).append({column.name: row.get(column.name) for column in metadata.tables[name].c})
    if last is not None:
        by_table[journal_outbox_table.name] = [{"sequence": last.mark.sequence, "line": last.to_line()}]
    with translated(place_of(engine.url)), engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
        for table in metadata.sorted_tables:
            if table.name in by_table:
                connection.execute(sa.insert(table), by_table[table.name])
                _continue_numbering(connection, table)


def _continue_numbering(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number new rows after those that were put in; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is not None and connection.dialect.name == "postgresql":
        owned = sa.func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(sa.select(sa.func.setval(owned, sa.select(sa.func.max(column)).scalar_subquery())))
