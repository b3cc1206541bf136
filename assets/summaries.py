"""What a run read, refused and decided, as Dagster shows it: numbers that it plots over time, and tables to read.

Belongs here: metadata about an import. Does not belong here: finding out what happened (the ledger and the audit tables
say it).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from schemas.contracts.outcomes import RunOutcome
from schemas.sql.files import sql_text
from schemas.stores.warehouse import Session

MOST_SHOWN = 50
"""Lines of a table on Dagster's page; the published file holds all of them."""


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What loading made of the files of a run: one row for each sheet, and the files that were refused."""

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
        """The sheets that were read, as a table."""
        header = ("file", "sheet", "recognised as", "rows", "loaded", "rejected", "cells rejected")
        columns = ("file", "sheet", "object", "rows", "loaded", "rejected", "rejected_cells")
        loaded = self.sheets.filter(pl.col("status") == "loaded")
        return _table(header, loaded.select(columns).iter_rows())

    @property
    def refused(self) -> str:
        """The files that were refused and why, as a table."""
        return _table(("file", "reason"), self.refusals)

    @property
    def decided(self) -> str:
        """What was decided about sheets for the user, as a table."""
        rows = self.sheets.select("file", "sheet", "decisions").explode("decisions").drop_nulls("decisions")
        return _table(("file", "sheet", "decision"), rows.iter_rows())


def load_summary(session: Session, outcome: RunOutcome, refusals: Sequence[tuple[str, str]]) -> LoadSummary:
    """What the imports that a run loaded consist of; `refusals` are the files that loading refused, with the reason."""
    sheets = session.frame(sql_text("queries/sheets_loaded"), {"imports": list(outcome.loaded)})
    at_landing = [(file.path, file.reason or "") for file in outcome.refused]
    return LoadSummary(sheets, [*at_landing, *refusals])


def files_table(outcome: RunOutcome) -> str:
    """The files that a run was given, as a table."""
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
    """A value within a markdown table: one line, and no sign that ends the cell or begins a tag."""
    text = " ".join(str("" if value is None else value).split())
    return text.replace("|", "\\|").replace("<", "&lt;")
