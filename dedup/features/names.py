"""Names of people: nickname variants, and how frequent a name is.

Nicknames come from the package `nicknames` (Old Dominion University's list, Apache 2.0), frequencies from the package
`names` (United States Census of 1990, MIT). Belongs here: knowledge about names in general. Does not belong
here: the features of a record (`dedup.features.records`) and match weights (`dedup.models.person_model`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from dedup.features.folding import fold_words, vocabulary
from schemas.contracts.person_names import split_name, titles

USUAL_GIVEN = 0.004
"""Frequency assumed for a given name that the census does not list. Not small: it may be common in another country."""

USUAL_FAMILY = 0.0015
LEAST_GIVEN, LEAST_FAMILY = 0.001, 0.0004
"""Lower limits: a name that is rare in one country may be common in another."""


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """Return the full names that each nickname may stand for."""
    from nicknames import NickNamer, name_triplets

    namer = NickNamer()
    short = {triplet[2] for triplet in name_triplets()}
    return {name: frozenset(namer.canonicals_of(name)) for name in short}


def nickname_variants(given: str) -> list[str]:
    """Return a given name and the full names that it may be short for: `bob` is `bob` or `robert`."""
    first = given.split(" ", 1)[0]
    return sorted({first, *_nicknames().get(first, ())})


@cache
def _frequencies(*tables: str) -> dict[str, float]:
    """Return the share of people with each folded name, from tables in percent."""
    shares: dict[str, float] = {}
    for table in tables:
        for line in files("names").joinpath(table).read_text(encoding="ascii").splitlines():
            name, percent = line.split()[:2]
            folded = name.lower()
            # Half of all people are men and half are women.
            shares[folded] = shares.get(folded, 0.0) + float(percent) / 100 / len(tables)
    return shares


def given_frequency(given: str) -> float:
    """Return the share of people with this given name."""
    return max(LEAST_GIVEN, _frequencies("dist.male.first", "dist.female.first").get(given, USUAL_GIVEN))


def family_frequency(family: str) -> float:
    """Return the share of people with this family name."""
    return max(LEAST_FAMILY, _frequencies("dist.all.last").get(family.replace(" ", ""), USUAL_FAMILY))


def name_frequencies(
    features: pl.DataFrame, counted: Mapping[str, Mapping[str, float]] | None = None
) -> dict[str, pl.DataFrame]:
    """Return the frequency of each name in `features` (`given, family, full_name`), by column.

    Each frame has the column and `tf_<column>`, one row for each name. `counted` has frequencies by column and name
    that outrank the public tables.
    """
    own = counted or {}
    given = features.select("given").drop_nulls().unique(maintain_order=True)
    family = features.select("family").drop_nulls().unique(maintain_order=True)
    by_given = given.with_columns(
        pl.Series("tf_given", _looked_up(given["given"], given_frequency, own.get("given")), dtype=pl.Float64)
    )
    by_family = family.with_columns(
        pl.Series("tf_family", _looked_up(family["family"], family_frequency, own.get("family")), dtype=pl.Float64)
    )
    whole = features.select("full_name", "given", "family").drop_nulls().unique("full_name", keep="first")
    by_whole = (
        whole.join(by_given, on="given")
        .join(by_family, on="family")
        .select("full_name", (pl.col("tf_given") * pl.col("tf_family")).alias("tf_full_name"))
    )
    return {"given": by_given, "family": by_family, "full_name": by_whole}


def _looked_up(names: pl.Series, public: Callable[[str], float], own: Mapping[str, float] | None) -> list[float]:
    return [own[name] if own and name in own else public(name) for name in names]


@cache
def _titles() -> frozenset[str]:
    return titles() | vocabulary("more_titles")


def folded_name(name: str) -> str:
    """Fold a name and remove titles and generation suffixes; a name that has nothing else stays as it is."""
    words = fold_words(name).split()
    while len(words) > 1 and words[0] in _titles():
        words = words[1:]
    while len(words) > 1 and words[-1] in _titles() and len(words[-1]) > 1:
        words = words[:-1]
    return " ".join(words)


def folded_parts(whole: str) -> tuple[str | None, str | None]:
    """Split a name into given and family name, folded; a name that cannot be split is the family name."""
    given, family = split_name(whole)
    if given is None:
        return None, folded_name(family or whole) or None
    folded = folded_name(given)
    return None if folded in _titles() else folded or None, folded_name(family or "") or None
