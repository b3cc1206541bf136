"""What the command line writes, fed with hostile names, headers and cells."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipelines.commands import console
from pipelines.commands.console import err, out, print_error, print_json, print_table, short_path
from schemas.contracts.progress import report
from tests.pipelines.support import run, run_json
from tests.support import write_csv

HOSTILE = "a\x1b[31mb\x07\x9bc\x7fd\u202ee\u2028f\x00g\ufffeh"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe]")


def test_tables_lines_errors_and_json_have_no_raw_control(capsys: pytest.CaptureFixture[str]) -> None:
    surrogate = f"{HOSTILE}\udcff\ud800"
    print_table(pl.DataFrame({HOSTILE: [HOSTILE], "list": [[HOSTILE]]}), HOSTILE)
    out.print(surrogate, markup=False, soft_wrap=True)
    err.print(surrogate, markup=False, soft_wrap=True)
    print_error(f"{surrogate}\nleadsift: all is well")
    print_json({surrogate: surrogate})
    shown = capsys.readouterr()
    assert not RAW.search(shown.out + shown.err)
    (shown.out + shown.err).encode("utf-8")
    # Rich drops the bell of a line of its own; in a table it is escaped before.
    assert r"a\x1b[31mb\x9bc\x7fd\u202ee\u2028f\x00g\ufffeh\xff\ud800" in shown.out
    assert r"a\x1b[31mb\x07\x9bc\x7fd\u202ee\u2028f\x00g\ufffeh" in shown.out
    assert json.loads(shown.out[shown.out.index("{") :]) == {surrogate: surrogate}
    assert len(shown.err.splitlines()) == 2


def test_a_path_is_one_line() -> None:
    assert short_path(f"{Path.cwd()}/a\nleadsift: done") == r"a\x0aleadsift: done"


def test_progress_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_terminal, quiet in ((True, False), (True, True), (False, False)):
        screen = Console(file=io.StringIO(), force_terminal=is_terminal, width=100)
        monkeypatch.setattr(console, "err", screen)
        with console.progress_shown(quiet=quiet):
            report("Reading [list].csv", 1, 2)
        assert isinstance(screen.file, io.StringIO)
        assert ("Reading [list].csv" in screen.file.getvalue()) == (is_terminal and not quiet)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files whose names, headers and cells hold what terminals and XML do not take."""
    folder = tmp_path_factory.mktemp("hostile")
    name = "people\x1b[31m\u202eevil\x07.csv"
    write_csv(
        folder / name,
        [
            ["Full Name", "Email", "Phone", "Company", "Ti\x1btle\u202e"],
            [
                "Ann \x1b[31mLee",
                "ann@acme.example",
                "none\x1b",
                "Acme \x1bCorp",
                HOSTILE,
            ],
            ["Ann \x9bLee", "lee@acme.example", "", "Acme \x1bCorp", ""],
        ],
    )
    write_csv(
        folder / "Lead.csv",
        [
            ["Id", "LastName", "Company", "Status", "LeadSource", "IsConverted", "CreatedDate"],
            ["00Q1", "Lee\x1b", "Globex", "New", "We\x0cb\ufffe", "false", "2026-01-02T00:00:00Z"],
        ],
    )
    (folder / os.fsdecode(b"bad\xffname\n.csv")).write_text("Name,Email\nCarl,carl@acme.example\n", encoding="utf-8")
    return folder


def test_no_command_writes_a_raw_control_or_dies_of_one(hostile: Path, tmp_path: Path) -> None:
    home, page = tmp_path / "home", tmp_path / "all.html"
    commands: list[tuple[str | Path, ...]] = [
        ("import", hostile, "--source", "crm\x1b[31m"),
        ("sql", "FROM persons"),
        ("report", "--html", page),
        ("report", "lead_conversion_by_channel", "--chart", tmp_path / "chart.png"),
    ]
    for command in commands:
        done = run(*command, home=home)
        assert not RAW.search(done.stdout + done.stderr), command
    assert run_json("sql", "SELECT name FROM persons WHERE name LIKE 'Ann%' ORDER BY name", home=home)["rows"] == [
        {"name": "Ann \x1b[31mLee"},
        {"name": "Ann \x9bLee"},
    ]
    assert not RAW.search(page.read_text(encoding="utf-8"))
    assert r"We\x0cb\ufffe" in page.read_text(encoding="utf-8")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    refused = run("import", hostile / "none\x1b.csv", home=home, expect=3)
    assert not RAW.search(refused.stderr)


def test_a_mapping_with_hostile_names_is_a_valid_profile(hostile: Path, tmp_path: Path) -> None:
    (listed,) = [path for path in hostile.iterdir() if path.name.startswith("people")]
    run("inspect", listed, "--write-profile", tmp_path / "own.toml", home=tmp_path / "home")
    again = run_json("inspect", listed, "--profile", tmp_path / "own.toml", home=tmp_path / "home")
    assert again["files"][0]["sheets"][0]["loaded"] == 2
