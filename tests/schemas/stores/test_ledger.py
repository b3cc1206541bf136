"""The ledger keeps facts in order, brings itself up to date, and works on PostgreSQL too."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.contracts.errors import StoreError
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.stores.ledger import ImportFile, Ledger
from schemas.stores.ledger_engine import LATEST_MIGRATION
from schemas.stores.ledger_tables import metadata

POSTGRES = os.environ.get("LEADSIFT_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "postgresql":
        if not POSTGRES:
            pytest.skip("LEADSIFT_TEST_POSTGRES names no server; CI starts one")
        engine = sa.create_engine(POSTGRES)
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        engine.dispose()
        opened = Ledger(POSTGRES, tmp_path / "journal.jsonl")
    else:
        opened = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}", tmp_path / "journal.jsonl")
    yield opened
    opened.close()


def _file(ordinal: int, digest: str) -> ImportFile:
    return ImportFile(ordinal, digest * 64, f"{digest}.csv", digest, 10)


def test_imports_come_back_in_the_order_they_were_received(ledger: Ledger) -> None:
    options = ImportOptions(source="fair", date_order="dmy")
    for name in ("c", "a", "b"):
        ledger.add_import(f"imp_{name}", options, [_file(0, name), _file(1, "e")])
    known = ledger.imports()
    assert [item.import_id for item in known] == ["imp_c", "imp_a", "imp_b"]
    assert [item.sequence for item in known] == sorted(item.sequence for item in known)
    assert known[0].options == options
    assert [file.path for file in known[0].files] == ["c.csv", "e.csv"]
    assert known[0].received_at.tzinfo is not None


def test_what_became_of_an_import_is_recorded(ledger: Ledger) -> None:
    item = ledger.add_import("imp_a", ImportOptions(), [_file(0, "a")])
    loaded = ImportFile(0, "a" * 64, "a.csv", "a", 10, FileStatus.LOADED, None, 7)
    ledger.finish_import(item.import_id, ImportStatus.IMPORTED, [loaded])
    again = ledger.imports()[0]
    assert again.status == ImportStatus.IMPORTED
    assert again.finished_at is not None
    assert again.files == (loaded,)


def test_a_file_that_was_loaded_once_counts_as_loaded(ledger: Ledger) -> None:
    first = ledger.add_import("imp_a", ImportOptions(), [_file(0, "a")])
    ledger.finish_import(
        first.import_id, ImportStatus.IMPORTED, [ImportFile(0, "a" * 64, "a.csv", "a", 10, FileStatus.LOADED)]
    )
    ledger.add_import("imp_b", ImportOptions(), [ImportFile(0, "a" * 64, "x.csv", "x", 10, FileStatus.REFUSED, "no")])
    assert ledger.known_files(["a" * 64]) == {"a" * 64: ("imp_a", FileStatus.LOADED)}


def test_the_migrations_make_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(f"sqlite:///{file}", tmp_path / "journal.jsonl").close()
    made = sqlite3.connect(file)
    for table in metadata.sorted_tables:
        columns = [row[1] for row in made.execute(f"PRAGMA table_info({table.name})")]
        assert columns == [column.name for column in table.columns]
    assert made.execute("SELECT version_num FROM alembic_version").fetchall() == [(LATEST_MIGRATION,)]
    made.close()


def test_a_ledger_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(f"sqlite:///{file}", tmp_path / "journal.jsonl").close()
    made = sqlite3.connect(file)
    made.execute("UPDATE alembic_version SET version_num = '9999'")
    made.commit()
    made.close()
    with pytest.raises(StoreError, match="newer leadsift"):
        Ledger(f"sqlite:///{file}", tmp_path / "journal.jsonl")


def test_many_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"

    def add(number: int) -> str:
        opened = Ledger(url, tmp_path / "journal.jsonl")
        try:
            return opened.add_import(f"imp_{number}", ImportOptions(), [_file(0, "a")]).import_id
        finally:
            opened.close()

    with ThreadPoolExecutor(6) as pool:
        names = set(pool.map(add, range(12)))
    opened = Ledger(url, tmp_path / "journal.jsonl")
    assert {item.import_id for item in opened.imports()} == names
    opened.close()


def test_an_address_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(b"this is not a database at all, but long enough to be read as one")
    with pytest.raises(StoreError, match=r"ledger.sqlite: damaged .*doctor --rebuild"):
        Ledger(f"sqlite:///{file}", tmp_path / "journal.jsonl")


def test_a_process_killed_in_a_migration_leaves_a_ledger_that_opens(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"

    def cut_off(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE import_files" in statement:
            raise KeyboardInterrupt

    sa.event.listen(sa.Engine, "before_cursor_execute", cut_off)
    try:
        with pytest.raises(KeyboardInterrupt):
            Ledger(url, tmp_path / "journal.jsonl")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", cut_off)
    opened = Ledger(url, tmp_path / "journal.jsonl")
    assert opened.imports() == []
    opened.close()
