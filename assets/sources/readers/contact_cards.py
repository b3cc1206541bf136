"""Contact cards (.vcf, RFC 6350 and its forerunners) as one table with one row per card. Runs in the child process.

Columns are named after the properties: `FN`, `N.family`, `ORG`, `TEL`, `TEL (2)` … so that a profile can name them.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import vobject

from assets.sources.readers.encodings import decide_encoding, decoded
from assets.sources.readers.text_frames import text_frame

_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_IGNORED = frozenset({"VERSION", "PRODID", "PROFILE"})
_UNREADABLE = "unreadable line"
_PROPERTY = re.compile(r"(?:[\w-]+\.)?([\w-]+)(?=[;:])")
_BASE64 = re.compile(r"[A-Za-z0-9+/=]+")
_PARTS = {
    "N": ("family", "given", "additional", "prefix", "suffix"),
    "ADR": ("box", "extended", "street", "city", "region", "code", "country"),
}


def cards(path: Path) -> Iterator[dict[str, Any]]:
    """One sheet with every card of the file. A line that cannot be read costs no other; it is kept and in `faults`."""
    decision = decide_encoding(path)
    text = "".join(decoded(path, decision))
    headers: dict[str, int] = {}
    rows: list[dict[str, str]] = []
    unreadable: list[tuple[int, str, str]] = []
    pictures = 0
    for number, lines in enumerate(_blocks(text), 2):
        card = _Card.of(lines)
        pictures += card.pictures
        unreadable += [(number, line, reason) for line, reason in card.unreadable]
        rows.append(card.row)
        for name in card.row:
            headers.setdefault(name, len(headers))
    notes = [decision.sentence] if decision.sentence else []
    if pictures:
        notes.append(f"{pictures} pictures, sounds or keys of contact cards are not read")
    grid: list[list[str | None]] = [list(headers), *([row.get(name) for name in headers] for row in rows)]
    yield {
        "name": "",
        "frame": text_frame(grid),
        "faults": [
            {"row": number, "column": headers[_UNREADABLE], "value": line, "reason": reason}
            for number, line, reason in unreadable
        ],
        "notes": notes,
    }


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines of each card, without its first and last. A card that is cut off ends where the next begins."""
    lines: list[str] | None = None
    for line in text.splitlines():
        word = line.strip().upper()
        if word in ("BEGIN:VCARD", "END:VCARD"):
            if lines is not None:
                yield lines
            lines = [] if word == "BEGIN:VCARD" else None
        elif lines is not None:
            lines.append(line)
    if lines:
        yield lines


@dataclass(slots=True)
class _Card:
    """The cells of one card by their headers, and the lines that cannot be read, with the reason."""

    row: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    pictures: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, lines: list[str]) -> _Card:
        """Read the lines of a card: all at once, or else each property alone."""
        card = cls()
        properties = list(_properties(lines))
        card.pictures = sum(_name(item) in _BINARY for item in properties)
        wanted = [item for item in properties if _name(item) not in _BINARY | _IGNORED]
        version = [item for item in properties if _name(item) == "VERSION"][:1]
        try:
            card.add(_parsed([*version, *wanted]))
        except Exception:  # noqa: BLE001  (the library raises many kinds on odd lines)
            for item in wanted:
                card.add_alone(version, item)
        if card.unreadable:
            card.row[_UNREADABLE] = "\n".join(line for line, _ in card.unreadable)
        return card

    def add_alone(self, version: list[str], item: str) -> None:
        """Add one property, or its text and why it cannot be read."""
        try:
            self.add(_parsed([*version, item]))
        except Exception:  # noqa: BLE001
            name = _name(item)
            reason = (
                f"cannot be read as {name}" if name else "is no line of a contact card: it has no colon behind a name"
            )
            self.unreadable.append((item[:500], reason))

    def add(self, properties: Iterable[Any]) -> None:
        """Add the values of parsed properties; a repeated one is numbered."""
        for line in properties:
            name = line.name.upper()
            if name in _BINARY or name in _IGNORED:
                continue
            self.counts[name] += 1
            suffix = f" ({self.counts[name]})" if self.counts[name] > 1 else ""
            for header, value in _values(name, line.value):
                if value.strip():
                    self.row[header + suffix] = value.strip()


def _parsed(properties: list[str]) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        card = vobject.readOne("\n".join(["BEGIN:VCARD", *properties, "END:VCARD"]), allowQP=True)
    return list(card.getChildren())


def _name(item: str) -> str | None:
    """The name of a property in upper case, without its group; None if the line has none."""
    found = _PROPERTY.match(item)
    return found.group(1).upper() if found else None


def _properties(lines: list[str]) -> Iterator[str]:
    """The lines of each property together: folded ones, soft breaks of quoted-printable, and pictures without folds."""
    held: list[str] = []
    for line in lines:
        if not line.strip():
            continue
        goes_on = bool(held) and (
            line[0] in " \t"
            or (held[-1].endswith("=") and "QUOTED-PRINTABLE" in held[0].upper())
            or (_name(held[0]) in _BINARY and _BASE64.fullmatch(line.strip()) is not None)
        )
        if held and not goes_on:
            yield "\n".join(held)
            held = []
        held.append(line)
    if held:
        yield "\n".join(held)


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
