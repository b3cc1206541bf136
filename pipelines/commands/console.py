"""Output of the command line: tables, one JSON document, progress on stderr, one line for each error.

Belongs here: writing to the terminal; nothing else does, so that no control character reaches it. Does not belong
here: finding out what to show.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from pipelines.services.display import cell, to_plain
from schemas.contracts.counting import counted
from schemas.contracts.printable import json_text, one_line, printable
from schemas.contracts.progress import LOGGER

DONE = 0
FAILED = 1
BAD_USAGE = 2
REFUSED = 3
INTERRUPTED = 130

WIDTH_WITHOUT_TERMINAL = 140
"""Width of tables in a log or a file, where no window limits it."""


def _width() -> int | None:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdigit() else None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL


class SafeConsole(Console):
    """A console that escapes control characters in all text that it prints; its own styles still work."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, their text printable."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else printable(text), style, control)


out = SafeConsole(highlight=False, width=_width())
err = SafeConsole(stderr=True, highlight=False)


def print_json(document: Any) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json_text(document, to_plain) + "\n")


def print_error(reason: str) -> None:
    """Write one reason to stderr, on one line."""
    sys.stderr.write(f"leadsift: {one_line(' '.join(reason.split()))}\n")


MOST_SHOWN = 100
"""Rows of a table that the terminal shows."""
MOST_LISTED = 20
"""Rows of a list with the option --limit that the terminal shows without it."""


def print_table(
    frame: pl.DataFrame,
    title: str | None = None,
    limit: int = MOST_SHOWN,
    total: int | None = None,
    formats: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Show at most `limit` rows of a frame as a table, and how many more there are: `total` counts them all.

    `formats` are those of columns, as `cell` takes them.
    """
    table = Table(
        title=None if title is None else Text(one_line(title)),
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
    )
    for name, dtype in frame.schema.items():
        table.add_column(Text(one_line(name)), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.head(limit).iter_rows():
        named = zip(frame.columns, row, strict=True)
        table.add_row(*(Text(cell(value, formats.get(name))) for name, value in named))
    out.print(table)
    more = (total or frame.height) - min(limit, frame.height)
    if more > 0:
        out.print(f"… {counted(more, 'more row')}; use --json for all of them", style="dim")


def short_path(path: str) -> str:
    """A path on one line, relative to the working directory if it is below it."""
    return one_line(path.removeprefix(f"{Path.cwd()}{os.sep}"))


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
        TextColumn("{task.description}", markup=False),
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
