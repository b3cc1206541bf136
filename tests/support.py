"""What several tests need: a home in a temporary folder, and the import job's steps called one after the other.

The steps are those of the Dagster assets, without Dagster; that the assets call them in this order is tested in
tests/pipelines.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assets.deals.tables import Setup, build_crm_tables
from assets.sources.files.landing import Landing, land
from assets.sources.loading.imports import load_pending
from dedup.resolution.entities import resolve
from dedup.resolution.survivorship import Survivorship
from dedup.scoring.current_records import load_current
from dedup.scoring.pairs import MOST_CHANGED, find_pairs
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import RESOLVED_ENTITIES
from schemas.sql.files import sql_text
from schemas.stores.archive import Archive
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings, load_settings
from schemas.stores.warehouse import Session, Warehouse

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"

CONTENT_TABLES = (
    "organizations",
    "persons",
    "leads",
    "deals",
    "deal_stage_history",
    "deal_value_history",
    "pipelines",
    "stages",
    "notes",
    "activities",
    "users",
    "person_sources",
    "organization_sources",
    "lead_sources",
    "deal_sources",
    "person_lineage",
    "organization_lineage",
)
AUDIT_TABLES = (
    "imports",
    "import_files",
    "rejected_rows",
    "unmapped_columns",
    "person_pairs",
    "organization_pairs",
    "decisions",
    "id_redirects",
)


class Workplace:
    """A home and its stores."""

    def __init__(self, home: Path) -> None:
        self.settings: Settings = load_settings(home)
        self.archive = Archive(str(self.settings.archive_dir))
        self.ledger = Ledger(self.settings.ledger_address)
        self.warehouse = Warehouse(self.settings.warehouse_path)

    def take(self, *paths: Path, options: ImportOptions | None = None) -> Landing:
        """Land files and load them; nothing is derived yet."""
        landing = land(list(paths), options or ImportOptions(), self.archive, self.ledger)
        with self.warehouse.open() as session:
            load_pending(session, self.ledger, self.archive)
        return landing

    def undo(self, import_id: str | None) -> None:
        """Take an import back and derive everything anew."""
        assert import_id is not None
        with self.warehouse.open() as session:
            alone = session.frame(sql_text("queries/records_of_import_alone"), {"import_id": import_id})
            self.ledger.undo(import_id, None, list(alone.iter_rows()))
        self.load_all()
        self.derive()

    def derive(self, survivorship: Survivorship | None = None, most_changed: float = MOST_CHANGED) -> None:
        """Derive everything from what is loaded."""
        with self.warehouse.open() as session:
            derive(session, survivorship, most_changed)

    def load_all(self) -> None:
        """Load what the ledger knows and the warehouse lacks."""
        with self.warehouse.open() as session:
            load_pending(session, self.ledger, self.archive)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """The content of every published table, as sorted rows of text."""
        with self.warehouse.open() as session:
            return contents(session)

    def query(self, sql: str) -> pl.DataFrame:
        """The rows of a query on the warehouse."""
        with self.warehouse.open() as session:
            return session.frame(sql)


def derive(session: Session, survivorship: Survivorship | None = None, most_changed: float = MOST_CHANGED) -> None:
    """Resolve organizations, then persons, then build the CRM tables."""
    for entity in RESOLVED_ENTITIES:
        with session.transaction():
            load_current(session, entity)
            session.replace(f"audit.{entity}_pairs", find_pairs(session, entity, most_changed).pairs)
            resolve(session, entity, survivorship)
    with session.transaction():
        build_crm_tables(session, Setup())


def contents(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """The content of every published table, as sorted rows of text."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for schema, names in (("main", CONTENT_TABLES), ("audit", AUDIT_TABLES)):
        for name in names:
            rows = session.connection.execute(f'SELECT * FROM {schema}."{name}"').fetchall()
            found[f"{schema}.{name}"] = sorted(tuple(str(value) for value in row) for row in rows)
    return found


def csv_text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Rows as delimited text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Rows as a CSV file in UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text(rows), encoding="utf-8", newline="")
    return path
