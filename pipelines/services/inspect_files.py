"""Inspects files: what each is, how it would be read and mapped, and what would be refused. Writes nothing.

A dry run of an import does the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import SecretStr

from assets.sources.files.protection import unlocked
from assets.sources.files.source_files import SourceFile, source_files_of
from assets.sources.loading.audit import sheet_row
from assets.sources.loading.interpretation import InterpretedFile, InterpretedSheet, Interpreter
from assets.sources.mapping.assignment import REFERENCED_BY
from assets.sources.mapping.profile_choice import stated_or_known
from assets.sources.mapping.profile_readings import mapping_of
from assets.sources.mapping.results import RecordSet
from pipelines.services.output_files import check_output, write_output
from pipelines.services.profile_writing import profile_text
from pipelines.services.stated_mapping import check_stated_mapping
from schemas.contracts import progress
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.headers import fold_header
from schemas.contracts.options import ImportOptions
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity, FileStatus, ImportStatus
from schemas.stores.archive import stream_hash
from schemas.stores.settings import Settings

SKIPPED = "skipped"
INSPECTED_ROWS = 100_000
"""Rows of each sheet that are read: a second or two, and enough to check headers, mapping and formats."""

SHOWN_REFUSALS = 1_000
SHOWN_RECORDS = 3
SHOWN_VALUES = 3


def inspect_paths(
    paths: Sequence[Path],
    options: ImportOptions,
    settings: Settings,
    most_rows: int | None = None,
    *,
    is_guessing: bool = False,
) -> Iterator[dict[str, Any]]:
    """Inspect every file below `paths` as an import would read it, with at most `most_rows` of each sheet.

    Yields JSON objects like the files of an import's outcome, with the mapping, sample records and rejections of each
    sheet. A file without the extension of a table has the status `skipped`. With `is_guessing` a table that an import
    would refuse is shown as its likeliest kind, with the `refusal`.
    """
    check_stated_mapping(paths, options, settings)
    profiles = stated_or_known(options.profile, settings)
    interpreter = Interpreter(options, profiles, most_rows, is_guessing)
    files = list(source_files_of(paths))
    for index, found in enumerate(files):
        progress.report(f"Reading {found.path} (file {index + 1:,} of {len(files):,})", index, len(files))
        if found.skipped:
            yield {"path": found.path, "status": SKIPPED}
        else:
            yield _inspect(found, interpreter, settings.workbook_password)


def inspection(files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The inspected files as one JSON object like an import's outcome."""
    return {
        "import_id": None,
        "status": ImportStatus.DRY_RUN.value,
        "files": [file for file in files if file["status"] != SKIPPED],
        "skipped": [file["path"] for file in files if file["status"] == SKIPPED],
    }


def write_profile(path: Path, options: ImportOptions, settings: Settings, target: Path) -> None:
    """Write the mapping of the first file below `path` as a profile, also of tables that an import would refuse.

    Raises InputRefusedError if no file can be read, or if `target` exists or cannot be written.
    """
    check_stated_mapping([path], options, settings)
    check_output(target, (".toml",))
    if target.exists():
        raise InputRefusedError(f"{target}: already exists; choose another name or move the file away")
    profiles = stated_or_known(options.profile, settings)
    interpreter = Interpreter(options, profiles, INSPECTED_ROWS, is_guessing=True)
    for found in source_files_of([path]):
        if found.skipped:
            continue
        password = settings.workbook_password
        opened = unlocked(found, password.get_secret_value()) if password else found
        with opened.as_file() as file:
            interpreted = interpreter.interpret_or_refuse(file, found.stem, _discard)
        if isinstance(interpreted, str):
            raise InputRefusedError(f"{found.path}: {interpreted}")
        write_output(target, profile_text(found.stem, interpreted.sheets))
        return
    raise InputRefusedError(f"{path}: contains no file that could be a table")


def _discard(_ordinal: int, _records: RecordSet, _frame: pl.DataFrame) -> None:
    """A `SheetSink` for a mapping that is shown without its records."""


