"""The beginnings of tables: what is looked at before an import starts, to check what was stated and to ask.

Belongs here: the first rows of the tables of all files. Does not belong here: what they are
(`assets.sources.mapping.recognition`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.sources.files.protection import unlocked
from assets.sources.files.source_files import SourceFile, source_files_of
from assets.sources.layout.tables import Table
from assets.sources.loading.interpretation import Interpreter
from schemas.contracts.errors import LeadsiftError
from schemas.stores.settings import Settings

HEAD_ROWS = 2_000
"""Rows of each sheet that are read: as many as a table is recognised by."""


def table_heads(
    paths: Sequence[Path], interpreter: Interpreter, settings: Settings
) -> Iterator[tuple[SourceFile, list[Table]]]:
    """Yield the tables of every file below `paths`; none of files that cannot be read: the import says why."""
    password = settings.workbook_password
    for found in source_files_of(paths):
        if found.skipped or found.refusal is not None:
            continue
        try:
            opened = unlocked(found, password.get_secret_value()) if password else found
            with opened.as_file() as path:
                tables = interpreter.tables(path)
        except (LeadsiftError, OSError):
            continue
        yield found, tables
