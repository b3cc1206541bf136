"""Every fact is in the ledger and in the journal, wherever a process was killed, and either makes the other."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.contracts.errors import DamagedFileError, LedgerLostError, StoreError
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import ActionKind, Entity, FileStatus, ImportStatus
from schemas.stores.actions import Action
from schemas.stores.journal import Journal
from schemas.stores.ledger import ImportFile, Ledger
from schemas.stores.ledger_engine import migrate, open_engine
from schemas.stores.ledger_restoring import repair, restore
from schemas.stores.ledger_tables import journal_outbox_table, match_decisions_table, metadata

Content = dict[str, list[tuple[Any, ...]]]


class Place:
    """A folder with a ledger and its journal."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.file = folder / "ledger.sqlite"
        self.journal = folder / "journal.jsonl"
        self.url = url or f"sqlite:///{self.file}"

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        ledger = Ledger(self.url, self.journal)
        try:
            yield ledger
        finally:
            ledger.close()

    def content(self) -> Content:
        """Every row of every table of facts, read without the program."""
        engine = sa.create_engine(self.url)
        try:
            with engine.connect() as connection:
                return {
                    table.name: [
                        tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
                    ]
                    for table in metadata.sorted_tables
                    if table is not journal_outbox_table
                }
        finally:
            engine.dispose()


def _add(ledger: Ledger, number: int) -> None:
    files = [ImportFile(n, f"{number}{n}" * 16, f"ä {n}.csv", str(n), 10) for n in range(number % 3 + 1)]
    ledger.add_import(f"imp_{number}", ImportOptions(source="fair"), files)


def _finish(ledger: Ledger, number: int) -> None:
    for item in ledger.imports()[-1:]:
        loaded = [
            ImportFile(f.ordinal, f.sha256, f.path, f.stem, f.size, FileStatus.LOADED, None, number) for f in item.files
        ]
        ledger.finish_import(item.import_id, ImportStatus.IMPORTED, loaded)


def _undo(ledger: Ledger, number: int) -> None:
    for item in [item for item in ledger.imports() if item.undone_at is None][:1]:
        ledger.undo(item.import_id, "wrong list", [("person", f"{number}{n}") for n in range(number % 3)])


def _decide(ledger: Ledger, number: int) -> None:
    row = {
        "entity": "person",
        "record_key_l": f"a{number}",
        "record_key_r": "b",
        "decision": "same",
        "decided_at": "now",
    }
    with ledger._facts.begin() as recording:
        recording.insert(match_decisions_table, [row])


def _act(ledger: Ledger, number: int) -> None:
    ledger.actions.add(
        [Action(Entity.PERSON, "ab", ActionKind.EDIT, {"field": "city", "value": "Köln\n"}) for _ in range(number % 4)]
    )


def _history(ledger: Ledger, number: int) -> None:
    change = {
        "change_id": f"c{number % 5}",
        "changed_at": "now",
        "entity": "person",
        "change": "made",
        "entity_id": "p",
        "records": 1,
    }
    ledger.add_history([change])


STEPS: list[Callable[[Ledger, int], None]] = [_add, _finish, _undo, _decide, _act, _history]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A migrated ledger without facts; to copy it is cheaper than to migrate one."""
    place = Place(tmp_path_factory.mktemp("template"))
    with place.opened():
        pass
    return place


@given(data=st.data())
@settings(max_examples=50)
def test_cut_anywhere_the_journal_holds_what_the_ledger_holds(
    template: Place, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = Place(tmp_path_factory.mktemp("home"))
    shutil.copyfile(template.file, place.file)
    backups: list[bytes] = []
    for number in range(data.draw(st.integers(1, 6), label="steps")):
        backups.append(place.file.read_bytes())
        before = place.journal.stat().st_size if place.journal.exists() else 0
        with place.opened() as ledger:
            data.draw(st.sampled_from(STEPS), label="step")(ledger, number)
        if place.journal.exists() and data.draw(st.booleans(), label="killed"):
            # The ledger has the fact; the journal got a part of its lines, or nothing.
            os.truncate(place.journal, data.draw(st.integers(before, place.journal.stat().st_size), label="cut"))
    with place.opened() as ledger:
        ledger.verify()
    content = place.content()

    older = data.draw(st.sampled_from([*backups, None]), label="the ledger is lost or an older one")
    place.file.unlink()
    if older is not None:
        place.file.write_bytes(older)
    repair(place.url, place.journal)
    assert place.content() == content
    with place.opened() as ledger:
        ledger.verify()
        _add(ledger, 999)  # numbering goes on
        ledger.verify()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A ledger with a fact of every kind."""
    place = Place(tmp_path)
    with place.opened() as ledger:
        for number, step in enumerate([*STEPS, _add, _act]):
            step(ledger, number)
    return place