def _inspect(found: SourceFile, interpreter: Interpreter, password: SecretStr | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": found.path, "sha256": None, "sheets": []}
    if found.refusal is not None:
        return {**shown, "status": FileStatus.REFUSED.value, "reason": found.refusal}
    seen = _Seen()
    try:
        opened = unlocked(found, password.get_secret_value()) if password else found
        with opened.as_file() as path:
            with path.open("rb") as handle:
                shown["sha256"] = stream_hash(handle)[0]
            interpreted = interpreter.interpret_or_refuse(path, found.stem, seen.collect)
    except InputRefusedError as error:
        interpreted = str(error)
    except OSError as error:
        interpreted = f"cannot be read: {error.strerror or error}"
    if isinstance(interpreted, str):
        return {**shown, "status": FileStatus.REFUSED.value, "reason": interpreted}
    return {
        **shown,
        "status": "readable",
        "reason": None,
        "format": interpreted.reading.format,
        "encoding": interpreted.reading.encoding,
        "delimiter": interpreted.reading.delimiter,
        "confidence": interpreted.reading.confidence,
        "source": interpreted.sheets[0].source,
        "sheets": [_sheet(interpreted, sheet, seen) for sheet in interpreted.sheets],
    }


class _Seen:
    """Collects the first records of each sheet, as an import would load them, and discards the rest."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, Entity], list[dict[str, Any]]] = {}

    def collect(self, ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        """Collect records of a sheet (a `SheetSink`)."""
        rows = self.rows.setdefault((ordinal, records.entity), [])
        if not records.is_stub and len(rows) < SHOWN_RECORDS:
            rows += frame.head(SHOWN_RECORDS - len(rows)).to_dicts()


def _sheet(interpreted: InterpretedFile, sheet: InterpretedSheet, seen: _Seen) -> dict[str, Any]:
    row, recognition = sheet_row(interpreted, sheet), sheet.recognition
    refusals = sheet.rejections
    counts = ("loaded", "rejected", "blank", "preamble", "footer")
    return {
        "name": row["sheet"],
        "object": row["object"],
        "rows": row["row_count"],
        **{name: row[name] for name in counts},
        "unmapped": [column.column for column in sheet.mapped.unmapped],
        "quality": [
            {
                "column_name": column.column,
                "filled": column.filled,
                "rows": column.rows,
                "refused": column.refused,
                "suspicious": column.suspicious,
                "example": column.example,
                "first": column.first,
                "values": list(values.texts[:SHOWN_VALUES]),
            }
            for column, values in zip(sheet.mapped.quality, sheet.sample.values, strict=True)
        ],
        "recognition": row["recognition"],
        "refusal": sheet.refusal,
        "evidence": {"for": list(recognition.supports), "against": list(recognition.opposes)},
        "next_best": sheet.readings[1].name if len(sheet.readings) > 1 else None,
        "primary": recognition.object.primary.value,
        "sections": [entity.value for entity in recognition.object.sections],
        "header_row": sheet.table.header_row,
        "links": list(_links(sheet)),
        "decisions": row["decisions"],
        "rejected_cells": sum(item.column is not None for item in refusals),
        "mapping": mapping_of(sheet.recognition, sheet.table.headers),
        "records": {entity.value: count for entity, count in sheet.mapped.records.items()},
        "sample": _sample(sheet, seen),
        "refusals": [
            {
                "row_number": item.row_number,
                "column_name": item.column,
                "value": item.value,
                "reason": item.reason,
            }
            for item in refusals[:SHOWN_REFUSALS]
        ],
    }


def _links(sheet: InterpretedSheet) -> Iterator[dict[str, Any]]:
    """The records that the table's records belong to: in the same row, or found by the cells of columns."""
    item = sheet.recognition.object
    known = {fold_header(header): header for header in sheet.table.headers}
    for target in CONTRACTS[item.primary].references:
        reference = item.sections[item.primary].references.get(target)
        columns = {
            by: [known[fold_header(one)] for one in getattr(reference, by) if fold_header(one) in known]
            for by in (REFERENCED_BY if reference else ())
        }
        if any(columns.values()):
            yield {"to": target.value, "by": {by: found for by, found in columns.items() if found}}
        elif sheet.mapped.records.get(target) and target in item.sections:
            yield {"to": target.value, "by": {}}


def _sample(sheet: InterpretedSheet, seen: _Seen) -> list[dict[str, Any]]:
    """The first records of a sheet as they would be loaded, without blank fields."""
    rows = seen.rows.get((sheet.ordinal, sheet.recognition.object.primary), [])
    return [
        {
            name: {item["key"]: item["value"] for item in value} if name == "custom" else value
            for name, value in row.items()
            if value is not None and name not in _KEYS and not name.endswith("_key")
        }
        for row in rows
    ]


_KEYS = frozenset({"record_key", "version_key"})
