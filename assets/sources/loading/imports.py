"""Loading: imports that the ledger knows and the warehouse lacks become source records, each whole or not at all.

The same call serves a new import, the recovery from a crash and a rebuild of an empty warehouse. What a file becomes
depends on its bytes and the import's options alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from assets.sources.loading.facts import take_statements
from assets.sources.loading.interpretation import InterpretedFile, InterpretedSheet, SheetSink, interpret
from assets.sources.loading.record_writing import RECORD_TABLES, Parts, RecordWriter
from assets.sources.loading.rejects import write_rejects
from assets.sources.mapping.profile_choice import profiles_for
from assets.sources.sheets import Rejection
from schemas.contracts import progress
from schemas.contracts.errors import LeadsiftError, StoreError
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.profiles.loader import Profile
from schemas.stores.archive import Archive
from schemas.stores.ledger import Import, ImportFile, Ledger
from schemas.stores.warehouse import Session

_AUDIT_TABLES = ("audit.import_files", "audit.rejected_rows", "audit.unmapped_columns", "audit.column_quality")


Row = dict[str, object]


@dataclass(slots=True)
class _Told:
    """Rows of one import for the audit tables, before they are written together."""

    sheets: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    unmapped: list[Row] = field(default_factory=list)
    quality: list[Row] = field(default_factory=list)


def pending(session: Session, ledger: Ledger) -> list[Import]:
    """Imports of the ledger that should be in the warehouse and are not, in their order."""
    loaded = set(session.frame("SELECT import_id FROM audit.imports")["import_id"].to_list())
    gone = {ImportStatus.REFUSED, ImportStatus.UNCHANGED}
    return [
        item
        for item in ledger.imports()
        if item.status not in gone and item.import_id not in loaded and item.undone_at is None
    ]


def load_pending(session: Session, ledger: Ledger, archive: Archive, rejects_dir: Path | None = None) -> list[Import]:
    """Load every pending import and record in the ledger what became of it; returns them as they ended.

    What is refused of the files of an import that was never loaded before is written below `rejects_dir`, to be mended.

    Raises StoreError when the warehouse has lost records that the ledger saw loaded, when the archive lacks a file, or
    when a file that was loaded once would be refused now.
    """
    _take_back(session, ledger)
    lost = missing_records(session, ledger)
    if lost:
        raise StoreError(f"the warehouse has lost records: {lost[0]}; run `leadsift doctor --rebuild`")
    finished = [_load(session, ledger, archive, item, rejects_dir) for item in pending(session, ledger)]
    _settle(session, ledger)
    take_statements(session, ledger, archive)
    return finished


def _take_back(session: Session, ledger: Ledger) -> None:
    """Take the rows of undone imports out of the warehouse; only the keys of records that went with them stay."""
    undone = [item.import_id for item in ledger.imports() if item.undone_at is not None]
    if not undone:
        return
    with session.transaction():
        for import_id in undone:
            _delete(session, import_id)
        retired = pl.DataFrame(
            ledger.retired_records(),
            schema={"import_id": pl.String, "entity": pl.String, "record_key": pl.String},
            orient="row",
        )
        session.replace("audit.retired_records", retired)


def _delete(session: Session, import_id: str) -> None:
    for table in (*RECORD_TABLES.values(), "records.sheets", *_AUDIT_TABLES, "audit.imports"):
        schema, name = table.split(".")
        session.execute(f'DELETE FROM "{schema}"."{name}" WHERE import_id = ?', [import_id])  # noqa: S608


def _settle(session: Session, ledger: Ledger) -> None:
    """Finish in the ledger what a killed process had loaded without coming to say so."""
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
    """How many rows each file (import id, ordinal) has in the records tables."""
    selects = [f"SELECT import_id, file_ordinal FROM {table}" for table in RECORD_TABLES.values()]  # noqa: S608
    parts = " UNION ALL ".join(selects)
    rows = session.frame(f"SELECT import_id, file_ordinal, count(*) AS found FROM ({parts}) GROUP BY ALL")  # noqa: S608
    return {(import_id, ordinal): found for import_id, ordinal, found in rows.iter_rows()}


def missing_records(session: Session, ledger: Ledger) -> list[str]:
    """Files of which the warehouse holds another number of records than the ledger saw loaded, one sentence each.

    A write-ahead log that was damaged by the machine opens without an error and without its rows; this finds it.
    """
    counts = record_counts(session)
    loaded = set(session.frame("SELECT import_id FROM audit.imports")["import_id"].to_list())
    return [
        f"{file.path} ({item.import_id}): {file.records} records were loaded, the warehouse holds {found}"
        for item in ledger.imports()
        if item.import_id in loaded
        for file in item.files
        if file.records is not None and (found := counts.get((item.import_id, file.ordinal), 0)) != file.records
    ]


def _load(session: Session, ledger: Ledger, archive: Archive, item: Import, rejects_dir: Path | None) -> Import:
    profiles = profiles_for(item.options, archive)
    told = _Told()
    files: list[ImportFile] = []
    is_new = rejects_dir is not None and item.status == ImportStatus.RECEIVED
    folder = rejects_dir / item.import_id if rejects_dir is not None and is_new else None
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)  # what a killed attempt may have left of it
    try:
        with session.writing_in_bulk(), session.transaction():
            _delete(session, item.import_id)  # what a killed attempt may have left of it
            parts = Parts(session)
            for index, file in enumerate(item.files):
                progress.report(f"Reading {file.path}", index, len(item.files))
                records = RecordWriter(parts, item, file)
                files.append(_take(records, told, archive, (profiles, folder)))
            _refuse_to_forget(item, files)
            status = _status(files)
            if status != ImportStatus.REFUSED:
                _write_audit(session, item, told)
    except BaseException:
        # Whatever broke the connection is the reason to tell; the next run clears away what this could not.
        with suppress(Exception), session.transaction():
            _delete(session, item.import_id)
        raise
    ledger.finish_import(item.import_id, status, files)
    return replace(item, status=status, files=tuple(files))


def _refuse_to_forget(item: Import, files: Sequence[ImportFile]) -> None:
    """A rebuild must not drop what was loaded once; another version of the program may read a file differently."""
    for before, now in zip(item.files, files, strict=True):
        if before.status == FileStatus.LOADED and now.status == FileStatus.REFUSED:
            raise StoreError(
                f"{now.path} ({item.import_id}) was loaded before and is refused now: {now.reason}; "
                f"do without it by `leadsift undo {item.import_id}`, or use the version of leadsift that loaded it"
            )


def _status(files: Sequence[ImportFile]) -> ImportStatus:
    loaded = [file for file in files if file.status == FileStatus.LOADED]
    if not loaded:
        return ImportStatus.REFUSED
    return ImportStatus.IMPORTED if len(loaded) == len(files) else ImportStatus.PARTIAL


def _take(
    records: RecordWriter, told: _Told, archive: Archive, how: tuple[Sequence[Profile], Path | None]
) -> ImportFile:
    """Interpret one file and write its records; a refusal is written down instead.

    Raises StoreError when the archive lacks the file: that is damage to a fact and no property of the file.
    """
    item, file, (profiles, folder) = records.item, records.file, how
    try:
        with archive.fetched(file.sha256) as path:
            interpreted = interpret_or_refuse(path, file.stem, item.options, profiles, records.take)
    except StoreError as error:
        raise StoreError(f"{error}, or do without {file.path} by `leadsift undo {item.import_id}`") from error
    if records.failure is not None:
        raise StoreError(f"warehouse: {str(records.failure).splitlines()[0]}") from records.failure
    if isinstance(interpreted, str):
        records.discard()
        row = {"sheet_ordinal": -1, "status": FileStatus.REFUSED.value, "reason": interpreted}
        told.sheets.append({**_file_row(item, file), **row})
        return replace(file, status=FileStatus.REFUSED, reason=interpreted)
    rejects = None
    if folder is not None:
        rejects = write_rejects(folder, Path(file.stem).name, interpreted, records.keys_of)
    for sheet in interpreted.sheets:
        _tell_of_sheet(told, item, file, interpreted, sheet)
        told.sheets[-1]["rejects_file"] = str(rejects) if rejects else None
    return replace(file, status=FileStatus.LOADED, records=records.finish(interpreted.sheets))


def _file_row(item: Import, file: ImportFile) -> Row:
    return {
        "import_id": item.import_id,
        "file_ordinal": file.ordinal,
        "file": file.path,
        "sha256": file.sha256,
        "size": file.size,
    }


def _tell_of_sheet(
    told: _Told, item: Import, file: ImportFile, interpreted: InterpretedFile, sheet: InterpretedSheet
) -> None:
    told.sheets.append({**_file_row(item, file), **sheet_row(interpreted, sheet)})
    where = {"import_id": item.import_id, "file": file.path, "sheet": sheet.table.name}
    told.rejected += [{**where, **_rejection(rejection)} for rejection in sheet.rejections]
    told.unmapped += [
        {**where, "column_name": column.column, "filled": column.filled, "example": column.example}
        for column in sheet.mapped.unmapped
    ]
    told.quality += [
        {
            **where,
            "column_name": column.column,
            "row_count": column.rows,
            "filled": column.filled,
            "refused": column.refused,
            "suspicious": column.suspicious,
            "suspicious_example": column.example,
        }
        for column in sheet.mapped.quality
    ]


def _rejection(rejection: Rejection) -> Row:
    return {
        "row_number": rejection.row_number,
        "column_name": rejection.column,
        "value": rejection.value,
        "reason": rejection.reason,
    }


def sheet_row(interpreted: InterpretedFile, sheet: InterpretedSheet) -> Row:
    """One sheet as a row of `audit.import_files`, without the columns that name import and file."""
    table, mapped = sheet.table, sheet.mapped
    return {
        "sheet_ordinal": sheet.ordinal,
        "status": FileStatus.LOADED.value,
        "format": interpreted.reading.format,
        "encoding": interpreted.reading.encoding,
        "delimiter": interpreted.reading.delimiter,
        "confidence": interpreted.reading.confidence,
        "source": sheet.source,
        "sheet": table.name,
        "object": sheet.recognition.name,
        "recognition": sheet.evidence,
        "row_count": table.rows,
        "loaded": mapped.loaded,
        "rejected": sheet.rejected,
        "blank": table.blank,
        "preamble": table.preamble,
        "footer": table.footer,
        "decisions": [*interpreted.reading.decisions, *interpreted.warnings, *mapped.decisions],
    }


def _write_audit(session: Session, item: Import, told: _Told) -> None:
    for table, rows in zip(_AUDIT_TABLES, (told.sheets, told.rejected, told.unmapped, told.quality), strict=True):
        session.append(table, _audit_frame(rows))
    session.append(
        "audit.imports",
        pl.DataFrame(
            {
                "import_id": [item.import_id],
                "import_sequence": [item.sequence],
                "received_at": [item.received_at],
                "imported_by": pl.Series([item.imported_by], dtype=pl.String),
                "source": pl.Series([item.options.source], dtype=pl.String),
                "profile": pl.Series([item.options.profile], dtype=pl.String),
            }
        ),
    )


_AUDIT_SCHEMA: dict[str, pl.DataType] = {
    "file_ordinal": pl.Int32(),
    "sheet_ordinal": pl.Int32(),
    "size": pl.Int64(),
    "confidence": pl.Float64(),
    "row_count": pl.Int32(),
    "loaded": pl.Int32(),
    "rejected": pl.Int32(),
    "blank": pl.Int32(),
    "preamble": pl.Int32(),
    "footer": pl.Int32(),
    "row_number": pl.Int32(),
    "filled": pl.Int32(),
    "refused": pl.Int32(),
    "suspicious": pl.Int32(),
    "decisions": pl.List(pl.String()),
}


def _audit_frame(rows: list[Row]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame(
        [pl.Series(name, [row.get(name) for row in rows], dtype=_AUDIT_SCHEMA.get(name, pl.String())) for name in names]
    )


def interpret_or_refuse(
    path: Path, stem: str, options: ImportOptions, profiles: Sequence[Profile], sink: SheetSink
) -> InterpretedFile | str:
    """Interpret a file: what it is, or the reason why it is refused, whatever goes wrong with it."""
    try:
        return interpret(path, stem, options, profiles, sink)
    except LeadsiftError as error:
        return str(error)
    except Exception as error:
        # A file that makes us fail must not stop every later import; it is refused by name and can be reported. The
        # error's own text may quote a cell, so only its kind is written down.
        if os.environ.get("LEADSIFT_DEBUG"):
            raise
        return f"could not be interpreted ({type(error).__name__}); please report this file"
