"""DuckDB without a file: a scratch database for a few frames, and its guess at a delimiter.

Belongs here: work that leaves nothing behind. Does not belong here: the stores of a home.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.stores.warehouse.session import Session


@contextmanager
def scratch_session() -> Iterator[Session]:
    """A session on an empty database in memory, for work on a few frames."""
    connection = duckdb.connect()
    try:
        yield Session(connection)
    finally:
        connection.close()


def sniff_delimited(path: Path) -> str | None:
    """Return the delimiter that DuckDB's sniffer finds in a text file (UTF-8); None if it finds no table."""
    try:
        with duckdb.connect() as connection:
            row = connection.execute("SELECT Delimiter FROM sniff_csv(?, all_varchar = true)", [str(path)]).fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row and row[0] else None
