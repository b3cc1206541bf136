"""The child process of `assets.sources.readers.workbook`: reads one file under a memory limit.

    python -m assets.sources.readers.workbook_child FOLDER BYTES MOST

FOLDER holds `request.json` ({"path", "kind"}); the child writes `answer.json`, either {"refusal": reason} or {"sheets":
[{"name", "file", "is_hidden", "notes", "faults"}]}, and an Arrow file for each sheet. It may use BYTES of memory
beyond what its libraries reserve, and MOST bytes of address space in total. Belongs here: limits, and choosing the
parser. Import nothing here that is slow to load.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NOT_READ = "is a workbook that cannot be read"


def main(folder: Path, memory: int, most: int) -> None:
    """Read the file that the request in `folder` names and write the answer beside it."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    _load_libraries()
    _limit_memory(min(_address_space() + memory, most))
    answer: dict[str, Any]
    try:
        sheets = _read(Path(request["path"]), request["kind"])
        answer = {"sheets": [_written(folder, index, sheet) for index, sheet in enumerate(sheets)]}
    except BaseException as error:  # noqa: BLE001
        # calamine panics on some damaged files, which is not an Exception.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        answer = {"refusal": f"{NOT_READ}: {reason}"}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _load_libraries() -> None:
    """Use the libraries once, so that the memory they reserve does not count against the file."""
    import io

    import fastexcel  # noqa: F401
    import polars as pl

    pl.DataFrame(pl.from_arrow(pl.DataFrame({"c0": ["x"]}).to_arrow())).write_ipc(io.BytesIO())


def _address_space() -> int:
    """Bytes of address space in use; a safe guess if the system does not report it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 4 << 30
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_memory(limit: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit still applies
        return
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _written(folder: Path, index: int, sheet: dict[str, Any]) -> dict[str, Any]:
    frame = sheet.pop("frame")
    frame.columns = [f"c{place}" for place in range(frame.width)]
    frame.write_ipc(folder / f"{index}.arrow")
    return {"file": f"{index}.arrow", "is_hidden": False, "notes": [], "faults": [], **sheet}


def _read(path: Path, kind: str) -> Iterable[dict[str, Any]]:
    if kind == "html":
        from assets.sources.readers.html_and_xml import html_tables

        return html_tables(path)
    if kind == "xml":
        from assets.sources.readers.html_and_xml import xml_sheets

        return xml_sheets(path)
    if kind == "vcf":
        from assets.sources.readers.contact_cards import cards

        return cards(path)
    from assets.sources.readers.spreadsheets import spreadsheets

    return spreadsheets(path, kind)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
