"""Folding: remove differences of a text that mean nothing, such as case, accents and punctuation.

Belongs here: functions from text to text, and applying one to a column. Does not belong here: the parts of a name or
an address (`dedup.features.names`, `dedup.features.records`). Vocabularies are data in `dedup/features/vocabularies`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl
from anyascii import anyascii

from schemas.contracts.word_lists import word_list

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`](?=\w)")


def vocabulary(name: str) -> frozenset[str]:
    """The entries of `dedup/features/vocabularies/<name>.txt`, without comments."""
    return word_list(__file__, name)


def fold_words(text: str) -> str:
    """Return the words in lower-case Latin letters without accents and punctuation, separated by one space.

    `O'Brien-Smith` is `obrien smith`, `Иван` is `ivan`.
    """
    bare = _APOSTROPHE.sub("", text)
    return " ".join(_WORD.findall(bare if bare.isascii() else anyascii(bare))).lower()


def mapped(column: pl.Series, function: Callable[[str], str | None]) -> pl.Series:
    """Apply `function` once to each distinct text."""
    distinct = column.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    folded = pl.Series([function(text) or None for text in distinct], dtype=pl.String)
    return column.replace_strict(distinct, folded, default=None, return_dtype=pl.String)


def mapped_list(column: pl.Series, function: Callable[[str], str | None]) -> pl.Series:
    """Apply `function` to the members of a list column, once to each distinct text; empty lists become null."""
    rows = pl.DataFrame({"row": pl.int_range(len(column), eager=True), "text": column})
    members = rows.explode("text", empty_as_null=True).drop_nulls("text")
    if members.is_empty():
        return pl.Series(column.name, [None] * len(column), dtype=pl.List(pl.String))
    folded = members.with_columns(mapped(members["text"], function).alias("folded")).drop_nulls("folded")
    lists = folded.group_by("row").agg(pl.col("folded").unique().sort())
    return rows.select("row").join(lists, on="row", how="left", maintain_order="left")["folded"].alias(column.name)