def _remove(place: Place) -> None:
    place.file.unlink()


def _empty(place: Place) -> None:
    place.file.write_bytes(b"")


def _overwrite(place: Place) -> None:
    place.file.write_bytes(b"no database" * 1000)


def _delete_rows(place: Place) -> None:
    with closing(sqlite3.connect(place.file)) as connection, connection:
        for table in ("import_files", "undone_imports", "imports", "journal_outbox"):
            connection.execute(f"DELETE FROM {table}")


def _replace_by_a_new_one(place: Place) -> None:
    other = Place(place.file.parent / "other")
    with other.opened():
        pass
    shutil.copyfile(other.file, place.file)


@pytest.mark.parametrize("lose", [_remove, _empty, _overwrite, _delete_rows, _replace_by_a_new_one])
def test_a_lost_ledger_is_noticed_at_once_and_restored(place: Place, lose: Callable[[Place], None]) -> None:
    content, journal = place.content(), place.journal.read_bytes()
    lose(place)
    with pytest.raises(StoreError, match=r"ledger\.sqlite.*`leadsift doctor --rebuild`") as told, place.opened():
        pass
    assert isinstance(told.value, LedgerLostError | DamagedFileError)
    assert place.journal.read_bytes() == journal
    notes = repair(place.url, place.journal)
    assert "was restored from" in notes[0]
    assert place.content() == content
    assert repair(place.url, place.journal) == []


def test_a_changed_fact_is_noticed_before_another_is_recorded(place: Place) -> None:
    content = place.content()
    with closing(sqlite3.connect(place.file)) as connection, connection:
        connection.execute("UPDATE actions SET details = replace(details, 'city', 'name')")
    with (
        place.opened() as ledger,
        pytest.raises(DamagedFileError, match=r"differs from .* in 3 facts, the first is actions"),
    ):
        _add(ledger, 50)
    repair(place.url, place.journal)
    assert place.content() == content


def test_bytes_flipped_anywhere_in_the_ledger_are_noticed_or_of_no_effect(place: Place) -> None:
    content, whole = place.content(), place.file.read_bytes()
    for offset in range(7, len(whole), len(whole) // 60):
        place.file.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x55]) + whole[offset + 1 :])
        try:
            with place.opened() as ledger:
                ledger.verify()
        except (DamagedFileError, LedgerLostError):
            assert "was restored" in repair(place.url, place.journal)[0]
        assert place.content() == content, offset
        for kept in place.file.parent.glob("ledger.sqlite.until-*"):
            kept.unlink()


BEFORE_THE_JOURNAL = "0005"
"""The last migration of a version that kept no journal."""


def test_a_home_of_a_version_without_a_journal_gets_one(tmp_path: Path) -> None:
    place = Place(tmp_path)
    engine = open_engine(sa.make_url(place.url))
    migrate(engine, BEFORE_THE_JOURNAL)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO imports (import_id, received_at, status, options) "
            "VALUES ('imp_1', '2026-01-02T03:04:05+00:00', 'received', '{}')"
        )
        connection.exec_driver_sql(
            "INSERT INTO undone_imports (import_id, undone_at) VALUES ('imp_1', '2026-01-03T03:04:05+00:00')"
        )
    engine.dispose()
    assert not place.journal.exists()
    with place.opened() as ledger:
        ledger.verify()
        assert [item.import_id for item in ledger.imports()] == ["imp_1"]
    content = place.content()
    place.file.unlink()
    repair(place.url, place.journal)
    assert place.content() == content
    assert content["undone_imports"]


