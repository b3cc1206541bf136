"""Writes records to the warehouse while a file is mapped, and removes them if the file is refused.

Belongs here: the tables of records, and the position of each record in an import. Does not belong here: which imports
are loaded (`assets.sources.loading.imports`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from assets.sources.loading.interpretation import InterpretedSheet
from assets.sources.mapping.profile_readings import mapping_of
from assets.sources.mapping.results import RecordSet
from schemas.contracts.records import RECORD_TABLES
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import SqlFolder, Table
from schemas.stores.ledger import Import, ImportFile
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

Row = dict[str, Any]

TRANSACTION_ROWS = 400_000
"""A large import commits after this many rows: uncommitted rows stay in memory, beyond DuckDB's limit. If it is killed,
the next run removes its rows before it loads the import again."""


class Parts:
    """Commits between the parts of a large import. The import exists once its row in audit.imports does."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._uncommitted = 0

    def add(self, rows: int) -> None:
        """Count written rows; commit if there are many."""
        self._uncommitted += rows
        if self._uncommitted > TRANSACTION_ROWS:
            self.session.keep_so_far()
            self._uncommitted = 0


class RecordWriter:
    """Writes the records of one file as they are made; discards them if the file is refused."""

    def __init__(self, parts: Parts, item: Import, file: ImportFile) -> None:
        self.parts, self.session, self.item, self.file = parts, parts.session, item, file
        self.count = 0
        self.failure: Exception | None = None
        self.sets: dict[tuple[int, RecordSet], None] = {}

    def write(self, ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        """Write records of a sheet (a `SheetSink`)."""
        self.sets.setdefault((ordinal, records))
        constants = {**self._place(ordinal, records), "file": self.file.path, "sheet": records.sheet}
        try:
            self.session.append(RECORD_TABLES[records.entity], frame, constants)
            self.parts.add(frame.height)
        except Exception as error:
            self.failure = error  # the warehouse failed, not the file
            raise
        self.count += frame.height

    def _place(self, ordinal: int, records: RecordSet) -> Row:
        return {
            "import_id": self.item.import_id,
            "import_sequence": self.item.sequence,
            "file_ordinal": self.file.ordinal,
            "sheet_ordinal": ordinal,
            "source": records.source,
            "object": records.object,
            "is_stub": records.is_stub,
        }

    def discard(self) -> None:
        """Remove the records of a refused file."""
        for table in {RECORD_TABLES[records.entity] for _, records in self.sets}:
            place = {"import_id": self.item.import_id, "file_ordinal": self.file.ordinal}
            self.session.run(SQL.statement("delete_file", table=Table(table)), place)

    def finish(self, sheets: Sequence[InterpretedSheet]) -> int:
        """Write which fields and mapped headers each sheet has; returns how many records the file has."""
        by_ordinal = {sheet.ordinal: sheet for sheet in sheets}
        schema = {
            "import_sequence": pl.Int32(),
            "file_ordinal": pl.Int32(),
            "sheet_ordinal": pl.Int32(),
            "referring_rows": pl.Int32(),
        }
        described: dict[tuple[object, ...], Row] = {}
        for ordinal, records in self.sets:
            place = {**self._place(ordinal, records), "table_name": RECORD_TABLES[records.entity]}
            # One row per kind of record; otherwise joins would multiply versions.
            sheet = by_ordinal[ordinal]
            stated = {
                "policy": sheet.policy.value,
                "is_unique": sheet.recognition.object.unique_records,
                "referring_rows": 0,
            }
            mapping = mapping_of(sheet.recognition, sheet.table.headers)
            headers = sorted(header for header, targets in mapping.items() if targets)
            if records.is_stub:
                headers = [header for header, targets in mapping.items() if _refer_to(records.entity, targets)]
                stated["referring_rows"] = sheet.mapped.references[records.entity, records.object]
            row = described.setdefault(tuple(place.values()), {**place, "fields": [], "headers": headers, **stated})
            row["fields"] = sorted({*row["fields"], *records.fields})
        for row in described.values():
            lists = dict.fromkeys(("fields", "headers"), pl.List(pl.String))
            frame = pl.DataFrame([row], schema_overrides={**schema, **lists})
            self.session.append("records.sheets", frame)
        return self.count

    def keys_of(self, sheet: InterpretedSheet, rows: Sequence[int]) -> dict[int, str]:
        """The records that each of these rows of a sheet made: `entity:key`, separated by spaces.

        Organizations that a row only refers to are left out: other rows may share them, and a correction must not
        rename them.
        """
        keyed = frozenset(Entity) - {Entity.ORGANIZATION} | {sheet.recognition.object.primary}
        found: dict[int, list[str]] = {}
        entities = {
            records.entity for ordinal, records in self.sets if ordinal == sheet.ordinal and not records.is_stub
        }
        place = {
            "import_id": self.item.import_id, "file_ordinal": self.file.ordinal, "sheet_ordinal": sheet.ordinal,
        }  # fmt: skip
        for entity in sorted(entities & keyed):
            query = SQL.statement("keys_of_rows", table=Table(RECORD_TABLES[entity]))
            keys = self.session.frame_of(query, {**place, "rows": list(rows)})
            for row, key in keys.iter_rows():
                found.setdefault(row, []).append(f"{entity.value}:{key}")
        return {row: " ".join(keys) for row, keys in found.items()}


def _refer_to(entity: Entity, targets: Sequence[str]) -> bool:
    return any(target.endswith(f"-> {entity}") for target in targets)
