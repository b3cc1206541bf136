"""Exit codes: 2 if the command line itself is wrong, 3 if it does not fit the home."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.commands.app import EXIT_CODES
from pipelines.commands.console import BAD_USAGE, DONE, INTERRUPTED, REFUSED
from schemas.contracts.errors import InputRefusedError
from schemas.stores.settings import load_settings
from schemas.stores.stores import Stores
from tests.pipelines.support import ROOT, import_examples, process_environment, run
from tests.support import FinishedHomes

WRONG = [  # with any home
    "nope", "--nope", "sql", "import", "undo", "convert", "evaluate",
    "leads --limit 0", "leads --limit x", "leads --sort colour", "decide a b perhaps", "review --accept-above 2",
    "match", "match --city Berlin", "match --birth-date soon", "match --email not-an-email", "match --phone ---",
    "edit per_1 job_title",
    "convert {lead} --value abc", "convert {lead} --value -1", "convert {lead} --currency XYZ9",
    "convert nope --visibility some", "convert {lead} --expected-close-date soon",
    "win {deal} --at soon", "lose nope --at soon", "move {deal}",
    "report nope", "report win_rate --since soon", "report win_rate --since 2026-02-01 --until 2026-01-01",
    "report win_rate --on 2026-01-01", "report open_pipeline_at", "report --pipeline Sales",
    "report win_rate --html {tmp}/a.html", "report win_rate --chart {tmp}/a.gif", "review --export {tmp}/a.csv",
    "import examples --encoding nope", "import examples --date-order xyz", "import examples --update never",
]  # fmt: skip
REFUSALS = [  # something named does not exist, or does not fit what is there
    "undo nope", "explain nope", "explain {deal}", "decide a b same", "edit nope city=Graz", "edit {person} colour=red",
    "edit {person} email=zzz", "archive nope", "convert nope", "convert {lead} --pipeline Nope",
    "convert --file {tmp}/nope.csv", "move {deal} Nope", "win {deal} --at 2999-01-01",
    "report win_rate --pipeline Nope", "report win_rate --chart {tmp}/nope/a.png", "review --export {tmp}/nope/a.xlsx",
    "review --take {tmp}/nope.xlsx", "evaluate --labels {tmp}/nope.csv", "train --use nope", "sql SELEC",
    "import {tmp}/nope", "inspect {tmp}/nope", "inspect pyproject.toml", "import examples --profile nope",
]  # fmt: skip
NOTHING_TO_DO = [
    "imports", "leads --label nope", "match --name Zzyzx", "review --accept-above 1", "report", "doctor",
    "report leads_inbox",
]  # fmt: skip


@pytest.fixture(scope="module")
def home(finished_homes: FinishedHomes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_homes.copy("examples", import_examples, tmp_path_factory.mktemp("codes") / "home")


@pytest.fixture(scope="module")
def named(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Something to name in a command: a lead and a deal that are open, a person, an empty folder."""
    published = Stores.open(load_settings(home)).published
    row = published.query(
        "SELECT (SELECT min(lead_id) FROM leads WHERE status = 'open') AS lead, min(person_id) AS person, "
        "(SELECT min(deal_id) FROM deals WHERE status = 'open') AS deal FROM persons"
    )
    return {**row.row(0, named=True), "tmp": str(tmp_path_factory.mktemp("empty"))}


CASES = [*((line, BAD_USAGE) for line in WRONG), *((line, REFUSED) for line in REFUSALS)]


@pytest.mark.parametrize(("line", "code"), CASES, ids=[line for line, _ in CASES])
def test_what_is_wrong_in_itself_is_bad_usage_and_what_does_not_fit_is_refused(
    home: Path, named: dict[str, str], line: str, code: int
) -> None:
    before = Stores.open(load_settings(home)).published.path.stat().st_mtime_ns
    done = run(*line.format(**named).split(), home=home, expect=code)
    assert done.stderr.strip()
    assert Stores.open(load_settings(home)).published.path.stat().st_mtime_ns == before


@pytest.mark.parametrize("line", NOTHING_TO_DO)
def test_a_command_that_finds_nothing_to_do_did_what_was_asked(home: Path, line: str) -> None:
    run(*line.split(), home=home, expect=DONE)


def test_a_file_of_conversions_with_a_wrong_value_is_input(home: Path, tmp_path: Path, named: dict[str, str]) -> None:
    path = tmp_path / "conversions.csv"
    path.write_text(f"lead_id,value\n{named['lead']},abc\n", encoding="utf-8")
    assert "row 2: value 'abc' is not a number" in run("convert", "--file", path, home=home, expect=REFUSED).stderr


def test_a_cancelled_question_is_a_refusal() -> None:
    import typer

    from pipelines.commands.common import cancellable

    with pytest.raises(InputRefusedError, match="cancelled; nothing was changed"), cancellable():
        raise typer.Abort


def test_an_interrupted_command_says_so(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "home")
    command = [sys.executable, "-m", "pipelines", "import", str(ROOT / "examples")]
    with Stores.open(settings).warehouse.locked():  # the command waits for it
        process = subprocess.Popen(
            command, cwd=ROOT, env=process_environment(settings.home), stderr=subprocess.PIPE, text=True
        )
        while not settings.archive_dir.is_dir():
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    assert "interrupted; the next import finishes what was started" in stderr


def test_help_and_docs_state_the_codes(tmp_path: Path) -> None:
    page = " ".join((ROOT / "docs" / "running.md").read_text(encoding="utf-8").split())
    text = " ".join(run("--help", home=tmp_path).stdout.split())
    for code, meaning in EXIT_CODES.items():
        assert f"| {code} | {meaning} |" in page
        assert f"{code} {meaning}" in text
