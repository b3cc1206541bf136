"""The import asks about a table in doubt, on a terminal, and keeps the answer."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

from tests.support import new_home, write_csv

ROWS = [["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "+33699014623"]]


def on_a_terminal(*arguments: str, answer: str) -> tuple[int, str]:
    """Run a command on a pseudo-terminal and answer its question."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipelines", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    said, is_answered, until = b"", False, time.monotonic() + 120
    while time.monotonic() < until:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
        if b"Which is it" in said and not is_answered:
            os.write(ours, answer.encode() + b"\n")
            is_answered = True
    os.close(ours)
    return process.wait(timeout=60), said.decode("utf-8", "replace")


def test_a_doubt_is_asked_about_once(tmp_path: Path) -> None:
    home, path = new_home(tmp_path / "home"), write_csv(tmp_path / "stars.csv", ROWS)
    code, said = on_a_terminal("--home", str(home), "import", str(path), answer="2")
    assert code == 0, said
    assert "contacts" in said
    assert "organization: name Orion" in said
    assert "2 organizations" in said
    again = write_csv(tmp_path / "stars (2).csv", [*ROWS, ["Rigel", "+33699014625"]])
    code, said = on_a_terminal("--home", str(home), "import", str(again), answer="s")
    assert code == 0, said
    assert "Which is it" not in said
    assert "3 organizations" in said


def test_without_a_terminal_the_doubt_is_a_refusal(tmp_path: Path) -> None:
    home, path = new_home(tmp_path / "home"), write_csv(tmp_path / "stars.csv", ROWS)
    command = [sys.executable, "-m", "pipelines", "--home", str(home), "import", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 3
    assert "--as organizations" in done.stderr
