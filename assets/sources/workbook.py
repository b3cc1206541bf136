"""Workbooks, read in a child process: a file that makes the parser abort, hang or eat memory is a refusal, no more.

calamine aborts the process on some small files (one cell in the last row and column), panics on some damaged ones and
hangs on a few. The child has limits on memory and time and hands its sheets back as Arrow files.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import polars as pl

from assets.sources.tables import Grid
from schemas.errors import InputRefusedError

MEMORY_LIMIT = 6 * 1024**3
"""Bytes of address space for the child; a sheet of a million rows and twenty columns needs about two thirds of it."""

TIME_LIMIT = 300
"""Seconds; the fastest reader does a hundred thousand rows a second."""

MAX_UNPACKED = 4 * 1024**3
_ROOT = Path(__file__).parent.parent.parent


def read_workbook(data: bytes) -> list[Grid]:
    """Read every sheet of a workbook as text cells; row numbers are those that the user sees.

    Raises InputRefusedError with the reason when the workbook cannot be read within the limits.
    """
    _refuse_bomb(data)
    with tempfile.TemporaryDirectory(prefix="leadsift-") as folder:
        place = Path(folder)
        (place / "workbook").write_bytes(data)
        _run_child(place)
        answer = json.loads((place / "answer.json").read_text(encoding="utf-8"))
        if "refusal" in answer:
            raise InputRefusedError(answer["refusal"])
        return [
            Grid(name, pl.read_ipc(io.BytesIO((place / f"{index}.arrow").read_bytes())).rows())
            for index, name in enumerate(answer["sheets"])
        ]


def _refuse_bomb(data: bytes) -> None:
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise InputRefusedError("is a workbook that cannot be read: it is cut off or damaged") from error
    if unpacked > MAX_UNPACKED:
        raise InputRefusedError(f"is a workbook that would unpack to {unpacked:,} bytes; refused as a possible bomb")


def _run_child(place: Path) -> None:
    command = [sys.executable, "-m", "assets.sources.workbook_child", str(place), str(MEMORY_LIMIT)]
    # One thread is enough for one sheet, and thread pools reserve address space by the core.
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(_ROOT)}
    try:
        done = subprocess.run(  # noqa: S603  (our own module)
            command, env=environment, capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputRefusedError(
            f"is a workbook that could not be read within {TIME_LIMIT} seconds; save it as .csv and import that"
        ) from error
    if done.returncode != 0 or not (place / "answer.json").exists():
        how = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit code {done.returncode}"
        raise InputRefusedError(
            f"is a workbook that cannot be read (the reader ended with {how}): it is damaged, or a cell far away makes "
            "it too large; save it as .csv and import that"
        )
