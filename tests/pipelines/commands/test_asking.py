"""The import asks about a table in doubt, on a terminal, and keeps the answer."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
import time
from functools import partial
from pathlib import Path

import pytest

from tests.support import new_home, write_csv

ROWS = [["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "+33699014623"]]


def on_a_terminal(*arguments: str, answers: list[str]) -> tuple[int, str]:
    """Run a command on a pseudo-terminal and answer its questions in turn."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipelines", *arguments]
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=partial(fcntl.ioctl, 0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  (so that Ctrl-C is a signal)
    )
    os.close(theirs)
    said, left, until = b"", list(answers), time.monotonic() + 120
    while time.monotonic() < until and select.select([ours], [], [], 60)[0]:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
        if left and said.count(b"Which is it") > len(answers) - len(left):
            time.sleep(0.3)  # as a person does: a signal just before the answer is read is seen with the next key only
            os.write(ours, left.pop(0).encode())
    os.close(ours)
    return process.wait(timeout=60), said.decode("utf-8", "replace")


def test_a_doubt_is_asked_about_once(tmp_path: Path) -> None:
    home, path = new_home(tmp_path / "home"), write_csv(tmp_path / "stars.csv", ROWS)
    code, said = on_a_terminal("--home", str(home), "import", str(path), answers=["2\n"])
    assert code == 0, said
    assert "contacts" in said
    assert "organization: name Orion" in said
    assert "2 organizations" in said
    again = write_csv(tmp_path / "stars (2).csv", [*ROWS, ["Rigel", "+33699014625"]])
    code, said = on_a_terminal("--home", str(home), "import", str(again), answers=["s\n"])
    assert code == 0, said
    assert "Which is it" not in said
    assert "3 organizations" in said


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_a_cancelled_question_changes_nothing(tmp_path: Path, key: str) -> None:
    home, first = new_home(tmp_path / "home"), write_csv(tmp_path / "stars.csv", ROWS)
    second = write_csv(tmp_path / "moons.csv", [["Name", "Mobile"], *ROWS[1:]])
    code, said = on_a_terminal("--home", str(home), "import", str(first), str(second), answers=["2\n", key])
    assert code == 3, said
    assert "cancelled; nothing was changed" in said
    assert not (home / "profiles").exists()


def test_without_a_terminal_the_doubt_is_a_refusal(tmp_path: Path) -> None:
    home, path = new_home(tmp_path / "home"), write_csv(tmp_path / "stars.csv", ROWS)
    command = [sys.executable, "-m", "pipelines", "--home", str(home), "import", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 3
    assert "--as organizations" in done.stderr
