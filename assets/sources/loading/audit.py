"""Audit rows of an import: `audit.imports`, `audit.import_files` and related tables.

Belongs here: making and writing those rows. Does not belong here: records (`record_writing`) and the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from assets.sources.loading.interpretation import InterpretedFile, InterpretedSheet
from schemas.contracts.vocabulary import FileStatus
from schemas.stores.ledger import Import, ImportFile
from schemas.stores.warehouse import Session

AUDIT_TABLES = ("audit.import_files", "audit.rejected_rows", "audit.unmapped_columns", "audit.column_quality")

Row = dict[str, object]


@dataclass(slots=True)
class AuditRows:
    """The audit rows of one import, collected and written together."""

    item: Import
    files: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    unmapped: list[Row] = field(default_factory=list)
    quality: list[Row] = field(default_factory=list)

    def add_refused(self, file: ImportFile, reason: str) -> None:
        """Add a refused file."""
        row = {"sheet_ordinal": -1, "status": FileStatus.REFUSED.value, "reason": reason}
        self.files.append({**self._file(file), **row})

    def add_loaded(self, file: ImportFile, interpreted: InterpretedFile, rejects: Path | None) -> None:
        """Add the sheets of a file that was read; `rejects` is the file with its rejected rows."""
        outcome: Row = {"rejects_file": str(rejects) if rejects else None}
        if interpreted.rejection:
            outcome |= {"status": FileStatus.REFUSED.value, "reason": interpreted.rejection}
        for sheet in interpreted.sheets:
            row = {**sheet_row(interpreted, sheet), **outcome}
            self.files.append({**self._file(file), **row})
            self._add_sheet(file, sheet)

    def _file(self, file: ImportFile) -> Row:
        return {
            "import_id": self.item.import_id,
            "file_ordinal": file.ordinal,
            "file": file.path,
            "sha256": file.sha256,
            "size": file.size,
        }

    def _add_sheet(self, file: ImportFile, sheet: InterpretedSheet) -> None:
        where = {"import_id": self.item.import_id, "file": file.path, "sheet": sheet.table.name}
        self.rejected += [
            {
                **where,
                "row_number": rejection.row_number,
                "column_name": rejection.column,
                "value": rejection.value,
                "reason": rejection.reason,
            }
            for rejection in sheet.rejections
        ]
        self.unmapped += [
            {**where, "column_name": column.column, "filled": column.filled, "example": column.example}
            for column in sheet.mapped.unmapped
        ]
        self.quality += [
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

    def write(self, session: Session) -> None:
        """Write all rows, the row of the import last."""
        for table, rows in zip(AUDIT_TABLES, (self.files, self.rejected, self.unmapped, self.quality), strict=True):
            session.append(table, _frame(rows))
        item = self.item
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


_TYPES: dict[str, pl.DataType] = {
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


def _frame(rows: list[Row]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame(
        [pl.Series(name, [row.get(name) for row in rows], dtype=_TYPES.get(name, pl.String())) for name in names]
    )
