"""Mappings, passwords, encodings and keys from the command line, on real files."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import openpyxl
from msoffcrypto.format.ooxml import OOXMLFile

from schemas.contracts.vocabulary import UpdatePolicy
from tests.pipelines.support import run, run_json
from tests.support import write_csv

FAIR = [
    ["Name", "Firma", "E-Mail", "Phase", "Verkaufschance", "Betrag", "Schuhgröße"],
    ["Ann Lee", "Acme", "a@acme.example", "Angebot", "Dach", "5000", "39"],
    ["Bob Ray", "Beta", "b@beta.example", "Gewonnen", "Haus", "7500", "44"],
]


def test_a_mapping_is_written_edited_used_and_known_from_then_on(tmp_path: Path) -> None:
    home, mine = tmp_path / "home", tmp_path / "my.toml"
    fair = write_csv(tmp_path / "fair.csv", FAIR)
    run("inspect", fair, "--write-profile", mine, home=home)
    text = mine.read_text(encoding="utf-8")
    assert "#   Schuhgröße: 39 | 44 -> kept as custom" in text
    mine.write_text(text.replace('Gewonnen = "Gewonnen"', 'Gewonnen = "Closed Won"'), encoding="utf-8")
    run_json("import", fair, "--profile", mine, home=home)
    # Next week's list has the same headers: it is known without a hint, and belongs to the same source.
    later = write_csv(
        tmp_path / "other.csv", [FAIR[0], ["Cem Oz", "Gamma", "c@gamma.example", "Gewonnen", "Hof", "1", ""]]
    )
    (sheet,) = run_json("import", later, home=home)["files"][0]["sheets"]
    assert sheet["object"] == "fair.deals"
    stages = run_json("sql", "SELECT DISTINCT name FROM stages ORDER BY 1", home=home)["rows"]
    assert stages == [{"name": "Angebot"}, {"name": "Closed Won"}]
    sources = run_json("sql", "SELECT DISTINCT source FROM deal_sources", home=home)["rows"]
    assert sources == [{"source": "fair"}]
    # A rebuild reads as the imports did, whatever the folder of profiles says by then.
    (home / "profiles" / "fair.toml").unlink()
    assert run_json("doctor", "--rebuild", home=home)["healthy"] is True
    assert run_json("sql", "SELECT DISTINCT name FROM stages ORDER BY 1", home=home)["rows"] == stages


def test_every_fault_of_a_profile_is_a_line_and_nothing_is_recorded(tmp_path: Path) -> None:
    fair, mine = write_csv(tmp_path / "fair.csv", FAIR), tmp_path / "my.toml"
    mine.write_text('name = "fair"\ntitel = "x"\n[[object]]\nname = "a"\n', encoding="utf-8")
    for command in ("import", "inspect"):
        lines = run(command, fair, "--profile", mine, home=tmp_path / "home", expect=3).stderr.splitlines()
        assert [line.partition("my.toml:")[2].partition(" is ")[0] for line in lines] == [
            "1: title:",
            "2: titel:",
            "3: object.primary:",
            "3: object.required:",
        ]


def test_a_table_without_the_headers_of_the_stated_profile_is_told_which(tmp_path: Path) -> None:
    fair, mine, home = write_csv(tmp_path / "fair.csv", FAIR), tmp_path / "my.toml", tmp_path / "home"
    run("inspect", fair, "--write-profile", mine, home=home)
    other = write_csv(tmp_path / "other.csv", [["Nom", *FAIR[0][1:]], FAIR[1]])
    done = run("inspect", other, "--profile", mine, home=home, expect=3)
    assert "is not read as fair.deals: it has no column 'Name'; its columns are: 'Nom', 'Firma'" in done.stderr


def test_a_profile_is_not_written_over(tmp_path: Path) -> None:
    fair = write_csv(tmp_path / "fair.csv", FAIR)
    (tmp_path / "my.toml").write_text("mine", encoding="utf-8")
    done = run("inspect", fair, "--write-profile", tmp_path / "my.toml", home=tmp_path / "home", expect=3)
    assert "already exists" in done.stderr
    assert (tmp_path / "my.toml").read_text(encoding="utf-8") == "mine"


def test_a_password_opens_a_workbook_and_is_kept_nowhere(tmp_path: Path) -> None:
    home, book, plain = tmp_path / "home", openpyxl.Workbook(), io.BytesIO()
    for row in (["Name", "Email"], ["Ann Lee", "a@acme.example"]):
        book.worksheets[0].append(row)
    book.save(plain)
    with (tmp_path / "locked.xlsx").open("wb") as handle:
        OOXMLFile(plain).encrypt("Tr0ub4dor", handle)
    done = run("inspect", tmp_path / "locked.xlsx", home=home, expect=3)
    assert "give --password" in done.stderr
    done = run("inspect", tmp_path / "locked.xlsx", "--password", "wrong", home=home, expect=3)
    assert "does not open it" in done.stderr
    document = run_json("import", tmp_path / "locked.xlsx", "--password", "Tr0ub4dor", home=home)
    assert document["files"][0]["sheets"][0]["loaded"] == 1
    kept = [path for path in home.rglob("*") if path.is_file() and b"Tr0ub4dor" in path.read_bytes()]
    assert kept == []


def test_archives_chunks_and_a_stated_encoding(tmp_path: Path) -> None:
    home = tmp_path / "home"
    text = "Contact ID;First name;Last name;City\n{};Jiří;Dvořák;Plzeň\n"
    (tmp_path / "Kontakte_001.csv.gz").write_bytes(gzip.compress(text.format(1).encode("cp1250")))
    with tarfile.open(tmp_path / "more.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("Kontakte_002.csv")
        data = text.format(2).encode("cp1250")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    paths = (tmp_path / "Kontakte_001.csv.gz", tmp_path / "more.tar.gz")
    document = run_json("import", *paths, "--encoding", "cp1250", home=home)
    assert [file["status"] for file in document["files"]] == ["loaded", "loaded"]
    assert {file["source"] for file in document["files"]} == {"kontakte"}
    rows = run_json("sql", "SELECT DISTINCT name, city FROM records.source_persons", home=home)["rows"]
    assert rows == [{"name": "Jiří Dvořák", "city": "Plzeň"}]


def test_what_only_others_point_at_is_told(tmp_path: Path) -> None:
    contacts = write_csv(tmp_path / "Contact.csv", [["Id", "LastName", "AccountId"], ["003A", "Lee", "001A"]])
    notes = run_json("import", contacts, home=tmp_path / "home")["notes"]
    assert notes == [
        "source 'salesforce': knows 1 organization record only by reference; an import of the file that has them will "
        "complete them"
    ]
    accounts = write_csv(tmp_path / "Account.csv", [["Id", "Name", "Industry"], ["001A", "Acme", "Steel"]])
    assert run_json("import", accounts, home=tmp_path / "home")["notes"] == []


def test_a_policy_that_is_none_is_bad_usage(tmp_path: Path) -> None:
    done = run("import", tmp_path, "--update", "overwrite", home=tmp_path / "home", expect=2)
    assert all(policy in done.stderr for policy in UpdatePolicy)
