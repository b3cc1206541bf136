"""The child process of `assets.sources.workbook`: reads one workbook under a limit of memory.

    python -m assets.sources.workbook_child FOLDER BYTES

FOLDER holds `workbook`; the child writes `answer.json` ({"sheets": [names]} or {"refusal": reason}) and one `<n>.arrow`
for each sheet. Nothing else may be imported here that is slow to start.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MAX_CELLS = 50_000_000
"""A sheet that declares more is refused by name before it fills the memory."""


def main(folder: Path, memory_limit: int) -> None:
    """Read the workbook in `folder` and write the answer beside it."""
    _limit_memory(memory_limit)
    answer: dict[str, Any]
    try:
        answer = {"sheets": _read(folder)}
    except BaseException as error:  # noqa: BLE001
        # calamine reports some damaged files by a panic, which is no Exception.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        answer = {"refusal": f"is a workbook that cannot be read: {reason}"}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the limit of time holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(folder: Path) -> list[str]:
    import fastexcel

    workbook = fastexcel.read_excel(folder / "workbook")
    for index, name in enumerate(workbook.sheet_names):
        # skip_rows=0 keeps leading empty rows, so that row numbers are those the user sees.
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if sheet.width * sheet.height > MAX_CELLS:
            raise ValueError(f"sheet {name!r} declares {sheet.height:,} x {sheet.width:,} cells, too many to read")
        sheet.to_polars().write_ipc(folder / f"{index}.arrow")
    return list(workbook.sheet_names)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
