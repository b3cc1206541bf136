"""Checks `--as` and `--map` before a run starts, so that a wrong one records nothing.

Belongs here: the check of what was stated against the files. Does not belong here: what may be stated
(`assets.sources.mapping.stated_targets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.sources.files.source_files import SourceFile
from assets.sources.layout.tables import Table
from assets.sources.loading.interpretation import Interpreter
from assets.sources.mapping.profile_choice import stated_or_known
from assets.sources.mapping.stated_targets import check_headers, check_stated
from pipelines.services.table_heads import HEAD_ROWS, table_heads
from schemas.contracts.options import ImportOptions
from schemas.stores.settings import Settings


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
        heads = table_heads(paths, interpreter, settings)
        check_headers(targets, [(_place(found, table), table.headers) for found, tables in heads for table in tables])


def _place(found: SourceFile, table: Table) -> str:
    return f"{found.path} [{table.name}]" if table.name else found.path
