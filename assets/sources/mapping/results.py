"""The options and results of mapping a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from assets.sources.casting.cells import CastContext
from assets.sources.mapping.column_profiles import ColumnQuality, Unmapped
from assets.sources.sheets import Rejection
from schemas.contracts.vocabulary import DateOrder, Entity
from schemas.profiles.loader import ObjectProfile, Profile


@dataclass(frozen=True, slots=True)
class RecordSet:
    """What the records of a frame share: entity, source, object, sheet, whether they are reference-only, and the fields
    that the sheet has columns for.
    """

    entity: Entity
    source: str
    object: str
    sheet: str
    is_stub: bool
    fields: tuple[str, ...]


Sink = Callable[[RecordSet, pl.DataFrame], None]


@dataclass(slots=True)
class MappedSheet:
    """The outcome of a table: loaded rows, and records by entity, reference-only records included.

    `references` counts the rows that refer to another record, by its entity and namespace.
    """

    records: dict[Entity, int] = field(default_factory=dict)
    references: Counter[tuple[Entity, str]] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    quality: list[ColumnQuality] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    loaded: int = 0


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """How the records of a table are mapped.

    `source` is the system or list they belong to, `base` has the defaults of the settings, `key` the headers that
    identify rows without ids.
    """

    source: str
    base: CastContext
    key: Sequence[str] = ()

    def context_of(self, profile: Profile, item: ObjectProfile) -> CastContext:
        """The cast context of a sheet: object and profile outrank the settings."""
        order = item.date_order or profile.date_order
        return replace(
            self.base,
            date_order=DateOrder(order) if order else self.base.date_order,
            decimal_sign=profile.decimal_sign or self.base.decimal_sign,
            time_zone=profile.time_zone or self.base.time_zone,
        )
