"""Settings of the process: made by the program's entry point, before Polars, and by no import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from pipelines.allocation import LARGEST_KEPT, OBJECTS_BETWEEN_COLLECTIONS
from tests.pipelines.support import ROOT

STATE = f"""
import ctypes, gc, json, logging, os, signal, sys, warnings
LIBC = ctypes.CDLL(None)

class MallInfo(ctypes.Structure):  # struct mallinfo2 of glibc
    _fields_ = [(name, ctypes.c_size_t) for name in
                "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]

def large_blocks_are_mapped():
    # By default glibc maps a block of this size by itself; after mallopt it comes from the heap.
    LIBC.mallinfo2.restype = MallInfo
    LIBC.malloc.restype = ctypes.c_void_p
    before = LIBC.mallinfo2().hblks
    LIBC.malloc({LARGEST_KEPT - (1 << 20)})
    return LIBC.mallinfo2().hblks > before

def state():
    return {{
        "gc": gc.get_threshold(),
        "environment": dict(os.environ),
        "mapped": large_blocks_are_mapped(),
        "path": sys.path,
        "handlers": [str(signal.getsignal(s)) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)],
        "logging": [logging.getLogger().level, len(logging.getLogger().handlers)],
        "polars": "polars" in sys.modules,
    }}
"""

IMPORT_EVERYTHING = """
import importlib, pathlib
import altair, dagster, duckdb, polars, splink, sqlalchemy  # what libraries set is theirs
before = state()
for package in ("schemas", "dedup", "assets", "pipelines"):
    for path in sorted(pathlib.Path(package).rglob("*.py")):
        if "migrations" not in path.parts:
            importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
print(json.dumps([before, state(), sorted(name for name in sys.modules if name.startswith("assets."))]))
"""

START_THE_PROGRAM = """
import pipelines.__main__
before = state()
sys.argv = ["leadsift", "--version"]
try:
    pipelines.__main__.main()
except SystemExit:
    print(json.dumps([before, state()]))
"""


def states(code: str) -> list[Any]:
    """The state of a fresh process before and after what `code` does."""
    environment = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    done = subprocess.run(
        [sys.executable, "-c", STATE + code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the state of glibc")
def test_importing_the_packages_changes_nothing_in_the_process() -> None:
    before, after, modules = states(IMPORT_EVERYTHING)
    assert "assets.sources.readers.delimited" in modules
    assert before["mapped"], "or the state of glibc cannot be read"
    assert after == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the state of glibc")
def test_the_program_sets_its_allocators_before_polars_is_there() -> None:
    before, after = states(START_THE_PROGRAM)
    assert not before["polars"], "importing the entry point must not load Polars: its allocator reads its settings once"
    assert "_RJEM_MALLOC_CONF" not in before["environment"]
    assert after["polars"]
    assert "dirty_decay_ms" in after["environment"]["_RJEM_MALLOC_CONF"]
    assert after["gc"][0] == OBJECTS_BETWEEN_COLLECTIONS
    assert before["mapped"]
    assert not after["mapped"]
