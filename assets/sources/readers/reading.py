"""Reading a file into sheets of text: delimited text, workbooks, contact cards.

Belongs here: choosing the reader by content, and collecting its decisions. Does not belong here: headers and meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from assets.sources.files.formats import detect_format
from assets.sources.files.protection import refuse_protected
from assets.sources.readers.delimited import Cutter
from assets.sources.readers.dialects import SAMPLE_CHARS, Dialect, detect_dialect
from assets.sources.readers.encodings import decide_encoding, decoded
from assets.sources.readers.workbook import read_workbook
from assets.sources.sheets import Block, Sheet

MAX_NAMED_ROWS = 1_000
"""Repaired rows that are named; the numbers are printed and stored with the import."""


@dataclass(slots=True)
class FileReading:
    """The sheets of a file, and `decisions`, sentences for the user about how it was read.

    Delimited text is read lazily; some decisions are known only after the last row.
    """

    format: str
    sheets: list[Sheet]
    encoding: str | None = None
    delimiter: str | None = None
    confidence: float | None = None
    decisions: list[str] = field(default_factory=list)


def read_file(path: Path, encoding: str | None = None, known_headers: frozenset[str] = frozenset()) -> FileReading:
    """Read a file as text cells; `encoding` is the stated one, `known_headers` are the headers of all profiles.

    Raises InputRefusedError if it is not a table or cannot be read completely.
    """
    kind = detect_format(path)
    if kind == "csv":
        return _read_delimited(path, encoding, known_headers)
    if kind == "xls":
        refuse_protected(path)
    return FileReading(kind, read_workbook(path, kind))


def _read_delimited(path: Path, stated: str | None, known_headers: frozenset[str]) -> FileReading:
    encoding = decide_encoding(path, stated)
    pieces = decoded(path, encoding)
    beginning = next(pieces, "")
    dialect = detect_dialect(beginning[:SAMPLE_CHARS], known_headers)
    cutter = Cutter(dialect)
    decisions = [sentence for sentence in (encoding.sentence, dialect.sentence) if sentence]
    sheet = Sheet("", _reported(cutter, chain([beginning], pieces), decisions))
    confidence = min(encoding.confidence, dialect.confidence)
    return FileReading("csv", [sheet], encoding.encoding, dialect.delimiter, confidence, decisions)


def _reported(cutter: Cutter, pieces: Iterator[str], decisions: list[str]) -> Iterator[Block]:
    """The blocks of a file; after the last one, add the decisions made while splitting."""
    yield from cutter.blocks(pieces)
    if cutter.repaired:
        decisions.append(f"stray quotation marks were kept as text in {_rows(cutter.repaired)}")
    if cutter.dropped_nuls:
        decisions.append(f"{cutter.dropped_nuls} NUL characters were removed")
    decisions += _unusual(cutter.dialect)


def _rows(numbers: Sequence[int]) -> str:
    """Row numbers as words: `row 3`, `rows 3, 7 and 9`."""
    *first, last = [str(number) for number in numbers[:MAX_NAMED_ROWS]]
    more = len(numbers) - MAX_NAMED_ROWS
    named = f"{', '.join(first)} and {last}" if first else last
    return f"row{'s' if first else ''} {named}" + (f", and {more:,} more rows" if more > 0 else "")


def _unusual(dialect: Dialect) -> Iterator[str]:
    if dialect.quote == "'":
        yield "cells are quoted with '"
    if dialect.escape:
        yield f"{dialect.escape} escapes quotation marks inside cells"
