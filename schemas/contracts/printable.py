"""Escapes unsafe characters of file names, headers and cells, before text is shown or stored.

Belongs here: which characters a terminal, chart, page or workbook must not receive, and their escapes. Does not belong
here: the places where text leaves the program; each of them calls this module once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""C0 controls except tab and newline, DEL, C1 controls, line and paragraph separators, bidi embeddings, overrides and
isolates, unpaired surrogates, and the two noncharacters that XML forbids. Terminals act on the first three, bidi
overrides reorder what a reader sees, and characters that XML forbids end the chart library with SIGABRT."""
_BREAKS = re.compile("[\t\n]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Replace every unsafe character by a visible escape; keep tabs and line breaks.

    >>> print(printable("\x1b[31mred"))
    \x1b[31mred
    """
    return _UNSAFE.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    r"""Make text printable on one line: also escape tabs and line breaks.

    >>> print(one_line("a\nb"))
    a\x0ab
    """
    return _BREAKS.sub(_escape, _UNSAFE.sub(_escape, text))


def storable(text: str) -> str:
    r"""Make text encodable as UTF-8: escape the bytes of a file name that is not UTF-8.

    >>> print(storable("caf\udce9.csv"))
    caf\xe9.csv
    """
    return _SURROGATES.sub(_escape, text)


def json_text(document: Any, default: Callable[[Any], Any] | None = None) -> str:
    r"""Write a document as indented JSON, with unsafe characters as JSON escapes.

    >>> print(json_text("\x9b\u202e"))
    "\u009b\u202e"
    """
    text = json.dumps(document, ensure_ascii=False, indent=2, default=default)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00  # a byte of a file name (surrogateescape)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
