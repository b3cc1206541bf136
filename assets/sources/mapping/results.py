"""What mapping a table takes and gives: its options, the records that it hands over, and what became of the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from assets.sources.casting.cells import CastContext
from assets.sources.mapping.column_profiles import ColumnQuality, Unmapped
from assets.sources.sheets import Rejection
from schemas.contracts.vocabulary import Entity


@dataclass(frozen=True, slots=True)
class RecordSet:
    """What the records of a frame have in common: their entity, source, object and sheet, whether they are mere
    mentions (stubs), and the fields that the sheet has columns for.
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
    """What became of a table: how many rows were loaded, and how many records of each entity were made of them.

    Mentions of other records (stubs) are counted with the records.
    """

    records: dict[Entity, int] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    quality: list[ColumnQuality] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    loaded: int = 0


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """What the records of a table are mapped under.

    `source` is the system or list they belong to, `base` what the settings assume, `key` the headers that tell rows
    without ids apart.
    """

    source: str
    base: CastContext
    key: Sequence[str] = ()
