"""The prompt for tables that may be two kinds of lists, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from assets.sources.files.landing import import_options
from pipelines.commands.common import cancellable
from pipelines.commands.console import out, short_path
from pipelines.services.display import shortened
from schemas.contracts.options import StatedOptions
from schemas.contracts.printable import one_line
from schemas.stores.settings import Settings

if TYPE_CHECKING:
    from pipelines.services.asking import Question

LINE_CHARACTERS = 200
_SKIP = "s"


def ask_about(settings: Settings, stated: StatedOptions, paths: Sequence[Path]) -> None:
    """Ask which of two readings holds, for each table in doubt, and keep the answers as profiles.

    Asks nothing where no person is at the terminal, or where the user stated what the files are. Raises
    InputRefusedError if the user cancels a question; then no answer is kept.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or stated.kind or stated.profile:
        return
    from pipelines.services.asking import Answers, questions

    answers = Answers(settings)
    for question in questions(paths, import_options(settings, stated), answers):
        _show(question)
        chosen = _chosen(question)
        if chosen is not None:
            answers.add(question, question.readings[chosen])
    for path in answers.save():
        out.print(Text(f"Kept as {short_path(str(path))}; lists with these headers are read like this from now on."))


def _chosen(question: Question) -> int | None:
    """The reading that the user chooses, counted from 0; None to skip the table."""
    choices = [str(number) for number in range(1, len(question.readings) + 1)]
    with cancellable():
        answer = typer.prompt(f"Which is it? {', '.join(choices)}, or s to skip the table", default=_SKIP).strip()
        while answer not in (*choices, _SKIP):
            answer = typer.prompt(f"Answer {', '.join(choices)} or s", default=_SKIP).strip()
    return None if answer == _SKIP else int(answer) - 1


def _show(question: Question) -> None:
    """Show what each reading makes of the first rows."""
    place = short_path(question.found.path) + (f" [{one_line(question.table)}]" if question.table else "")
    out.print(Text(f"{place}: {one_line(question.reason.partition('; state')[0])}"))
    for number, reading in enumerate(question.readings, start=1):
        out.print(Text(f"  {number}  {reading.kind}", "bold"))
        for row in reading.rows:
            out.print(Text(f"       {shortened(one_line(row), LINE_CHARACTERS)}"))
