"""The checks find what they are there to find, and a table that fails one is not published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import dagster as dg
import pytest

from assets.checks import checks_of
from assets.deals import tables
from assets.tables import STEPS
from pipelines.definitions import defs
from pipelines.services.importing import run_import
from schemas.contracts.errors import StoreError
from schemas.sql.files import SqlFolder
from schemas.sql.table_contracts import pointers_of
from schemas.stores.settings import load_settings
from schemas.stores.stores import Stores
from schemas.stores.table_checks import Check, table_checks
from schemas.stores.warehouse import Session
from tests.assets.support import make_small_crm
from tests.support import FinishedHomes, write_csv

CHECKS = {f"{check.table} {check.name}": check for check in table_checks()}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, finished_homes: FinishedHomes) -> Iterator[Session]:
    """A session on the warehouse of a small CRM; what a test spoils is rolled back."""
    home = finished_homes.copy("small-crm", make_small_crm, tmp_path_factory.mktemp("checks") / "home")
    with Stores.open(load_settings(home)) as stores:
        yield stores.session


@pytest.fixture
def spoilt(session: Session) -> Iterator[Session]:
    session.execute("BEGIN")
    yield session
    session.execute("ROLLBACK")


def _doubled(check: Check) -> str:
    return f"INSERT INTO {check.table} SELECT * FROM {check.table} LIMIT 1"


def _dangling(check: Check) -> str:
    at_users = check.name == "no_dangling_users"
    columns = [item.column for item in pointers_of(check.table) if (item.target == "main.users") == at_users]
    return f"UPDATE {check.table} SET " + ", ".join(f"{column} = 'nowhere'" for column in columns)


SPOILING: dict[str, Callable[[Check], str]] = {
    "unique_ids": _doubled,
    "no_dangling_ids": _dangling,
    "no_dangling_users": _dangling,
    "balance": lambda _: "UPDATE audit.import_files SET loaded = loaded + 1",
    "every_person_record_once": lambda _: "DELETE FROM main.person_sources",
    "every_organization_record_once": lambda _: "DELETE FROM main.organization_sources",
    "organization_ids_resolve": lambda _: "DELETE FROM main.organizations",
    "person_ids_resolve": lambda _: "DELETE FROM main.persons",
    "history_in_order": lambda _: (
        "UPDATE main.deal_stage_history SET entered_at = NULL, left_at = NULL, stage_id = 'same'"
    ),
    "values_in_order": lambda _: "UPDATE main.deals SET value = 1 + coalesce(value, 0)",
}

EMPTY_HERE = {"audit.rejected_rows", "audit.unmapped_columns", "audit.deal_conflicts", "records.source_stages"}
"""Tables without a row in the small CRM; their check is the query of the others."""


def test_right_tables_pass_every_check(session: Session) -> None:
    assert {name: check.failures(check.find(session)) for name, check in CHECKS.items()} == {
        name: [] for name in CHECKS
    }


@pytest.mark.parametrize("name", [name for name, check in CHECKS.items() if check.table not in EMPTY_HERE])
def test_a_spoilt_table_is_found(spoilt: Session, name: str) -> None:
    check = CHECKS[name]
    spoilt.execute(SPOILING[check.name](check))
    found = check.find(spoilt)
    assert all(found.values()), found
    assert all(line.startswith(f"{check.table}: ") for line in check.failures(found))


def test_every_check_is_evaluated_once() -> None:
    evaluated = [check for step in STEPS for check in checks_of(step).values()]
    assert sorted(map(str, evaluated)) == sorted(map(str, table_checks()))


def test_every_blocking_check_stands_before_the_published_file() -> None:
    graph = defs().resolve_asset_graph()
    before = graph.get_ancestor_asset_keys(dg.AssetKey("published_snapshot"))
    blocking = {key for key in graph.asset_check_keys if graph.get(key).blocking}
    assert blocking == {key for step in STEPS for key in checks_of(step)}
    assert {key.asset_key for key in blocking} <= before


@pytest.fixture
def doubled_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the program's SQL write every note twice, until the test is over.

    Notes have no report: nothing but the snapshot's own dependency keeps them from the readers.
    """

    def put_in_place() -> None:
        folder = copytree(tables.SQL.folder, tmp_path / "sql")
        file = folder / "insert_notes.sql"
        text = file.read_text(encoding="utf-8")
        assert "FROM facts\n" in text
        file.write_text(
            text.replace("FROM facts\n", "FROM facts CROSS JOIN (VALUES (1), (2)) AS twice\n"), encoding="utf-8"
        )
        monkeypatch.setattr(tables, "SQL", SqlFolder(folder))

    return put_in_place


def test_a_table_spoilt_in_a_run_is_not_published(
    tmp_path: Path, finished_homes: FinishedHomes, doubled_notes: Callable[[], None]
) -> None:
    settings = load_settings(finished_homes.copy("small-crm", make_small_crm, tmp_path / "home"))
    before = settings.published_path.read_bytes()
    doubled_notes()
    more = write_csv(tmp_path / "more" / "Contact.csv", [["Id", "LastName"], ["003B", "Moe"]])
    with pytest.raises(
        StoreError, match=r"before it was published: main.notes: values of note_id in more than one row: 1"
    ):
        run_import(settings, [more])
    assert settings.published_path.read_bytes() == before
