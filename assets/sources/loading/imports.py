"""Loading: turns imports that are in the ledger but not in the warehouse into source records, all or nothing.

The same call serves a new import, recovery after a crash, and a rebuild of an empty warehouse. The result depends only
on the bytes of the files and the import's options.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polars as pl

from assets.sources.loading.audit import AUDIT_TABLES, AuditRows
from assets.sources.loading.facts import load_facts
from assets.sources.loading.interpretation import InterpretedFile, Interpreter
from assets.sources.loading.record_writing import Parts, RecordWriter
from assets.sources.loading.rejects import write_rejects
from assets.sources.mapping.profile_choice import profiles_for
from schemas.contracts import progress
from schemas.contracts.counting import counted
from schemas.contracts.errors import StoreError, WarehouseBehindError
from schemas.contracts.records import RECORD_TABLES
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.sql.files import SqlFolder, Table
from schemas.stores.attempts import SET_ASIDE
from schemas.stores.fingerprints import Part, remember
from schemas.stores.ledger import Import, ImportFile, Ledger
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)


def pending(session: Session, ledger: Ledger) -> list[Import]:
    """Imports of the ledger that are missing in the warehouse, in order."""
    loaded = set(session.frame("SELECT import_id FROM audit.imports")["import_id"].to_list())
    gone = {ImportStatus.REFUSED, ImportStatus.UNCHANGED}
    return [
        item
        for item in ledger.imports()
        if item.status not in gone and item.import_id not in loaded and item.undone_at is None
    ]


def refuse_if_behind(session: Session, ledger: Ledger) -> None:
    """Raise WarehouseBehindError if the warehouse lacks an import of the ledger, or still holds one that was undone.

    A warehouse that was deleted, restored from a backup or half rebuilt is in that state. What is derived from it
    must not be published.
    """
    loaded = set(session.frame("SELECT import_id FROM audit.imports")["import_id"].to_list())
    undone = [item.import_id for item in ledger.imports() if item.undone_at is not None and item.import_id in loaded]
    others = [*undone, *(item.import_id for item in pending(session, ledger))]
    if others:
        raise WarehouseBehindError(
            f"the warehouse is not what the ledger says: {others[0]} is missing or was undone; "
            "run `leadsift doctor --rebuild`"
        )


def load_pending(session: Session, stores: Stores, rejects_dir: Path | None = None) -> list[Import]:
    """Load every pending import and record its outcome in the ledger; returns the imports with their outcomes.

    Rejected rows of new imports are written to `rejects_dir`, to be corrected.

    Raises LedgerLostError or DamagedFileError, before anything is changed, if facts are missing; StoreError if the
    warehouse has lost records that were loaded, if the archive lacks a file, or if a file that
    was loaded before would be refused now.
    """
    ledger = stores.ledger
    ledger.prepare_to_write()
    stores.refuse_if_lacking(session.frame)
    _remove_undone(session, ledger)
    lost = missing_records(session, ledger)
    if lost:
        raise StoreError(f"the warehouse has lost records: {lost[0]}; run `leadsift doctor --rebuild`")
    finished = [_Loading(session, stores, item, rejects_dir).run() for item in pending(session, ledger)]
    _finish_loaded(session, ledger)
    load_facts(session, ledger, stores.archive)
    return finished


def _remove_undone(session: Session, ledger: Ledger) -> None:
    """Remove the rows of undone imports from the warehouse; only the keys of their records stay."""
    undone = [item.import_id for item in ledger.imports() if item.undone_at is not None]
    if not undone:
        return
    with session.transaction():
        for import_id in undone:
            if session.scalar("SELECT count(*) FROM audit.imports WHERE import_id = ?", [import_id]):
                remember(session, Part.CAUSE, import_id)
            _delete(session, import_id)
        retired = pl.DataFrame(
            ledger.retired_records(),
            schema={"import_id": pl.String, "entity": pl.String, "record_key": pl.String},
            orient="row",
        )
        session.replace("audit.retired_records", retired)


def _delete(session: Session, import_id: str) -> None:
    for table in (*RECORD_TABLES.values(), "records.sheets", *AUDIT_TABLES, "audit.imports"):
        session.run(SQL.statement("delete_import", table=Table(table)), {"import_id": import_id})


def _finish_loaded(session: Session, ledger: Ledger) -> None:
    """Record the outcome of imports that a killed process loaded but did not finish in the ledger."""
    loaded = set(session.frame("SELECT import_id FROM audit.imports")["import_id"].to_list())
    counts = record_counts(session)
    for item in ledger.imports():
        if item.status != ImportStatus.RECEIVED or item.import_id not in loaded:
            continue
        rows = session.frame(
            "SELECT DISTINCT file_ordinal, status, reason FROM audit.import_files WHERE import_id = ?",
            [item.import_id],
        )
        files = [
            replace(
                item.files[ordinal],
                status=FileStatus(status),
                reason=reason,
                records=counts.get((item.import_id, ordinal), 0) if status == FileStatus.LOADED else None,
            )
            for ordinal, status, reason in rows.iter_rows()
        ]
        ledger.finish_import(item.import_id, _status(files), files)


def record_counts(session: Session) -> dict[tuple[str, int], int]:
    """The number of rows of each file (import id, ordinal) in the records tables."""
    counts: Counter[tuple[str, int]] = Counter()
    for table in RECORD_TABLES.values():
        for import_id, ordinal, found in session.frame_of(SQL.statement("file_counts", table=Table(table))).iter_rows():
            counts[import_id, ordinal] += found
    return dict(counts)


def missing_records(session: Session, ledger: Ledger) -> list[str]:
    """Files whose number of records in the warehouse differs from the ledger's, one sentence each.

    A damaged write-ahead log opens without an error and without its rows; this detects it.
    """
    counts = record_counts(session)
    loaded = set(session.frame("SELECT import_id FROM audit.imports")["import_id"].to_list())
    return [
        f"{file.path} ({item.import_id}): loaded {counted(file.records, 'record')}, the warehouse has {found:,}"
        for item in ledger.imports()
        if item.import_id in loaded
        for file in item.files
        if file.records is not None and (found := counts.get((item.import_id, file.ordinal), 0)) != file.records
    ]


class _Loading:
    """Loads one import into the warehouse."""

    def __init__(self, session: Session, stores: Stores, item: Import, rejects_dir: Path | None) -> None:
        self.session, self.stores, self.item = session, stores, item
        self.interpreter = Interpreter(item.options, profiles_for(item.options, stores.archive))
        self.audit = AuditRows(item)
        is_new = item.status == ImportStatus.RECEIVED
        self.rejects = rejects_dir / item.import_id if rejects_dir is not None and is_new else None

    def run(self) -> Import:
        """Load the import completely or not at all, and record the outcome in the ledger."""
        if self.rejects is not None:
            shutil.rmtree(self.rejects, ignore_errors=True)  # leftovers of a killed attempt
        try:
            with self.session.writing_in_bulk(), self.session.transaction():
                status, files = self._load()
        except BaseException:
            # Report the original error; the next run removes what this could not.
            with suppress(Exception), self.session.transaction():
                _delete(self.session, self.item.import_id)
            raise
        self.stores.ledger.finish_import(self.item.import_id, status, files)
        return replace(self.item, status=status, files=tuple(files))

    def _load(self) -> tuple[ImportStatus, list[ImportFile]]:
        item = self.item
        _delete(self.session, item.import_id)  # leftovers of a killed attempt
        parts = Parts(self.session)
        files: list[ImportFile] = []
        for index, file in enumerate(item.files):
            progress.report(f"Reading {file.path}", index, len(item.files))
            files.append(self._load_file(RecordWriter(parts, item, file)))
        _check_still_loaded(item, files)
        status = _status(files)
        if status != ImportStatus.REFUSED:
            self.audit.write(self.session)
            remember(self.session, Part.CAUSE, item.import_id)
        return status, files

    def _load_file(self, records: RecordWriter) -> ImportFile:
        """Interpret one file and write its records, or record why it is refused."""
        file = records.file
        interpreted = self._interpret(records)
        if records.failure is not None:
            raise StoreError(f"warehouse: {str(records.failure).splitlines()[0]}") from records.failure
        if isinstance(interpreted, str):
            records.discard()
            self.audit.add_refused(file, interpreted)
            return replace(file, status=FileStatus.REFUSED, reason=interpreted)
        rejects = None
        if self.rejects is not None:
            rejects = write_rejects(self.rejects, Path(file.stem).name, interpreted, records.keys_of)
        self.audit.add_loaded(file, interpreted, rejects)
        if interpreted.rejection:
            records.discard()
            return replace(file, status=FileStatus.REFUSED, reason=interpreted.rejection)
        return replace(file, status=FileStatus.LOADED, records=records.finish(interpreted.sheets))

    def _interpret(self, records: RecordWriter) -> InterpretedFile | str:
        """Interpret the file, or return why it is refused; a file that ended the process twice is not read again.

        Raises StoreError if the archive lacks the file: then a fact is damaged, not the file.
        """
        file, item, attempts = records.file, self.item, self.stores.attempts
        if attempts.is_set_aside(file.sha256):
            return SET_ASIDE
        try:
            with attempts.reading(file.sha256), self.stores.archive.fetched(file.sha256) as path:
                return self.interpreter.interpret_or_refuse(path, file.stem, records.write)
        except StoreError as error:
            raise StoreError(f"{error}, or drop {file.path} with `leadsift undo {item.import_id}`") from error


def _check_still_loaded(item: Import, files: Sequence[ImportFile]) -> None:
    """Raise StoreError for a file that was loaded before and is refused now, as by another version of the program."""
    for before, now in zip(item.files, files, strict=True):
        # A file without a record was called loaded once; it is refused now, and nothing is lost.
        if before.status == FileStatus.LOADED and before.records != 0 and now.status == FileStatus.REFUSED:
            raise StoreError(
                f"{now.path} ({item.import_id}) was loaded before and is refused now: {now.reason}; "
                f"drop it with `leadsift undo {item.import_id}`, or use the version of leadsift that loaded it"
            )


def _status(files: Sequence[ImportFile]) -> ImportStatus:
    loaded = [file for file in files if file.status == FileStatus.LOADED]
    if not loaded:
        return ImportStatus.REFUSED
    return ImportStatus.IMPORTED if len(loaded) == len(files) else ImportStatus.PARTIAL
