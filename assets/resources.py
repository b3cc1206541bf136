"""The home as a Dagster resource: its stores, open for a whole run, and the outcome of the run so far.

The warehouse is opened at first use and stays open until the run ends, so that no other run or command can write.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import dagster as dg
from pydantic import PrivateAttr

from schemas.contracts.outcomes import RunOutcome
from schemas.stores.archive import Archive
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings, load_settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Session


class Home(dg.ConfigurableResource["Home"]):
    """The stores of one home. `path` is its folder; empty means LEADSIFT_HOME or `./leadsift-home`.

    With `rebuild`, the run fills a new warehouse beside the home's own (`Stores.rebuilding`).
    """

    path: str = ""
    rebuild: bool = False

    _stores: Stores | None = PrivateAttr(default=None)
    _outcome: RunOutcome | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Home, None, None]":
        """Keep the stores open until the run ends; then record its outcome, even if it failed."""
        with self.running(context.run.run_id if context.run else ""):
            yield self

    @contextmanager
    def running(self, run_id: str) -> Iterator[Self]:
        """Keep the stores open for a run; then record its outcome, even if it failed."""
        empty = RunOutcome(run_id)
        self._outcome = empty
        with self.stores:
            try:
                yield self
            finally:
                if self._outcome != empty:
                    self.ledger.runs.record(self._outcome)

    @property
    def outcome(self) -> RunOutcome:
        """The outcome of the run so far."""
        return self._outcome or RunOutcome("")

    def record(self, outcome: RunOutcome) -> None:
        """Replace the outcome of the run so far."""
        self._outcome = outcome

    @property
    def stores(self) -> Stores:
        """The home's stores, each opened at first use."""
        if self._stores is None:
            open_stores = Stores.rebuilding if self.rebuild else Stores.open
            self._stores = open_stores(load_settings(Path(self.path) if self.path else None))
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
