"""The command line as users and scripts meet it, in processes of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from assets.sources.files.landing import land
from pipelines.services.instance import open_instance
from schemas.contracts.options import ImportOptions
from schemas.stores.settings import load_settings
from tests.pipelines.support import ROOT, import_examples, process_environment, run, run_json, run_process
from tests.support import FinishedHomes, Workplace, write_csv

ROWS = [
    ["id", "Name", "Email", "Lead source"],
    ["1", "Ann Lee", "ann@acme.example", "Web"],
    ["2", "Bob", "nonsense", "Web"],
]


@pytest.fixture
def imported(tmp_path: Path, finished_homes: FinishedHomes) -> tuple[Path, dict[str, object]]:
    """A home with the examples imported, and the document that the import wrote."""
    home = finished_homes.copy("examples", import_examples, tmp_path / "imported")
    document = json.loads((finished_homes.get("examples", import_examples).parent / "document.json").read_text())
    return home, document


def test_the_document_of_an_import_is_that_of_the_contract(imported) -> None:  # type: ignore[no-untyped-def]
    _, document = imported
    assert document["status"] == "imported"
    assert document["import_id"].startswith("imp_")
    assert set(document["entities"]) == {"organizations", "persons", "leads", "deals"}
    assert all(document["entities"].values())
    for file in document["files"]:
        assert {"path", "sha256", "status", "format", "encoding", "delimiter", "source", "sheets"} <= set(file)
        for sheet in file["sheets"]:
            counts = [sheet[name] for name in ("loaded", "rejected", "blank", "preamble", "footer")]
            assert sheet["rows"] == sum(counts)
            assert {"name", "object", "unmapped"} <= set(sheet)
    objects = {sheet["object"] for file in document["files"] for sheet in file["sheets"]}
    assert {"hubspot.contacts", "pipedrive.Lead", "salesforce.OpportunityHistory", "generic.leads"} <= objects


def test_planted_duplicates_across_four_systems_are_one_person_each(imported) -> None:  # type: ignore[no-untyped-def]
    home, _ = imported
    rows = run_json(
        "sql",
        "SELECT p.name, list_sort(list(DISTINCT s.source)) AS sources FROM persons p JOIN person_sources s USING (person_id) "
        "GROUP BY p.person_id, p.name HAVING count(DISTINCT s.source) > 1 ORDER BY p.name",
        home=home,
    )["rows"]
    found = {row["name"]: row["sources"] for row in rows}
    assert found["Jonas Albrecht"] == ["hubspot", "pipedrive", "salesforce"]
    assert found["Priya Raman"] == ["hubspot", "salesforce", "trade fair leads"]
    assert len(found) == 8
    # Two colleagues of one family name stay two.
    whitfields = run_json("sql", "SELECT count(*) AS n FROM persons WHERE last_name = 'Whitfield'", home=home)
    assert whitfields["rows"] == [{"n": 2}]


def test_importing_again_changes_no_table_and_says_so(imported) -> None:  # type: ignore[no-untyped-def]
    home, _ = imported
    published = home / "published" / "leadsift.duckdb"
    before = published.read_bytes()
    again = run_json("import", ROOT / "examples", home=home)
    assert (again["status"], again["import_id"]) == ("unchanged", None)
    assert published.read_bytes() == before
    assert "Nothing changed" in run("import", ROOT / "examples", home=home).stdout


def test_a_rebuild_gives_identical_tables_while_readers_read(imported) -> None:  # type: ignore[no-untyped-def]
    home, _ = imported
    tables = ["organizations", "persons", "leads", "deals", "deal_stage_history", "person_sources", "person_lineage", "notes",
              "audit.person_pairs", "audit.id_redirects", "audit.imports", "audit.rejected_rows"]  # fmt: skip
    before = [run_json("sql", f"FROM {table} ORDER BY ALL", home=home)["rows"] for table in tables]
    (home / "warehouse.duckdb").unlink()
    (home / "published" / "leadsift.duckdb").unlink()
    assert run_json("doctor", home=home, expect=3)["healthy"] is False
    assert run_json("doctor", "--rebuild", home=home)["healthy"] is True
    assert [run_json("sql", f"FROM {table} ORDER BY ALL", home=home)["rows"] for table in tables] == before


def test_history_of_imports_and_reports(imported, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    home, document = imported
    known = run_json("imports", home=home)["imports"]
    assert [item["import_id"] for item in known] == [document["import_id"]]
    names = {row["report"] for row in run_json("report", home=home)["reports"]}
    assert names >= {"pipeline_value_by_stage", "stage_conversion", "win_rate_by_month", "lead_conversion_by_channel"}
    # That every report can be drawn is seen in tests/assets/deals/test_reports.py.
    chart = tmp_path / "chart.png"
    filters = ["--pipeline", "Opportunities", "--since", "2020-01-01"]
    told = run_json("report", "win_rate_by_month", *filters, "--chart", chart, home=home)
    assert told["rows"]
    assert told["filters"] == {"pipeline": "Opportunities", "since": "2020-01-01"}
    assert chart.read_bytes().startswith(b"\x89PNG")
    assert run_json("report", "open_pipeline_at", "--on", "2026-03-01", home=home)["rows"]
    for code, arguments, told in (
        (2, ["open_pipeline_at"], "needs --on DAY"),
        (3, ["sales_cycle", "--pipeline", "Nowhere"], "there is no pipeline 'Nowhere'; the pipelines are "),
        (2, ["sales_cycle", "--since", "soon"], "--since 'soon' is not a day"),
        (2, ["leads_inbox", "--owner", "Ann"], "cannot be filtered by --owner"),
    ):
        assert told in run("report", *arguments, home=home, expect=code).stderr


def test_another_list_of_the_same_name_and_ids_is_not_updated_over_in_silence(tmp_path: Path) -> None:
    header = ["id", "Name", "Email"]
    home = tmp_path / "home"
    run(
        "import",
        write_csv(tmp_path / "north" / "contacts.csv", [header, ["1", "Ann Lee", ""], ["2", "Bob Ray", ""]]),
        home=home,
    )
    newer = [header, ["1", "Ann Lee", "ann@acme.example"], ["2", "Bob Ray", ""], ["3", "Cem Oz", ""]]
    update = run_json("import", write_csv(tmp_path / "later" / "contacts.csv", newer), home=home)
    assert update["notes"] == ["source 'contacts': updated 2 known person records"]
    other = [header, ["1", "Dana Fox", ""], ["2", "Eve Gil", ""]]
    notes = run_json("import", write_csv(tmp_path / "south" / "contacts.csv", other), home=home)["notes"]
    assert len(notes) == 1
    assert "2 of them with another name" in notes[0]
    assert "--source NAME" in notes[0]


def test_an_import_is_taken_back_and_comes_back_only_when_a_person_asks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = write_csv(tmp_path / "a.csv", [["id", "Name"], ["1", "Ann Lee"]])
    second = write_csv(tmp_path / "b.csv", [["id", "Name"], ["1", "Bob Ray"]])
    run("import", first, home=home)
    taken = run_json("import", second, home=home)["import_id"]
    old = run_json("sql", "SELECT person_id FROM persons WHERE name = 'Bob Ray'", home=home)["rows"][0]["person_id"]
    document = run_json("undo", taken, "--reason", "wrong list", home=home)
    assert (document["status"], document["entities"]["persons"]) == ("undone", 1)
    assert run_json("sql", "SELECT name FROM persons", home=home)["rows"] == [{"name": "Ann Lee"}]
    looked_up = run_json("sql", f"FROM audit.id_redirects WHERE retired_id = '{old}'", home=home)["rows"]
    assert [row["current_id"] for row in looked_up] == [None]
    assert run_json("doctor", home=home)["healthy"] is True
    assert run_json("undo", taken, home=home)["already_recorded"]
    assert "there is no import" in run("undo", "imp_x", home=home, expect=3).stderr
    assert run_json("import", second, home=home)["entities"]["persons"] == 2


BAD = {
    "empty.csv": (b"", "is empty"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\x00", "PNG picture"),
    "colours.csv": (b"colour\nred\n", "'colour'"),
    "page.csv": (b"<html><p>Your session has ended</p></html>", "web page without a table"),
}


def test_refused_files_have_one_line_each_and_leave_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    done = run("import", folder, tmp_path / "missing.csv", home=tmp_path / "home", expect=3)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == len(BAD) + 1
    for name, (_, reason) in BAD.items():
        assert any(name in line and reason in line for line in lines), (name, lines)
    assert any("missing.csv: there is no such file" in line for line in lines)
    document = run_json("import", folder, home=tmp_path / "home", expect=3)
    assert document["status"] == "refused"
    assert set(document["entities"].values()) == {0}


def test_what_is_no_error_is_a_warning(tmp_path: Path) -> None:
    cases = {
        "header.csv": [["Name", "Email"]],  # a header and no rows
        "one.csv": [["Email"], ["e@f.example"]],  # one column
        "twice.csv": [["Name", "Email", "Email"], ["Ann", "a@b.example", "c@d.example"]],  # a repeated header
    }
    for name, rows in cases.items():
        write_csv(tmp_path / "in" / name, rows)
    document = run_json("import", tmp_path / "in", home=tmp_path / "home")
    said = {Path(file["path"]).name: file["sheets"][0]["decisions"] for file in document["files"]}
    assert said["header.csv"] == ["has a header and no rows"]
    assert "is repeated" in said["twice.csv"][0]
    assert document["entities"]["persons"] == 2


def test_inspect_and_dry_run_write_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "leads.xlsx")
    home = tmp_path / "home"
    for command in (["inspect"], ["import", "--dry-run"]):
        document = run_json(*command, tmp_path / "leads.xlsx", home=home)
        (sheet_,) = document["files"][0]["sheets"]
        assert sheet_["object"] == "generic.leads"
        assert sheet_["mapping"]["Email"] == ["person.emails"]
        assert sheet_["refusals"] == [
            {"row_number": 3, "column_name": "Email", "value": "nonsense", "reason": "is not an e-mail address"}
        ]
    assert "goes to" in run("inspect", tmp_path / "leads.xlsx", home=home).stdout
    assert not home.exists()


def test_a_users_own_profile_is_used_and_kept_for_the_rebuild(tmp_path: Path) -> None:
    write_csv(tmp_path / "klanten.csv", [["Klantnaam", "Postbus"], ["Ann Lee", "ann@acme.example"]])
    profile = tmp_path / "mine.toml"
    profile.write_text(
        'name = "mine"\ntitle = "Mine"\n[[object]]\nname = "klanten"\nprimary = "person"\nrequired = ["Klantnaam"]\n'
        '[object.person.fields]\nname = ["Klantnaam"]\nemails = ["Postbus"]\n'
    )
    home = tmp_path / "home"
    document = run_json("import", tmp_path / "klanten.csv", "--profile", profile, home=home)
    assert document["files"][0]["sheets"][0]["object"] == "mine.klanten"
    profile.unlink()
    run_json("doctor", "--rebuild", home=home)
    assert run_json("sql", "SELECT email FROM persons", home=home)["rows"] == [{"email": "ann@acme.example"}]


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["import"], 2, "Missing argument"),
        (["import", "x.csv", "--date-order", "sideways"], 2, "sideways"),
        (["import", "x.csv", "--source", ""], 2, "blank"),
        (["frobnicate"], 2, "No such command"),
        (["import", "x.csv", "--profile", "act"], 3, "there is no profile 'act'"),
        (["report", "nothing_like_it"], 2, "there is no report"),
        (["sql", "SELECT 1"], 3, "nothing is published yet"),
    ],
)
def test_ends_that_are_not_good(tmp_path: Path, arguments: list[str], code: int, reason: str) -> None:
    import re

    done = run(*arguments, home=tmp_path / "home", expect=code)
    assert re.search(reason, done.stderr), done.stderr


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    path = write_csv(tmp_path / "a.csv", ROWS)
    done = run("import", path, home=tmp_path / "file", expect=3)
    assert "file" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_home_with_signs_in_its_name_is_a_home(tmp_path: Path) -> None:
    home = tmp_path / 'it\'s my [new]* home; DROP 100%20 "é" #1'
    done = run("import", write_csv(tmp_path / "a.csv", ROWS), home=home)
    assert not done.stderr
    assert run_json("sql", "SELECT count(*) AS n FROM persons", home=home)["rows"] == [{"n": 2}]
    # Dagster has found its settings in a folder whose name is a pattern: telemetry is off.
    with open_instance(load_settings(home)) as instance:
        assert instance.telemetry_enabled is False
    refused = run("import", tmp_path / "a.csv", home=tmp_path / "old?", expect=3)
    assert "its path contains ? or \\, which DuckDB cannot open" in refused.stderr


def test_a_query_that_fails_says_why(imported) -> None:  # type: ignore[no-untyped-def]
    home, _ = imported
    done = run("sql", "SELECT nme FROM persons", home=home, expect=3)
    assert "nme" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert run("sql", "DELETE FROM persons", home=home, expect=3).stderr


def test_commands_that_need_no_dagster_do_not_load_it(imported) -> None:  # type: ignore[no-untyped-def]
    home, _ = imported
    code = "import sys; sys.argv = ['leadsift', 'sql', 'SELECT 1']\nfrom pipelines.__main__ import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    pass\nprint([m for m in ('dagster', 'splink', 'altair') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=process_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith("[]")


def test_an_import_that_was_cut_off_is_finished_by_the_next_which_says_so(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    place = Workplace(tmp_path / "home")
    cut_off = land([path], ImportOptions(), place.stores).import_id  # and then it was killed
    document = run_json("import", path, home=tmp_path / "home")
    assert (document["status"], document["completed"]) == ("completed", [cut_off])
    assert document["notes"] == [f"{cut_off} was interrupted before it was published; it is published now"]
    assert document["entities"]["persons"] == 2


def test_an_import_that_was_loaded_and_not_published_is_not_called_imported(tmp_path: Path) -> None:
    first, second = (
        write_csv(tmp_path / f"{name}.csv", [["id", "Name", "Email"], [name, f"{name} Lee", f"{name}@lee.example"]])
        for name in ("ann", "bo")
    )
    home = tmp_path / "home"
    run("import", first, home=home)
    cut_off = Workplace(home).take(second).import_id  # and then the disk was full
    assert [item["status"] for item in run_json("imports", home=home)["imports"]] == ["imported", "unpublished"]
    assert "the next import" in run("imports", home=home).stdout
    said = run("import", second, home=home).stdout
    assert "Nothing changed" not in said
    assert f"{cut_off}: completed. The home now has 0 organizations, 2 persons" in said
    assert [item["status"] for item in run_json("imports", home=home)["imports"]] == ["imported", "imported"]
    assert "Nothing changed" in run("import", second, home=home).stdout


MOMENTS = [(2.0, 3.2), pytest.param((1.5, 2.4, 2.8, 3.6, 4.0, 4.5, 5.0), marks=pytest.mark.slow)]
"""Seconds after which an import is killed, again and again in one home."""


@pytest.mark.parametrize("delays", MOMENTS)
def test_an_import_killed_at_any_moment_is_finished_by_the_next_and_doubles_nothing(
    tmp_path: Path, delays: tuple[float, ...]
) -> None:
    rows = [
        ["id", "Name", "Email"],
        *([str(n), f"Person {n} Surname{n % 97}", f"p{n}@x{n % 13}.example"] for n in range(3_000)),
    ]
    path = write_csv(tmp_path / "people.csv", rows)
    whole = run_json("import", path, home=tmp_path / "whole")["entities"]
    home = tmp_path / "home"
    command = [sys.executable, "-m", "pipelines", "import", str(path)]
    for delay in delays:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=process_environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run_json("import", path, home=home)["entities"] == whole
    assert run_json("doctor", home=home)["healthy"] is True
    loads = run_json("sql", "SELECT count(*) AS n FROM records.source_persons", home=home)["rows"]
    assert loads == [{"n": 3_000}]


def test_two_imports_at_once_wait_for_each_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    paths = [
        write_csv(tmp_path / f"{name}.csv", [ROWS[0], [str(i), name, f"{name}@x.example", "Web"]])
        for i, name in enumerate("ab")
    ]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "pipelines", "import", str(path), "--json"],
            cwd=ROOT,
            env=process_environment(home),
            stdout=subprocess.PIPE,
        )
        for path in paths
    ]
    documents = [json.loads(process.communicate(timeout=200)[0]) for process in running]
    assert {document["status"] for document in documents} <= {"imported"}
    assert run_json("doctor", home=home)["healthy"] is True
    assert run_json("sql", "SELECT count(*) AS n FROM persons", home=home)["rows"] == [{"n": 2}]


def test_the_demo_shows_the_whole_story(tmp_path: Path) -> None:
    text = run_process("demo", "--home", tmp_path / "demo", home=tmp_path / "unused").stdout
    for heading in ("Imported files", "Merged records", "Reports", "Next steps"):
        assert heading in text
    assert "Jonas Albrecht: hubspot contacts 9001" in text
    assert len(list((tmp_path / "demo" / "charts").glob("*.png"))) == 4
    assert "<svg" in (tmp_path / "demo" / "reports.html").read_text(encoding="utf-8")
    shutil.rmtree(tmp_path / "demo")


def test_a_file_that_was_set_aside_is_read_again_when_asked(tmp_path: Path) -> None:
    home, path = tmp_path / "home", write_csv(tmp_path / "list.csv", ROWS)
    mark = home / "attempts" / hashlib.sha256(path.read_bytes()).hexdigest()
    mark.parent.mkdir(parents=True)
    mark.write_bytes(b"..")  # as two processes left it that were killed while they read the file
    done = run("import", path, home=home, expect=3)
    assert f"{path}: set aside: reading it ended the process twice" in done.stderr
    assert "--retry" in done.stderr
    assert run_json("import", path, "--retry", home=home)["entities"]["persons"] == 2
    assert not mark.exists()


def test_an_import_names_the_columns_whose_values_lead_nowhere(tmp_path: Path) -> None:
    header = ["Deal ID", "Deal Name", "Deal Stage", "Company ID", "Associated Contact Email"]
    deals = write_csv(tmp_path / "deals.csv", [header, ["D-101", "Pumps", "Proposal", "C-9", "ann@acme.example"]])
    said = run("import", deals, home=tmp_path / "home").stdout
    assert "'Company ID': 1 of 1 values lead to no known organization, such as 'C-9'" in said
    assert "'Associated Contact Email': " not in said
