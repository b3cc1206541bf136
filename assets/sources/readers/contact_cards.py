"""Contact cards (.vcf, RFC 6350 and its forerunners) as one table with one row per card. Runs in the child process.

Columns are named after the properties: `FN`, `N.family`, `ORG`, `TEL`, `TEL (2)` … so that a profile can name them.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import vobject

from assets.sources.readers.encodings import decide_encoding, decoded
from assets.sources.readers.text_frames import text_frame

_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_IGNORED = frozenset({"VERSION", "PRODID"})
_PARTS = {
    "N": ("family", "given", "additional", "prefix", "suffix"),
    "ADR": ("box", "extended", "street", "city", "region", "code", "country"),
}


def cards(path: Path) -> Iterator[dict[str, Any]]:
    """One sheet with every card of the file; unreadable cards are reported in `faults`."""
    decision = decide_encoding(path)
    text = "".join(decoded(path, decision))
    headers: dict[str, int] = {}
    rows: list[dict[str, str]] = []
    faults: list[dict[str, Any]] = []
    for number, block in enumerate(_blocks(text), 2):
        try:
            row = _row(block)
        except Exception as error:  # noqa: BLE001  (the library raises many kinds on odd cards)
            faults.append(
                {
                    "row": number,
                    "column": None,
                    "value": block[:500],
                    "reason": f"is a card that cannot be read: {error}",
                }
            )
            row = {}
        rows.append(row)
        for name in row:
            headers.setdefault(name, len(headers))
    grid: list[list[str | None]] = [list(headers), *([row.get(name) for name in headers] for row in rows)]
    yield {
        "name": "",
        "frame": text_frame(grid),
        "faults": faults,
        "notes": [decision.sentence] if decision.sentence else [],
    }


def _blocks(text: str) -> Iterator[str]:
    lines: list[str] = []
    for line in text.splitlines():
        if line.strip().upper() == "BEGIN:VCARD":
            lines = []
        lines.append(line)
        if line.strip().upper() == "END:VCARD":
            yield "\n".join(lines)
            lines = []


def _row(block: str) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        card = vobject.readOne(block, allowQP=True)
    row: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for line in card.getChildren():
        name = line.name.upper()
        if name in _BINARY or name in _IGNORED:
            continue
        counts[name] += 1
        suffix = f" ({counts[name]})" if counts[name] > 1 else ""
        for header, value in _values(name, line.value):
            if value.strip():
                row[header + suffix] = value.strip()
    return row


def _values(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if name in _PARTS:
        for part in _PARTS[name]:
            found = getattr(value, part, "")
            yield f"{name}.{part}", " ".join(found) if isinstance(found, list) else str(found)
    elif isinstance(value, list):
        first, *units = [str(item) for item in value] or [""]
        yield name, first
        if units:
            yield f"{name}.unit", ", ".join(units)
    else:
        yield name, str(value)
