"""Executes acts: records what a user decided, moved, converted or edited as a fact, and updates the tables.

An act holds the home's writer lock from start to end. It finishes what a killed process left, determines the facts to
record, records them, and derives what depends on them. Belongs here: that order, and detecting unfinished acts. Does
not belong here: the facts of an act (the other services); deriving tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.services.importing import run_import
from pipelines.services.instance import prepare_instance
from pipelines.services.runs import Execution, execute
from schemas.contracts.errors import WarehouseBehindError
from schemas.contracts.vocabulary import ImportStatus
from schemas.stores.actions import Action
from schemas.stores.decisions import Decision
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of an act that the ledger does not have yet."""

    decisions: Sequence[Decision] = ()
    actions: Sequence[Action] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.decisions or self.actions)


def record(settings: Settings, facts_of: Callable[[Published], Facts]) -> bool:
    """Record the missing facts that `facts_of` returns, and derive what depends on them.

    Holds the writer lock, and first finishes unfinished acts. Returns False if everything was recorded already. If
    `facts_of` raises an error, nothing is recorded.
    """
    prepare_instance(settings)
    with Stores.open(settings) as stores, stores.writing():
        finish(stores)
        with stores.published.held():
            facts = facts_of(stores.published)
        if not facts:
            return False
        stores.ledger.record(facts.decisions, facts.actions)
        run_act(settings)
        return True


def run_act(settings: Settings) -> None:
    """Derive what depends on users' facts. Reads no file, unless the warehouse lacks an import of the ledger.

    A warehouse that was deleted, restored from a backup or half rebuilt is first filled from archive and ledger.
    """
    from pipelines.jobs import ACT_JOB

    try:
        execute(settings, Execution(ACT_JOB))
    except WarehouseBehindError:
        run_import(settings)


def finish(stores: Stores) -> None:
    """Derive and publish facts that a killed process recorded but did not publish."""
    if is_unfinished(stores):
        run_import(stores.settings)


def is_unfinished(stores: Stores) -> bool:
    """Whether the published file is behind the ledger or the settings."""
    return _is_behind(stores.ledger, stores.published) or _has_new_pipelines(stores)


def _is_behind(ledger: Ledger, published: Published) -> bool:
    """Whether the published file lacks a fact of the ledger, or has an undone import."""
    standing = {
        item.import_id: item.status
        for item in ledger.imports()
        if item.undone_at is None and item.status not in (ImportStatus.REFUSED, ImportStatus.UNCHANGED)
    }
    if not published.path.is_file():
        return bool(standing)
    with published.held():
        shown = published.query("SELECT import_id FROM audit.imports")["import_id"].to_list()
        decided = published.query("SELECT sequence FROM audit.decisions ORDER BY sequence")["sequence"].to_list()
        acted = published.query("SELECT sequence FROM audit.actions ORDER BY sequence")["sequence"].to_list()
    return (
        set(shown) != set(standing)
        or ImportStatus.RECEIVED in standing.values()
        or decided != [item.sequence for item in ledger.decisions.in_force()]
        or acted != [item.sequence for item in ledger.actions.all()]
    )


def _has_new_pipelines(stores: Stores) -> bool:
    """Whether the settings have a pipeline that the published file lacks."""
    if not stores.settings.pipelines or not stores.published.path.is_file():
        return False
    rows = stores.published.query("SELECT name FROM main.pipelines WHERE source = 'leadsift'")
    return bool(set(stores.settings.pipelines) - set(rows["name"].to_list()))
