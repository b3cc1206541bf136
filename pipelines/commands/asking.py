"""The prompt for tables that may be two kinds of lists, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.text import Text

from assets.sources.files.landing import import_options
from pipelines.commands.console import out, short_path
from pipelines.services.display import shortened
from schemas.contracts.options import StatedOptions
from schemas.contracts.printable import one_line
from schemas.stores.settings import Settings

LINE_CHARACTERS = 200


def ask_about(settings: Settings, stated: StatedOptions, paths: Sequence[Path]) -> None:
    """Ask which of two readings holds, for each file in doubt, and keep the answers as profiles.

    Asks nothing where no person is at the terminal, or where the user stated what the files are.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or stated.kind or stated.profile:
        return
    from pipelines.services.asking import keep_answer, questions

    options = import_options(settings, stated)
    for question in questions(paths, options, settings):
        out.print(Text(f"{short_path(question.found.path)}: {one_line(question.reason.partition('; state')[0])}"))
        for number, reading in enumerate(question.readings, start=1):
            out.print(Text(f"  {number}  {reading.kind}", "bold"))
            for row in reading.rows:
                out.print(Text(f"       {shortened(one_line(row), LINE_CHARACTERS)}"))
        choices = [str(number) for number in range(1, len(question.readings) + 1)]
        answer = typer.prompt(f"Which is it? {', '.join(choices)}, or s to skip the file", default="s").strip()
        while answer not in (*choices, "s"):
            answer = typer.prompt(f"Answer {', '.join(choices)} or s", default="s").strip()
        if answer != "s":
            saved = keep_answer(question, question.readings[int(answer) - 1].kind, options, settings)
            out.print(
                Text(f"Kept as {short_path(str(saved))}; lists with these headers are read like this from now on.")
            )
