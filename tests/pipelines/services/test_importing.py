"""The home's Dagster instance under several processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.pipelines.support import ROOT, process_environment

OPEN_WHEN_TOLD = """
import dagster, sys
from pathlib import Path
from pipelines.services.instance import open_instance, prepare_instance
from schemas.stores.settings import load_settings

print("ready", flush=True)
sys.stdin.readline()
settings = load_settings(Path(sys.argv[1]))
prepare_instance(settings)
with open_instance(settings) as instance:
    print(instance.get_runs_count())
"""


def test_processes_that_open_a_new_home_at_once_do_not_stumble_over_each_other(tmp_path: Path) -> None:
    # Dagster creates its SQLite tables unguarded: without a lock, all but one of these ended in `table exists`.
    # Plain processes: `Pool.__exit__` kills its workers, and one killed while it held the lock of the pool's queue
    # left this test waiting for that lock until its time was over.
    home = tmp_path / "home"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_WHEN_TOLD, str(home)],
            cwd=ROOT, env=process_environment(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        assert [process.communicate(timeout=120)[0] for process in processes] == ["0\n"] * 3
    finally:
        for process in processes:
            process.kill()
            process.wait()
