"""What several tests need: cheap homes, and the import job's steps called one after the other.

A new home is a copy of one whose ledger and warehouse have their tables already: to make these costs a second of CPU
time, to copy them 10 ms. The steps are those of the Dagster assets, without Dagster; that the assets call them in
this order is tested in tests/pipelines.
"""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self

import polars as pl
import pytest
from filelock import FileLock
from hypothesis import Phase, settings

from assets.deals.tables import Setup, build_crm_tables
from assets.sources.files.landing import Landing, LandingOptions, land
from assets.sources.loading.imports import load_pending
from dedup.resolution.entities import resolve
from dedup.resolution.survivorship import Survivorship
from dedup.scoring.current_records import load_current
from dedup.scoring.pairs import MOST_CHANGED, find_pairs
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import RESOLVED_ENTITIES
from schemas.sql.files import sql_text
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published, Session, Warehouse

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


LONGER, NIGHTLY = "longer", "nightly"
"""The Hypothesis profiles of CI each night, and of a night by hand, in which a property is tried a thousand times."""


def examples(count: int, *, in_ci: int = 25) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """How many examples a property whose examples are homes is given: in the suite, and in CI each night.

    Nothing is shrunk, which would take minutes: the examples are small as they come.
    """
    number = {LONGER: in_ci, NIGHTLY: 1_000}.get(settings.get_current_profile_name(), count)
    tried = settings(max_examples=number, phases=[Phase.explicit, Phase.reuse, Phase.generate])
    return lambda test: pytest.mark.homes(tried(test))


@cache
def _empty_home() -> Path:
    """A home without imports whose ledger and warehouse have their tables; made once in each process."""
    folder = Path(tempfile.mkdtemp(prefix="leadsift-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = load_settings(folder / "home")
    Ledger(settings.ledger_address, settings.journal_path).close()
    with Warehouse(settings.warehouse_path).open():
        pass
    return settings.home


def new_home(home: Path) -> Path:
    """Put an empty home with all its tables at `home`, unless there is a ledger; returns `home`."""
    if not (home / "ledger.sqlite").exists():
        shutil.copytree(_empty_home(), home, dirs_exist_ok=True)
    return home


class FinishedHomes:
    """Homes that several tests start from, each made once in a session, by whichever worker needs it first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str, make: Callable[[Path], None]) -> Path:
        """The home called `name`, made by `make(home)` the first time. It is everybody's: change only a `copy`."""
        home = self._folder / name / "home"
        done = self._folder / name / "done"
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(str(self._folder / f"{name}.lock")):
            if not done.exists():
                shutil.rmtree(home, ignore_errors=True)
                home.mkdir(parents=True)
                make(home)
                done.touch()
        return home

    def copy(self, name: str, make: Callable[[Path], None], target: Path) -> Path:
        """A copy of the home called `name` at `target`, the caller's to change."""
        shutil.copytree(self.get(name, make), target)
        return target


class Workplace:
    """A home and its stores."""

    def __init__(self, home: Path) -> None:
        new_home(home)
        self.settings: Settings = load_settings(home)
        self.stores = Stores.open(self.settings)
        self.archive, self.ledger = self.stores.archive, self.stores.ledger
        self.warehouse = Warehouse(self.settings.warehouse_path)
        self._held: Session | None = None

    @contextmanager
    def held(self) -> Iterator[Self]:
        """Keep the warehouse open while the block runs, with one thread: to open it costs as much as ten statements."""
        with self.warehouse.open() as session:
            session.execute("SET threads = 1")
            self._held = session
            try:
                yield self
            finally:
                self._held = None

    @contextmanager
    def open(self) -> Iterator[Session]:
        """A session on the warehouse: the one that is held, or one of its own."""
        if self._held:
            yield self._held
        else:
            with self.warehouse.open() as session:
                yield session

    def take(self, *paths: Path, options: ImportOptions | None = None) -> Landing:
        """Land files and load them; nothing is derived yet."""
        landing = land(list(paths), options or ImportOptions(), self.stores)
        self.load_all()
        return landing

    def take_again(self, *paths: Path) -> Landing:
        """Land files by hand, those of an import that was undone, too."""
        return land(list(paths), ImportOptions(), self.stores, LandingOptions(take_undone=True))

    def take_back(self, import_id: str) -> None:
        """Undo an import in what is loaded; nothing is derived yet."""
        with self.open() as session:
            alone = session.frame(sql_text("queries/records_of_import_alone"), {"import_id": import_id})
            self.ledger.undo(import_id, None, list(alone.iter_rows()))
        self.load_all()

    def undo(self, import_id: str | None) -> None:
        """Take an import back and derive everything anew."""
        assert import_id is not None
        self.take_back(import_id)
        self.derive()

    def derive(self, survivorship: Survivorship | None = None, most_changed: float = MOST_CHANGED) -> None:
        """Derive everything from what is loaded."""
        with self.open() as session:
            resolve_entities(session, survivorship, most_changed)
            with session.transaction():
                build_crm_tables(session, Setup())

    def resolve(self, most_changed: float = MOST_CHANGED) -> None:
        """Resolve organizations and persons; leads, deals and their like stay as they are."""
        with self.open() as session:
            resolve_entities(session, None, most_changed)

    def load_all(self) -> None:
        """Load what the ledger knows and the warehouse lacks."""
        with self.open() as session:
            load_pending(session, self.stores)

    def publish(self) -> Published:
        """Publish what was derived; returns the published file."""
        with self.open() as session:
            self.warehouse.publish(session, self.settings.published_path)
        return Published(self.settings.published_path)

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """The content of every published table, as sorted rows of text."""
        with self.open() as session:
            return contents(session)

    def query(self, sql: str) -> pl.DataFrame:
        """The rows of a query on the warehouse."""
        with self.open() as session:
            return session.frame(sql)


def resolve_entities(session: Session, survivorship: Survivorship | None, most_changed: float) -> None:
    """Resolve organizations, then persons."""
    for entity in RESOLVED_ENTITIES:
        with session.transaction():
            load_current(session, entity)
            session.replace(f"audit.{entity}_pairs", find_pairs(session, entity, most_changed).pairs)
            resolve(session, entity, survivorship)


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
