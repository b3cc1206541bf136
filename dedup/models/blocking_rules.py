"""Blocking rules: which values two records must share to be compared at all, as declarations over one record.

Belongs here: a rule and its two forms. Does not belong here: which rules a model has (the model modules), and finding
the pairs (`dedup.scoring.blocking`).
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_BLOCK = 500
"""Records that may share one value and still be compared each with each: 125,000 pairs. What more records share is a
placeholder or a switchboard, and its holders are found by other rules if they are anybody's."""


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Records that agree on every one of `keys`, SQL expressions over one record, none of them null.

    `explode` names a list column instead, of which one member in common is enough. A value that more than
    `largest` records share brings no two of them together: what little its agreement says is worth a look only
    where few agree.
    """

    keys: tuple[str, ...] = ()
    explode: str = ""
    largest: int = LARGEST_BLOCK

    @property
    def value(self) -> str:
        """The keys of one record as one text or a row for each, null where any is."""
        return f"unnest({self.explode})" if self.explode else " || chr(31) || ".join(self.keys)


def agreeing_on(*keys: str, largest: int = LARGEST_BLOCK) -> BlockingRule:
    """Records that agree on all of `keys`."""
    return BlockingRule(keys, largest=largest)


def sharing_one_of(column: str, largest: int = LARGEST_BLOCK) -> BlockingRule:
    """Records that have a member of a list column in common."""
    return BlockingRule(explode=column, largest=largest)
