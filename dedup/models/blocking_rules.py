"""Blocking rules: which values two records must share to be compared, as declarations over one record.

Belongs here: a rule and its two kinds. Does not belong here: which rules a model has (the model modules); finding pairs
(`dedup.scoring.blocking`).
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_BLOCK_SIZE = 500
"""The most records with one value that are compared pairwise: 125,000 pairs. A value that more records share is a
placeholder or a switchboard; other rules find the duplicates among its records."""


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Compares records that agree on all `keys`, SQL expressions over one record, none of them null.

    `explode` names a list column instead; one common element is enough. A value that more than `max_block_size` records
    share yields no pairs.
    """

    keys: tuple[str, ...] = ()
    explode: str = ""
    max_block_size: int = MAX_BLOCK_SIZE

    @property
    def value(self) -> str:
        """SQL for the keys of a record, as one text or one row per element; null if any key is null."""
        return f"unnest({self.explode})" if self.explode else " || chr(31) || ".join(self.keys)


def agreeing_on(*keys: str, max_block_size: int = MAX_BLOCK_SIZE) -> BlockingRule:
    """A rule for records that agree on all `keys`."""
    return BlockingRule(keys, max_block_size=max_block_size)


def sharing_one_of(column: str, max_block_size: int = MAX_BLOCK_SIZE) -> BlockingRule:
    """A rule for records with a common element in a list column."""
    return BlockingRule(explode=column, max_block_size=max_block_size)
