"""Questions about tables that may be two kinds of lists: what each reading makes of the first rows, and the answer.

The answer is kept as a profile in the home, so that next week's file of the list is not asked about again. Does not
belong here: the prompt itself (`pipelines.commands.asking`), and recognition (`assets.sources.mapping.recognition`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.sources.files.source_files import SourceFile, source_files_of
from assets.sources.layout.tables import find_tables
from assets.sources.loading.interpretation import Interpreter
from assets.sources.mapping.profile_choice import own_profiles, save_profile
from assets.sources.mapping.recognition import Recognised, TableSample, known_headers, recognise
from assets.sources.mapping.results import RecordSet
from assets.sources.readers.reading import read_file
from assets.sources.sheets import head_of
from pipelines.services.profile_writing import profile_text
from schemas.contracts.errors import LeadsiftError
from schemas.contracts.options import ImportOptions
from schemas.profiles.loader import Profile, parse_profile, shipped_profiles
from schemas.stores.settings import Settings

HEAD_ROWS = 2_000
"""Rows of a table by which it is recognised before an import."""

SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a table: the kind, and of each of the first rows what it would be, as `field: value`."""

    kind: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A file whose only table may be two kinds of lists, with the reason and both readings."""

    found: SourceFile
    reason: str
    readings: tuple[Reading, ...]


def questions(paths: Sequence[Path], options: ImportOptions, settings: Settings) -> Iterator[Question]:
    """Yield a question for each file below `paths` with one table, which the import would refuse to guess."""
    profiles = (*own_profiles(settings), *shipped_profiles())
    for found in source_files_of(paths):
        if found.skipped or found.refusal is not None:
            continue
        try:
            with found.as_file() as path:
                recognised = _recognised(path, found.stem, profiles)
                if recognised is None or not recognised.is_question or not recognised.readings:
                    continue
                kinds = [reading.object.name for reading in recognised.readings]
                readings = tuple(Reading(kind, _rows(path, found.stem, kind, options)) for kind in kinds)
        except (LeadsiftError, OSError):
            continue  # the import names what is wrong with the file
        yield Question(found, recognised.refusal or "", readings)


def keep_answer(question: Question, kind: str, options: ImportOptions, settings: Settings) -> Path:
    """Save the reading of a list as a profile in the home; returns the profile's path."""
    interpreter = Interpreter(options.model_copy(update={"kind": kind}), shipped_profiles(), HEAD_ROWS)
    with question.found.as_file() as path:
        interpreted = interpreter.interpret(path, question.found.stem, lambda *_: None)
    text = profile_text(question.found.stem, interpreted)
    return save_profile(settings, parse_profile(text, "answer"), text.encode("utf-8"))


def _recognised(path: Path, stem: str, profiles: Sequence[Profile]) -> Recognised | None:
    known = known_headers(profiles)
    sheets = read_file(path, None, known).sheets
    tables = [table for sheet in sheets for table in find_tables(head_of(sheet, HEAD_ROWS), known)]
    if len(tables) != 1 or not tables[0].rows:
        return None
    return recognise(TableSample.of(tables[0], stem), profiles)


def _rows(path: Path, stem: str, kind: str, options: ImportOptions) -> tuple[str, ...]:
    """What the first rows would be as a kind of list, in words."""
    said: dict[int, list[str]] = {}

    def collect(_ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        fields = [name for name in records.fields if name in frame.columns]
        for row in frame.head(SHOWN_ROWS).to_dicts():
            values = [f"{name} {_text(row[name])}" for name in fields if row[name] not in (None, [])]
            if values and not records.is_stub:
                said.setdefault(row["row_number"], []).append(f"{records.entity}: {', '.join(values)}")

    Interpreter(options.model_copy(update={"kind": kind}), shipped_profiles(), SHOWN_ROWS + 1).interpret(
        path, stem, collect
    )
    return tuple(f"row {number}: {'; '.join(parts)}" for number, parts in sorted(said.items()))[:SHOWN_ROWS]


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
