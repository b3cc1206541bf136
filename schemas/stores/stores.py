"""The stores of one home, opened in one place.

Belongs here: opening archive, ledger, warehouse and published file, holding the home's lock while something is written,
and closing what was opened. Does not belong here: what is kept in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.contracts.errors import DamagedFileError, LedgerLostError, QueryError, StoreError
from schemas.stores.archive import Archive
from schemas.stores.attempts import Attempts
from schemas.stores.facts_held import HeldFacts
from schemas.stores.fingerprints import Query
from schemas.stores.ledger import Ledger
from schemas.stores.private import make_home, refuse_unless_home
from schemas.stores.settings import Settings
from schemas.stores.warehouse import Published, Session, Warehouse


class Stores:
    """Archive, ledger, warehouse and published file of a home. Each is opened at its first use.

    Use it as a context manager; what was opened is closed at the end of the block.
    """

    def __init__(self, settings: Settings, warehouse_path: Path) -> None:
        self.settings = settings
        self._warehouse_path = warehouse_path
        self._opened = ExitStack()

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The stores of the home that the settings name."""
        return cls(settings, settings.warehouse_path)

    @classmethod
    def rebuilding(cls, settings: Settings) -> Self:
        """The same stores with a second warehouse beside the home's own, which replaces it once it is complete."""
        return cls(settings, settings.warehouse_path.with_suffix(".rebuild.duckdb"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)
        self.__dict__.pop("ledger", None)
        self.__dict__.pop("session", None)

    @cached_property
    def archive(self) -> Archive:
        """The bytes of every file."""
        make_home(self.settings.home)
        return Archive(str(self.settings.archive_dir))

    @cached_property
    def ledger(self) -> Ledger:
        """The facts."""
        make_home(self.settings.home)
        ledger = Ledger(self.settings.ledger_address, self.settings.journal_path, self.refuse_if_behind)
        self._opened.callback(ledger.close)
        return ledger

    def has_ledger(self) -> bool:
        """Whether anything was recorded yet; commands that only read make no ledger.

        Raises StoreError if the home is a file, or a folder with other things in it.
        """
        refuse_unless_home(self.settings.home)
        files = (self.settings.home / "ledger.sqlite", self.settings.journal_path)
        return self.settings.ledger_url is not None or any(file.exists() for file in files)

    @cached_property
    def attempts(self) -> Attempts:
        """The marks of files that are being read."""
        return Attempts(self.settings.attempts_dir)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The working database, not opened: `with stores.warehouse.open() as session`."""
        make_home(self.settings.home)
        return Warehouse(self._warehouse_path, self.settings.memory_limit, self.settings.lock_timeout)

    @cached_property
    def published(self) -> Published:
        """The published database; each query opens and closes it."""
        return Published(self.settings.published_path)

    def published_imports(self) -> frozenset[str]:
        """The ids of the imports that readers see; none if nothing is published that can be read."""
        with suppress(StoreError, QueryError):
            return frozenset(self.published.query("SELECT import_id FROM audit.imports")["import_id"])
        return frozenset()

    @cached_property
    def session(self) -> Session:
        """A session on the warehouse, opened at its first use and held until the stores are closed."""
        return self._opened.enter_context(self.warehouse.open())

    def refuse_if_behind(self) -> None:
        """Raise LedgerLostError if the tables hold facts that the ledger does not know: a rebuild would drop them.

        The published file is asked, and the warehouse where there is no published file that can be read.
        """
        held = None
        with suppress(StoreError, QueryError), self.published.held():
            held = HeldFacts.of(self.published.query)
        if held is None:
            self.refuse_if_behind_warehouse()
        else:
            self._refuse(held)

    def refuse_if_behind_warehouse(self) -> None:
        """The same of the warehouse, unless there is none or it is damaged."""
        if self._warehouse_path.is_file():
            with suppress(DamagedFileError), self.warehouse.open() as session:
                self.refuse_if_lacking(session.frame)

    def refuse_if_lacking(self, query: Query) -> None:
        """The same of the tables behind `query`."""
        self._refuse(HeldFacts.of(query))

    def _refuse(self, held: HeldFacts) -> None:
        if lost := held.unknown_to(self.ledger):
            raise LedgerLostError(
                f"ledger {self.ledger.place}: does not know {'; '.join(lost)}. Neither does the journal "
                f"{self.settings.journal_path}. Nothing was recorded; restore both from a backup that has them, "
                "or move the warehouse and the published file away to go on without these facts"
            )

    @contextmanager
    def writing(self) -> Iterator[Self]:
        """Hold the home's writer lock while the block runs: check facts, record one, derive, and nobody in between.

        It is the lock of the warehouse; the thread that holds it may take it again, a run within the block does.
        Raises StoreError if another process does not give it back within `lock_timeout`.
        """
        with self.warehouse.locked():
            yield self
