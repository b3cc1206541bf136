"""Runs of a job in this process: the steps as plain functions, their results in Dagster's history.

Dagster's own executor takes more CPU time for the inputs and outputs of steps than a small import takes for its work.
The command line and acts therefore call the functions that the assets call, in the order that Dagster derives, and hand
it what its page shows: the run, its steps, materializations and check results.

Belongs here: executing a job and returning its outcome. Does not belong here: what the steps do (`assets.steps`); the
events (`pipelines.services.run_events`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pipelines.services.instance import open_instance
from schemas.contracts.errors import StoreError
from schemas.contracts.outcomes import RunOutcome
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores

if TYPE_CHECKING:
    import dagster as dg

    from assets.resources import Home


@dataclass(frozen=True, slots=True)
class Execution:
    """A job to run: its name, its run configuration, and the fields of `assets.landing.ImportConfig` that this means.

    With `rebuild`, the run fills a new warehouse beside the home's own.
    """

    job_name: str
    run_config: Mapping[str, Any] = field(default_factory=dict)
    landing: Mapping[str, Any] = field(default_factory=dict)
    rebuild: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """The assets and checks that a job selects of a step."""

    selected_asset_keys: frozenset[dg.AssetKey]
    selected_asset_check_keys: frozenset[dg.AssetCheckKey]


def execute(settings: Settings, execution: Execution) -> RunOutcome:
    """Execute a job; returns the outcome that the run recorded in the ledger.

    Raises the error of the first step that failed, and StoreError if a check found the tables wrong.
    """
    from assets.landing import ImportConfig
    from assets.resources import Home
    from assets.steps import work_of_steps
    from pipelines.definitions import defs
    from pipelines.services.run_events import RunEvents

    run_id = str(uuid4())
    job = defs().resolve_job_def(execution.job_name)
    works = work_of_steps(ImportConfig(**execution.landing))
    home = Home(path=str(settings.home), rebuild=execution.rebuild)
    with (
        open_instance(settings) as instance,
        RunEvents.of_run(instance, job, run_id, execution.run_config) as events,
        home.running(run_id),
    ):
        for step, selected in steps_of(job):
            with events.of_step(step) as keep:
                for result in works[step](selected, home):
                    keep(result)
            _refuse_failed(home)
    return _recorded(settings, run_id)


def steps_of(job: dg.JobDefinition) -> Iterator[tuple[str, Selected]]:
    """The steps of a job in the order of their dependencies, each with what the job selects of it."""
    import dagster as dg
    from dagster._core.definitions.dependency import NodeHandle

    for node in job.nodes_in_topological_order:
        keys = job.asset_layer.get_selected_entity_keys_for_node(NodeHandle(node.name, None))
        assets = frozenset(key for key in keys if isinstance(key, dg.AssetKey))
        yield node.name, Selected(assets, frozenset(key for key in keys if isinstance(key, dg.AssetCheckKey)))


def _refuse_failed(home: Home) -> None:
    """Stop before the next step if a check of this one found the tables wrong: every such check blocks."""
    if failures := home.outcome.check_failures:
        raise StoreError(f"a check failed and stopped the run before it was published: {'; '.join(failures)}")


def _recorded(settings: Settings, run_id: str) -> RunOutcome:
    """The outcome that a run recorded; an empty one if it did nothing. Raises StoreError if it could not record it."""
    with Stores.open(settings) as stores:
        found = stores.ledger.runs.of_run(run_id)
        if found is None:
            stores.ledger.prepare_to_write()
        return found or RunOutcome(run_id)
