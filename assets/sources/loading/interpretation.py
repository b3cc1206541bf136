"""Interprets a file: read, find tables, recognise, map. Inspect, import and rebuild use the same call.

The result depends only on the bytes, the file's name and the import's options.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from assets.sources.casting.cells import CastContext
from assets.sources.casting.list_locale import list_context
from assets.sources.layout.tables import Table, find_tables
from assets.sources.mapping.profile_readings import Recognition
from assets.sources.mapping.recognition import HeaderWords, Recognised, Stated, TableSample, known_headers, recognise
from assets.sources.mapping.results import MappedSheet, MappingOptions, RecordSet
from assets.sources.mapping.tables import map_table
from assets.sources.readers.reading import FileReading, read_file
from assets.sources.sheets import Rejection, Sheet, head_of
from schemas.contracts.errors import InputRefusedError, LeadsiftError
from schemas.contracts.headers import fold_header
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import UpdatePolicy
from schemas.profiles.loader import Profile

SheetSink = Callable[[int, RecordSet, pl.DataFrame], None]
"""Receives the records of a sheet, with its ordinal, frame by frame (see `mapping.map_table`)."""


@dataclass(frozen=True, slots=True)
class InterpretedSheet:
    """One table of a file: what it was recognised as and why, and its records.

    `readings` are the recognition and the next best, `sample` what they were weighed by. `refusal` is why the import
    refuses the table, which was then read as its likeliest kind; None if it takes it.
    """

    ordinal: int
    table: Table
    recognition: Recognition
    evidence: str
    source: str
    policy: UpdatePolicy
    mapped: MappedSheet
    sample: TableSample
    readings: tuple[Recognition, ...] = ()
    refusal: str | None = None

    @property
    def rejections(self) -> list[Rejection]:
        """Rows and cells that the reader or the mapping rejected."""
        return [*self.table.rejections, *self.mapped.rejections]

    @property
    def rejected(self) -> int:
        """Physical rows that the reader or the mapping rejected."""
        return sum(1 for item in self.rejections if item.column is None)

    @property
    def is_balanced(self) -> bool:
        """Whether every physical row is loaded, rejected, blank, preamble or footer."""
        table = self.table
        counted = self.mapped.loaded + self.rejected + table.blank + table.preamble + table.footer
        return counted == table.rows


@dataclass(frozen=True, slots=True)
class InterpretedFile:
    """An accepted file: how it was read, its sheets, and warnings for the user."""

    reading: FileReading
    sheets: list[InterpretedSheet]
    warnings: list[str] = field(default_factory=list)

    @property
    def rejection(self) -> str | None:
        """Why every row of the file is rejected; None if one is loaded or there are none."""
        rejections = [item for sheet in self.sheets for item in sheet.rejections if item.column is None]
        if not rejections or any(sheet.mapped.loaded for sheet in self.sheets):
            return None
        reason, count = Counter(item.reason for item in rejections).most_common(1)[0]
        others = f"; {len(rejections) - count:,} rows for other reasons" if count < len(rejections) else ""
        return f"every row was rejected: {count:,} rows, each {reason}{others}"


_VERSION_MARKS = re.compile(
    r"\(\d+\)|_\d{3}$|\.rejects\b|(?<![^\W_])(\d{4}[-_]\d{2}[-_]\d{2}|\d{8}|copy|final|v\d+)(?![^\W_])", re.IGNORECASE
)


def source_of(profile: Profile, stem: str, options: ImportOptions) -> str:
    """The source of a file's records: the stated one, else the CRM, else the list's name.

    Dates and copy marks in the name are ignored, so that next week's file is the same list.
    """
    if options.source:
        return options.source
    if not profile.is_generic:
        return profile.source or profile.name
    bare = " ".join(_VERSION_MARKS.sub(" ", stem).replace("_", " ").split()).strip(" -./")
    return fold_header(bare) or fold_header(stem) or profile.name


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Reads the files of an import with its options and profiles; `most_rows` limits the rows of each sheet.

    With `is_guessing` a table that an import would refuse is read as its likeliest kind.
    """

    options: ImportOptions
    profiles: Sequence[Profile]
    most_rows: int | None = None
    is_guessing: bool = False

    def interpret(self, path: Path, stem: str, sink: SheetSink) -> InterpretedFile:
        """Interpret one file and pass its records to `sink`.

        Raises InputRefusedError if nothing in it can be used; records already passed to `sink` are then void.
        """
        known = self._known()
        reading = read_file(path, self.options.encoding, known)
        sheets: list[InterpretedSheet] = []
        warnings: list[str] = []
        refusals: list[str] = []
        ordinal = -1
        for whole in reading.sheets:
            sheet = whole if self.most_rows is None else head_of(whole, self.most_rows)
            tables = find_tables(sheet, known)
            where = f"sheet {sheet.name!r} " if sheet.name else ""
            warnings += [f"{where}{note}".strip() for note in sheet.notes]
            if not tables:
                warnings.append(f"{where}is empty")
            for table, faults in zip(tables, _faults(sheet, tables), strict=True):
                ordinal += 1
                name = f"sheet {table.name!r} " if table.name else ""
                sample = TableSample.of(table, stem)
                found = self._recognise(table, sample)
                if found.best is None and not (self.is_guessing and found.readings):
                    refusals.append(f"{name}{found.refusal}")
                    continue
                warnings += [name + warning for warning in table.warnings]
                sheets.append(self.map(ordinal, table, found, sample, sink))
                _add_faults(sheets[-1], faults)
        if not sheets:
            raise InputRefusedError("; ".join(refusals) or "has no sheet with a value in it")
        return InterpretedFile(reading, sheets, [*warnings, *(f"not imported: {reason}" for reason in refusals)])

    def tables(self, path: Path) -> list[Table]:
        """The tables of one file, unrecognised. Raises InputRefusedError if it cannot be read."""
        known, most = self._known(), self.most_rows
        sheets = read_file(path, self.options.encoding, known).sheets
        return [
            table for sheet in sheets for table in find_tables(sheet if most is None else head_of(sheet, most), known)
        ]

    def _known(self) -> HeaderWords:
        return known_headers(self.profiles, self.options.targets())

    def interpret_or_refuse(self, path: Path, stem: str, sink: SheetSink) -> InterpretedFile | str:
        """Interpret a file, or return the reason why it is refused. Never raises on the content of a file."""
        try:
            return self.interpret(path, stem, sink)
        except LeadsiftError as error:
            return str(error)
        except Exception as error:
            # A file that breaks the program must not stop later imports: it is refused by name and can be reported. The
            # error's text may quote a cell, so only its type is recorded.
            if os.environ.get("LEADSIFT_DEBUG"):
                raise
            return f"could not be interpreted ({type(error).__name__}); please report this file"

    def _recognise(self, table: Table, sample: TableSample) -> Recognised:
        stated = Stated(self.options.kind, self.options.targets())
        found = recognise(sample, self.profiles, stated)
        if found.best is None and not table.rows:
            shown = ", ".join(repr(header) for header in table.headers[:6])
            text = f"has one row ({shown}), which is neither a known header nor data below one"
            return Recognised(found.readings, text)
        return found

    def map(
        self, ordinal: int, table: Table, found: Recognised, sample: TableSample, sink: SheetSink
    ) -> InterpretedSheet:
        """Map a table by the first of its readings. Raises InputRefusedError if its rows do not balance."""
        best, options = found.readings[0], self.options
        source = source_of(best.profile, sample.file_stem, options)
        base = CastContext(
            date_order=options.assumed_date_order,
            stated_date_order=options.date_order,
            time_zone=options.time_zone,
            default_country=options.default_country,
            decimal_sign=options.decimal_sign,
        )
        # A table without a filled row has no batch, but its columns are looked at all the same.
        empty = pl.DataFrame(schema={f"c{place}": pl.String for place in range(len(table.headers))})
        context, sentence = list_context(table.headers, next(table.cells.batches(), empty), base)
        under = MappingOptions(source, context, options.key)
        mapped = map_table(table, best, under, lambda records, frame: sink(ordinal, records, frame))
        mapped.decisions[:0] = [sentence] if sentence else []
        policy = options.update or best.profile.update
        evidence = best.evidence(found.readings[1] if len(found.readings) > 1 else None)
        sheet = InterpretedSheet(
            ordinal, table, best, evidence, source, policy, mapped, sample, found.readings, found.refusal
        )
        if not sheet.is_balanced:
            raise InputRefusedError(
                f"does not balance: {table.rows} rows, but {mapped.loaded} loaded, {sheet.rejected} rejected, "
                f"{table.blank} blank, {table.preamble} preamble, {table.footer} footer; please report this file"
            )
        return sheet


def _faults(sheet: Sheet, tables: Sequence[Table]) -> Iterator[list[Rejection]]:
    """The cells of each table that the reader could not read."""
    ends = [*(table.header_row for table in tables[1:]), None][: len(tables)]
    for table, end in zip(tables, ends, strict=True):
        yield [
            Rejection(fault.row, table.headers[fault.column], fault.value, fault.reason)
            for fault in sheet.faults
            if fault.column is not None
            and fault.column < len(table.headers)
            and fault.row > table.header_row
            and (end is None or fault.row < end)
        ]


def _add_faults(sheet: InterpretedSheet, faults: list[Rejection]) -> None:
    """Add the reader's faults to the rejections, except in rows that are rejected whole."""
    rejected = {item.row_number for item in sheet.rejections if item.column is None}
    sheet.mapped.rejections += [fault for fault in faults if fault.row_number not in rejected]
