"""Landing and loading: exactly once, balanced, and taken up again after a crash at any point."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assets.sources.files.landing import LandingOptions, land
from assets.sources.loading import imports as loading
from assets.sources.loading import record_writing
from assets.sources.loading.interpretation import Interpreter
from schemas.contracts.errors import InputRefusedError, StoreError
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import DateOrder, FileStatus, ImportStatus
from schemas.stores.warehouse import Session
from tests.pipelines.support import ROOT
from tests.support import Workplace, write_csv

ROWS = [["id", "Name", "Email"], ["1", "Ann Lee", "ann@acme.example"], ["2", "Bob Ray", "bob@acme.example"]]


def test_the_same_bytes_change_nothing_whatever_their_name(workplace: Workplace, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", ROWS)
    workplace.take(first)
    workplace.derive()
    before = workplace.tables()
    renamed = Path(shutil.copy(first, tmp_path / "renamed.csv"))
    archive = Path(shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "a.csv"))
    for path in (first, renamed, archive):
        landing = workplace.take(path)
        assert landing.import_id is None
        assert [file.status for file in landing.files] == [FileStatus.UNCHANGED]
        assert landing.files[0].known_from is not None
        workplace.derive()
        assert workplace.tables() == before


def test_one_byte_more_is_a_new_file(workplace: Workplace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    workplace.take(path)
    path.write_bytes(path.read_bytes() + b"\n")
    assert workplace.take(path).import_id is not None


def test_a_row_with_an_id_is_an_update_of_its_record(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    changed = [ROWS[0], ["1", "Ann Lee-Ray", "ann@acme.example"], ROWS[2]]
    workplace.take(write_csv(tmp_path / "b" / "a.csv", changed))
    workplace.derive()
    assert workplace.query("SELECT name, source_count FROM persons ORDER BY name").rows() == [
        ("Ann Lee-Ray", 1),
        ("Bob Ray", 1),
    ]
    assert workplace.query("SELECT count(*) FROM person_sources").item() == 4


def test_an_older_export_that_comes_later_does_not_overwrite_a_newer_one(workplace: Workplace, tmp_path: Path) -> None:
    for name, city, changed in (("new", "London", "2025-06-01"), ("old", "Leeds", "2024-06-01")):
        rows = [["id", "Name", "City", "modified"], ["1", "Ann Lee", city, changed]]
        workplace.take(write_csv(tmp_path / f"{name}.csv", rows), options=ImportOptions(source="crm"))
    workplace.derive()
    assert workplace.query("SELECT city FROM persons").rows() == [("London",)]


def test_good_files_are_taken_and_bad_ones_refused_by_name(workplace: Workplace, tmp_path: Path) -> None:
    good = write_csv(tmp_path / "in" / "good.csv", ROWS)
    bad = good.with_name("bad.csv")
    bad.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    landing = workplace.take(tmp_path / "in")
    item = workplace.ledger.imports()[0]
    assert item.import_id == landing.import_id
    assert item.status == ImportStatus.PARTIAL
    assert {Path(file.path).name: (file.status, file.reason) for file in item.files} == {
        "bad.csv": (FileStatus.REFUSED, "is a PNG picture, not a table"),
        "good.csv": (FileStatus.LOADED, None),
    }
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2


def test_a_file_with_every_row_rejected_is_refused_and_its_rows_are_listed(
    workplace: Workplace, tmp_path: Path
) -> None:
    # Each row has another number of cells too many. The file was called loaded, with nothing in it.
    rows = [["Name", "Email"], *(["Ann", "a@b.example", *["x"] * more] for more in (1, 2, 3))]
    write_csv(tmp_path / "in" / "bad.csv", rows)
    write_csv(tmp_path / "in" / "good.csv", ROWS)
    workplace.take(tmp_path / "in")
    item = workplace.ledger.imports()[0]
    assert item.status == ImportStatus.PARTIAL
    bad = next(file for file in item.files if file.path.endswith("bad.csv"))
    assert bad.status == FileStatus.REFUSED
    assert str(bad.reason).startswith("every row was rejected: 1 rows, each has 3 cells where the header has 2")
    found = workplace.query("SELECT status, rejected FROM audit.import_files ORDER BY status")
    assert found.rows() == [("loaded", 0), ("refused", 3)]
    assert workplace.query("SELECT count(*) FROM audit.rejected_rows").item() == 3


def test_a_file_that_makes_us_fail_is_refused_and_stops_nothing(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes, *_: object) -> object:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Interpreter, "interpret", fail)
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    file = workplace.ledger.imports()[0].files[0]
    assert file.status == FileStatus.REFUSED
    assert "ZeroDivisionError" in str(file.reason)


def test_a_process_killed_before_loading_is_taken_up_by_the_next(workplace: Workplace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    land([path], ImportOptions(), workplace.stores)  # and then it was killed
    assert workplace.take(path).import_id is None
    assert workplace.ledger.imports()[0].status == ImportStatus.IMPORTED
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2


def test_a_process_killed_between_warehouse_and_ledger_is_settled_by_the_next(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    finish = workplace.ledger.finish_import
    monkeypatch.setattr(workplace.ledger, "finish_import", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        workplace.take(path)
    monkeypatch.setattr(workplace.ledger, "finish_import", finish)
    workplace.load_all()
    item = workplace.ledger.imports()[0]
    assert (item.status, item.files[0].records) == (ImportStatus.IMPORTED, 2)
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2


def test_a_process_killed_while_it_writes_leaves_nothing_half_loaded(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading.AuditRows, "write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    monkeypatch.undo()
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 0
    workplace.load_all()
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2


KILLED = """
import os, sys
from pathlib import Path
from assets.sources.loading import audit, record_writing
from assets.sources.loading import imports as loading
from schemas.stores.settings import load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Warehouse
record_writing.TRANSACTION_ROWS = 0  # commits behind every batch, as a large import does behind every 400,000 rows
audit.AuditRows.write = lambda *_: os._exit(9)
settings = load_settings(Path(sys.argv[1]))
with Warehouse(settings.warehouse_path).open() as session:
    loading.load_pending(session, Stores.open(settings))
