"""SQLite files in a home that other programs write: Dagster's history of runs.

Belongs here: finding those that are damaged. Does not belong here: the ledger (`schemas.stores.ledger_facts`).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from schemas.contracts.errors import StoreError
from schemas.stores.failures import damaged, of_sqlite


def examine_file(file: Path) -> None:
    """Raise StoreError if a SQLite file is damaged or cannot be read."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise of_sqlite(error, file) from error
    if found != "ok":
        raise damaged(file, str(found))


def damaged_files(folder: Path) -> list[StoreError]:
    """The errors of the damaged SQLite files (`*.db`) below a folder, one for each."""
    found = []
    for file in sorted(folder.rglob("*.db")):
        try:
            examine_file(file)
        except StoreError as error:
            found.append(error)
    return found
