"""Writing records into the warehouse while a file is mapped, and taking them out again when the file is refused.

Belongs here: the tables of records, and where in an import each record stands. Does not belong here: which imports are
loaded (`assets.sources.loading`).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.sources.interpretation import InterpretedSheet
from assets.sources.mapped import RecordSet
from schemas.ledger import Import, ImportFile
from schemas.vocabulary import Entity
from schemas.warehouse import Session

RECORD_TABLES: dict[Entity, str] = {
    Entity.ORGANIZATION: "records.source_organizations",
    Entity.PERSON: "records.source_persons",
    Entity.LEAD: "records.source_leads",
    Entity.DEAL: "records.source_deals",
    Entity.STAGE: "records.source_stages",
    Entity.STAGE_CHANGE: "records.source_stage_changes",
    Entity.NOTE: "records.source_notes",
    Entity.ACTIVITY: "records.source_activities",
    Entity.USER: "records.source_users",
}

TRANSACTION_ROWS = 400_000
"""Rows after which a large import commits: what is not committed stays in memory, whatever DuckDB's limit. A killed one
leaves rows behind, which the next run takes away before it loads the import again.
"""


class RecordWriter:
    """The records of one file, written as they are made; taken out again when the file turns out to be refused."""

    def __init__(self, session: Session, item: Import, file: ImportFile) -> None:
        self.session, self.item, self.file = session, item, file
        self.count = 0
        self.failure: Exception | None = None
        self.sets: dict[tuple[int, RecordSet], None] = {}
        self._uncommitted = 0

    def take(self, ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        """A sink for the records of a sheet."""
        self.sets.setdefault((ordinal, records))
        constants = {**self._place(ordinal, records), "file": self.file.path, "sheet": records.sheet}
        try:
            self.session.append(RECORD_TABLES[records.entity], frame, constants)
            self._keep_so_far(frame.height)
        except Exception as error:
            self.failure = error  # the warehouse failed, not the file
            raise
        self.count += frame.height

    def _place(self, ordinal: int, records: RecordSet) -> dict[str, object]:
        return {
            "import_id": self.item.import_id,
            "import_sequence": self.item.sequence,
            "file_ordinal": self.file.ordinal,
            "sheet_ordinal": ordinal,
            "source": records.source,
            "object": records.object,
            "is_stub": records.is_stub,
        }

    def _keep_so_far(self, rows: int) -> None:
        """Commit between the parts of a large import: it is there only when its row in audit.imports is."""
        self._uncommitted += rows
        if self._uncommitted > TRANSACTION_ROWS:
            self.session.keep_so_far()
            self._uncommitted = 0

    def discard(self) -> None:
        """Take out what was written of a file that is refused."""
        for table in {RECORD_TABLES[records.entity] for _, records in self.sets}:
            schema, name = table.split(".")
            self.session.execute(
                f'DELETE FROM "{schema}"."{name}" WHERE import_id = ? AND file_ordinal = ?',  # noqa: S608
                [self.item.import_id, self.file.ordinal],
            )

    def finish(self, sheets: Sequence[InterpretedSheet]) -> int:
        """Write down what each sheet speaks of; returns how many rows were written of the file."""
        policies = {sheet.ordinal: sheet.policy.value for sheet in sheets}
        schema = {"import_sequence": pl.Int32(), "file_ordinal": pl.Int32(), "sheet_ordinal": pl.Int32()}
        for ordinal, records in self.sets:
            row = {
                **self._place(ordinal, records),
                "table_name": RECORD_TABLES[records.entity],
                "fields": list(records.fields),
                "policy": policies[ordinal],
            }
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
        for entity in sorted(entities & keyed):
            schema, name = RECORD_TABLES[entity].split(".")
            keys = self.session.frame(
                f'SELECT row_number, record_key FROM "{schema}"."{name}" '  # noqa: S608  (our own names)
                "WHERE import_id = ? AND file_ordinal = ? AND sheet_ordinal = ? AND NOT is_stub "
                "AND list_contains(?, row_number)",
                [self.item.import_id, self.file.ordinal, sheet.ordinal, list(rows)],
            )
            for row, key in keys.iter_rows():
                found.setdefault(row, []).append(f"{entity.value}:{key}")
        return {row: " ".join(keys) for row, keys in found.items()}
