"""What people do to leads and deals, checked against the published tables and made into facts of the ledger.

Belongs here: filing leads and moving deals, what can be done, and why not. Does not belong here: conversions
(`assets.deals.conversion`), asking the user (`pipelines.commands.crm`), recording
(`pipelines.services.deals`), and how facts become tables (`assets.deals.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ActionKind, DealStatus, Entity, LeadStatus
from schemas.stores.actions import Action
from schemas.stores.warehouse import Published

NEAR_LIMIT = 0.9
"""Share of a limit of open deals from which there is a warning."""


def one_row(published: Published, entity: Entity, given: str) -> dict[str, Any]:
    """The row of a lead or deal by its id, or by `source:external id`; with its `record_key`.

    Raises InputRefusedError when there is none.
    """
    rows = published.query(
        f"SELECT rows.*, sources.record_key FROM main.{entity}s AS rows "  # noqa: S608  (our own names)
        f"LEFT JOIN (SELECT {entity}_id, record_key, any_value(source || ':' || external_id) AS named "
        f"FROM main.{entity}_sources WHERE NOT is_stub GROUP BY ALL) AS sources USING ({entity}_id) "
        f"WHERE {entity}_id = $given OR named = $given LIMIT 1",
        {"given": given},
    )
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


def stages_of(published: Published, pipeline_id: str) -> list[dict[str, Any]]:
    """The stages of a pipeline in order."""
    return published.query(
        "SELECT * FROM main.stages WHERE pipeline_id = $id ORDER BY position", {"id": pipeline_id}
    ).to_dicts()


def stage_of(published: Published, pipeline: dict[str, Any], given: str) -> dict[str, Any]:
    """The stage of a pipeline (`pipeline_id, name`) by id or name. Raises InputRefusedError when it has none such."""
    stages = stages_of(published, pipeline["pipeline_id"])
    for stage in stages:
        if given in (stage["stage_id"], stage["name"]) or given.casefold() == stage["name"].casefold():
            return stage
    names = ", ".join(stage["name"] for stage in stages)
    raise InputRefusedError(f"the pipeline {pipeline['name']!r} has no stage {given!r}; it has {names}")


def within_limits(published: Published, limits: Mapping[str, int], pipeline: Mapping[str, Any], more: int) -> list[str]:
    """Warnings where `more` open deals come near a limit. Raises InputRefusedError where they go beyond it."""
    counts = published.query(
        "SELECT pipelines.name, count(*) AS deals FROM main.deals JOIN main.pipelines USING (pipeline_id) "
        "WHERE status = 'open' GROUP BY 1"
    )
    by_name: dict[str, int] = dict(counts.iter_rows())
    told = []
    for name, limit in limits.items():
        if name not in ("*", pipeline["name"]):
            continue
        after = (sum(by_name.values()) if name == "*" else by_name.get(name, 0)) + more
        where = "in all pipelines" if name == "*" else f"in {name!r}"
        if after > limit:
            raise InputRefusedError(f"{after - more} deals are open {where}, and the limit is {limit}")
        if after >= NEAR_LIMIT * limit:
            told.append(f"{after} of {limit} deals are open {where}")
    return told


def plan_filing(published: Published, lead_id: str, kind: ActionKind, reason: str | None) -> Action:
    """Archive a lead or take it back into the inbox. Raises InputRefusedError when it is not there to be."""
    lead = one_row(published, Entity.LEAD, lead_id)
    wanted = LeadStatus.OPEN if kind == ActionKind.ARCHIVE else LeadStatus.ARCHIVED
    if lead["status"] != wanted:
        raise InputRefusedError(f"{lead['lead_id']} is {lead['status']}; only a lead that is {wanted} can be {kind}d")
    return Action(Entity.LEAD, lead["record_key"], kind, {}, reason)


def plan_deal(  # noqa: PLR0913  (what is done, to what, when and why)
    published: Published,
    deal_id: str,
    kind: ActionKind,
    *,
    stage: str | None = None,
    lost_reason: str | None = None,
    at: str | None = None,
    reason: str | None = None,
    limits: Mapping[str, int] | None = None,
) -> tuple[Action, list[str]]:
    """Move, win, lose or reopen a deal; the action and warnings. Raises InputRefusedError naming what cannot be."""
    deal = one_row(published, Entity.DEAL, deal_id)
    is_open = deal["status"] == DealStatus.OPEN
    if kind == ActionKind.REOPEN and is_open:
        raise InputRefusedError(f"{deal['deal_id']} is open")
    if kind != ActionKind.REOPEN and not is_open:
        raise InputRefusedError(f"{deal['deal_id']} is {deal['status']}; `reopen` it first")
    warnings: list[str] = []
    details: dict[str, str] = {}
    target = _target(published, deal, kind, stage)
    if target is not None:
        if kind == ActionKind.MOVE and target["stage_id"] == deal["stage_id"]:
            raise InputRefusedError(f"{deal['deal_id']} is in the stage {target['name']!r}")
        details = {"stage_id": target["stage_id"], "stage": target["name"]}
    if kind == ActionKind.REOPEN:
        name = published.query("SELECT name FROM main.pipelines WHERE pipeline_id = $id", {"id": deal["pipeline_id"]})
        pipeline = {"name": name.item() if name.height else None}
        warnings = within_limits(published, limits or {}, pipeline, 1)
    if lost_reason:
        details["lost_reason"] = lost_reason
    return Action(Entity.DEAL, deal["record_key"], kind, details, reason, acted_at=_time(at)), warnings


def _target(published: Published, deal: dict[str, Any], kind: ActionKind, given: str | None) -> dict[str, Any] | None:
    """The stage that a deal goes to; without one being named a closed deal goes to the only stage of that kind."""
    if deal["pipeline_id"] is None:
        if given is not None:
            raise InputRefusedError(f"{deal['deal_id']} is in no pipeline")
        return None
    name = published.query(
        "SELECT name FROM main.pipelines WHERE pipeline_id = $id", {"id": deal["pipeline_id"]}
    ).item()
    if given is not None:
        return stage_of(published, {"pipeline_id": deal["pipeline_id"], "name": name}, given)
    stages = stages_of(published, deal["pipeline_id"])
    closing = {ActionKind.WIN: DealStatus.WON, ActionKind.LOSE: DealStatus.LOST}.get(kind)
    if closing is not None:
        ends = [stage for stage in stages if stage["status"] == closing]
        return ends[0] if len(ends) == 1 else None
    if kind == ActionKind.REOPEN:
        return _before_closing(published, deal, stages)
    raise InputRefusedError(f"say which stage; {name!r} has {', '.join(stage['name'] for stage in stages)}")


def _before_closing(published: Published, deal: dict[str, Any], stages: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last open stage that a closed deal was in, where it left it for a closed one."""
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
        told = datetime.fromisoformat(given)
    except ValueError as error:
        raise InputRefusedError(f"--at {given!r} is not a time such as 2026-04-30T16:00") from error
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    if told > datetime.now(UTC):
        raise InputRefusedError(f"--at {given} lies in the future")
    return told
