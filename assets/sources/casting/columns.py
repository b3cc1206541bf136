"""Casts whole columns: common formats in one vectorised step, the rest by `casting.cells`, once per distinct text.

Both must agree on every text. The vectorised formats are shortcuts and never reject a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from assets.sources.casting.cells import CASTERS, DTYPES, CastContext, Value
from assets.sources.casting.locale_decisions import MIDNIGHT
from schemas.contracts.vocabulary import DateOrder, Kind

MEMO_TEXTS = 20_000
"""Distinct texts of a column that are cached between batches: about 4 MB per column."""

_EMAIL = r"^[a-z0-9._%+'-]+@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$"
_HOST = r"^(?:https?://)?(?:www\.)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62})(?:/\S*)?$"
_AMOUNT = r"^-?(?:\d{1,15}|\d{1,3}(?:T\d{3}){1,4})(?:D\d{1,2})?$"
_MONEY_NOISE = r"[$€£\s\u{a0}\u{202f}]"

_ZONED = ("%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z")
_LOCAL = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f")
_LOOK = 50


@dataclass(slots=True)
class Caster:
    """Casts the batches of one column; caches values by text."""

    kind: Kind
    context: CastContext
    _values: dict[str, Value] = field(default_factory=dict)
    _rejected: dict[str, str] = field(default_factory=dict)

    @property
    def dtype(self) -> pl.DataType:
        """The type of the cast column."""
        return DTYPES.get(self.kind, pl.String())

    def cast(self, column: pl.Series) -> tuple[pl.Series, Mapping[str, str]]:
        """The column as `dtype`, null where blank or rejected, and the reason for each rejected text."""
        if self.kind in (Kind.TEXT, Kind.LABELS):
            return column, {}
        parsed = common_formats(column, self.kind, self.context)
        if parsed is None:
            return self._one_by_one(column)
        is_open = parsed.is_null() & column.is_not_null()
        if not is_open.any():
            return parsed, {}
        rest, rejected = self._one_by_one(column.filter(is_open))
        places = is_open.arg_true()
        return parsed.scatter(places, rest), rejected

    def _one_by_one(self, column: pl.Series) -> tuple[pl.Series, Mapping[str, str]]:
        """Cast each distinct text once, or row by row if most texts are distinct."""
        texts = column.drop_nulls().unique()
        if len(texts) > (len(column) - column.null_count()) / 2:
            return self._row_by_row(column)
        if len(self._values) + len(self._rejected) > MEMO_TEXTS:
            self._values.clear()
            self._rejected.clear()
        for text in texts:
            if text not in self._values and text not in self._rejected:
                self._one(text)
        values = {text: self._values[text] for text in texts if text in self._values}
        rejected = {text: self._rejected[text] for text in texts if text in self._rejected}
        if not values:
            return pl.Series(column.name, [None] * len(column), dtype=self.dtype), rejected
        cast = column.replace_strict(
            pl.Series(list(values), dtype=pl.String),
            pl.Series(list(values.values()), dtype=self.dtype),
            default=None,
            return_dtype=self.dtype,
        )
        return cast, rejected

    def _one(self, text: str) -> None:
        try:
            self._values[text] = CASTERS[self.kind](text, self.context)
        except ValueError as error:
            self._rejected[text] = str(error)

    def _row_by_row(self, column: pl.Series) -> tuple[pl.Series, Mapping[str, str]]:
        one, context = CASTERS[self.kind], self.context
        values: list[Value | None] = []
        rejected: dict[str, str] = {}
        for text in column.to_list():
            try:
                values.append(None if text is None else one(text, context))
            except ValueError as error:
                values.append(None)
                rejected[text] = str(error)
        return pl.Series(column.name, values, dtype=self.dtype), rejected


def common_formats(column: pl.Series, kind: Kind, context: CastContext) -> pl.Series | None:
    """The values of texts in a common format, null for others; None for kinds without such formats."""
    if column.null_count() == len(column):
        return pl.Series(column.name, [None] * len(column), dtype=DTYPES.get(kind, pl.String()))
    if kind == Kind.EMAIL:
        small = column.str.to_lowercase()
        return _where(small, small.str.contains(_EMAIL) & ~small.str.contains("..", literal=True))
    if kind == Kind.DOMAIN:
        return column.str.to_lowercase().str.extract(_HOST)
    if kind == Kind.URL:
        return _where(column, column.str.to_lowercase().str.contains(_HOST))
    if kind == Kind.DATE:
        return _dates(column, context)
    if kind == Kind.TIMESTAMP:
        return _timestamps(column, context)
    if kind == Kind.MONEY:
        return _amounts(column, context)
    return None


def _where(column: pl.Series, holds: pl.Series) -> pl.Series:
    return column.set(~holds.fill_null(False), None)


def _dates(column: pl.Series, context: CastContext) -> pl.Series:
    ten = _where(column, column.str.len_bytes() == 10)
    dates = ten.str.to_date("%Y-%m-%d", strict=False)
    if dates.null_count() > column.null_count():
        order = "%m-%d-%Y" if context.date_order == DateOrder.MDY else "%d-%m-%Y"
        is_numeric = ten.str.contains(r"^\d{2}([-/.])\d{2}[-/.]\d{4}$")
        numeric = _where(ten, is_numeric).str.replace_all("[/.]", "-").str.to_date(order, strict=False)
        dates = dates.zip_with(dates.is_not_null(), numeric)
    return dates


def _timestamps(column: pl.Series, context: CastContext) -> pl.Series:
    if context.is_date_only:
        dates = _dates(column.str.replace(MIDNIGHT, ""), context)
        return dates.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    sample = column.drop_nulls().head(_LOOK)
    found = pl.Series(column.name, [None] * len(column), dtype=DTYPES[Kind.TIMESTAMP])
    for form in (*_ZONED, *_LOCAL):
        if found.null_count() == column.null_count():
            break
        if not _parsed(sample, form).is_not_null().any():
            continue
        moments = _parsed(column, form)
        if moments.dtype.time_zone is None:  # type: ignore[attr-defined]
            zone = "UTC" if form.endswith("Z") else context.time_zone
            # The first of a repeated hour; an hour that does not exist is left to `casting.cells`.
            moments = moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        moments = moments.dt.convert_time_zone("UTC").cast(DTYPES[Kind.TIMESTAMP])
        found = found.zip_with(found.is_not_null(), moments)
    return found


def _parsed(column: pl.Series, form: str) -> pl.Series:
    return column.str.to_datetime(form, time_unit="us", strict=False, exact=True)


def _amounts(column: pl.Series, context: CastContext) -> pl.Series:
    thousands = "," if context.decimal_sign == "." else "."
    bare = column.str.replace_all(_MONEY_NOISE, "")
    pattern = _AMOUNT.replace("T", f"\\{thousands}").replace("D", f"\\{context.decimal_sign}")
    plain = _where(bare, bare.str.contains(pattern)).str.replace_all(thousands, "", literal=True)
    return plain.str.replace(context.decimal_sign, ".", literal=True).cast(DTYPES[Kind.MONEY], strict=False)
