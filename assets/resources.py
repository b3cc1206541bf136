"""The home as a Dagster resource: its stores, held for a whole run, and what the run did so far.

The warehouse is opened at the first use and held until the run ends, so that no other run or command writes in between.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from schemas.contracts.outcomes import RunOutcome
from schemas.stores.archive import Archive
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Session


class Home(dg.ConfigurableResource["Home"]):
    """The stores of one home. `path` is its folder; empty means LEADSIFT_HOME or `./leadsift-home`."""

    path: str = ""

    _stores: Stores | None = PrivateAttr(default=None)
    _outcome: RunOutcome | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Home, None, None]":
        """Hold what was opened until the run ends; then record what the run did, whether it failed or not."""
        nothing = RunOutcome(context.run.run_id if context.run else "")
        self._outcome = nothing
        with self.stores:
            try:
                yield self
            finally:
                if self._outcome != nothing:
                    self.ledger.runs.record(self._outcome)

    @property
    def outcome(self) -> RunOutcome:
        """What the run did so far."""
        return self._outcome or RunOutcome("")

    def record(self, outcome: RunOutcome) -> None:
        """Put a fuller outcome in the place of what the run did so far."""
        self._outcome = outcome

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
