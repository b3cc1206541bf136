"""Record rows as frames with the columns of `records.source_*`."""

from __future__ import annotations

import polars as pl

from assets.sources.casting import DTYPES
from schemas.records import CONTRACTS, Field
from schemas.vocabulary import Entity

Row = dict[str, object]

_CUSTOM = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))
_INTEGERS = frozenset({"import_sequence", "file_ordinal", "sheet_ordinal", "row_number"})


def records_frame(entity: Entity, rows: list[Row], columns: list[str]) -> pl.DataFrame:
    """Lay record rows out under the given columns; what a row lacks is null.

    `custom` becomes a list of key and value structs in the order of the keys, from which the warehouse makes a map.
    """
    fields = CONTRACTS[entity].fields
    return pl.DataFrame(
        [
            pl.Series(name, [_value(name, row.get(name)) for row in rows], dtype=_dtype(name, fields.get(name)))
            for name in columns
        ]
    )


def _dtype(name: str, spec: Field | None) -> pl.DataType:
    if name == "custom":
        return _CUSTOM
    if name in _INTEGERS:
        return pl.Int32()
    if name == "is_stub":
        return pl.Boolean()
    if spec is None:
        return pl.String()
    dtype = DTYPES.get(spec.kind, pl.String())
    return pl.List(dtype) if spec.is_list else dtype


def _value(name: str, value: object) -> object:
    if name == "custom" and isinstance(value, dict):
        return [{"key": key, "value": item} for key, item in sorted(value.items())]
    if name == "is_stub":
        return bool(value)
    return value
