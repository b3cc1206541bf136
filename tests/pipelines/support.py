"""Running the program: in this process where its behaviour is asked for, in one of its own where the process is.

Importing Dagster and Splink costs two seconds of CPU time in every process, so `run` calls the command line's entry
point here: the same parsing, output and exit codes. `run_process` starts `python -m pipelines` from a bare checkout;
use it for what only a process shows (start, signals, locks, what it imports).
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from pipelines.commands import app

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path, home: Path, expect: int = 0) -> Done:
    """Run a command in this process; fail unless it exits with `expect`."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"LEADSIFT_HOME": str(home)}),
        mock.patch.object(sys, "argv", ["leadsift", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            app.run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return _as_expected(Done(code, out.getvalue(), err.getvalue()), expect)


def run_process(*arguments: str | Path, home: Path, expect: int = 0) -> Done:
    """Run `python -m pipelines` with these arguments from a bare checkout; fail unless it exits with `expect`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pipelines", *map(str, arguments)],
        cwd=ROOT,
        env=process_environment(home),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return _as_expected(Done(done.returncode, done.stdout, done.stderr), expect)


def _as_expected(done: Done, expect: int) -> Done:
    assert done.returncode == expect, (done.returncode, done.stdout[-2_000:], done.stderr[-2_000:])
    assert "Traceback" not in done.stderr + done.stdout
    return done


def run_json(*arguments: str | Path, home: Path, expect: int = 0) -> Any:
    """The JSON document that a command writes; there is nothing else on stdout."""
    return json.loads(run(*arguments, "--json", home=home, expect=expect).stdout)


def process_environment(home: Path) -> dict[str, str]:
    """The environment of a process of the program: what a shell has, and the home."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, "LEADSIFT_HOME": str(home)}


def import_examples(home: Path) -> None:
    """Import the examples as a user does; the document that the import wrote lies beside the home."""
    document = run_json("import", ROOT / "examples", home=home)
    (home.parent / "document.json").write_text(json.dumps(document), encoding="utf-8")
