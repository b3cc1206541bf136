"""Splits a person's name into given and family name, for reading lists, comparing records and lookups.

Uses only the spelling: the family name is before a comma, else it is the last word with its particles. Word lists are
in `schemas/contracts/vocabularies`. Does not belong here: folding names for comparison (`dedup.features.names`).
"""

from __future__ import annotations

from schemas.contracts.word_lists import word_list


def titles() -> frozenset[str]:
    """Return titles, which are not part of a name, in lower case."""
    return word_list(__file__, "titles")


def split_name(full: str) -> tuple[str | None, str | None]:
    """Split a full name into given and family name; (None, None) if they cannot be told apart.

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