def test_a_lost_journal_is_made_from_the_ledger(place: Place) -> None:
    content = place.content()
    place.journal.unlink()
    with place.opened() as ledger:
        ledger.verify()
        _add(ledger, 60)
    content = place.content()
    place.file.unlink()
    repair(place.url, place.journal)
    assert place.content() == content


def test_a_damaged_journal_is_made_from_the_ledger_and_never_the_other_way(place: Place) -> None:
    content, whole, ledger_bytes = place.content(), place.journal.read_bytes(), place.file.read_bytes()
    for offset in range(0, len(whole) - 1, len(whole) // 20):
        place.file.write_bytes(ledger_bytes)
        place.journal.write_bytes(whole[:offset] + bytes([whole[offset] ^ 0x15]) + whole[offset + 1 :])
        damaged = pytest.raises(DamagedFileError, match=r"journal .*journal\.jsonl.*`leadsift doctor --rebuild`")
        with damaged, place.opened() as ledger:
            ledger.verify()
        notes = repair(place.url, place.journal)
        assert "was restored from the ledger" in notes[0]
        assert place.content() == content
    place.journal.write_bytes(whole[:50] + b"#" + whole[51:])
    place.file.unlink()
    with pytest.raises(DamagedFileError, match="restore both from a backup"):
        repair(place.url, place.journal)
    assert not place.file.exists()


def test_lines_are_in_order_and_each_names_the_one_before(place: Place) -> None:
    entries = list(Journal(place.journal).entries())
    assert [entry.mark.sequence for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1].mark == Journal(place.journal).last()
    lines = place.journal.read_text(encoding="utf-8").splitlines(keepends=True)
    place.journal.write_text("".join([*lines[:2], *lines[3:]]), encoding="utf-8")
    with pytest.raises(DamagedFileError, match="entry 4 does not follow"):
        list(Journal(place.journal).entries())


def test_a_journal_without_its_first_lines_is_damaged(place: Place) -> None:
    content, lines = place.content(), place.journal.read_bytes().splitlines(keepends=True)
    place.journal.write_bytes(b"".join(lines[2:]))
    with pytest.raises(DamagedFileError, match="entry 3 does not follow"):
        list(Journal(place.journal).entries())
    assert "was restored from the ledger" in repair(place.url, place.journal)[0]
    # What was made from the ledger has no line before its first, and goes on with the numbers.
    assert next(Journal(place.journal).entries()).mark.sequence > len(lines)
    assert repair(place.url, place.journal) == []
    assert place.content() == content


def test_nothing_is_recorded_where_the_check_before_the_first_fact_fails(place: Place) -> None:
    def refuse() -> None:
        raise LedgerLostError("behind the warehouse")

    before = place.content()
    ledger = Ledger(place.url, place.journal, refuse)
    for _ in range(2):
        with pytest.raises(LedgerLostError):
            _add(ledger, 70)
    ledger.close()
    assert place.content() == before


POSTGRES = os.environ.get("LEADSIFT_TEST_POSTGRES", "")


@pytest.mark.skipif(not POSTGRES, reason="LEADSIFT_TEST_POSTGRES names no server; CI starts one")
def test_a_ledger_on_postgresql_is_restored_in_place(tmp_path: Path) -> None:
    place = Place(tmp_path, POSTGRES)
    engine = sa.create_engine(POSTGRES)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    with place.opened() as ledger:
        for number, step in enumerate(STEPS):
            step(ledger, number)
    content = place.content()
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    engine.dispose()
    with pytest.raises(LedgerLostError, match="is older"), place.opened():
        pass
    assert restore(place.url, Journal(place.journal)) is None
    assert place.content() == content
    with place.opened() as ledger:
        _add(ledger, 80)
        ledger.verify()
