"""Recording what people do to leads and deals, and deriving everything anew.

Belongs here: conversions, one or a file of them, filing of leads and moves of deals, each as facts of the ledger. Does
not belong here: what can be done (`assets.deals.actions`), and asking the user (`pipelines.commands.crm`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl

from assets.deals.actions import plan_deal, plan_filing, within_limits
from assets.deals.conversion import Plan, Request, plan_conversion, plan_revert
from pipelines.services.importing import run_import
from schemas.contracts import progress
from schemas.contracts.errors import InputRefusedError, LeadsiftError
from schemas.contracts.keys import entity_id
from schemas.contracts.vocabulary import ActionKind, Entity
from schemas.stores.actions import Action
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published


def record(settings: Settings, actions: Sequence[Action], plans: Sequence[Plan] = ()) -> None:
    """Put facts into the ledger, then derive everything anew."""
    with Stores.open(settings) as stores:
        stores.ledger.decisions.add([item for plan in plans for item in plan.decisions])
        stores.ledger.actions.add([*actions, *(item for plan in plans for item in plan.actions)])
    run_import(settings)


def plan(settings: Settings, request: Request) -> Plan:
    """What a conversion would record, and what is doubtful about it."""
    published = Stores.open(settings).published
    _bring_in_own_pipelines(settings, published)
    with published.held():
        return plan_conversion(published, request, settings.open_deal_limits)


def _bring_in_own_pipelines(settings: Settings, published: Published) -> None:
    """Derive anew where the settings name a pipeline that the published file does not have yet."""
    rows = published.query("SELECT name FROM main.pipelines WHERE source = 'leadsift'")
    if set(settings.pipelines) - set(rows["name"].to_list()):
        run_import(settings)


def convert(settings: Settings, plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """Record conversions without doubts; returns lead, deal and contact of each.

    Raises InputRefusedError when one of them is doubtful, and nothing is recorded.
    """
    doubts = [f"{item.lead_id}: {doubt.told()}" for item in plans for doubt in item.doubts]
    if doubts:
        raise InputRefusedError(*doubts)
    record(settings, [], plans)
    published = Stores.open(settings).published
    rows = published.query(
        "SELECT lead_id, deals.deal_id, deals.title, deals.person_id, deals.organization_id, deals.pipeline_id, "
        "deals.stage_id, deals.value, deals.currency FROM main.deals WHERE list_contains($ids, deal_id)",
        {"ids": [item.deal_id for item in plans]},
    )
    return rows.to_dicts()


def requests_in(path: Path) -> list[tuple[int, Request]]:
    """Conversions in a delimited file (comma, semicolon or tab, UTF-8) with the line of each; columns are named like
    the options, `lead_id` must be among them. A short row lacks its last cells, a blank one is passed over.

    Raises InputRefusedError naming the file, the line and what is wrong with it.
    """
    known = [item.name for item in fields(Request)]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefusedError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        headers = [name.strip().casefold() for name in next(rows, [])]
        found = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputRefusedError(f"{path}, line {rows.line_num}: {error}") from error
    if "lead_id" not in headers or not found:
        raise InputRefusedError(
            f"{path}: needs the column lead_id and at least one row; columns are {', '.join(known)}"
        )
    for place, name in enumerate(headers):
        if name not in known or name in headers[:place]:
            raise InputRefusedError(f"{path}: unknown or repeated column {name!r}; columns are {', '.join(known)}")
    return [(line, _request(f"{path}, row {line}", headers, row)) for line, row in found]


def _request(where: str, headers: list[str], row: list[str]) -> Request:
    if len(row) > len(headers):
        raise InputRefusedError(f"{where}: has {len(row)} cells under {len(headers)} headers")
    given = {name: cell.strip() or None for name, cell in zip(headers, row, strict=False)}
    if given.get("lead_id") is None:
        raise InputRefusedError(f"{where}: has no lead_id")
    return Request(**given)  # type: ignore[arg-type]


def plan_all(settings: Settings, path: Path) -> list[Plan]:
    """Plan every conversion of a file. Raises InputRefusedError with a line for each row that cannot be."""
    requests = requests_in(path)
    published = Stores.open(settings).published
    _bring_in_own_pipelines(settings, published)
    found, refused = [], []
    seen: set[str] = set()
    with published.held():
        for done, (number, request) in enumerate(requests):
            progress.report("Checking conversions", done, len(requests))
            try:
                made = plan_conversion(published, request, settings.open_deal_limits)
                if made.lead_id in seen:
                    raise InputRefusedError(f"{made.lead_id} is in the file twice")
                seen.add(made.lead_id)
                refused += [f"{path}, row {number}: {doubt.told()}" for doubt in made.doubts]
                found.append(made)
            except LeadsiftError as error:
                refused.append(f"{path}, row {number}: {error}")
    if refused:
        raise InputRefusedError(*refused)
    _together_within_limits(settings, found)
    return found


def _together_within_limits(settings: Settings, plans: Sequence[Plan]) -> None:
    by_name: dict[str, int] = {}
    for item in plans:
        by_name[item.pipeline] = by_name.get(item.pipeline, 0) + 1
    published = Stores.open(settings).published
    for name, more in by_name.items():
        within_limits(published, settings.open_deal_limits, {"name": name}, more)
    every = {name: limit for name, limit in settings.open_deal_limits.items() if name == "*"}
    within_limits(published, every, {"name": None}, len(plans))


def revert(settings: Settings, lead_id: str, reason: str | None) -> dict[str, Any]:
    """Take the conversion of a lead back; its deal is gone, the lead is in the inbox again."""
    action = plan_revert(Stores.open(settings).published, lead_id, reason)
    record(settings, [action])
    return _lead(settings, lead_id)


def file_lead(settings: Settings, lead_id: str, kind: ActionKind, reason: str | None) -> dict[str, Any]:
    """Archive a lead or take it back into the inbox."""
    record(settings, [plan_filing(Stores.open(settings).published, lead_id, kind, reason)])
    return _lead(settings, lead_id)


def _lead(settings: Settings, given: str) -> dict[str, Any]:
    rows = Stores.open(settings).published.query(
        "SELECT lead_id, title, status, deal_id FROM main.leads JOIN main.lead_sources USING (lead_id) "
        "WHERE lead_id = $given OR source || ':' || external_id = $given LIMIT 1",
        {"given": given},
    )
    return rows.to_dicts()[0]


def act_on_deal(settings: Settings, deal_id: str, kind: ActionKind, how: Mapping[str, str | None]) -> dict[str, Any]:
    """Move, win, lose or reopen a deal; returns its row, with warnings and conflicts with its source."""
    published = Stores.open(settings).published
    action, warnings = plan_deal(published, deal_id, kind, limits=settings.open_deal_limits, **how)
    record(settings, [action])
    key = entity_id(Entity.DEAL, action.record_key)
    row = published.query(
        "SELECT deals.deal_id, deals.title, deals.status, stages.name AS stage, deals.closed_at, deals.lost_reason "
        "FROM main.deals LEFT JOIN main.stages USING (stage_id) WHERE deal_id = $id",
        {"id": key},
    )
    conflicts = published.query("SELECT * FROM audit.deal_conflicts WHERE deal_id = $id", {"id": key})
    return {**row.to_dicts()[0], "warnings": warnings, "conflicts": conflicts.to_dicts()}


LEAD_ORDERS = {
    "created": "created_at DESC",
    "value": "value DESC",
    "title": "title",
    "owner": "owner",
    "person": "person",
}
"""By what the inbox can be sorted."""


def open_leads(
    published: Published, status: str, label: str | None, owner: str | None, sort: str = "created"
) -> pl.DataFrame:
    """The leads inbox in one of `LEAD_ORDERS`, the newest first unless another is asked for."""
    return published.query(  # the orders are our own
        "SELECT * FROM reports.leads_inbox WHERE ($status = 'all' OR status = $status) "  # noqa: S608
        "AND ($label IS NULL OR list_contains(labels, $label)) AND ($owner IS NULL OR owner = $owner) "
        f"ORDER BY {LEAD_ORDERS[sort]} NULLS LAST, lead_id",
        {"status": status, "label": label, "owner": owner},
    )
