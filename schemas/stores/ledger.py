"""The ledger: what happened, who did it, when and why. Facts only; none is ever deleted.

Belongs here: imports and the files they brought, with the options under which they were read. Does not belong
here: anything that can be computed again from the archive, and how facts are kept safe (`schemas.stores.ledger_facts`).
SQLAlchemy Core throughout; SQLite by default, PostgreSQL by URL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.stores.acting_user import who
from schemas.stores.actions import Action, Actions
from schemas.stores.decisions import Decision, Decisions
from schemas.stores.journal import Journal
from schemas.stores.ledger_facts import LedgerFacts
from schemas.stores.ledger_tables import (
    entity_history_table,
    import_files_table,
    imports_table,
    retired_records_table,
    undone_imports_table,
)
from schemas.stores.runs import Runs


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file of an import; `path` is as the user gave it; a member of an archive follows after `!`.

    `stem` is its path below what the user named, without extension; it distinguishes lists that come from no CRM.
    `records` is the number of its rows in the records tables, to notice a warehouse that lost some. `size` is in bytes.
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

    `undone_at` is when it was undone, None if it was not.
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
    """The facts in a database, given by its SQLAlchemy URL, and the journal, which has a second copy of them.

    Opening it brings both up to date. `before_first_write` is called before the first fact that this process records.
    Raises LedgerLostError or DamagedFileError if facts are missing.
    """

    def __init__(self, url: str, journal: Path, before_first_write: Callable[[], None] | None = None) -> None:
        self._facts = LedgerFacts(url, Journal(journal), before_first_write)

    @property
    def place(self) -> str:
        """The path of the ledger's file, or its URL without the password."""
        return self._facts.place

    @property
    def decisions(self) -> Decisions:
        """What people decided about pairs of records."""
        return Decisions(self._facts)

    @property
    def actions(self) -> Actions:
        """What people did to entities."""
        return Actions(self._facts)

    @property
    def runs(self) -> Runs:
        """What runs did."""
        return Runs(self._facts)

    def record(self, decisions: Sequence[Decision], actions: Sequence[Action]) -> None:
        """Record what somebody decided and did, all of it or nothing."""
        with self._facts.begin() as recording:
            self.decisions.insert(recording, decisions)
            self.actions.insert(recording, actions)

    def close(self) -> None:
        """Close every connection."""
        self._facts.close()

    def verify(self) -> None:
        """Compare every fact with the journal. Raises DamagedFileError for the first difference."""
        self._facts.verify()

    def prepare_to_write(self) -> None:
        """What the first recording does before it records: raises LedgerLostError or DamagedFileError."""
        self._facts.prepare_to_write()

    def add_import(self, import_id: str, options: ImportOptions, files: Sequence[ImportFile]) -> Import:
        """Record that files were received, before anything is derived from them, and return the import."""
        received_at = datetime.now(UTC)
        import_row = {
            "import_id": import_id,
            "received_at": received_at.isoformat(),
            "status": ImportStatus.RECEIVED.value,
            "imported_by": who(),
            "options": options.to_json(),
        }
        file_rows = [
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
        ]
        with self._facts.begin() as recording:
            recorded = recording.insert(imports_table, [import_row])[0]
            recording.insert(import_files_table, file_rows)
        return Import(
            recorded["sequence"], import_id, received_at, ImportStatus.RECEIVED, who(), options, files=tuple(files)
        )

    def finish_import(self, import_id: str, status: ImportStatus, files: Iterable[ImportFile]) -> None:
        """Record what became of an import and of each of its files."""
        with self._facts.begin() as recording:
            for file in files:
                recording.update(
                    import_files_table,
                    {"import_id": import_id, "ordinal": file.ordinal},
                    {"status": file.status.value, "reason": file.reason, "records": file.records},
                )
            ended = {"status": status.value, "finished_at": datetime.now(UTC).isoformat()}
            recording.update(imports_table, {"import_id": import_id}, ended)

    def undo(self, import_id: str, reason: str | None, retired: Sequence[tuple[str, str]]) -> None:
        """Record that an import is undone; `retired` has (entity, record key) of each record that only it has."""
        undone = {
            "import_id": import_id,
            "undone_at": datetime.now(UTC).isoformat(),
            "undone_by": who(),
            "reason": reason,
        }
        rows = [{"import_id": import_id, "entity": entity, "record_key": key} for entity, key in retired]
        with self._facts.begin() as recording:
            recording.insert(undone_imports_table, [undone])
            recording.insert(retired_records_table, rows)

    def retired_records(self) -> list[tuple[str, str, str]]:
        """Import id, entity and record key of every record that an undo retired."""
        columns = retired_records_table.c
        query = sa.select(columns.import_id, columns.entity, columns.record_key).order_by(*columns)
        with self._facts.connect() as connection:
            return [(row.import_id, row.entity, row.record_key) for row in connection.execute(query)]

    def imports(self) -> list[Import]:
        """Every import in the order the ledger saw them, with their files."""
        with self._facts.connect() as connection:
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
        """Record changes of entities (columns of `audit.entity_history`, times as text); skips recorded ones."""
        with self._facts.connect() as connection:
            known = set(connection.execute(sa.select(entity_history_table.c.change_id)).scalars())
        if rows := [dict(change) for change in changes if change["change_id"] not in known]:
            with self._facts.begin() as recording:
                recording.insert(entity_history_table, rows)

    def history(self) -> list[dict[str, object]]:
        """Changes of entities as rows of `audit.entity_history`, oldest first."""
        query = sa.select(entity_history_table).order_by(
            entity_history_table.c.changed_at, entity_history_table.c.change_id
        )
        with self._facts.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def known_files(self, digests: Iterable[str]) -> dict[str, tuple[str, FileStatus]]:
        """Return the known ones of these files: sha256 to the id of the latest import with it, and its status there.

        A file that any import loaded counts as loaded, even if a later import refused it.
        """
        wanted = set(digests)
        known: dict[str, tuple[str, FileStatus]] = {}
        for item in self.imports():
            for file in item.files:
                seen = known.get(file.sha256)
                if file.sha256 in wanted and (seen is None or seen[1] != FileStatus.LOADED):
                    known[file.sha256] = (item.import_id, file.status)
        return known


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
