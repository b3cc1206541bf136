"""How the command line speaks: tables, one JSON document, progress on stderr, one line for each error.

Belongs here: showing. Does not belong here: finding out what to show.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipelines.services.display import cell, to_plain
from schemas.contracts.progress import LOGGER

DONE = 0
FAILED = 1
BAD_USAGE = 2
REFUSED = 3

WIDTH_WITHOUT_TERMINAL = 140
"""In a log or a file nobody's window limits a table."""


def _width() -> int | None:
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isdigit() else None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL


out = Console(highlight=False, width=_width())
err = Console(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=to_plain) + "\n")


def print_error(reason: str) -> None:
    """One reason, one line, on stderr."""
    line = " ".join(reason.split())
    sys.stderr.write(f"leadsift: {line}\n")


MOST_SHOWN = 100
"""Rows of a table that are shown."""


def print_table(
    frame: pl.DataFrame, title: str | None = None, limit: int = MOST_SHOWN, total: int | None = None
) -> None:
    """Show a frame as a table, at most `limit` rows of it, saying so; `total` where the frame is the head of more."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD)
    for name, dtype in frame.schema.items():
        table.add_column(Text(name), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.head(limit).iter_rows():
        table.add_row(*(Text(cell(value)) for value in row))
    out.print(table)
    more = (total or frame.height) - min(limit, frame.height)
    if more > 0:
        out.print(f"… {more:,} more rows; use --json for all of them", style="dim")


def short_path(path: str) -> str:
    """A path as seen from the working directory, where it lies below it."""
    here = f"{Path.cwd()}{os.sep}"
    return path.removeprefix(here)


class _ProgressHandler(logging.Handler):
    """Turns progress messages into the description and share of one rich task."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress = progress
        self._task = progress.add_task("Starting", total=None)

    def emit(self, record: logging.LogRecord) -> None:
        """Show one message."""
        total = getattr(record, "total", 0) or None
        self._progress.update(
            self._task, description=record.getMessage(), completed=getattr(record, "done", 0), total=total
        )


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[None]:
    """Show progress on stderr while the block runs; nothing when `quiet` or when stderr is no terminal."""
    if quiet or not err.is_terminal:
        yield
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        handler = _ProgressHandler(progress)
        LOGGER.addHandler(handler)
        level = LOGGER.level
        LOGGER.setLevel(logging.INFO)
        try:
            yield
        finally:
            LOGGER.setLevel(level)
            LOGGER.removeHandler(handler)


def wants_traceback() -> bool:
    """Whether a developer asked for tracebacks (LEADSIFT_DEBUG=1)."""
    return os.environ.get("LEADSIFT_DEBUG", "") not in ("", "0")
