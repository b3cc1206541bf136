"""Record keys over whole columns: the same digests as `schemas.contracts.keys` makes of single parts.

A part is the name of a field and its value as text, fields in the order of their names, blank ones left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import polars_hash as plh

from schemas.contracts.keys import KEY_DIGITS, SEPARATOR
from schemas.contracts.vocabulary import Entity

_WITHIN_LIST = "\x1e"


def digested(parts: Sequence[pl.Expr]) -> pl.Expr:
    """Return the digest of text columns without nulls."""
    text = pl.concat_str(list(parts), separator=SEPARATOR)
    return text.map_batches(_sha256, return_dtype=pl.String)


def _sha256(column: pl.Series) -> pl.Series:
    return column.to_frame("_").select(plh.col("_").chash.sha2_256().str.slice(0, KEY_DIGITS)).to_series()


def by_id(entity: Entity, source: str, namespace: str, external_id: pl.Expr) -> pl.Expr:
    """Return the key of the records with these ids of `source`, null for none."""
    key = digested([pl.lit(SEPARATOR.join(("id", entity, source, namespace))), external_id.fill_null("")])
    return pl.when(external_id.is_not_null()).then(key)


def by_reference_name(entity: Entity, source: str, name: pl.Expr) -> pl.Expr:
    """Return the key of the records that `source` refers to by these folded names, null for none."""
    return pl.when(name.is_not_null()).then(
        digested([pl.lit(SEPARATOR.join(("content", entity, source, "mention"))), name.fill_null("")])
    )


def by_natural_key(entity: Entity, source: str, namespace: str, natural: pl.Expr) -> pl.Expr:
    """Return the key of the records that the key columns of a list identify."""
    return digested([pl.lit(SEPARATOR.join(("natural", entity, source, namespace))), natural.fill_null("")])


def content_of(fields: pl.DataFrame) -> pl.Expr:
    """Return the content of the fields as one text: `name`, separator, value, for every filled field."""
    parts: list[pl.Expr] = []
    for name, dtype in sorted(fields.schema.items()):
        blanks = fields[name].null_count()
        label, value = pl.lit(SEPARATOR + name + SEPARATOR), _text(pl.col(name), dtype)
        if not blanks:
            parts += [label, value]
        elif blanks < fields.height:
            parts.append(pl.when(pl.col(name).is_not_null()).then(pl.concat_str([label, value])))
    return pl.concat_str(parts, ignore_nulls=True) if parts else pl.lit("")


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a value as text that does not depend on a library's version."""
    if isinstance(dtype, pl.List):
        return column.list.join(_WITHIN_LIST)
    if isinstance(dtype, pl.Datetime):
        return column.dt.epoch("us").cast(pl.String)
    if isinstance(dtype, pl.Date):
        return column.cast(pl.Int32).cast(pl.String)
    if isinstance(dtype, pl.Float64):
        return (column * 1_000_000).round().cast(pl.Int64).cast(pl.String)
    return column.cast(pl.String)
