"""Reading and interpreting bytes as an import would, for tests."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from assets.sources.layout.tables import Table, find_tables
from assets.sources.loading.interpretation import InterpretedFile, InterpretedSheet, Interpreter
from assets.sources.mapping.column_values import sample_values
from assets.sources.mapping.recognition import (
    NOTHING_STATED,
    Recognised,
    Stated,
    TableSample,
    known_headers,
    recognise,
)
from assets.sources.mapping.results import RecordSet
from assets.sources.readers.reading import FileReading, read_file
from assets.sources.sheets import Frame
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import Profile, shipped_profiles
from tests.support import csv_text

KNOWN = known_headers(shipped_profiles())


def reading(data: bytes, encoding: str | None = None) -> FileReading:
    """Read the bytes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        found = read_file(path, encoding, KNOWN)
        for sheet in found.sheets:
            object.__setattr__(sheet, "blocks", list(sheet.blocks))
        return found


def grid(data: bytes, number: int = 0) -> list[list[str | None] | None]:
    """The cells of a sheet, None for a row that cannot be cut."""
    rows: list[list[str | None] | None] = []
    for block in reading(data).sheets[number].blocks:
        found = block.frame.iter_rows() if isinstance(block, Frame) else block.rows
        rows += [None if row is None else list(row) for row in found]
    return rows


@dataclass
class Interpreted:
    """A file and the records that were made of it."""

    file: InterpretedFile
    frames: list[tuple[int, RecordSet, pl.DataFrame]] = field(default_factory=list)

    @property
    def sheet(self) -> InterpretedSheet:
        """The first sheet."""
        return self.file.sheets[0]

    def records(self, entity: Entity, *, stubs: bool = False) -> list[dict[str, Any]]:
        """The records of an entity without what is blank, `custom` as a dict."""
        return [
            {
                name: {item["key"]: item["value"] for item in value} if name == "custom" else value
                for name, value in row.items()
                if value is not None
            }
            | {"object": records.object, "source": records.source}
            for _, records, frame in self.frames
            if records.entity == entity and records.is_stub == stubs
            for row in frame.to_dicts()
        ]


def interpreted(
    data: bytes, name: str = "list", profiles: tuple[Profile, ...] | None = None, **options: Any
) -> Interpreted:
    """Interpret the bytes of a file called `name`."""
    frames: list[tuple[int, RecordSet, pl.DataFrame]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        file = Interpreter(ImportOptions(**options), profiles or shipped_profiles()).interpret(
            path, name, lambda ordinal, records, frame: frames.append((ordinal, records, frame))
        )
    return Interpreted(file, frames)


def of_rows(rows: list[list[str]], name: str = "list", **options: Any) -> Interpreted:
    """Interpret rows written as a CSV file."""
    return interpreted(csv_text(rows).encode(), name, **options)


def table_of(rows: list[list[str]]) -> Table:
    """The first table of rows written as a CSV file."""
    return find_tables(reading(csv_text(rows).encode()).sheets[0], KNOWN)[0]


def recognised(
    rows: list[list[str]], name: str = "list", sheet: str = "", stated: Stated = NOTHING_STATED
) -> Recognised:
    """What a table of rows is recognised as."""
    table = table_of(rows)
    sample = TableSample(table.headers, sample_values(table), name, sheet)
    return recognise(sample, shipped_profiles(), stated)
