"""Splitting a person's name as it is written: the one rule for reading lists, comparing records and looking people up.

Only what the writing itself says: a comma puts the family name first, particles belong to the family name, the
last word is the family name otherwise. Words are data in `schemas/contracts/vocabularies`. Does not belong here:
folding names for comparison (`dedup.features.names`).
"""

from __future__ import annotations

from schemas.contracts.word_lists import word_list


def titles() -> frozenset[str]:
    """Return the words before a name that are no part of it, in small letters."""
    return word_list(__file__, "titles")


def split_name(full: str) -> tuple[str | None, str | None]:
    """Split a full name into given and family name; (None, None) where the writing does not tell them apart.

    >>> split_name("Dr. Ludwig van Beethoven")
    ('Ludwig', 'van Beethoven')
    >>> split_name("Curie, Marie")
    ('Marie', 'Curie')
    >>> split_name("Plato")
    (None, None)
    """
    if full.count(",") == 1:
        family, given = (part.strip() for part in full.split(","))
        return (given or None, family or None)
    words = [word for word in full.split() if word.casefold().rstrip(".") not in titles()]
    if len(words) < 2:
        return None, None
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold().rstrip(".") in word_list(__file__, "name_particles"):
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])
