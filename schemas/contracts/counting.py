"""Numbers of things in words, for every message that counts.

Belongs here: the number with its noun. Does not belong here: messages.
"""

from __future__ import annotations

from collections.abc import Mapping

_IRREGULAR = {"entity": "entities"}


def counted(number: int, noun: str) -> str:
    """The number with its noun, singular or plural.

    >>> counted(1, "organization"), counted(1200, "pair"), counted(0, "entity")
    ('1 organization', '1,200 pairs', '0 entities')
    """
    return f"{number:,} {noun if number == 1 else _IRREGULAR.get(noun, f'{noun}s')}"


def counted_tables(counts: Mapping[str, int]) -> str:
    """Row counts by the name of the table, which is a plural.

    >>> counted_tables({"organizations": 1, "persons": 2})
    '1 organization, 2 persons'
    """
    return ", ".join(counted(number, table.removesuffix("s")) for table, number in counts.items())
