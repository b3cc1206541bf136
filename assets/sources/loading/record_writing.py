"""Writing records into the warehouse while a file is mapped, and taking them out again when the file is refused.

Belongs here: the tables of records, and where in an import each record stands. Does not belong here: which imports are
loaded (`assets.sources.loading.imports`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from assets.sources.loading.interpretation import InterpretedSheet
from assets.sources.mapping.results import RecordSet
from schemas.contracts.records import RECORD_TABLES
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import SqlFolder, Table
from schemas.stores.ledger import Import, ImportFile
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

Row = dict[str, Any]

TRANSACTION_ROWS = 400_000
"""Rows after which a large import commits: what is not committed stays in memory, whatever DuckDB's limit. A killed one
leaves rows behind, which the next run takes away before it loads the import again.
"""


class Parts:
    """The parts of a large import: commits between them. The import is there only when its row in audit.imports is."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._uncommitted = 0

    def add(self, rows: int) -> None:
        """Say that rows were written."""
        self._uncommitted += rows
        if self._uncommitted > TRANSACTION_ROWS:
            self.session.keep_so_far()
            self._uncommitted = 0


class RecordWriter:
    """The records of one file, written as they are made; taken out again when the file turns out to be refused."""

    def __init__(self, parts: Parts, item: Import, file: ImportFile) -> None:
        self.parts, self.session, self.item, self.file = parts, parts.session, item, file
        self.count = 0
        self.failure: Exception | None = None
        self.sets: dict[tuple[int, RecordSet], None] = {}

    def take(self, ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        """A sink for the records of a sheet."""
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
        """Take out what was written of a file that is refused."""
        for table in {RECORD_TABLES[records.entity] for _, records in self.sets}:
            place = {"import_id": self.item.import_id, "file_ordinal": self.file.ordinal}
            self.session.run(SQL.statement("delete_file", table=Table(table)), place)

    def finish(self, sheets: Sequence[InterpretedSheet]) -> int:
        """Write down what each sheet speaks of; returns how many rows were written of the file."""
        by_ordinal = {sheet.ordinal: sheet for sheet in sheets}
        schema = {"import_sequence": pl.Int32(), "file_ordinal": pl.Int32(), "sheet_ordinal": pl.Int32()}
        spoken: dict[tuple[object, ...], Row] = {}
        for ordinal, records in self.sets:
            place = {**self._place(ordinal, records), "table_name": RECORD_TABLES[records.entity]}
            # One row for each kind of record, or every version of it would be joined with several.
            sheet = by_ordinal[ordinal]
            stated = {"policy": sheet.policy.value, "is_unique": sheet.recognition.object.unique_records}
            row = spoken.setdefault(tuple(place.values()), {**place, "fields": [], **stated})
            row["fields"] = sorted({*row["fields"], *records.fields})
        for row in spoken.values():
            frame = pl.DataFrame([row], schema_overrides={**schema, "fields": pl.List(pl.String)})
            self.session.append("records.sheets", frame)
        return self.count

    def keys_of(self, sheet: InterpretedSheet, rows: Sequence[int]) -> dict[int, str]:
        """`entity:key` of every record that each of these rows of a sheet made, parted by blanks.

        A company that a row merely mentions is left out: other rows may share it, and mending one must not rename it.
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
