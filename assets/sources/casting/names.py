"""Splitting and joining a person's name as it is written in a cell.

Only what the writing itself says: a comma puts the family name first, particles belong to the family name, the
last word is the family name otherwise. Comparison features are made in `dedup.features.records`.
"""

from __future__ import annotations

import polars as pl

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "sir",
        "madam",
        "mme",
        "mlle",
        "m",
        "herr",
        "frau",
        "sr",
        "sra",
        "dott",
        "dipl",
        "ing",
    ]
)
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "les",
        "al",
        "el",
        "bin",
        "ibn",
        "ben",
        "ter",
        "ten",
        "zu",
        "zur",
        "mac",
        "mc",
        "st",
    ]
)


def title_words() -> pl.Series:
    """Words before a name that are no part of it, in small letters."""
    return pl.Series(sorted(_TITLES))


def split_name(full: str) -> tuple[str | None, str | None]:
    """Split a full name into given and family name; (None, None) where the writing does not tell them apart."""
    if full.count(",") == 1:
        family, given = (part.strip() for part in full.split(","))
        return (given or None, family or None)
    words = [word for word in full.split() if word.casefold().rstrip(".") not in _TITLES]
    if len(words) < 2:
        return None, None
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold().rstrip(".") in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])
