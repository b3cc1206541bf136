"""Reads workbooks, web pages and contact cards in a child process, so that a file that makes a parser abort, hang or
run out of memory is only refused.

calamine aborts the process on some small files (one cell in the last row and column), panics on some damaged ones and
hangs on a few. The child has limits on memory and time and returns its sheets as Arrow files. Does not belong here:
the parsers (`assets.sources.readers.workbook_child`).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from assets.sources.files.archives import MAX_RATIO
from assets.sources.sheets import Block, Cells, Fault, Frame, Rows, Sheet
from schemas.contracts.errors import InputRefusedError

MEMORY_LIMIT = 6 * 1024**3
"""The child's address space in bytes; a sheet of a million rows and twenty columns needs two thirds of it."""

MEMORY_FREE = 512 * 1024**2
"""Bytes of memory that every child may use, for any file."""

MEMORY_OF_XML, MEMORY_OF_OTHERS = 10, 40
"""Bytes of memory per byte of content: unpacked XML took 4, denser formats and HTML trees up to 25."""

TIME_LIMIT = 300
"""Seconds. calamine reads about a hundred thousand rows a second."""

MAX_UNPACKED = 4 * 1024**3
RATIO_FROM = 64 * 1024**2
"""The ratio is checked above this many unpacked bytes. XML compresses 10 to 50 times, a zip bomb a thousand times."""

_ROOT = Path(__file__).parents[3]


def read_workbook(path: Path, kind: str) -> list[Sheet]:
    """Read every sheet as text cells; row numbers are those that the user sees.

    Raises InputRefusedError if the file cannot be read within the limits.
    """
    memory = MEMORY_FREE + _content_memory(path)
    with tempfile.TemporaryDirectory(prefix="leadsift-") as folder:
        place = Path(folder)
        (place / "request.json").write_text(json.dumps({"path": str(path), "kind": kind}), encoding="utf-8")
        _run_child(place, memory)
        answer = json.loads((place / "answer.json").read_text(encoding="utf-8"))
        if "refusal" in answer:
            raise InputRefusedError(answer["refusal"])
        return [sheet for item in answer["sheets"] for sheet in _sheets(place, item)]


def _sheets(place: Path, item: dict[str, Any]) -> list[Sheet]:
    frame = pl.read_ipc(place / item["file"])
    notes = [*item["notes"]]
    if item["is_hidden"]:
        notes.append("is hidden in the workbook; it is read as well")
    faults = [Fault(**fault) for fault in item["faults"]]
    parts = side_by_side(frame)
    if len(parts) > 1:
        notes.append(f"holds {len(parts)} tables side by side")
    broken = {fault.row: (fault.value or "", fault.reason) for fault in faults if fault.column is None}
    sheets: list[Sheet] = []
    for number, (start, part) in enumerate(parts):
        name = f"{item['name']} ({number + 1})" if number else item["name"]
        inside = range(start, start + part.width)
        here = [fault.shifted(start) for fault in faults if fault.column in inside]
        sheets.append(Sheet(name, [_block(part, broken)], is_cut=False, notes=[] if number else notes, faults=here))
    return sheets


def _block(frame: pl.DataFrame, broken: dict[int, tuple[str, str]]) -> Block:
    frame.columns = [f"c{index}" for index in range(frame.width)]
    if not broken:
        return Frame(1, frame)
    rows: list[Cells | None] = [
        None if number in broken else list(row) for number, row in enumerate(frame.iter_rows(), 1)
    ]
    return Rows(1, rows, broken)


def side_by_side(frame: pl.DataFrame) -> list[tuple[int, pl.DataFrame]]:
    """The tables side by side in a sheet, each with the index of its first column.

    Blank columns separate them, and all must have the same header row: a single table may contain a blank column.
    """
    filled = [not frame[name].is_null().all() for name in frame.columns]
    spans: list[tuple[int, int]] = []
    for index, is_filled in enumerate(filled):
        if is_filled and spans and spans[-1][1] == index:
            spans[-1] = (spans[-1][0], index + 1)
        elif is_filled:
            spans.append((index, index + 1))
    if not spans:
        return [(0, frame)]
    headers = [_first_row(frame[:, start:end]) for start, end in spans]
    same = len(spans) > 1 and all(end - start > 1 for start, end in spans) and len({tuple(row) for row in headers}) == 1
    if same:
        return [(start, frame[:, start:end]) for start, end in spans]
    return [(0, frame[:, : spans[-1][1]])]


def _first_row(frame: pl.DataFrame) -> list[str | None]:
    for row in frame.iter_rows():
        if sum(cell is not None for cell in row) > 1:
            return list(row)
    return []


def _content_memory(path: Path) -> int:
    """The memory limit for reading a file, in bytes. Raises InputRefusedError for a zip bomb."""
    packed = path.stat().st_size
    with path.open("rb") as handle:
        if not handle.read(2).startswith(b"PK"):
            return MEMORY_OF_OTHERS * packed
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise InputRefusedError("is a workbook that cannot be read: it is truncated or damaged") from error
    if unpacked > MAX_UNPACKED or unpacked > max(RATIO_FROM, packed * MAX_RATIO):
        raise InputRefusedError(
            f"is a workbook that would unpack from {packed:,} to {unpacked:,} bytes; refused as a possible zip bomb"
        )
    return MEMORY_OF_XML * unpacked


def _run_child(place: Path, memory: int) -> None:
    command = [
        sys.executable,
        "-m",
        "assets.sources.readers.workbook_child",
        str(place),
        str(memory),
        str(MEMORY_LIMIT),
    ]
    # One thread is enough for one sheet, and thread pools reserve address space for each core.
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(_ROOT)}
    returncode = None
    with suppress(subprocess.TimeoutExpired):
        returncode = subprocess.run(  # noqa: S603  (our own module)
            [str(word) for word in command],
            env=environment,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        ).returncode
    if (place / "answer.json").exists():
        return
    if returncode is None:
        raise InputRefusedError(
            f"is a workbook that could not be read within {TIME_LIMIT} seconds; save it as .csv and import that"
        )
    how = signal.Signals(-returncode).name if returncode < 0 else f"exit code {returncode}"
    raise InputRefusedError(
        f"is a workbook that cannot be read (the reader ended with {how}): it is damaged, or a cell far from "
        "the others makes it too large; save it as .csv and import that"
    )
