"""The one path of an act: what somebody decided, moved, converted or edited becomes a fact, and the tables follow.

An act holds the home's writer lock from the first look to the last table. It finishes what a killed process left, asks
what is to be recorded, records it, and derives what depends on it. Belongs here: that order, and what is unfinished.
Does not belong here: what an act records (the other services), and how facts become tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.services.importing import execute, prepare_instance, run_import
from schemas.contracts.vocabulary import ImportStatus
from schemas.stores.actions import Action
from schemas.stores.decisions import Decision
from schemas.stores.ledger import Ledger
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published


@dataclass(frozen=True, slots=True)
class Facts:
    """What an act records. Nothing, if the ledger holds it already."""

    decisions: Sequence[Decision] = ()
    actions: Sequence[Action] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.decisions or self.actions)


def record(settings: Settings, facts_of: Callable[[Published], Facts]) -> bool:
    """Record the facts that `facts_of` finds missing in the published file, and derive what depends on them.

    Nobody else writes in between, and what was left unfinished is finished before `facts_of` looks. Returns False if
    everything was recorded already. What `facts_of` raises stops the act before anything is recorded.
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
    """Derive what depends on the facts that people stated. Nothing is landed and no file is read."""
    from pipelines.jobs import ACT_JOB

    execute(settings, {}, ACT_JOB)


def finish(stores: Stores) -> None:
    """Derive and publish what the ledger holds and the published file does not, as a killed process leaves it."""
    if is_unfinished(stores):
        run_import(stores.settings)


def is_unfinished(stores: Stores) -> bool:
    """Whether the published file is behind the ledger or the settings."""
    return _is_behind(stores.ledger, stores.published) or _has_new_pipelines(stores)


def _is_behind(ledger: Ledger, published: Published) -> bool:
    """Whether the published file lacks a fact of the ledger, or shows an import that was undone."""
    standing = {
        item.import_id: item.status
        for item in ledger.imports()
        if item.undone_at is None and item.status not in (ImportStatus.REFUSED, ImportStatus.UNCHANGED)
    }
    if not published.path.is_file():
        return bool(standing)
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
    """Whether the settings name a pipeline that the published file does not have yet."""
    if not stores.settings.pipelines or not stores.published.path.is_file():
        return False
    rows = stores.published.query("SELECT name FROM main.pipelines WHERE source = 'leadsift'")
    return bool(set(stores.settings.pipelines) - set(rows["name"].to_list()))
