"""Plans what people do to leads and deals: checks it against the published tables and returns the facts to record.

Belongs here: archiving leads and moving deals, and why something is refused. Does not belong here: conversions
(`assets.deals.conversion`), asking the user (`pipelines.commands.crm`), recording
(`pipelines.services.deals`), and how facts become tables (`assets.deals.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from schemas.contracts.errors import InputRefusedError, InvalidRequestError
from schemas.contracts.vocabulary import ActionKind, DealStatus, Entity, LeadStatus
from schemas.sql.files import SqlFolder
from schemas.stores.actions import Action
from schemas.stores.warehouse import Published

SQL = SqlFolder.beside(__file__)

NEAR_LIMIT = 0.9
"""Share of a limit of open deals from which a warning is shown."""


def one_row(published: Published, entity: Entity, given: str) -> dict[str, Any]:
    """Return the row of a lead or deal, with its `record_key`, by its id or by `source:external id`.

    Raises InputRefusedError if it does not exist.
    """
    rows = published.query(SQL.statement("called", entity=entity).text, {"given": given})
    if rows.is_empty():
        raise InputRefusedError(f"there is no {entity} {given!r}")
    row = rows.row(0, named=True)
    return row if row["record_key"] else {**row, "record_key": _local_key(published, row["deal_id"])}


def _local_key(published: Published, deal_id: str) -> str:
    """The record key of a deal that a lead was converted into here."""
    found = published.query(
        "SELECT details['deal_key'] FROM audit.actions "
        "WHERE action = 'convert' AND starts_with(details['deal_key'], replace($id, 'deal_', ''))",
        {"id": deal_id},
    )
    return str(found.item(0, 0))


def last_action(published: Published, record_key: str, kinds: Sequence[ActionKind]) -> dict[str, Any] | None:
    """The last action of these kinds on the record: `action, details, acted_at`; None if there is none."""
    rows = published.query(
        "SELECT action, map_entries(details) AS details, acted_at FROM audit.actions "
        "WHERE record_key = $key AND list_contains($kinds, action) AND NOT is_suspended ORDER BY sequence DESC LIMIT 1",
        {"key": record_key, "kinds": [kind.value for kind in kinds]},
    )
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    return {**row, "details": {entry["key"]: entry["value"] for entry in row["details"]}}


def stages_of(published: Published, pipeline_id: str) -> list[dict[str, Any]]:
    """The stages of a pipeline as rows of `main.stages`, in order."""
    return published.query(
        "SELECT * FROM main.stages WHERE pipeline_id = $id ORDER BY position", {"id": pipeline_id}
    ).to_dicts()


def stage_of(published: Published, pipeline: dict[str, Any], given: str) -> dict[str, Any]:
    """The stage of a pipeline (`pipeline_id, name`) by id or name. Raises InputRefusedError if it does not exist."""
    stages = stages_of(published, pipeline["pipeline_id"])
    for stage in stages:
        if given in (stage["stage_id"], stage["name"]) or given.casefold() == stage["name"].casefold():
            return stage
    names = ", ".join(stage["name"] for stage in stages)
    raise InputRefusedError(f"the pipeline {pipeline['name']!r} has no stage {given!r}; it has {names}")


def check_stage(stage: Mapping[str, Any], status: DealStatus) -> None:
    """Raises InputRefusedError for a stage of won or lost deals, unless a deal of that status goes there."""
    closes = stage["status"]
    if closes not in (DealStatus.OPEN, status):
        command = _CLOSING[DealStatus(closes)]
        raise InputRefusedError(
            f"{stage['name']!r} is a stage of {closes} deals; `leadsift {command}` closes a deal as {closes}"
        )


def within_limits(published: Published, limits: Mapping[str, int], pipeline: Mapping[str, Any], more: int) -> list[str]:
    """Return warnings if `more` open deals come near a limit. Raises InputRefusedError if they exceed it."""
    counts = published.query(
        "SELECT pipelines.name, count(*) AS deals FROM main.deals JOIN main.pipelines USING (pipeline_id) "
        "WHERE status = 'open' GROUP BY 1"
    )
    by_name: dict[str, int] = dict(counts.iter_rows())
    warnings = []
    for name, limit in limits.items():
        if name not in ("*", pipeline["name"]):
            continue
        after = (sum(by_name.values()) if name == "*" else by_name.get(name, 0)) + more
        where = "in all pipelines" if name == "*" else f"in {name!r}"
        if after > limit:
            raise InputRefusedError(f"{after - more} deals are open {where}, and the limit is {limit}")
        if after >= NEAR_LIMIT * limit:
            warnings.append(f"{after} of {limit} deals are open {where}")
    return warnings


def plan_lead(published: Published, lead_id: str, kind: ActionKind, reason: str | None) -> Action | None:
    """Plan to archive or restore a lead; None if that is recorded already.

    Raises InputRefusedError if the lead does not exist or its status does not allow it.
    """
    lead = one_row(published, Entity.LEAD, lead_id)
    before, after = LeadStatus.OPEN, LeadStatus.ARCHIVED
    if kind == ActionKind.RESTORE:
        before, after = after, before
    if lead["status"] == after:
        fact = last_action(published, lead["record_key"], (ActionKind.ARCHIVE, ActionKind.RESTORE))
        if fact is not None and fact["action"] == kind:
            return None
    if lead["status"] != before:
        raise InputRefusedError(f"{lead['lead_id']} is {lead['status']}; only a lead that is {before} can be {kind}d")
    return Action(Entity.LEAD, lead["record_key"], kind, {}, reason)


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a deal. `at` is an ISO 8601 time, `lost_reason` why it was lost, `reason` why the change is made."""

    kind: ActionKind
    stage: str | None = None
    at: str | None = None
    lost_reason: str | None = None
    reason: str | None = None


