"""Which tables a statement reads and writes.

Belongs here: lineage of the SQL files by table, through temporary tables. To parse the statements takes as much time as
a small import, so `statements.json` keeps what they read and write, by a digest of their text and that of the macros;
`python -m tests.pipelines.asset_graph` writes the file and a test compares it. A statement that is not in the file is
parsed. Does not belong here: parsing (`schemas.sql.lineage`); which asset writes a table (`assets`); running SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.contracts.keys import digest
from schemas.sql.files import sql_names, sql_text

FILE = Path(__file__).with_name("statements.json")

MACRO_FOLDERS = ("macros", "reports")
"""Folders of SQL files that make macros."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement: the table or view that it writes, None for a query, and the tables that it names.

    Lasting tables have a schema (`main.deals`); temporary tables and registered frames have none.
    """

    target: str | None
    reads: frozenset[str]


@cache
def statement_of(text: str) -> Statement:
    """What a statement reads and writes; a call of a table macro counts as the tables that the macro reads."""
    known = _recorded().get(_key(text))
    if known is None:
        from schemas.sql.lineage import parsed_statement

        known = parsed_statement(text)
    _asked[text] = known
    return known


def made_from(statements: Iterable[str], given: Iterable[str] = ()) -> dict[str, frozenset[str]]:
    """For each lasting table that `statements`, run in this order, write: the lasting tables that it is made from.

    Temporary tables count as what they are made from; `given` names the frames that the caller registers. Raises
    KeyError for a table that is neither.
    """
    temporary: dict[str, frozenset[str]] = dict.fromkeys(given, frozenset())
    lasting: dict[str, frozenset[str]] = {}
    for statement in map(statement_of, statements):
        reads = frozenset[str]().union(*({name} if "." in name else temporary[name] for name in statement.reads))
        if statement.target is not None:
            made = lasting if "." in statement.target else temporary
            made[statement.target] = made.get(statement.target, frozenset()) | reads
    return {table: reads - {table} for table, reads in lasting.items()}


_asked: dict[str, Statement] = {}


def asked() -> dict[str, Statement]:
    """The statements that this process asked about, by their text."""
    return dict(_asked)


def as_recorded(statements: Mapping[str, Statement]) -> str:
    """Statements as `statements.json` has them."""
    kept = {_key(text): [statement.target, sorted(statement.reads)] for text, statement in statements.items()}
    return json.dumps(kept, indent=1, sort_keys=True) + "\n"


@cache
def _recorded() -> Mapping[str, Statement]:
    kept = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {key: Statement(target, frozenset(reads)) for key, (target, reads) in kept.items()}


def _key(text: str) -> str:
    return digest([_macros_version(), text])


@cache
def _macros_version() -> str:
    return digest([sql_text(name) for folder in MACRO_FOLDERS for name in sql_names(folder)])