"""


def test_a_large_import_that_is_killed_between_its_parts_is_loaded_once(workplace: Workplace, tmp_path: Path) -> None:
    land([write_csv(tmp_path / "a.csv", ROWS)], ImportOptions(), workplace.stores)
    done = subprocess.run([sys.executable, "-c", KILLED, str(workplace.settings.home)], cwd=ROOT, check=False)
    assert done.returncode == 9
    # What it had committed stands there, and nobody takes it for an import.
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2
    assert workplace.query("SELECT count(*) FROM audit.imports").item() == 0
    workplace.load_all()
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2
    assert workplace.query("SELECT count(*) FROM audit.imports").item() == 1


def test_a_warehouse_that_lost_rows_is_found_out(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    with workplace.warehouse.open() as session:
        session.connection.execute("DELETE FROM records.source_persons WHERE external_id = '2'")
    with pytest.raises(StoreError, match=r"lost records: .*loaded 2 records, the warehouse has 1.*doctor --rebuild"):
        workplace.load_all()


def test_the_options_of_an_import_are_kept_for_the_rebuild(workplace: Workplace, tmp_path: Path) -> None:
    rows = [["Name", "Email", "Birthday"], ["Ann Lee", "a@b.example", "02/03/1980"]]
    workplace.take(write_csv(tmp_path / "a.csv", rows), options=ImportOptions(assumed_date_order=DateOrder.DMY))
    workplace.warehouse.remove()
    workplace.load_all()
    assert str(workplace.query("SELECT birth_date FROM records.source_persons").item()) == "1980-03-02"


def test_every_sheet_balances_in_the_audit(workplace: Workplace, tmp_path: Path) -> None:
    rows = [
        ["Our leads"],
        ["Name", "Email", "City"],
        ["Ann", "a@b.example", ""],
        [],
        ["", "", "Leeds"],
        ["Total", "2", ""],
    ]
    workplace.take(write_csv(tmp_path / "a.csv", rows))
    counts = workplace.query("SELECT row_count, loaded, rejected, blank, preamble, footer FROM audit.import_files").row(
        0
    )
    assert counts == (5, 1, 1, 1, 1, 1)
    assert workplace.query("SELECT row_number, column_name FROM audit.rejected_rows").rows() == [(5, None)]


def test_undone_bytes_are_taken_again_by_a_person_only(workplace: Workplace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    workplace.undo(workplace.take(path).import_id)
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 0
    assert land([path], ImportOptions(), workplace.stores).import_id is None
    assert land([path], ImportOptions(), workplace.stores, LandingOptions(take_undone=True)).import_id is not None
    workplace.load_all()
    assert workplace.query("SELECT count(*) FROM records.source_persons").item() == 2


def test_a_rebuild_that_lacks_an_archived_file_fails_loudly_and_edits_no_fact(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    before = workplace.ledger.imports()
    digest = before[0].files[0].sha256
    (workplace.settings.archive_dir / digest[:2] / digest).unlink()
    workplace.warehouse.remove()
    with pytest.raises(StoreError, match=r"is missing.*leadsift undo"):
        workplace.load_all()
    assert workplace.ledger.imports() == before


def test_a_file_that_was_loaded_is_not_dropped_in_silence_by_a_rebuild(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> object:
        raise InputRefusedError("is no longer read")

    workplace.take(write_csv(tmp_path / "a.csv", ROWS))
    before = workplace.ledger.imports()
    workplace.warehouse.remove()
    monkeypatch.setattr(Interpreter, "interpret", refuse)
    with pytest.raises(StoreError, match="was loaded before and is refused now: is no longer read"):
        workplace.load_all()
    assert workplace.ledger.imports() == before


def test_the_files_of_a_large_import_together_count_towards_its_parts(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A hundred files just below the limit would else be one transaction, and its memory with it.
    kept: list[int] = []
    monkeypatch.setattr(record_writing, "TRANSACTION_ROWS", 3)
    monkeypatch.setattr(Session, "keep_so_far", lambda self: kept.append(1))
    names = ("Ann", "Bob", "Cem")
    workplace.take(*(write_csv(tmp_path / f"{n}.csv", [ROWS[0], [n, n, ""], [n * 2, n * 2, ""]]) for n in names))
    assert len(kept) == 1