_AFTER = {ActionKind.WIN: DealStatus.WON, ActionKind.LOSE: DealStatus.LOST}
"""The status of a deal after a step; it is open after all others."""

_CLOSING = {status: kind for kind, status in _AFTER.items()}


def plan_deal(
    published: Published, deal_id: str, step: Step, limits: Mapping[str, int]
) -> tuple[Action | None, list[str]]:
    """Plan to move, win, lose or reopen a deal: the action, None if it is recorded already, and warnings.

    Raises InputRefusedError if the deal or stage does not exist, the status of the deal does not allow the step, the
    time is in the future, or a limit of open deals is exceeded.
    """
    at = _time(step.at)
    deal = one_row(published, Entity.DEAL, deal_id)
    if _is_recorded(published, deal, step, at):
        return None, []
    is_open = deal["status"] == DealStatus.OPEN
    if step.kind == ActionKind.REOPEN and is_open:
        raise InputRefusedError(f"{deal['deal_id']} is open")
    if step.kind != ActionKind.REOPEN and not is_open:
        raise InputRefusedError(f"{deal['deal_id']} is {deal['status']}; `reopen` it first")
    warnings: list[str] = []
    details: dict[str, str] = {}
    target = _target(published, deal, step.kind, step.stage)
    if target is not None:
        if step.kind == ActionKind.MOVE and target["stage_id"] == deal["stage_id"]:
            raise InputRefusedError(f"{deal['deal_id']} is in the stage {target['name']!r}")
        check_stage(target, _AFTER.get(step.kind, DealStatus.OPEN))
        details = {"stage_id": target["stage_id"], "stage": target["name"]}
    if step.kind == ActionKind.REOPEN:
        warnings = within_limits(published, limits, {"name": _pipeline_name(published, deal)}, 1)
    if step.lost_reason:
        details["lost_reason"] = step.lost_reason
    return Action(Entity.DEAL, deal["record_key"], step.kind, details, step.reason, acted_at=at), warnings


def _is_recorded(published: Published, deal: dict[str, Any], step: Step, at: datetime | None) -> bool:
    """Whether this step is the last thing that was done to the deal here, and the deal shows it."""
    fact = last_action(published, deal["record_key"], _STEPS)
    if fact is None or fact["action"] != step.kind or deal["status"] != _AFTER.get(step.kind, DealStatus.OPEN):
        return False
    stage_id = fact["details"].get("stage_id")
    if stage_id is not None and deal["stage_id"] != stage_id:
        return False
    if step.stage is not None:
        pipeline = {"pipeline_id": deal["pipeline_id"], "name": _pipeline_name(published, deal)}
        if stage_of(published, pipeline, step.stage)["stage_id"] != stage_id:
            return False
    is_same_reason = step.lost_reason is None or fact["details"].get("lost_reason") == step.lost_reason
    return is_same_reason and (at is None or at == fact["acted_at"])


_STEPS = (ActionKind.MOVE, ActionKind.WIN, ActionKind.LOSE, ActionKind.REOPEN)


def _pipeline_name(published: Published, deal: dict[str, Any]) -> str | None:
    name = published.query("SELECT name FROM main.pipelines WHERE pipeline_id = $id", {"id": deal["pipeline_id"]})
    return name.item() if name.height else None


def _target(published: Published, deal: dict[str, Any], kind: ActionKind, given: str | None) -> dict[str, Any] | None:
    """The stage that a deal moves to. If none is named, a won or lost deal moves to the only stage of that kind."""
    if deal["pipeline_id"] is None:
        if given is not None:
            raise InputRefusedError(f"{deal['deal_id']} is in no pipeline")
        return None
    name = _pipeline_name(published, deal)
    if given is not None:
        return stage_of(published, {"pipeline_id": deal["pipeline_id"], "name": name}, given)
    stages = stages_of(published, deal["pipeline_id"])
    closing = _AFTER.get(kind)
    if closing is not None:
        ends = [stage for stage in stages if stage["status"] == closing]
        return ends[0] if len(ends) == 1 else None
    if kind == ActionKind.REOPEN:
        return _before_closing(published, deal, stages)
    raise InputRefusedError(f"say which stage; {name!r} has {', '.join(stage['name'] for stage in stages)}")


def _before_closing(published: Published, deal: dict[str, Any], stages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last open stage that a deal was in, if it is in a won or lost stage now."""
    by_id = {stage["stage_id"]: stage for stage in stages}
    now = by_id.get(deal["stage_id"])
    if now is None or now["status"] == DealStatus.OPEN:
        return None
    seen: pl.Series = published.query(
        "SELECT stage_id FROM main.deal_stage_history WHERE deal_id = $id ORDER BY sequence DESC",
        {"id": deal["deal_id"]},
    )["stage_id"]
    for stage_id in seen:
        if stage_id in by_id and by_id[stage_id]["status"] == DealStatus.OPEN:
            return by_id[stage_id]
    return next((stage for stage in stages if stage["status"] == DealStatus.OPEN), None)


def _time(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidRequestError(f"--at {given!r} is not a time such as 2026-04-30T16:00") from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > datetime.now(UTC):
        raise InputRefusedError(f"--at {given} lies in the future")
    return at
