"""Opening the ledger's database and bringing its tables up to date.

Belongs here: SQLAlchemy's engine, SQLite's transactions, migrations (Alembic, `schemas/stores/migrations`). Does not
belong here: reading and recording facts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock

from schemas.contracts.errors import StoreError
from schemas.stores.failures import translated
from schemas.stores.private import private_files

LATEST_MIGRATION = "0007"


def place_of(url: sa.URL) -> str:
    """The ledger as messages name it: the path of its file, else its URL without the password."""
    return str(file_of(url) or repr(url))


def file_of(url: sa.URL) -> Path | None:
    """The file of a SQLite ledger; None for another database."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def open_engine(url: sa.URL) -> sa.Engine:
    """Return an engine for the ledger's database; creates its file, readable by its owner only.

    Raises StoreError if the driver is not installed or the file cannot be created.
    """
    file = file_of(url)
    with private_files(), translated(file or place_of(url)):
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()  # SQLite gives its journals the mode of the database
        try:
            # A second process may write at the same moment; SQLite then waits instead of failing.
            engine = sa.create_engine(url, connect_args={"timeout": 30} if file is not None else {})
        except ImportError as error:
            raise StoreError(f"ledger {place_of(url)}: cannot be opened: {error}") from error
    if file is not None:
        _begin_explicitly(engine)
    return engine


def _begin_explicitly(engine: sa.Engine) -> None:
    """Put every statement on SQLite, those that make tables included, into the transaction.

    Python's driver commits before it makes a table, so a process killed within a migration left half of it and a ledger
    that could not be opened again (SQLAlchemy, "Serializable isolation / Savepoints / Transactional DDL").
    """

    @sa.event.listens_for(engine, "connect")
    def leave_transactions_to_us(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN")


def migrate(engine: sa.Engine, version: str = LATEST_MIGRATION) -> bool:
    """Bring the tables up to date; returns whether there was anything to do.

    Raises StoreError if a newer version of the program wrote them.
    """
    place = file_of(engine.url) or place_of(engine.url)
    with translated(place):
        if _current_migration(engine) == version:
            return False
        with private_files(), _migration_lock(engine.url):
            current = _current_migration(engine)
            if current is not None and current > version:
                raise StoreError(
                    f"ledger {place} was written by a newer leadsift (migration {current}); update the program"
                )
            from alembic import command  # imported late: most openings need no migration
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, version)
        return True


def _migration_lock(url: sa.URL) -> FileLock:
    file = file_of(url)
    return FileLock(str((file.parent if file is not None else Path.home()) / ".ledger-migration.lock"))


def _current_migration(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
