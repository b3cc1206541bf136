"""Running the program as its users do: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


def run(*arguments: str | Path, home: Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `python -m pipelines` with these arguments from a bare checkout; fail unless it exits with `expect`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pipelines", *map(str, arguments)],
        cwd=ROOT,
        env={**_environment(), "LEADSIFT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == expect, (done.returncode, done.stdout[-2_000:], done.stderr[-2_000:])
    assert "Traceback" not in done.stderr + done.stdout
    return done


def run_json(*arguments: str | Path, home: Path, expect: int = 0) -> Any:
    """The JSON document that a command writes; there is nothing else on stdout."""
    return json.loads(run(*arguments, "--json", home=home, expect=expect).stdout)


def _environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}
