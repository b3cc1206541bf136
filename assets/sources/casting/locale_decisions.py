"""Decisions that need a whole column: date order, decimal sign, fraction or percent.

Evidence is collected batch by batch. The values decide first, then the user's statement, then the profile, then the
settings. A decision that was not obvious comes with a sentence for the user.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from assets.sources.casting.cells import CastContext
from schemas.contracts.vocabulary import DateOrder, Kind

_NUMERIC_DATE = r"^\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(?:\d{4}|\d{2})(?:\D.*)?$"
_CLOCK = r"\d[:h]\d{2}|[T\s]\d{1,2}\.\d{2}(?:\s|$)|[AaPp]\.?[Mm]\b|^\d{5}\.\d*[1-9]"
MIDNIGHT = (
    r"(?:^|[T\s,]+)(?:0?0[:h.]00(?::00(?:[.,]0+)?)?|12[:.]00(?::00)?\s*[Aa]\.?[Mm]\.?)"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"
)
"""Midnight at the end of a text: programs write it for dates that have no time of day."""

_COMMA_DECIMAL = r"\d,\d{1,2}(?:\D|$)|\d\.\d{3},|\d[\s\u{a0}\u{202f}]\d{3},"
_DOT_DECIMAL = r"\d\.\d{1,2}(?:\D|$)|\d,\d{3}\."
_GROUPED_DOT = r"\d\.\d{3}(?:\D|$)"
_GROUPED_COMMA = r"\d,\d{3}(?:\D|$)"

WORDS = {DateOrder.DMY: "day/month/year", DateOrder.MDY: "month/day/year", DateOrder.YMD: "year-month-day"}
DECIDED_BY_COLUMN = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.MONEY, Kind.PERCENT})


@dataclass(slots=True)
class Evidence:
    """Evidence from the values of one column on how they are written."""

    kind: Kind
    day_first: int = 0
    month_first: int = 0
    either: int = 0
    timed: int = 0
    commas: int = 0
    dots: int = 0
    grouped_dots: int = 0
    grouped_commas: int = 0
    largest: float = 0.0
    between: int = 0
    is_plain: bool = True

    def add(self, column: pl.Series) -> None:
        """Add the values of one batch."""
        texts = column.drop_nulls()
        if self.kind in (Kind.DATE, Kind.TIMESTAMP):
            self._look_at_dates(texts)
        elif self.kind in (Kind.MONEY, Kind.PERCENT):
            self._look_at_numbers(texts)

    def _look_at_dates(self, texts: pl.Series) -> None:
        if self.kind == Kind.TIMESTAMP:
            self.timed += int((texts.str.contains(_CLOCK) & ~texts.str.contains(MIDNIGHT)).sum())
        numeric = texts.filter(texts.str.contains(_NUMERIC_DATE))
        if numeric.is_empty():
            return
        found = numeric.str.extract_groups(_NUMERIC_DATE).struct.unnest()
        first, second = (found.to_series(place).cast(pl.Int32) for place in (0, 1))
        self.day_first += int(((first > 12) & (second <= 12)).sum())
        self.month_first += int(((second > 12) & (first <= 12)).sum())
        self.either += int(((first <= 12) & (second <= 12) & (first != second)).sum())

    def _look_at_numbers(self, texts: pl.Series) -> None:
        self.commas += int(texts.str.contains(_COMMA_DECIMAL).sum())
        self.dots += int(texts.str.contains(_DOT_DECIMAL).sum())
        self.grouped_dots += int(texts.str.contains(_GROUPED_DOT).sum())
        self.grouped_commas += int(texts.str.contains(_GROUPED_COMMA).sum())
        if self.kind == Kind.PERCENT and len(texts):
            numbers = texts.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
            self.is_plain &= numbers.null_count() == 0
            self.largest = max(self.largest, float(numbers.max() or 0))  # type: ignore[arg-type]
            self.between += int(((numbers > 0) & (numbers < 1)).sum())

    def decide(self, base: CastContext) -> tuple[CastContext, str | None]:
        """The context for casting the column, and a sentence for the user or None."""
        if self.kind in (Kind.DATE, Kind.TIMESTAMP):
            order, sentence = self._order(base)
            return replace(
                base, date_order=order, is_date_only=self.kind == Kind.TIMESTAMP and not self.timed
            ), sentence
        if self.kind == Kind.MONEY:
            sign, sentence = self._sign(base.decimal_sign)
            return replace(base, decimal_sign=sign), sentence
        if self.kind == Kind.PERCENT:
            # Fractions rather than percent: no value exceeds 1, and at least one is between 0 and 1.
            is_fraction = self.is_plain and self.largest <= 1 and self.between > 0
            return replace(base, decimal_sign=self._sign(base.decimal_sign)[0], is_fraction=is_fraction), None
        return base, None

    def _order(self, base: CastContext) -> tuple[DateOrder, str | None]:
        stated = base.stated_date_order
        if stated in (DateOrder.DMY, DateOrder.MDY) and (self.day_first or self.month_first or self.either):
            against = self.month_first if stated == DateOrder.DMY else self.day_first
            for_it = self.day_first if stated == DateOrder.DMY else self.month_first
            if for_it or not against:
                return stated, f"read as {WORDS[stated]}, as stated"
        if self.day_first > self.month_first:
            return DateOrder.DMY, f"read as {WORDS[DateOrder.DMY]} ({self.day_first} values allow nothing else)"
        if self.month_first > self.day_first:
            return DateOrder.MDY, f"read as {WORDS[DateOrder.MDY]} ({self.month_first} values allow nothing else)"
        order = DateOrder.DMY if base.date_order == DateOrder.YMD else base.date_order
        if self.either or self.day_first:
            return order, f"ambiguous; assumed to be {WORDS[order]} (override with --date-order)"
        return order, None

    def _sign(self, fallback: str) -> tuple[str, str | None]:
        if self.commas > self.dots:
            return ",", f"read with a decimal comma ({self.commas} values have one)"
        if self.dots:
            return ".", None
        if self.grouped_dots and not self.grouped_commas:
            return ",", "points read as thousands separators (three digits follow each)"
        if self.grouped_commas and fallback == ",":
            return ".", "commas read as thousands separators (three digits follow each)"
        return fallback, None
