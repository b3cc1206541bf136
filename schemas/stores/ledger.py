"""The ledger: what happened, who did it, when and why. Facts only; nothing here is ever edited away.

Belongs here: imports and the files they brought, with the options under which they were read. Does not belong
here: anything that can be computed again from the archive. SQLAlchemy Core throughout; SQLite by default,
PostgreSQL by URL. Migrations are recorded facts (Alembic, `schemas/stores/migrations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy.exc import SQLAlchemyError

from schemas.contracts.errors import StoreError
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.stores.acting_user import who
from schemas.stores.actions import Actions
from schemas.stores.decisions import Decisions
from schemas.stores.ledger_tables import (
    entity_history_table,
    import_files_table,
    imports_table,
    retired_records_table,
    undone_imports_table,
)
from schemas.stores.private import private_files
from schemas.stores.runs import Runs

LATEST_MIGRATION = "0005"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file of an import; `path` is as the user gave it, a member of a container behind `!`.

    `stem` is its name below what the user named, without extension: lists without a CRM are told apart by it.
    `records` is how many rows it put into the records tables, so that a warehouse that lost some is found out.
    """

    ordinal: int
    sha256: str
    path: str
    stem: str
    size: int
    status: FileStatus = FileStatus.RECEIVED
    reason: str | None = None
    records: int | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """One import as the ledger knows it. `sequence` is the order in which the ledger saw imports.

    `undone_at` is when it was taken back, None while it stands.
    """

    sequence: int
    import_id: str
    received_at: datetime
    status: ImportStatus
    imported_by: str | None
    options: ImportOptions
    finished_at: datetime | None = None
    undone_at: datetime | None = None
    files: tuple[ImportFile, ...] = field(default=())


