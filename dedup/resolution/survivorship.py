"""Survivorship: which record's value an entity gets, field by field, by criteria in a configurable order.

Belongs here: the criteria, their default order, and the order in the settings. Does not belong here: applying them
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
"""Fields that survive together: an address comes from one record, never street and city from different ones."""

DEFAULT_ORDER = ("source_priority", "most_complete", "verified", "newest", "most_frequent", "longest")

# A nickname in the newest record must not win over the name in all others.
_DEFAULT_ORDER_OF = {"name": ("source_priority", "most_complete", "most_frequent", "newest", "longest")}


@dataclass(frozen=True, slots=True)
class Survivorship:
    """The order of criteria. `source_priority` lists sources, the highest first; `orders` has criteria by choice."""

    source_priority: Sequence[str] = ()
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise SettingsError for an unknown choice or criterion."""
        for choice, criteria in self.orders.items():
            if choice not in CHOICES:
                raise SettingsError(f"survivorship: {choice!r} is not one of {', '.join(CHOICES)}")
            unknown = [name for name in criteria if name not in CRITERIA]
            if unknown:
                raise SettingsError(f"survivorship.{choice}: {unknown[0]!r} is not one of {', '.join(CRITERIA)}")

    def order_table(self) -> pl.DataFrame:
        """`choice, criteria`: the criteria of each choice; the first that distinguishes two values decides."""
        criteria = [list(self.orders.get(choice, _DEFAULT_ORDER_OF.get(choice, DEFAULT_ORDER))) for choice in CHOICES]
        return pl.DataFrame(
            {"choice": list(CHOICES), "criteria": criteria}, schema_overrides={"criteria": pl.List(pl.String)}
        )

    def rank_table(self) -> pl.DataFrame:
        """`source, rank`: a higher rank wins; sources that are not listed have none."""
        count = len(self.source_priority)
        ranks = {"source": list(self.source_priority), "rank": [count - place for place in range(count)]}
        return pl.DataFrame(ranks, schema={"source": pl.String, "rank": pl.Int32})
