"""The SQL of the project: files named by verb and table, one statement each, read by name.

Belongs here: finding and reading them, and quoting what is put between them. Does not belong here: running them
(`schemas.stores.warehouse`).
"""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

SQL_DIR = Path(__file__).parent


@cache
def sql_text(name: str) -> str:
    """The text of `schemas/sql/<name>.sql`."""
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")


def sql_names(folder: str) -> list[str]:
    """The names of the SQL files in a folder of `schemas/sql`, sorted, as `sql_text` takes them."""
    return sorted(f"{folder}/{path.stem}" for path in (SQL_DIR / folder).glob("*.sql"))


def sql_comment(name: str) -> str:
    """What the head of a SQL file says about it, as one line; empty where there is no such file."""
    if not (SQL_DIR / f"{name}.sql").is_file():
        return ""
    head = itertools.takewhile(lambda line: line.startswith("--"), sql_text(name).splitlines())
    return " ".join(line.removeprefix("--").strip() for line in head)


def quoted(identifier: str) -> str:
    """Quote a name for SQL so that nothing in it can end the quotation."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it, for the statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"
