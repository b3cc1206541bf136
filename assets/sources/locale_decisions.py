"""Decisions that need a whole column: order of dates, decimal sign, whether shares are percent.

Taken from all distinct values, then the profile, then the settings; each comes with a sentence for the user where
there was something to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assets.sources.casting import CastContext
from assets.sources.dates import decide_order
from schemas.vocabulary import Kind

_COMMA_DECIMAL = re.compile(r"\d,\d{1,2}(?!\d)|\d\.\d{3},|\d[\s\u00a0\u202f]\d{3},")
_DOT_DECIMAL = re.compile(r"\d\.\d{1,2}(?!\d)|\d,\d{3}\.")
_GROUPED_DOT = re.compile(r"\d\.\d{3}(?!\d)")


def decide_context(texts: Iterable[str], kind: Kind, base: CastContext) -> tuple[CastContext, str | None]:
    """The context to cast a column of `kind` under, and a sentence for the user or None."""
    values = list(texts)
    if kind in (Kind.DATE, Kind.TIMESTAMP):
        order, sentence = decide_order(values, base.date_order)
        return replace(base, date_order=order), sentence
    if kind == Kind.MONEY:
        sign, sentence = decide_decimal_sign(values)
        return replace(base, decimal_sign=sign), sentence
    if kind == Kind.PERCENT:
        sign, _ = decide_decimal_sign(values)
        return replace(base, decimal_sign=sign, is_fraction=_are_fractions(values)), None
    return base, None


def decide_decimal_sign(texts: Iterable[str]) -> tuple[str, str | None]:
    """Whether a column's amounts use a decimal comma or point, from all its values."""
    values = list(texts)
    commas = sum(bool(_COMMA_DECIMAL.search(text)) for text in values)
    dots = sum(bool(_DOT_DECIMAL.search(text)) for text in values)
    if commas > dots:
        return ",", f"read with a decimal comma ({commas} values have one)"
    if not dots and any(_GROUPED_DOT.search(text) for text in values):
        return ",", "points read as thousands signs (three digits follow each)"
    return ".", None


def _are_fractions(texts: list[str]) -> bool:
    """Shares from 0 to 1 rather than percent: no value exceeds 1 and at least one lies between."""
    numbers = []
    for text in texts:
        try:
            numbers.append(float(text.replace(",", ".")))
        except ValueError:
            return False
    return bool(numbers) and max(numbers) <= 1 and any(0 < number < 1 for number in numbers)
