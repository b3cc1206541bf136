"""The child process of `assets.sources.readers.workbook`: reads one file under a memory limit.

    python -m assets.sources.readers.workbook_child FOLDER BYTES MOST

FOLDER holds `request.json` ({"path", "kind"}); the child writes `answer.json`, either {"refusal": reason} or {"sheets":
[{"name", "file", "is_hidden", "notes", "faults"}]}, and an Arrow file for each sheet. It may use BYTES of memory
beyond what its libraries reserve, and MOST bytes of address space in total. The answer is written before an .xls is
compared with its second reader: if that one ends the process, only the comparison is missing. Belongs here: limits,
and choosing the parser. Import nothing here that is slow to load.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DAMAGED = "is a workbook that cannot be read: it is damaged, or not what it seems; save it as .xlsx or .csv"
TOO_LARGE = "is a workbook that cannot be read: it needs more memory than its content should; save it as .csv"

COMPARISON_LIMIT = 20
"""Seconds that the second reader of an .xls may take, then the process ends."""


def main(folder: Path, memory: int, most: int) -> None:
    """Read the file that the request in `folder` names and write the answer beside it."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    path, kind = Path(request["path"]), request["kind"]
    _load_libraries()
    _limit_memory(min(_address_space() + memory, most))
    from assets.sources.readers.text_frames import UnreadableError

    sheets: list[dict[str, Any]] = []
    answer: dict[str, Any]
    try:
        sheets = list(_read(path, kind))
        answer = {"sheets": [_written(folder, index, sheet) for index, sheet in enumerate(sheets)]}
    except UnreadableError as error:
        answer = {"refusal": f"is a workbook that cannot be read: {error}"}
    except MemoryError:
        answer = {"refusal": TOO_LARGE}
    except BaseException:
        # calamine panics on some damaged files, which is not an Exception. Its words mean nothing to a user.
        if os.environ.get("LEADSIFT_DEBUG"):
            raise
        answer = {"refusal": DAMAGED}
    _write(folder, answer)
    if kind == "xls" and sheets and "first_column" in sheets[0]:
        _compare(path, sheets, answer)
        _write(folder, answer)


def _write(folder: Path, answer: dict[str, Any]) -> None:
    new = folder / "answer.new"
    new.write_text(json.dumps(answer), encoding="utf-8")
    new.replace(folder / "answer.json")


def _compare(path: Path, sheets: list[dict[str, Any]], answer: dict[str, Any]) -> None:
    """Add a note to each sheet of an .xls that calamine reads differently; none if it cannot read the file."""
    from assets.sources.readers.old_workbooks import difference
    from assets.sources.readers.spreadsheets import spreadsheets

    signal.alarm(COMPARISON_LIMIT)  # ends the process: calamine hangs on a few files
    try:
        others = {sheet["name"]: sheet["frame"] for sheet in spreadsheets(path, "xls")}
    except BaseException:  # noqa: BLE001  (see above)
        return
    for sheet, written in zip(sheets, answer["sheets"], strict=True):
        other = others.get(sheet["name"])
        note = None if other is None else difference(sheet, other)
        written["notes"] += [note] if note else []


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
    import polars as pl

    frame = sheet["frame"]
    frame.columns = [f"c{place}" for place in range(frame.width)]
    notes = list(sheet.get("notes", []))
    nuls = sum(frame.select(pl.all().str.count_matches("\0", literal=True).sum()).row(0)) if frame.height else 0
    if nuls:
        frame = frame.with_columns(pl.all().str.replace_all("\0", "", literal=True))
        notes.append(f"{nuls} NUL characters were removed")
    frame.write_ipc(folder / f"{index}.arrow")
    place = {"name": sheet["name"], "file": f"{index}.arrow", "is_hidden": sheet.get("is_hidden", False)}
    return {**place, "notes": notes, "faults": sheet.get("faults", [])}


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

    return _old_sheets(path) if kind == "xls" else spreadsheets(path, kind)


def _old_sheets(path: Path) -> Iterable[dict[str, Any]]:
    from assets.sources.readers.old_workbooks import old_sheets
    from assets.sources.readers.spreadsheets import spreadsheets
    from assets.sources.readers.text_frames import UnreadableError

    try:
        return old_sheets(path)
    except UnreadableError:
        raise
    except Exception:  # noqa: BLE001  (xlrd raises many kinds on damaged files)
        return [{**sheet, "notes": ["read with the fallback reader (calamine)"]} for sheet in spreadsheets(path, "xls")]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
