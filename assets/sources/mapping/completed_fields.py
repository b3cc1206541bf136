"""Completed fields: what fields of one record say together, such as a name from its parts and parts from a name.

Belongs here: fields that complete each other. Does not belong here: reading them from columns
(`assets.sources.mapping.sections`).
"""

from __future__ import annotations

import polars as pl

from schemas.contracts.person_names import split_name, titles
from schemas.contracts.vocabulary import Entity

_TWO_WORDS = r"^([^\s,]+) ([^\s,]+)$"


def completed_fields(entity: Entity, frame: pl.DataFrame, default_pipeline: str) -> pl.DataFrame:
    """Fold input-only fields into the fields that they complete; complete names from parts, and parts from names."""
    if "street_number" in frame.columns or "street_2" in frame.columns:
        frame = _with(frame, "street_number", "street", "street_2")
        line = pl.concat_str("street_number", "street", separator=" ", ignore_nulls=True)
        line = pl.when(line != "").then(line)
        street = pl.concat_str(line, "street_2", separator=", ", ignore_nulls=True)
        frame = frame.with_columns(pl.when(street != "").then(street).alias("street"))
        frame = frame.drop("street_number", "street_2")
    staged = {Entity.DEAL: "stage", Entity.STAGE: "name"}.get(entity)
    if staged in frame.columns:
        # A source with one pipeline does not name it; the profile does.
        frame = _with(frame, "pipeline").with_columns(
            pl.when(pl.col(staged).is_not_null())
            .then(pl.col("pipeline").fill_null(default_pipeline))
            .otherwise(pl.col("pipeline"))
            .alias("pipeline")
        )
    if entity == Entity.USER and {"first_name", "last_name"} & set(frame.columns):
        frame = _with(frame, "name", "first_name", "last_name")
        joined = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
        frame = frame.with_columns(pl.coalesce("name", pl.when(joined != "").then(joined)).alias("name"))
        frame = frame.drop("first_name", "last_name")
    return _named(frame) if entity == Entity.PERSON else frame


def _with(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    missing = [pl.lit(None, pl.String).alias(name) for name in names if name not in frame.columns]
    return frame.with_columns(missing)


_NAMES = ("name", "first_name", "middle_name", "last_name")


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Complete the full names of persons from their parts, or the parts from the full name."""
    if not any(name in frame.columns for name in _NAMES):
        return frame
    lone = [name for name in ("first_name", "last_name") if name in frame.columns]
    if len(lone) == 1 and "name" not in frame.columns:
        # A list with one name column only: several words in it are the whole name, whatever the column is called.
        is_whole = pl.col(lone[0]).str.contains(r"\S\s+\S")
        frame = frame.with_columns(
            pl.when(is_whole).then(pl.col(lone[0])).alias("name"),
            pl.when(~is_whole).then(pl.col(lone[0])).alias(lone[0]),
        )
    frame = _with(frame, *_NAMES)
    joined = pl.concat_str("first_name", "middle_name", "last_name", separator=" ", ignore_nulls=True)
    has_parts = pl.col("first_name").is_not_null() | pl.col("last_name").is_not_null()
    given = pl.col("name").is_not_null()
    frame = frame.with_columns(
        pl.when(~given & has_parts).then(joined).otherwise(pl.col("name")).alias("name"),
        (given & ~has_parts).alias("_"),
    )
    parts = _name_parts(frame["name"].set(~frame["_"], None))
    return frame.with_columns(
        pl.coalesce(pl.col(name), parts.to_series(place)).alias(name)
        for place, name in enumerate(("first_name", "last_name"))
    ).drop("_", "middle_name")


def _name_parts(names: pl.Series) -> pl.DataFrame:
    """Given and family names of full names: two plain words at once, everything else by `split_name`."""
    if names.null_count() == len(names):
        return pl.DataFrame({"first": names, "last": names})
    plain = names.str.extract_groups(_TWO_WORDS).struct.unnest()
    first, last = plain.to_series(0).alias("first"), plain.to_series(1).alias("last")
    titled = first.str.to_lowercase().str.strip_chars_end(".").is_in(pl.Series(sorted(titles())).implode())
    is_odd = names.is_not_null() & (first.is_null() | titled.fill_null(True))
    if is_odd.any():
        split = [split_name(name) for name in names.filter(is_odd)]
        places = is_odd.arg_true()
        first = first.scatter(places, pl.Series([part[0] for part in split], dtype=pl.String))
        last = last.scatter(places, pl.Series([part[1] for part in split], dtype=pl.String))
    return pl.DataFrame({"first": first, "last": last})
