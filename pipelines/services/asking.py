"""Questions about tables that may be two kinds of lists: what each reading makes of the first rows, and the answers.

The answers are kept as profiles in the home, so that next week's file of the list is not asked about again. Does not
belong here: the prompt itself (`pipelines.commands.asking`), and recognition (`assets.sources.mapping.recognition`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from assets.sources.files.source_files import SourceFile
from assets.sources.layout.tables import Table
from assets.sources.loading.interpretation import InterpretedSheet, Interpreter
from assets.sources.mapping.profile_choice import own_profiles, save_profile
from assets.sources.mapping.recognition import Recognised, Stated, TableSample, recognise
from assets.sources.mapping.results import RecordSet
from pipelines.services.profile_writing import profile_text
from pipelines.services.stated_mapping import check_stated_mapping
from pipelines.services.table_heads import HEAD_ROWS, table_heads
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.options import ImportOptions
from schemas.profiles.loader import Profile, parse_profile, shipped_profiles
from schemas.stores.settings import Settings

SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a table: the kind, and of each of the first rows what it would be, as `field: value`."""

    kind: str
    rows: tuple[str, ...]
    sheet: InterpretedSheet


@dataclass(frozen=True, slots=True)
class Question:
    """A table that may be two kinds of lists, with the reason and both readings."""

    found: SourceFile
    table: str
    reason: str
    readings: tuple[Reading, ...]


@dataclass(slots=True)
class Answers:
    """The answers given so far. They are saved together, so that a cancelled question changes nothing."""

    settings: Settings
    profiles: list[Profile] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, question: Question, reading: Reading) -> None:
        """Keep the reading of a table as a profile of its own."""
        name, number = f"{question.found.stem} {question.table}".strip(), 1
        text = profile_text(name, [reading.sheet])
        while self._is_taken(profile := parse_profile(text, "answer")):
            number += 1
            text = profile_text(f"{name} {number}", [reading.sheet])
        self.profiles.append(profile.model_copy(update={"is_own": True}))
        self.texts.append(text)

    def _is_taken(self, profile: Profile) -> bool:
        is_saved = (self.settings.profiles_dir / f"{profile.name}.toml").exists()
        return is_saved or profile.name in {other.name for other in self.profiles}

    def save(self) -> list[Path]:
        """Save the answers in the home; returns the profiles' paths."""
        return [
            save_profile(self.settings, profile, text.encode("utf-8"))
            for profile, text in zip(self.profiles, self.texts, strict=True)
        ]


def questions(paths: Sequence[Path], options: ImportOptions, answers: Answers) -> Iterator[Question]:
    """Yield a question for each table below `paths` which the import would refuse to guess.

    A table that an answer to an earlier question recognises is not asked about. Raises InputRefusedError if what was
    stated is wrong.
    """
    check_stated_mapping(paths, options, answers.settings)
    interpreter = Interpreter(options, (*own_profiles(answers.settings), *shipped_profiles()), HEAD_ROWS)
    for found, tables in table_heads(paths, interpreter, answers.settings):
        for table in tables:
            knowing = replace(interpreter, profiles=(*answers.profiles, *interpreter.profiles))
            question = _question(found, table, knowing)
            if question is not None:
                yield question


def _question(found: SourceFile, table: Table, interpreter: Interpreter) -> Question | None:
    sample = TableSample.of(table, found.stem)
    recognised = recognise(sample, interpreter.profiles, Stated(targets=interpreter.options.targets()))
    if not table.rows or not recognised.is_question:
        return None
    try:
        readings = tuple(
            _reading(table, replace(recognised, readings=(reading,)), sample, interpreter)
            for reading in recognised.readings
        )
    except InputRefusedError:
        return None  # the import names what is wrong with the table
    return Question(found, table.name, recognised.refusal or "", readings) if readings else None


def _reading(table: Table, one: Recognised, sample: TableSample, interpreter: Interpreter) -> Reading:
    """One reading of a table, and what its first rows would be, in words."""
    said: dict[int, list[str]] = {}

    def collect(_ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        fields = [name for name in records.fields if name in frame.columns]
        for row in frame.head(SHOWN_ROWS).to_dicts():
            values = [f"{name} {_text(row[name])}" for name in fields if row[name] not in (None, [])]
            if values and not records.is_stub:
                said.setdefault(row["row_number"], []).append(f"{records.entity}: {', '.join(values)}")

    sheet = interpreter.map(0, table, one, sample, collect)
    rows = tuple(f"row {number}: {'; '.join(parts)}" for number, parts in sorted(said.items()))[:SHOWN_ROWS]
    return Reading(one.readings[0].object.name, rows, sheet)


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
