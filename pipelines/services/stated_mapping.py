"""Checks `--as` and `--map` before a run starts, so that a wrong one records nothing.

Belongs here: reading the headers of the files for the check. Does not belong here: what may be stated
(`assets.sources.mapping.stated_targets`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.sources.files.protection import unlocked
from assets.sources.files.source_files import source_files_of
from assets.sources.loading.interpretation import Interpreter
from assets.sources.mapping.profile_choice import stated_or_known
from assets.sources.mapping.stated_targets import check_headers, check_stated
from schemas.contracts.errors import LeadsiftError
from schemas.contracts.options import ImportOptions
from schemas.stores.settings import Settings

HEAD_ROWS = 2_000
"""Rows of each sheet that are read for the headers of its tables."""


def check_stated_mapping(paths: Sequence[Path], options: ImportOptions, settings: Settings) -> None:
    """Check the stated kind, fields and headers.

    Raises InvalidRequestError if they are wrong with any files, InputRefusedError if they do not fit these.
    """
    targets = options.targets()
    if not options.kind and not targets:
        return
    interpreter = Interpreter(options, stated_or_known(options.profile, settings), HEAD_ROWS)
    check_stated(options.kind, targets, interpreter.profiles)
    if targets:
        check_headers(targets, list(_tables(paths, interpreter, settings)))


def _tables(paths: Sequence[Path], interpreter: Interpreter, settings: Settings) -> Iterator[tuple[str, Sequence[str]]]:
    """The place and headers of every table; none of files that cannot be read: the import says why."""
    password = settings.workbook_password
    for found in source_files_of(paths):
        if found.skipped or found.refusal is not None:
            continue
        try:
            opened = unlocked(found, password.get_secret_value()) if password else found
            with opened.as_file() as path:
                for table in interpreter.tables(path):
                    yield f"{found.path} [{table.name}]" if table.name else found.path, table.headers
        except (LeadsiftError, OSError):
            continue
