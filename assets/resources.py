"""The home as a Dagster resource: settings, archive, ledger, and one warehouse session for a whole run.

The warehouse is opened at the first use and held until the run ends, so that no other run or command writes in between.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from schemas.stores.archive import Archive
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings, load_settings
from schemas.stores.warehouse import Session, Warehouse


class Home(dg.ConfigurableResource["Home"]):
    """The stores of one home. `path` is its folder; empty means LEADSIFT_HOME or `./leadsift-home`."""

    path: str = ""

    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _settings: Settings | None = PrivateAttr(default=None)
    _session: Session | None = PrivateAttr(default=None)
    _ledger: Ledger | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Home, None, None]":  # noqa: ARG002
        """Hold what was opened until the run ends."""
        with self._stack:
            yield self
        self._session = None

    @property
    def settings(self) -> Settings:
        """The home's settings."""
        if self._settings is None:
            self._settings = load_settings(Path(self.path) if self.path else None)
        return self._settings

    @property
    def archive(self) -> Archive:
        """The archive."""
        return Archive(str(self.settings.archive_dir))

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        if self._ledger is None:
            self._ledger = Ledger(self.settings.ledger_address)
            self._stack.callback(self._ledger.close)
        return self._ledger

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse, not opened."""
        settings = self.settings
        return Warehouse(settings.warehouse_path, settings.memory_limit, settings.lock_timeout)

    @property
    def session(self) -> Session:
        """The run's session on the warehouse; opened once."""
        if self._session is None:
            self._session = self._stack.enter_context(self.warehouse.open())
        return self._session
