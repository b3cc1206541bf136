"""The home as a Dagster resource: the stores of one home, held for a whole run.

The warehouse is opened at the first use and held until the run ends, so that no other run or command writes in between.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from schemas.stores.archive import Archive
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Session


class Home(dg.ConfigurableResource["Home"]):
    """The stores of one home. `path` is its folder; empty means LEADSIFT_HOME or `./leadsift-home`."""

    path: str = ""

    _stores: Stores | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Home, None, None]":  # noqa: ARG002
        """Hold what was opened until the run ends."""
        with self.stores:
            yield self

    @property
    def stores(self) -> Stores:
        """The home's stores, each opened at its first use."""
        if self._stores is None:
            self._stores = Stores.open(load_settings(Path(self.path) if self.path else None))
        return self._stores

    @property
    def settings(self) -> Settings:
        """The home's settings."""
        return self.stores.settings

    @property
    def archive(self) -> Archive:
        """The archive."""
        return self.stores.archive

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return self.stores.ledger

    @property
    def session(self) -> Session:
        """The run's session on the warehouse."""
        return self.stores.session
