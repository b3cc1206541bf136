"""Interpreting a file: read, find tables, recognise, map — one call from bytes to records, the same for inspecting,
importing and rebuilding.

The result depends on the bytes, the file's name and the import's options only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assets.sources.casting import CastContext
from assets.sources.mapping import MappedSheet, map_table
from assets.sources.reading import FileReading, read_file
from assets.sources.recognition import Recognition, known_headers, recognise
from assets.sources.tables import Grid, Table, to_table
from schemas.errors import InputRefusedError
from schemas.headers import fold_header
from schemas.ledger import ImportOptions
from schemas.profiles import Profile
from schemas.vocabulary import DateOrder


@dataclass(frozen=True, slots=True)
class InterpretedSheet:
    """One sheet: its table, what it was recognised as and why, and the records it makes."""

    ordinal: int
    table: Table
    recognition: Recognition
    evidence: str
    source: str
    mapped: MappedSheet

    @property
    def rejected(self) -> int:
        """Physical rows that were refused, by the reader or by the mapping."""
        rows = [*self.table.rejections, *self.mapped.rejections]
        return sum(1 for item in rows if item.column is None)

    @property
    def is_balanced(self) -> bool:
        """Whether every physical row is loaded, rejected, blank, preamble or footer."""
        table = self.table
        counted = self.mapped.loaded + self.rejected + table.blank + table.preamble + table.footer
        return counted == table.rows


@dataclass(frozen=True, slots=True)
class InterpretedFile:
    """A file that was taken: how it was read, its sheets, and sentences for the user."""

    reading: FileReading
    sheets: list[InterpretedSheet]
    warnings: list[str] = field(default_factory=list)


_VERSION_MARKS = re.compile(
    r"\(\d+\)|(?<![^\W_])(\d{4}[-_]\d{2}[-_]\d{2}|\d{8}|copy|final|v\d+)(?![^\W_])", re.IGNORECASE
)


def source_of(profile: Profile, stem: str, options: ImportOptions) -> str:
    """The source that a file's records belong to: as told, else the CRM, else the list by its name.

    Dates and copy marks in a list's name do not count, so that next week's file is the same list.
    """
    if options.source:
        return options.source
    if not profile.is_generic:
        return profile.name
    bare = " ".join(_VERSION_MARKS.sub(" ", stem).replace("_", " ").split()).strip(" -./")
    return fold_header(bare) or fold_header(stem) or profile.name


def interpret(data: bytes, stem: str, options: ImportOptions, profiles: Sequence[Profile]) -> InterpretedFile:
    """Interpret one file under the given profiles.

    Raises InputRefusedError with the reason when nothing in it can be taken.
    """
    reading = read_file(data)
    known = known_headers(profiles)
    sheets: list[InterpretedSheet] = []
    warnings: list[str] = []
    refusals: list[str] = []
    for ordinal, grid in enumerate(reading.grids):
        table = to_table(grid, known)
        where = f"sheet {grid.name!r} " if grid.name else ""
        if table is None:
            warnings.append(f"{where}is empty")
            continue
        found = recognise(table.headers, stem, profiles)
        if not found:
            refusals.append(where + _not_recognised(table, grid))
            continue
        warnings += [where + warning for warning in table.warnings]
        sheets.append(_interpret_sheet(ordinal, table, found, stem, options))
    if not sheets:
        raise InputRefusedError("; ".join(refusals) or "has no sheet with a value in it")
    return InterpretedFile(reading, sheets, [*warnings, *(f"not taken: {reason}" for reason in refusals)])


def _interpret_sheet(
    ordinal: int, table: Table, found: list[Recognition], stem: str, options: ImportOptions
) -> InterpretedSheet:
    best = found[0]
    source = source_of(best.profile, stem, options)
    base = CastContext(
        date_order=DateOrder(options.date_order),
        time_zone=options.time_zone,
        default_country=options.default_country,
    )
    mapped = map_table(table, best, source, base)
    evidence = best.evidence(found[1] if len(found) > 1 else None)
    sheet = InterpretedSheet(ordinal, table, best, evidence, source, mapped)
    if not sheet.is_balanced:
        raise InputRefusedError(
            f"does not balance: {table.rows} rows, but {mapped.loaded} loaded, {sheet.rejected} rejected, "
            f"{table.blank} blank, {table.preamble} preamble, {table.footer} footer; please report this file"
        )
    return sheet


def _not_recognised(table: Table, grid: Grid) -> str:
    shown = ", ".join(repr(header) for header in table.headers[:6])
    more = ", …" if len(table.headers) > 6 else ""
    if len(grid.rows) == 1:
        return f"holds one row ({shown}{more}) that is neither a known header nor data under one"
    return f"no known kind of list: none of its headers ({shown}{more}) names a person, organization, lead or deal"
