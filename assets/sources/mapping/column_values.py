"""Column values: what the cells of a column look like, whatever its header says.

Belongs here: evidence from a sample of cells. Does not belong here: headers, and which object a table is
(`assets.sources.mapping.assignment`, `assets.sources.mapping.recognition`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from assets.sources.casting.cells import CastContext
from assets.sources.casting.columns import Caster
from assets.sources.layout.tables import Table
from assets.sources.mapping.status_words import deal_status
from schemas.contracts.vocabulary import DateOrder, Kind
from schemas.contracts.word_lists import word_list

SAMPLE_ROWS = 2_000
SAMPLE_TEXTS = 200
"""Distinct cells of a column that are looked at one by one."""

FEW = 3
"""Cells: fewer say nothing about a column as a whole."""

_EMAIL = r"^\s*[^\s@<>]+@[^\s@<>]+\.[^\s@<>]{2,}\s*$"
_GUID = r"(?i)^\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$"
_CODE = r"^[A-Za-z]{1,6}[-_ ]?\d{2,}$|^[A-Z]{2,8}-[0-9A-Fa-f-]{6,}$|^(?:[A-Za-z]+\d|\d+[A-Za-z])[A-Za-z0-9]{4,}$"
_DISTINCTIVE = r"^\d{6,}$|^(?=\S*[A-Za-z])(?=\S*\d)[^\s@]+$"
_INTEGER = r"^\d{1,12}$"
_NUMBER = r"^[-+(]?\s*(?:[$€£¥₹]|[A-Z]{3})?\s*\d[\d.,'\s]*(?:[kKmM])?\s*(?:[$€£%]|[A-Z]{3})?\)?$"
_DOMAIN = r"(?i)^\s*(?:https?://)?(?:www\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?\s*$"
_DATE = (
    r"(?i)^\s*(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*|\d{1,2}[-/. ]\p{L}{3,9}\.?[-/., ]+\d{2,4}.*|"
    r"\p{L}{3,9}\.? \d{1,2},? \d{4}.*)$"
)
_PERSON = re.compile(r"^(?:[^\W\d_][\w.'’-]*\.?,?\s+){1,4}[^\W\d_][\w.'’-]*$")
_CAPITAL = re.compile(r"^(?:\W*[^\W\d_])")


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """Shares of a column's filled cells, 0 to 1, from a sample. `filled` is the share of rows that have a cell."""

    filled: float
    count: int
    distinct: float
    email: float
    domain: float
    date: float
    number: float
    code: float
    person: float
    company: float
    stage: float
    texts: tuple[str, ...] = ()
    cells: pl.Series = field(default_factory=lambda: pl.Series(dtype=pl.String), repr=False, compare=False)
    castable: dict[Kind, float] = field(default_factory=dict, repr=False, compare=False)
    """Shares by kind, filled as they are asked for: every list kind asks about the same columns."""

    @classmethod
    def blank(cls) -> ColumnValues:
        """The values of a column without cells."""
        return cls(0.0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    @property
    def is_blank(self) -> bool:
        """Whether the sample has no cell."""
        return not self.count

    @property
    def role(self) -> str:
        """What the cells can refer to a record by: `email`, `domain`, `id` or `name`."""
        if self.email >= 0.6:
            return "email"
        if self.code >= 0.8:
            return "id"
        if self.domain >= 0.7:
            return "domain"
        return "name"

    @property
    def are_distinctive_ids(self) -> bool:
        """Whether every cell is an id that hardly stands in two lists by chance, as `records.implied_keys` asks."""
        return bool(self.texts) and all(re.match(_DISTINCTIVE, text.strip()) for text in self.texts)

    def fits(self, kind: Kind, *, is_name: bool = False) -> bool:
        """Whether the cells can be values of a kind: three of ten; a few cells can only be refused one by one."""
        if self.count < FEW:
            return True
        if kind == Kind.TEXT:
            return not is_name or (self.email < 0.6 and self.date < 0.7 and self.number < 0.9)
        if kind == Kind.PHONE and self.date >= 0.5:
            return False
        if kind not in self.castable:
            self.castable[kind] = max(_castable(kind, order, self.cells) for order in _orders(kind))
        return self.castable[kind] >= 0.3


def _orders(kind: Kind) -> Sequence[DateOrder]:
    return (DateOrder.DMY, DateOrder.MDY, DateOrder.YMD) if kind in (Kind.DATE, Kind.TIMESTAMP) else (DateOrder.MDY,)


def _castable(kind: Kind, order: DateOrder, cells: pl.Series) -> float:
    """The share of cells that can be cast to a kind."""
    if kind in (Kind.TEXT, Kind.LABELS):
        return 1.0
    first = cells
    if kind in (Kind.EMAIL, Kind.PHONE):
        # A cell may hold several.
        first = cells.str.replace(r"(?s)^(.*<)?([^<>;,|]+).*$", "${2}").str.strip_chars()
    context = replace(CastContext(), date_order=order)
    refused = Caster(kind, context).cast(first)[1]
    if not refused:
        return 1.0
    return 1 - _share(first.is_in(pl.Series(list(refused), dtype=pl.String).implode()))


def sample_values(table: Table) -> list[ColumnValues]:
    """The values of each column in the first rows of a table."""
    batch = next(iter(table.cells.batches()), None)
    if batch is None:
        blank = pl.Series([], dtype=pl.String)
        return [_values(blank) for _ in table.headers]
    head = batch.head(SAMPLE_ROWS)
    return [
        _values(head[f"c{index}"] if f"c{index}" in head.columns else pl.Series([None] * head.height, dtype=pl.String))
        for index in range(len(table.headers))
    ]


def _values(column: pl.Series) -> ColumnValues:
    cells = column.drop_nulls()
    if cells.is_empty():
        return ColumnValues.blank()

    def share(pattern: str) -> float:
        return _share(cells.str.contains(pattern))

    texts = cells.unique(maintain_order=True).head(SAMPLE_TEXTS).to_list()
    integers = share(_INTEGER)
    return ColumnValues(
        filled=len(cells) / len(column),
        count=len(cells),
        distinct=cells.n_unique() / len(cells),
        email=share(_EMAIL),
        domain=share(_DOMAIN),
        date=share(_DATE),
        number=share(_NUMBER),
        code=max(integers, share(_GUID), share(_CODE)),
        person=_mean(_is_like_person(text) for text in texts),
        company=_mean(is_like_company(text) for text in texts),
        stage=_mean(_is_like_stage(text) for text in texts),
        texts=tuple(texts),
        cells=cells.head(SAMPLE_TEXTS),
    )


def _share(flags: pl.Series) -> float:
    return int(flags.sum() or 0) / len(flags)


def _mean(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / len(found) if found else 0.0


def is_like_company(text: str) -> bool:
    """Whether a text has a legal form or another word of company names, or joins names with `&`."""
    words = {word.strip(".,()").casefold() for word in text.split()}
    return bool(words & word_list(__file__, "company_words")) or " & " in text


def _is_like_person(text: str) -> bool:
    if not _PERSON.match(text) or is_like_company(text):
        return False
    words = [word for word in re.split(r"[\s,]+", text) if word]
    first, last = words[0].strip(".").casefold(), words[-1].strip(".").casefold()
    given = word_list(__file__, "given_names")
    return all(_CAPITAL.match(word) for word in words) and (first in given or last in given)


def _is_like_stage(text: str) -> bool:
    words = " ".join(text.casefold().replace("-", " ").split())
    return words in word_list(__file__, "stage_names") or deal_status(text) is not None
