"""The SQL of the program: files named by verb and table, one statement each, read by name.

A module that runs SQL has its files in the folder `sql` beside it (`SqlFolder.beside`); what rooms share is in
`schemas/sql`. A file may leave the name of an entity, a table or a column open as `{name}`; `statement` puts it in, and
takes nothing but the types below, so that no value and no cell ever becomes a part of a statement.

Belongs here: finding and reading files, and what may be put into them. Does not belong here: running them
(`schemas.stores.warehouse`).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.contracts.keys import digest
from schemas.contracts.vocabulary import Entity

SQL_DIR = Path(__file__).parent
PROGRAM = SQL_DIR.parents[1]
"""The folder of the four packages."""

_OPEN = re.compile(r"\{([a-z_]+)\}")


def quoted(identifier: str) -> str:
    """Quote a name for SQL so that nothing in it can end the quotation."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text as an SQL literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Table:
    """A table, view or column by its name, `schema.name` or `name`."""

    name: str

    def __str__(self) -> str:
        """The name as SQL takes it, each part quoted."""
        return ".".join(quoted(part) for part in self.name.split("."))


@dataclass(frozen=True, slots=True)
class Expression:
    """SQL that the program itself states, such as the keys of a blocking rule; never anything that was read."""

    sql: str

    def __str__(self) -> str:
        """The SQL."""
        return self.sql


@dataclass(frozen=True, slots=True)
class SqlStatement:
    """One SQL statement and what it is called in messages."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class SqlFolder:
    """The SQL files of one folder."""

    folder: Path

    @staticmethod
    def beside(module_file: str) -> SqlFolder:
        """The folder `sql` beside a module, given its `__file__`."""
        return SqlFolder(Path(module_file).parent / "sql")

    def names(self) -> list[str]:
        """The names of the files, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.sql"))

    def statement(self, name: str, **parts: Entity | Table | Expression) -> SqlStatement:
        """The statement of a file, with `parts` in the places that it leaves open.

        Raises KeyError for a place without a part.
        """
        return SqlStatement(name, filled(_read(self.folder / f"{name}.sql"), **parts))


def filled(text: str, **parts: Entity | Table | Expression) -> str:
    """A statement with `parts` in the places that it leaves open; without any it stays as it is.

    Raises KeyError for a place without a part.
    """
    return _OPEN.sub(lambda place: str(parts[place.group(1)]), text) if parts else text


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


SHARED = SqlFolder(SQL_DIR)
"""What rooms share: tables, macros, reports, checks, queries."""


def sql_text(name: str) -> str:
    """The text of `schemas/sql/<name>.sql`."""
    return SHARED.statement(name).text


def sql_names(folder: str) -> list[str]:
    """The names of the SQL files in a folder of `schemas/sql`, sorted, as `sql_text` takes them."""
    return [f"{folder}/{name}" for name in SqlFolder(SQL_DIR / folder).names()]


def comment_in(text: str) -> str:
    """Return the comment at the head of a statement as one line."""
    head = itertools.takewhile(lambda line: line.startswith("--"), text.splitlines())
    return " ".join(line.removeprefix("--").strip() for line in head)


def sql_files() -> list[Path]:
    """Every SQL file of the program, sorted: the shared ones and those beside the modules that run them."""
    return sorted(path for package in ("schemas", "dedup", "assets") for path in (PROGRAM / package).rglob("*.sql"))


@cache
def deriving_sql() -> str:
    """A hash of all SQL that the content of derived tables can depend on.

    Not of tables, checks and queries, nor of reports: their definitions are made of more than their files
    (`schemas.sql.report_catalog.definitions`).
    """
    aside = {SQL_DIR / folder for folder in ("tables", "checks", "queries", "reports")}
    return digest([_read(path) for path in sql_files() if not aside & set(path.parents)])
