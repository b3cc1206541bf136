"""Summaries of a run for Dagster: numbers that it plots over time, and tables of what was read, refused and decided.

Belongs here: metadata of an import. Does not belong here: collecting outcomes (they are in the ledger and the audit
tables).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from schemas.contracts.outcomes import RunOutcome
from schemas.sql.files import sql_text
from schemas.stores.warehouse import Session

MOST_SHOWN = 50
"""Rows of a table on Dagster's page; the published file has all of them."""


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """The result of loading the files of a run: one row for each sheet, and the refused files."""

    sheets: pl.DataFrame
    refusals: Sequence[tuple[str, str]]

    @property
    def numbers(self) -> dict[str, int]:
        """The figures that Dagster plots over time."""
        return {
            "files_refused": len(self.refusals),
            "rows_read": int(self.sheets["rows"].sum()),
            "rows_loaded": int(self.sheets["loaded"].sum()),
            "rows_rejected": int(self.sheets["rejected"].sum()),
            "cells_rejected": int(self.sheets["rejected_cells"].sum()),
        }

    @property
    def read(self) -> str:
        """A table of the loaded sheets."""
        header = ("file", "sheet", "recognised as", "rows", "loaded", "rejected", "cells rejected")
        columns = ("file", "sheet", "object", "rows", "loaded", "rejected", "rejected_cells")
        loaded = self.sheets.filter(pl.col("status") == "loaded")
        return _table(header, loaded.select(columns).iter_rows())

    @property
    def refused(self) -> str:
        """A table of the refused files with their reasons."""
        return _table(("file", "reason"), self.refusals)

    @property
    def decided(self) -> str:
        """A table of the decisions about sheets."""
        rows = self.sheets.select("file", "sheet", "decisions").explode("decisions").drop_nulls("decisions")
        return _table(("file", "sheet", "decision"), rows.iter_rows())


def load_summary(session: Session, outcome: RunOutcome, refusals: Sequence[tuple[str, str]]) -> LoadSummary:
    """Summarise the imports that a run loaded; `refusals` are the files that loading refused, with reasons."""
    sheets = session.frame(sql_text("queries/sheets_loaded"), {"imports": list(outcome.loaded)})
    at_landing = [(file.path, file.reason or "") for file in outcome.refused]
    return LoadSummary(sheets, [*at_landing, *refusals])


def leading_nowhere(session: Session) -> str:
    """A table of the columns whose values lead to no known record, those of the latest import first."""
    columns = session.frame(
        "SELECT file, sheet, column_name, entity, nowhere, distinct_count, array_to_string(examples, ', ') "
        "FROM audit.references JOIN audit.imports USING (import_id) WHERE nowhere > 0 "
        "ORDER BY import_sequence DESC, file, sheet, column_name"
    )
    return _table(
        ("file", "sheet", "column", "refers to", "values that lead nowhere", "of", "such as"), columns.iter_rows()
    )


def files_table(outcome: RunOutcome) -> str:
    """A table of the files of a run."""
    return _table(
        ("file", "status", "reason"),
        ((file.path, file.status.value, file.reason or file.known_from or "") for file in outcome.files),
    )


def _table(header: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    lines = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return "none"
    more = [f"\n… and {len(lines) - MOST_SHOWN:,} more"] if len(lines) > MOST_SHOWN else []
    head = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join([*head, *lines[:MOST_SHOWN], *more])


def _cell(value: object) -> str:
    """A value for a Markdown table: one line, with pipes and tags escaped."""
    text = " ".join(str("" if value is None else value).split())
    return text.replace("|", "\\|").replace("<", "&lt;")
