"""What a run in this process tells Dagster: events in the form in which its own executor stores them.

Belongs here: the events of runs and steps, stored together at the end of each step. Does not belong here: executing a
run (`pipelines.services.runs`); the event log's connections (`pipelines.services.event_log`).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, Self

import dagster as dg
from dagster._core.events import (
    DagsterEventType,
    EventSpecificData,
    JobCanceledData,
    JobFailureData,
    RunFailureReason,
    StepMaterializationData,
)
from dagster._core.execution.plan.objects import StepFailureData, StepSuccessData
from dagster._utils.error import serializable_error_info_from_exc_info

from assets.steps import Result
from pipelines.services.event_log import EventLog

_FAILURES = (DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE)


class RunEvents:
    """The events of one run."""

    def __init__(self, instance: dg.DagsterInstance, job: dg.JobDefinition, run_id: str) -> None:
        self._instance, self._job, self._run_id = instance, job, run_id
        self._waiting: list[dg.EventLogEntry] = []

    @classmethod
    @contextmanager
    def of_run(
        cls, instance: dg.DagsterInstance, job: dg.JobDefinition, run_id: str, run_config: Mapping[str, Any]
    ) -> Iterator[Self]:
        """Record a run that starts with the block and ends as the block does: success, failure or cancellation."""
        events = cls(instance, job, run_id)
        with events._together():
            instance.create_run_for_job(job, run_id=run_id, run_config=run_config, tags=job.run_tags)
            events._add(DagsterEventType.RUN_START, f'Started execution of run for "{job.name}".')
            events._store()
        try:
            yield events
        except KeyboardInterrupt:
            events._add(DagsterEventType.RUN_CANCELED, "The run was interrupted.", data=JobCanceledData(None))
            events._store()
            raise
        except Exception:
            data = JobFailureData(_current_error(), RunFailureReason.STEP_FAILURE)
            events._add(DagsterEventType.RUN_FAILURE, f'Execution of run for "{job.name}" failed.', data=data)
            events._store()
            raise
        events._add(DagsterEventType.RUN_SUCCESS, f'Finished execution of run for "{job.name}".')
        events._store()

    @contextmanager
    def of_step(self, step: str) -> Iterator[Callable[[Result], None]]:
        """Record a step that starts and ends with the block; the block calls what it is given with each result."""
        begun = time.monotonic()
        self._add(DagsterEventType.STEP_START, f'Started execution of step "{step}".', step)
        self._store()
        try:
            yield lambda result: self._keep(step, result)
        except Exception:
            data = StepFailureData(_current_error(), None)
            self._add(DagsterEventType.STEP_FAILURE, f'Execution of step "{step}" failed.', step, data)
            raise
        took = (time.monotonic() - begun) * 1_000
        self._add(DagsterEventType.STEP_SUCCESS, f'Finished execution of step "{step}".', step, StepSuccessData(took))
        self._store()

    def _keep(self, step: str, result: Result) -> None:
        if isinstance(result, dg.AssetCheckResult):
            self._add(DagsterEventType.ASSET_CHECK_EVALUATION, "Evaluated a check.", step, self._evaluation(result))
            return
        key = result.asset_key or dg.AssetKey(step)
        materialization = dg.AssetMaterialization(key, metadata=result.metadata, tags=result.tags)
        message = f"Materialized value {key.to_user_string()}."
        data = StepMaterializationData(materialization, [])
        self._add(DagsterEventType.ASSET_MATERIALIZATION, message, step, data)

    def _evaluation(self, result: dg.AssetCheckResult) -> dg.AssetCheckEvaluation:
        if result.asset_key is None or result.check_name is None:
            raise AssertionError("a step names the check of each result")
        spec = self._job.asset_layer.asset_graph.get_check_spec(dg.AssetCheckKey(result.asset_key, result.check_name))
        return dg.AssetCheckEvaluation(
            result.asset_key,
            result.check_name,
            result.passed,
            dict(result.metadata or {}),
            severity=result.severity,
            description=result.description,
            blocking=spec.blocking,
        )

    def _add(
        self, kind: DagsterEventType, message: str, step: str | None = None, data: EventSpecificData | None = None
    ) -> None:
        event = dg.DagsterEvent(kind.value, self._job.name, step_key=step, event_specific_data=data, message=message)
        level = (
            logging.ERROR if kind in (DagsterEventType.STEP_FAILURE, DagsterEventType.RUN_FAILURE) else logging.DEBUG
        )
        self._waiting.append(
            dg.EventLogEntry(
                error_info=None, level=level, user_message=message, run_id=self._run_id, timestamp=time.time(),
                step_key=step, job_name=self._job.name, dagster_event=event,
            )
        )  # fmt: skip

    def _store(self) -> None:
        waiting, self._waiting = self._waiting, []
        with self._together():
            for entry in waiting:
                self._instance.handle_new_event(entry)

    def _together(self) -> Any:
        """Store the events of the block in one transaction for each file, where the log is in files."""
        log = self._instance.event_log_storage
        return log.in_one_transaction() if isinstance(log, EventLog) else nullcontext()


def _current_error() -> Any:
    return serializable_error_info_from_exc_info(sys.exc_info())
