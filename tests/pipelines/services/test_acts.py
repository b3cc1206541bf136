"""Acts of real processes: killed after the fact was recorded and given again, and two at the same moment."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from schemas.stores.settings import load_settings
from schemas.stores.warehouse import Published
from tests.assets.support import make_small_crm
from tests.pipelines.support import ROOT, process_environment, run_json, run_process
from tests.support import FinishedHomes

FACTS = (
    "(SELECT count(*) FROM actions) + (SELECT count(*) FROM match_decisions) + (SELECT count(*) FROM undone_imports)"
)


@pytest.fixture
def home(tmp_path: Path, finished_homes: FinishedHomes) -> Path:
    return finished_homes.copy("small-crm", make_small_crm, tmp_path / "home")


def _facts(home: Path) -> int:
    with closing(sqlite3.connect(f"file:{home / 'ledger.sqlite'}?mode=ro", uri=True, timeout=30)) as ledger:
        return int(ledger.execute(f"SELECT {FACTS}").fetchone()[0])


def _kill_once_recorded(*arguments: str, home: Path) -> None:
    """Run a command and kill it as soon as the ledger shows its fact."""
    before = _facts(home)
    process = _start(*arguments, home=home)
    try:
        while process.poll() is None and _facts(home) == before:
            time.sleep(0.005)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -9, "it ended before it could be killed"
    assert _facts(home) == before + 1


def _start(*arguments: str, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipelines", *arguments],
        cwd=ROOT, env=process_environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    return Published(load_settings(home).published_path).query(sql).rows()


def test_an_act_that_was_killed_and_is_given_again_is_one_act(home: Path) -> None:
    ids = [row[0] for row in _rows(home, "SELECT person_id FROM persons ORDER BY person_id LIMIT 2")]
    acts: list[tuple[tuple[str, ...], str, Any]] = [
        (("convert", "salesforce:00QB", "--yes"), "SELECT count(*) FROM leads WHERE status = 'converted'", 2),
        (
            ("move", "salesforce:006A", "Qualification"),
            "SELECT count(*) FROM deal_stage_history WHERE origin = 'manual'",
            1,
        ),
        (("decide", *ids, "same"), "SELECT decision FROM audit.decisions", "same"),
    ]
    for number, (act, shown, expected) in enumerate(acts, 1):
        _kill_once_recorded(*act, home=home)
        assert _rows(home, shown) != [(expected,)]
        again = run_json(*act, home=home)
        assert again["already_recorded"]
        assert (_facts(home), _rows(home, shown)) == (number, [(expected,)])


def test_the_next_command_finishes_an_undo_that_was_killed_and_so_does_the_same(home: Path) -> None:
    ((import_id,),) = _rows(home, "SELECT import_id FROM audit.imports")
    run_json("edit", "salesforce:003A", "job_title=Buyer", home=home)
    refused = run_process("undo", import_id, home=home, expect=3)
    assert f"{import_id}: `edit` on per_" in refused.stderr
    assert "--yes" in refused.stderr
    assert _facts(home) == 1
    _kill_once_recorded("undo", import_id, "--yes", home=home)
    assert _rows(home, "SELECT count(*) > 0 FROM persons") == [(True,)]
    document = run_json("undo", import_id, home=home)
    assert (document["already_recorded"], document["entities"]["persons"]) == (True, 0)
    assert _rows(home, "SELECT count(*) FROM audit.actions WHERE is_suspended") == [(1,)]
    assert _facts(home) == 2


def test_of_two_who_convert_a_lead_at_the_same_moment_one_is_refused(home: Path) -> None:
    pair = [
        _start("convert", "salesforce:00QB", "--value", value, "--currency", "EUR", "--yes", home=home)
        for value in ("5", "6")
    ]
    ended = sorted((process.wait(240), process.communicate()[1]) for process in pair)
    assert [code for code, _ in ended] == [0, 3]
    assert "was converted into deal_" in ended[1][1]
    assert _facts(home) == 1
    assert _rows(home, "SELECT count(*) FROM deals") == [(2,)]


def test_an_act_never_publishes_a_warehouse_that_lacks_imports(home: Path) -> None:
    # The published file looks current, so that the act finds nothing to finish before it records.
    counts = "SELECT (SELECT count(*) FROM persons), (SELECT count(*) FROM deals), (SELECT count(*) FROM audit.imports)"
    before = _rows(home, counts)
    person = _rows(home, "SELECT min(person_id) FROM persons")[0][0]
    (home / "warehouse.duckdb").unlink()
    run_json("edit", person, "job_title=Buyer", home=home)
    assert _rows(home, counts) == before
    assert _rows(home, f"SELECT job_title FROM persons WHERE person_id = '{person}'") == [("Buyer",)]
    assert run_json("doctor", home=home)["healthy"]


def test_an_act_whose_warehouse_cannot_be_filled_leaves_the_published_file(home: Path) -> None:
    counts = "SELECT (SELECT count(*) FROM persons), (SELECT count(*) FROM audit.imports)"
    before = _rows(home, counts)
    person = _rows(home, "SELECT min(person_id) FROM persons")[0][0]
    (home / "warehouse.duckdb").unlink()
    for file in (home / "archive").glob("*/*"):
        file.unlink()
    refused = run_json("edit", person, "job_title=Buyer", home=home, expect=3)
    assert "is missing" in refused["reason"]
    assert _rows(home, counts) == before
