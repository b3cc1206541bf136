"""Names of people: what they are called in everyday life, and how many bear the same name.

Nicknames come from the package `nicknames` (Old Dominion University's list, Apache 2.0), frequencies from the package
`names` (United States Census of 1990, MIT). Belongs here: what is known of names in general. Does not belong here:
folding text (`dedup.features.records`) or weighing agreement (`dedup.models.person_model`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from dedup.features.folding import fold_words, vocabulary

USUAL_GIVEN = 0.004
"""Share of people who bear a given name of which nothing is known. Not small, although the name is rare in the census:
it may be a common one elsewhere.
"""

USUAL_FAMILY = 0.0015
LEAST_GIVEN, LEAST_FAMILY = 0.001, 0.0004
"""A name that is rare in one country is taken for no rarer than this."""


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """Of each name the full names that it may be short for."""
    from nicknames import NickNamer, name_triplets

    namer = NickNamer()
    short = {triplet[2] for triplet in name_triplets()}
    return {name: frozenset(namer.canonicals_of(name)) for name in short}


def everyday_forms(given: str) -> list[str]:
    """A given name and the full names that it may be short for: `bob` is `bob` or `robert`."""
    first = given.split(" ", 1)[0]
    return sorted({first, *_nicknames().get(first, ())})


@cache
def _shares(*tables: str) -> dict[str, float]:
    """The share of people who bear each name, by the folded name; from tables in percent."""
    shares: dict[str, float] = {}
    for table in tables:
        for line in files("names").joinpath(table).read_text(encoding="ascii").splitlines():
            name, percent = line.split()[:2]
            folded = name.lower()
            # Half of all people are men and half are women.
            shares[folded] = shares.get(folded, 0.0) + float(percent) / 100 / len(tables)
    return shares


def given_share(given: str) -> float:
    """The share of people who bear this given name."""
    return max(LEAST_GIVEN, _shares("dist.male.first", "dist.female.first").get(given, USUAL_GIVEN))


def family_share(family: str) -> float:
    """The share of people who bear this family name."""
    return max(LEAST_FAMILY, _shares("dist.all.last").get(family.replace(" ", ""), USUAL_FAMILY))


def name_shares(
    forms: pl.DataFrame, counted: Mapping[str, Mapping[str, float]] | None = None
) -> dict[str, pl.DataFrame]:
    """The share of people who bear each name in `forms` (`given, family, full_name`), by column.

    Each frame has the column and `tf_<column>`, one row for each name. `counted` has shares by column and name that
    outrank the public tables.
    """
    own = counted or {}
    given = forms.select("given").drop_nulls().unique(maintain_order=True)
    family = forms.select("family").drop_nulls().unique(maintain_order=True)
    by_given = given.with_columns(
        pl.Series("tf_given", _looked_up(given["given"], given_share, own.get("given")), dtype=pl.Float64)
    )
    by_family = family.with_columns(
        pl.Series("tf_family", _looked_up(family["family"], family_share, own.get("family")), dtype=pl.Float64)
    )
    whole = forms.select("full_name", "given", "family").drop_nulls().unique("full_name", keep="first")
    by_whole = (
        whole.join(by_given, on="given")
        .join(by_family, on="family")
        .select("full_name", (pl.col("tf_given") * pl.col("tf_family")).alias("tf_full_name"))
    )
    return {"given": by_given, "family": by_family, "full_name": by_whole}


def _looked_up(names: pl.Series, public: Callable[[str], float], own: Mapping[str, float] | None) -> list[float]:
    return [own[name] if own and name in own else public(name) for name in names]


def folded_name(name: str) -> str:
    """A name, folded, without titles and marks of generation; one that is nothing else stays as it is."""
    words = fold_words(name).split()
    titles = vocabulary("titles")
    while len(words) > 1 and words[0] in titles:
        words = words[1:]
    while len(words) > 1 and words[-1] in titles and len(words[-1]) > 1:
        words = words[:-1]
    return " ".join(words)


def split_name(whole: str) -> tuple[str | None, str | None]:
    """Given and family name of a name that stands in one field and was not told apart when it was read.

    A comma puts the family name first. Anything else is taken as a family name: it has nothing else to be
    compared with.
    """
    before, _, behind = whole.partition(",")
    given = folded_name(behind)
    if given in vocabulary("titles"):
        given = ""
    return given or None, folded_name(before) or None