class Ledger:
    """The facts, behind a SQLAlchemy URL. Opening it brings its tables up to date."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        with private_files():
            self._open()

    def _open(self) -> None:
        self._prepare_folder()
        try:
            self._engine = sa.create_engine(self.url, connect_args=self._connect_args())
            if self.url.get_backend_name() == "sqlite":
                _begin_explicitly(self._engine)
            self._migrate()
        except (SQLAlchemyError, ImportError) as error:
            raise StoreError(f"ledger {self.url!r}: cannot be opened: {_first_line(error)}") from error

    def _prepare_folder(self) -> None:
        if self.url.get_backend_name() == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            Path(self.url.database).touch()  # SQLite gives its journals the mode of the database

    def _connect_args(self) -> dict[str, object]:
        # A second process may write at the same moment; SQLite then waits instead of failing.
        return {"timeout": 30} if self.url.get_backend_name() == "sqlite" else {}

    def _migrate(self) -> None:
        if self._current_migration() == LATEST_MIGRATION:
            return
        with self._migration_lock():
            current = self._current_migration()
            if current is not None and current > LATEST_MIGRATION:
                raise StoreError(
                    f"ledger {self.url!r} was written by a newer leadsift (migration {current}); update the program"
                )
            from alembic import command  # imported late: most openings need no migration
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            with self._engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, LATEST_MIGRATION)

    def _migration_lock(self) -> FileLock:
        place = Path(self.url.database or ".").parent if self.url.get_backend_name() == "sqlite" else Path.home()
        return FileLock(str(place / ".ledger-migration.lock"))

    def _current_migration(self) -> str | None:
        with self._engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()

    @property
    def decisions(self) -> Decisions:
        """What people decided about pairs of records."""
        return Decisions(self._engine)

    @property
    def actions(self) -> Actions:
        """What people did to entities."""
        return Actions(self._engine)

    @property
    def runs(self) -> Runs:
        """What runs did."""
        return Runs(self._engine)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def add_import(self, import_id: str, options: ImportOptions, files: Sequence[ImportFile]) -> Import:
        """Record that files were received, before anything is made of them, and return the import."""
        received_at = datetime.now(UTC)
        with self._engine.begin() as connection:
            row = connection.execute(
                sa.insert(imports_table)
                .values(
                    import_id=import_id,
                    received_at=received_at.isoformat(),
                    status=ImportStatus.RECEIVED.value,
                    imported_by=who(),
                    options=options.to_json(),
                )
                .returning(imports_table.c.sequence)
            ).scalar_one()
            connection.execute(
                sa.insert(import_files_table),
                [
                    {
                        "import_id": import_id,
                        "ordinal": file.ordinal,
                        "sha256": file.sha256,
                        "path": file.path,
                        "stem": file.stem,
                        "size": file.size,
                        "status": file.status.value,
                        "reason": file.reason,
                    }
                    for file in files
                ],
            )
        return Import(row, import_id, received_at, ImportStatus.RECEIVED, who(), options, files=tuple(files))

    def finish_import(self, import_id: str, status: ImportStatus, files: Iterable[ImportFile]) -> None:
        """Record what became of an import and of each of its files."""
        with self._engine.begin() as connection:
            for file in files:
                connection.execute(
                    sa.update(import_files_table)
                    .where(import_files_table.c.import_id == import_id)
                    .where(import_files_table.c.ordinal == file.ordinal)
                    .values(status=file.status.value, reason=file.reason, records=file.records)
                )
            connection.execute(
                sa.update(imports_table)
                .where(imports_table.c.import_id == import_id)
                .values(status=status.value, finished_at=datetime.now(UTC).isoformat())
            )

    def undo(self, import_id: str, reason: str | None, retired: Sequence[tuple[str, str]]) -> None:
        """Record that an import is taken back, with the (entity, record key) of each record that goes with it."""
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(undone_imports_table).values(
                    import_id=import_id, undone_at=datetime.now(UTC).isoformat(), undone_by=who(), reason=reason
                )
            )
            rows = [{"import_id": import_id, "entity": entity, "record_key": key} for entity, key in retired]
            if rows:
                connection.execute(sa.insert(retired_records_table), rows)

    def retired_records(self) -> list[tuple[str, str, str]]:
        """Import id, entity and key of every record that went with an import that was undone."""
        columns = retired_records_table.c
        query = sa.select(columns.import_id, columns.entity, columns.record_key).order_by(*columns)
        with self._engine.connect() as connection:
            return [(row.import_id, row.entity, row.record_key) for row in connection.execute(query)]

    def imports(self) -> list[Import]:
        """Every import in the order the ledger saw them, with their files."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                sa.select(imports_table, undone_imports_table.c.undone_at)
                .outerjoin(undone_imports_table, undone_imports_table.c.import_id == imports_table.c.import_id)
                .order_by(imports_table.c.sequence)
            ).all()
            file_rows = connection.execute(
                sa.select(import_files_table).order_by(import_files_table.c.import_id, import_files_table.c.ordinal)
            ).all()
        files: dict[str, list[ImportFile]] = {}
        for row in file_rows:
            files.setdefault(row.import_id, []).append(
                ImportFile(
                    row.ordinal,
                    row.sha256,
                    row.path,
                    row.stem,
                    row.size,
                    FileStatus(row.status),
                    row.reason,
                    row.records,
                )
            )
        return [replace(_import_of(row), files=tuple(files.get(row.import_id, ()))) for row in rows]

    def add_history(self, changes: Sequence[Mapping[str, object]]) -> None:
        """Record what became of entities (columns of `audit.entity_history`, times as text); known ones are left."""
        with self._engine.begin() as connection:
            known = set(connection.execute(sa.select(entity_history_table.c.change_id)).scalars())
            rows = [dict(change) for change in changes if change["change_id"] not in known]
            if rows:
                connection.execute(sa.insert(entity_history_table), rows)

    def history(self) -> list[dict[str, object]]:
        """What became of entities, in order."""
        query = sa.select(entity_history_table).order_by(
            entity_history_table.c.changed_at, entity_history_table.c.change_id
        )
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def known_files(self, digests: Iterable[str]) -> dict[str, tuple[str, FileStatus]]:
        """Which of these files are on record: sha256 to the latest import that had it and what became of it there.

        A file that some import loaded counts as loaded, whatever later imports said.
        """
        wanted = set(digests)
        known: dict[str, tuple[str, FileStatus]] = {}
        for item in self.imports():
            for file in item.files:
                seen = known.get(file.sha256)
                if file.sha256 in wanted and (seen is None or seen[1] != FileStatus.LOADED):
                    known[file.sha256] = (item.import_id, file.status)
        return known


def _begin_explicitly(engine: sa.Engine) -> None:
    """Put every statement on SQLite, those that make tables included, into the transaction.

    Python's driver commits before it makes a table, so a process killed within a migration left half of it and a ledger
    that could not be opened again (SQLAlchemy, "Serializable isolation / Savepoints / Transactional DDL").
    """

    @sa.event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")


def _import_of(row: sa.Row[tuple[object, ...]]) -> Import:
    return Import(
        sequence=row.sequence,
        import_id=row.import_id,
        received_at=datetime.fromisoformat(row.received_at),
        finished_at=datetime.fromisoformat(row.finished_at) if row.finished_at else None,
        undone_at=datetime.fromisoformat(row.undone_at) if row.undone_at else None,
        status=ImportStatus(row.status),
        imported_by=row.imported_by,
        options=ImportOptions.from_json(row.options),
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
