"""A ledger that is lost is noticed by whoever would write, and the doctor restores it; no import is dropped silently."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.services.acts import Facts, record
from pipelines.services.doctor import examine, rebuild_derived
from pipelines.services.importing import run_import
from pipelines.services.undo import undo_import
from schemas.contracts.errors import DamagedFileError, LedgerLostError, StoreError
from schemas.contracts.vocabulary import ActionKind, Entity, Verdict
from schemas.stores.actions import Action
from schemas.stores.decisions import Decision
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from tests.pipelines.support import run, run_json
from tests.support import write_csv


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one import, and a second list beside it."""
    folder = tmp_path_factory.mktemp("world")
    write_csv(folder / "a.csv", [["id", "Name"], ["1", "Ann Lee"], ["2", "Bob Moe"]])
    write_csv(folder / "b.csv", [["id", "Name"], ["1", "Cid Roe"]])
    run("import", folder / "a.csv", home=folder / "home")
    return folder


@pytest.fixture
def settings(imported: Path, tmp_path: Path) -> Settings:
    """A copy of that home."""
    shutil.copytree(imported, tmp_path / "world")
    return load_settings(tmp_path / "world" / "home")


def _rows(settings: Settings) -> list[object]:
    published = Stores.open(settings).published
    return [published.query(f"FROM main.{table}").rows() for table in ("persons", "person_sources")]


def _imports(settings: Settings) -> list[str]:
    with Stores.open(settings) as stores:
        return [item.import_id for item in stores.ledger.imports()]


def test_every_command_that_writes_says_so_and_the_doctor_restores_the_ledger(settings: Settings) -> None:
    before, known, home = _rows(settings), _imports(settings), settings.home
    (home / "ledger.sqlite").unlink()
    for command in (["import", home.parent / "b.csv"], ["undo", known[0]], ["doctor"]):
        said = run(*command, home=home, expect=3).stderr
        assert said.count("\n") == 1
        assert f"{home / 'ledger.sqlite'}: is missing" in said
        assert "`leadsift doctor --rebuild`" in said
        assert not (home / "ledger.sqlite").exists()
    found = run_json("doctor", "--rebuild", home=home)
    assert found["healthy"] is True
    assert "was restored" in found["notes"][0]
    assert _imports(settings) == known
    assert _rows(settings) == before


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _flip_a_byte_of_a_fact(file: Path) -> None:
    data = file.read_bytes()
    place = data.index(b"a.csv")
    file.write_bytes(data[:place] + b"b" + data[place + 1 :])


@pytest.mark.parametrize("lose", [_empty, _flip_a_byte_of_a_fact])
def test_whatever_happened_to_the_file_nothing_is_recorded_until_it_is_restored(
    settings: Settings, lose: Callable[[Path], None]
) -> None:
    before, known = _rows(settings), _imports(settings)
    lose(settings.home / "ledger.sqlite")
    kept = settings.journal_path.read_bytes()
    with pytest.raises(StoreError, match=r"ledger\.sqlite.*doctor --rebuild"):
        run_import(settings, [settings.home.parent / "b.csv"])
    assert settings.journal_path.read_bytes() == kept
    problems = examine(settings).problems
    assert len(problems) == 1
    assert "ledger.sqlite" in problems[0]
    rebuild_derived(settings)
    assert examine(settings).problems == []
    assert _imports(settings) == known
    assert _rows(settings) == before


def test_imports_that_neither_ledger_nor_journal_knows_are_not_dropped(settings: Settings) -> None:
    before = _rows(settings)
    for name in ("ledger.sqlite", "journal.jsonl"):
        (settings.home / name).unlink()
    with pytest.raises(LedgerLostError, match="does not know 1 import with records in the tables"):
        run_import(settings, [settings.home.parent / "b.csv"])
    assert _imports(settings) == []
    assert "restore both from a backup" in examine(settings).problems[0]
    with pytest.raises(LedgerLostError):
        rebuild_derived(settings)
    settings.published_path.unlink()
    with pytest.raises(LedgerLostError):
        rebuild_derived(settings)
    assert settings.warehouse_path.exists()
    with Stores.open(settings) as stores:
        assert stores.session.frame("FROM main.persons").height == len(before[0])  # type: ignore[arg-type]


PERSON = Entity.PERSON


def _decide_and_edit(settings: Settings) -> None:
    """Record a decision and an action and derive what depends on them."""
    with Stores.open(settings) as stores:
        one, other = stores.published.query("SELECT record_key FROM main.person_sources ORDER BY 1")["record_key"]
        edit = Action(PERSON, one, ActionKind.EDIT, {"field": "city", "value": "Oslo"})
        facts = Facts([Decision.about(PERSON, [one], [other], Verdict.SAME)], [edit])
    assert record(settings, lambda _: facts)


def _undo(settings: Settings) -> None:
    undo_import(settings, _imports(settings)[0])


@pytest.mark.parametrize(("act", "lost"), [(_decide_and_edit, "1 decision"), (_undo, "1 undone import")])
def test_older_copies_of_ledger_and_journal_drop_no_act_silently(
    settings: Settings, act: Callable[[Settings], None], lost: str
) -> None:
    older = {path: path.read_bytes() for path in (settings.home / "ledger.sqlite", settings.journal_path)}
    act(settings)
    for path, content in older.items():
        path.write_bytes(content)
    shown = settings.published_path.read_bytes()
    assert re.search(lost, " ".join(examine(settings).problems))
    for paths in ([settings.home.parent / "a.csv"], [settings.home.parent / "b.csv"], []):
        with pytest.raises(LedgerLostError, match=lost):
            run_import(settings, paths)
    with pytest.raises(LedgerLostError, match=lost):
        rebuild_derived(settings)
    assert settings.warehouse_path.is_file()
    assert settings.published_path.read_bytes() == shown
    assert settings.journal_path.read_bytes() == older[settings.journal_path]
    # A published file that is older than the tables hides nothing: the warehouse is asked, too.
    settings.published_path.unlink()
    assert re.search(lost, " ".join(examine(settings).problems))


def _change_a_middle_line_of_the_journal(settings: Settings) -> None:
    lines = settings.journal_path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"a.csv", b"b.csv")
    settings.journal_path.write_bytes(b"".join(lines))


def _delete_a_file_of_an_import(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.home / "ledger.sqlite")) as connection, connection:
        connection.execute("DELETE FROM import_files")


@pytest.mark.parametrize("damage", [_change_a_middle_line_of_the_journal, _delete_a_file_of_an_import])
def test_an_import_of_known_files_names_the_damage(settings: Settings, damage: Callable[[Settings], None]) -> None:
    damage(settings)
    with pytest.raises(DamagedFileError, match=r"ledger\.sqlite|journal\.jsonl"):
        run_import(settings, [settings.home.parent / "a.csv"])
