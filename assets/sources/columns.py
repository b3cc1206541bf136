"""Columns of a table, found by header and cast by field, with every refusal and decision written down.

Belongs here: what is true of a column as a whole. Does not belong here: which rows become records
(`assets.sources.mapping`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from assets.sources.casting import CastContext, cast_column, split_list
from assets.sources.locale_decisions import decide_context
from assets.sources.tables import Rejection, Table
from schemas.headers import fold_header, without_repeat
from schemas.records import Field
from schemas.vocabulary import Kind


class Columns:
    """The columns of one table. `kept_raw` holds, by row and column, cells to keep beside what their field took."""

    def __init__(self, table: Table, base: CastContext) -> None:
        self.headers = table.headers
        self.base = base
        self.folded = [without_repeat(fold_header(header)) for header in table.headers]
        self.cells: list[list[str | None]] = [table.frame[f"c{index}"].to_list() for index in range(len(table.headers))]
        self.numbers: list[int] = table.frame["row_number"].to_list()
        self.rejections: list[Rejection] = []
        self.decisions: list[str] = []
        self.kept_raw: dict[int, set[int]] = defaultdict(set)
        self._found: dict[tuple[str, ...], list[int]] = {}

    def find(self, headers: Sequence[str]) -> list[int]:
        """Columns under any of these headers, in the order of the headers, then of the sheet."""
        wanted = tuple(headers)
        if wanted not in self._found:
            found: dict[int, None] = {}
            for header in headers:
                folded = fold_header(header)
                found |= {index: None for index, name in enumerate(self.folded) if name == folded}
            self._found[wanted] = list(found)
        return self._found[wanted]

    def repeated(self, index: int) -> int:
        """How many values of a column stand in rows that differ from each other."""
        rows: dict[str, tuple[str | None, ...]] = {}
        repeated: set[str] = set()
        for cell, row in zip(self.cells[index], zip(*self.cells, strict=True), strict=True):
            if cell is not None and rows.setdefault(cell, row) != row:
                repeated.add(cell)
        return len(repeated)

    def decide(self, sentence: str) -> None:
        """Write down a decision once."""
        if sentence not in self.decisions:
            self.decisions.append(sentence)

    def countries(self, indexes: Sequence[int]) -> list[str | None] | None:
        """The country of each row by the first of these columns, for its phone numbers; None without such a column."""
        if not indexes:
            return None
        column = pl.Series("country", self.cells[indexes[0]], dtype=pl.String)
        return cast_column(column, Kind.COUNTRY, self.base).values.to_list()

    def cast(self, spec: Field, index: int, countries: list[str | None] | None) -> list[object]:
        """Cast one column for a field: a value a row, a list of values for list fields; None where blank or refused."""
        column = pl.Series(f"c{index}", self.cells[index], dtype=pl.String)
        context = replace(self.base, is_birth_date=spec.name == "birth_date")
        context, sentence = decide_context(column.drop_nulls().unique().to_list(), spec.kind, context)
        if sentence:
            self.decide(f"{self.headers[index]!r}: {sentence}")
        if spec.is_list or spec.kind == Kind.PHONE:
            lists = self._cast_list(spec.kind, index, countries, context)
            if spec.is_list:
                return list(lists)
            for row, values in enumerate(lists):
                if len(values) > 1:
                    self.kept_raw[row].add(index)
            return [values[0] if values else None for values in lists]
        cast = cast_column(column, spec.kind, context)
        for row, cell in enumerate(self.cells[index]):
            if cell is not None and cell in cast.refused:
                self._refuse(row, index, cell, cast.refused[cell])
        if spec.kind == Kind.MONEY:
            self._keep_rounded(index, cast.values)
        return cast.values.to_list()

    def _cast_list(
        self, kind: Kind, index: int, countries: list[str | None] | None, context: CastContext
    ) -> list[list[object]]:
        """Cast cells that may hold several values. Phone numbers are read in the country of their row."""
        parts = [split_list(cell, kind) if cell else [] for cell in self.cells[index]]
        places = [(countries[row] if countries else None) or context.default_country for row in range(len(parts))]
        by_place: dict[str, set[str]] = defaultdict(set)
        for place, texts in zip(places, parts, strict=True):
            by_place[place].update(texts)
        cast: dict[tuple[str, str], object] = {}
        refused: dict[tuple[str, str], str] = {}
        for place, distinct in by_place.items():
            column = pl.Series("texts", sorted(distinct), dtype=pl.String)
            done = cast_column(column, kind, replace(context, default_country=place))
            cast |= {(place, text): value for text, value in zip(column, done.values, strict=True)}
            refused |= {(place, text): reason for text, reason in done.refused.items()}
        result: list[list[object]] = []
        for row, (place, texts) in enumerate(zip(places, parts, strict=True)):
            for text in texts:
                if (place, text) in refused:
                    self._refuse(row, index, text, refused[place, text])
                elif kind == Kind.PHONE and _has_extension(text):
                    self.kept_raw[row].add(index)
            values = [cast[place, text] for text in texts if cast.get((place, text)) is not None]
            result.append(list(dict.fromkeys(values)))
        if kind == Kind.PHONE:
            self._note_assumed_country(index, parts, countries)
        return result

    def _note_assumed_country(self, index: int, parts: list[list[str]], countries: list[str | None] | None) -> None:
        assumed = sum(
            1
            for row, texts in enumerate(parts)
            for text in texts
            if not text.startswith(("+", "00")) and not (countries and countries[row])
        )
        if assumed:
            self.decide(
                f"{self.headers[index]!r}: {assumed} numbers without a country read as "
                f"{self.base.default_country} (default_country)"
            )

    def _keep_rounded(self, index: int, values: pl.Series) -> None:
        """An amount with more than two decimals is kept as given beside its rounded value."""
        for row, (cell, value) in enumerate(zip(self.cells[index], values, strict=True)):
            if cell is None or value is None:
                continue
            _, point, tail = cell.replace(",", ".").rpartition(".")
            digits = "".join(char for char in tail if char.isdigit()).rstrip("0")
            if point and len(digits) > 2 and value % 1 != 0:
                self.kept_raw[row].add(index)

    def _refuse(self, row: int, index: int, value: str, reason: str) -> None:
        self.kept_raw[row].add(index)
        self.rejections.append(Rejection(self.numbers[row], self.headers[index], value, reason))


def _has_extension(text: str) -> bool:
    return any(mark in text.casefold() for mark in (" x", "ext", "poste", "durchwahl"))
