"""Detects the dialect of delimited text from a sample: delimiter, quotation mark and escape.

Our own measure is how many rows have the same number of cells under a dialect. clevercsv and DuckDB's sniffer each add
a vote, and known headers count too. The highest score wins; if a detector disagrees, the decision says so. A `sep=`
line decides at once. Does not belong here: reading the whole file (`assets.sources.readers.delimited`).
"""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.contracts.headers import fold_header, without_repeat
from schemas.stores.warehouse import sniff_delimited

if TYPE_CHECKING:
    from _csv import Reader

SAMPLE_CHARS = 128 * 1024
SAMPLE_ROWS = 400
DETECTOR_CHARS = 24 * 1024
"""clevercsv tries every pair of characters in its sample: 24,000 characters take about a tenth of a second."""

DELIMITERS = (",", ";", "\t", "|")
RARE_DELIMITERS = ("^", "~", "\x01", "\x1e", "\x1f", "¦", "§", ":")
"""Seen in exports of older systems; used only if they split all rows equally and the common ones do not."""

STAND_IN = "\ue000"
"""A private-use character that replaces a delimiter of several characters while rows are split."""

OF_USE = 0.25
"""A delimiter that splits rows this well compared with the best is an alternative that a user may want to hear of."""

HEADER_WITHIN = 30
_SEP_LINE = re.compile(r'\A\s*"?sep=([^"\r\n]{1,3}?)"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_QUOTED = {
    '"': re.compile(r"\"[^\"]*\"|'[^'\n]*'"),  # an apostrophe is not a quotation mark: it ends with the line
    "'": re.compile(r"'[^']*'"),
}
_RUN = re.compile(r"[^\w\s\"'.\-+()@/\\]{2,3}|[~|^]{1,2}[|~^]{1,2}")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How delimited text is written. `skip` is the length of a leading `sep=` line.

    `quote` and `escape` may be None; a doubled quotation mark inside quotes always means one.
    """

    delimiter: str = ","
    quote: str | None = '"'
    escape: str | None = None
    skip: int = 0
    confidence: float = 1.0
    sentence: str | None = None

    @property
    def cutter(self) -> str:
        """The character that separates cells: the delimiter, or its stand-in."""
        return self.delimiter if len(self.delimiter) == 1 else STAND_IN

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Reader:
        """A `csv.reader` for the dialect."""
        return csv.reader(
            lines,
            delimiter=self.cutter,
            quotechar=self.quote,
            escapechar=self.escape,
            quoting=csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
            skipinitialspace=self.delimiter != " ",
            strict=strict,
        )


def detect_dialect(text: str, known_headers: frozenset[str] = frozenset()) -> Dialect:
    """Detect the dialect from the beginning of a text; `known_headers` are the folded headers of all profiles.

    Text without any delimiter is a list of one column.
    """
    stated = _SEP_LINE.match(text)
    skip = stated.end() if stated else 0
    sample = _whole_rows(text[skip : skip + SAMPLE_CHARS])
    several = _several_characters(sample, _quote_of(sample, []))
    quote = _quote_of(sample, several)
    if stated:
        return _with_escape(Dialect(stated.group(1), quote, skip=skip), sample)
    votes = {name: _widened(vote, several) for name, vote in _votes(sample).items()}
    proposed = [_widened(delimiter, several) for delimiter in (*DELIMITERS, *several, *votes.values()) if delimiter]
    weighed = {
        delimiter: _weight(sample, Dialect(delimiter, quote), known_headers)
        for delimiter in dict.fromkeys(proposed)
        if delimiter
    }
    if max(weighed.values()) < 0.8:
        weighed |= {rare: 0.8 * _weight(sample, Dialect(rare, quote), known_headers) for rare in RARE_DELIMITERS}
    for vote in votes.values():
        if vote and weighed[vote] > 0:
            weighed[vote] += 0.1
    best = max(weighed, key=lambda delimiter: (weighed[delimiter], len(delimiter)))
    if weighed[best] <= 0:
        return Dialect(",", quote, confidence=1.0 if "\n" in sample.strip() else 0.5)
    return _with_escape(_judged(best, quote, weighed, votes), sample)


def _widened(delimiter: str | None, several: list[str]) -> str | None:
    """The delimiter of several characters that contains `delimiter`, if any: detectors only see single characters."""
    return next((run for run in several if delimiter and delimiter in run), delimiter)


def _whole_rows(sample: str) -> str:
    """The sample without its incomplete last row."""
    end = max(sample.rfind("\n"), sample.rfind("\r"))
    return sample[: end + 1] if end > 0 and len(sample) >= SAMPLE_CHARS // 2 else sample


def _judged(best: str, quote: str | None, weighed: dict[str, float], votes: dict[str, str | None]) -> Dialect:
    # A detector's vote is told if a reader could follow it: that delimiter splits rows, too.
    others = {
        name: vote for name, vote in votes.items() if vote and vote != best and weighed[vote] > OF_USE * weighed[best]
    }
    second = max((weight for delimiter, weight in weighed.items() if delimiter != best), default=0.0)
    confidence = min(1.0, 0.5 + (weighed[best] - second) / 2) if others else 1.0
    sentence = None
    if others:
        disagreeing = ", ".join(f"{name} detects {vote!r}" for name, vote in others.items())
        sentence = f"delimiter {best!r}, by the most regular rows ({disagreeing}; confidence {confidence:.0%})"
    return Dialect(best, quote, confidence=round(confidence, 2), sentence=sentence)


def _votes(sample: str) -> dict[str, str | None]:
    """The delimiter that each of two detectors finds, or None."""
    return {"clevercsv": _clevercsv(sample[:DETECTOR_CHARS]), "DuckDB": _duckdb(sample)}


def _clevercsv(sample: str) -> str | None:
    import clevercsv  # imported late: only delimited text needs it

    try:
        found = clevercsv.Detector().detect(_whole_rows(sample), delimiters=[*DELIMITERS, *RARE_DELIMITERS])
    except Exception:  # noqa: BLE001  (a detector that fails on odd text has no vote)
        return None
    return found.delimiter or None if found is not None else None


def _duckdb(sample: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="leadsift-") as folder:
        path = Path(folder) / "sample.csv"
        path.write_text(sample.replace("\x00", ""), encoding="utf-8", errors="replace", newline="")
        return sniff_delimited(path)


def _several_characters(sample: str, quote: str) -> list[str]:
    """Delimiters of two or three characters: runs whose characters never occur alone.

    If a single `;` occurs too, `;;` is an empty cell.
    """
    bare = _QUOTED[quote].sub("x", sample)
    runs = Counter(_RUN.findall(bare))
    return [
        run
        for run, count in runs.most_common(5)
        if count > 1 and all(bare.count(char) == count * run.count(char) for char in set(run) if not char.isspace())
    ]


def cells(sample: str, dialect: Dialect) -> Iterable[list[str]]:
    """The rows of a sample up to the first error."""
    bare = sample.replace("\x00", "")
    if dialect.cutter != dialect.delimiter:
        bare = bare.replace(dialect.delimiter, STAND_IN)
    reader = dialect.reader(io.StringIO(bare, newline=""))
    try:
        yield from reader
    except csv.Error:
        return  # a damaged row later in the sample; the rows before it are enough to tell the width


def _weight(sample: str, dialect: Dialect, known: frozenset[str]) -> float:
    """How regular the sample is under a dialect, from 0 to about 1.5.

    The share of rows with the most common width, squared, so that a delimiter that fits every row beats one that makes
    more cells in a few. More cells count a little more; known headers among the first rows count most.
    """
    widths: Counter[int] = Counter()
    hits = 0
    for row in cells(sample, dialect):
        if not any(cell.strip() for cell in row):
            continue
        if widths.total() < HEADER_WITHIN and len(row) > 1:
            hits = max(hits, sum(without_repeat(fold_header(cell)) in known for cell in row if len(cell) < 200))
        widths[len(row)] += 1
        if widths.total() >= SAMPLE_ROWS:
            break
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
    share = count / widths.total()
    return share**2 * min(1.0, 0.7 + math.log2(width) / 10) + min(0.4, 0.15 * hits)


def _quote_of(sample: str, several: list[str]) -> str:
    """The quotation mark: `'` if cells begin and end with it, few only begin with it, and none begins with `\"`."""
    cuts = re.escape("".join((*DELIMITERS, *several))) + "\\r\\n"
    rest, quoted = re.subn(rf"(?:\A|(?<=[{cuts}]))[ ]?'(?:[^']|'')*+'[ ]?(?=\Z|[{cuts}])", "", sample)
    opened = re.findall(rf"(?:\A|[{cuts}])[ ]?(['\"])", rest)
    return "'" if quoted > 1 and '"' not in opened and len(opened) <= max(1, quoted // 4) else '"'


def _with_escape(dialect: Dialect, sample: str) -> Dialect:
    """The dialect with backslash as its escape, if that splits the sample with fewer faults."""
    if dialect.quote is None or f"\\{dialect.quote}" not in sample:
        return dialect
    escaped = replace(dialect, escape="\\")
    return escaped if _faults(sample, escaped) < _faults(sample, dialect) else dialect


def _faults(sample: str, dialect: Dialect) -> int:
    """How many rows do not have the most common width, plus all rows after one that cannot be split."""
    bare = sample.replace("\x00", "").replace(dialect.delimiter, dialect.cutter)
    reader = dialect.reader(io.StringIO(bare, newline=""), strict=True)
    widths: Counter[int] = Counter()
    lost = 0
    try:
        for row in reader:
            widths[len(row)] += bool(row)
    except csv.Error:
        lost = bare.count("\n") + bare.count("\r") - reader.line_num + 1
    return widths.total() - max(widths.values(), default=0) + lost
