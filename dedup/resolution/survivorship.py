"""Survivorship: which record's value an entity bears, field by field, by criteria in an order that users may choose.

Belongs here: the criteria, their usual order, and the order that settings state. Does not belong here: applying them
(`dedup/resolution/sql/survivors.sql`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.contracts.errors import SettingsError

CRITERIA = ("source_priority", "most_complete", "verified", "most_frequent", "newest", "longest")

CHOICES = (
    "name", "birth_date", "job_title", "organization_id", "address", "owner_id", "email", "phone", "domain", "website",
    "industry",
)  # fmt: skip
"""What is chosen as one: an address comes from one record, never its street from one and its city from another."""

USUAL = ("source_priority", "most_complete", "verified", "newest", "most_frequent", "longest")

# A nickname in the newest record must not win over the name in all others.
_USUAL_OF = {"name": ("source_priority", "most_complete", "most_frequent", "newest", "longest")}


@dataclass(frozen=True, slots=True)
class Survivorship:
    """`source_priority` names sources, the first one outranking the rest; `orders` gives choices another order."""

    source_priority: Sequence[str] = ()
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise SettingsError for a choice or criterion that is none."""
        for choice, criteria in self.orders.items():
            if choice not in CHOICES:
                raise SettingsError(f"survivorship: {choice!r} is not one of {', '.join(CHOICES)}")
            unknown = [name for name in criteria if name not in CRITERIA]
            if unknown:
                raise SettingsError(f"survivorship.{choice}: {unknown[0]!r} is not one of {', '.join(CRITERIA)}")

    def order_table(self) -> pl.DataFrame:
        """`choice, criteria`: for each choice its criteria, the first that tells two values apart decides."""
        criteria = [list(self.orders.get(choice, _USUAL_OF.get(choice, USUAL))) for choice in CHOICES]
        return pl.DataFrame(
            {"choice": list(CHOICES), "criteria": criteria}, schema_overrides={"criteria": pl.List(pl.String)}
        )

    def rank_table(self) -> pl.DataFrame:
        """`source, rank`: the higher the rank, the more the source counts; sources that are not named have none."""
        count = len(self.source_priority)
        ranks = {"source": list(self.source_priority), "rank": [count - place for place in range(count)]}
        return pl.DataFrame(ranks, schema={"source": pl.String, "rank": pl.Int32})
