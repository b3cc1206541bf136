"""Records users' acts on leads and deals as facts.

Belongs here: conversions, single or from a file, archiving leads and moving deals. Does not belong here: which acts
are allowed (`assets.deals.actions`), executing them (`pipelines.services.acts`), and asking the user
(`pipelines.commands.crm`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from assets.deals.actions import Step, one_row, plan_deal, plan_lead, within_limits
from assets.deals.conversion import Plan, Request, plan_conversion, plan_revert
from pipelines.services.acts import Facts, finish, is_unfinished, record
from schemas.contracts import progress
from schemas.contracts.counting import counted
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ActionKind, Entity, LeadOrder
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published


def plan(settings: Settings, request: Request) -> Plan:
    """Plan a conversion: the facts to record, or the duplicate candidates of its contact to choose from first."""
    with Stores.open(settings) as stores:
        if is_unfinished(stores):
            with stores.writing():
                finish(stores)
        with stores.published.held():
            return plan_conversion(stores.published, request, settings.open_deal_limits)


def convert(settings: Settings, requests: Mapping[str, Request]) -> dict[str, Any]:
    """Record conversions, all or none; the keys of `requests` are what a refusal names, such as file and row.

    Returns `deals` with lead and contact of each, `warnings`, and whether all were `already_recorded`. Raises
    InputRefusedError with one reason for each refused request, including contacts with duplicate candidates.
    """
    plans: list[Plan] = []

    def facts_of(published: Published) -> Facts:
        plans[:] = _plan_all(settings, published, requests)
        return Facts(
            [item for plan in plans for item in plan.decisions], [item for plan in plans for item in plan.actions]
        )

    is_new = record(settings, facts_of)
    deals = Stores.open(settings).published.query(
        "SELECT lead_id, deals.deal_id, deals.title, deals.person_id, deals.organization_id, deals.pipeline_id, "
        "deals.stage_id, deals.value, deals.currency FROM main.deals WHERE list_contains($ids, deal_id)",
        {"ids": [item.deal_id for item in plans]},
    )
    warnings = sorted({warning for item in plans for warning in item.warnings})
    return {"deals": deals.to_dicts(), "warnings": warnings, "already_recorded": not is_new}


def requests_in(path: Path) -> dict[str, Request]:
    """Read conversions from a delimited file (comma, semicolon or tab; UTF-8), by file and row.

    Columns are named like the options; `lead_id` is required. Missing cells at the end of a row are blank, and blank
    rows are skipped. Raises InputRefusedError with the file, the line and the reason.
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
    return {f"{path}, row {line}": _request(f"{path}, row {line}", headers, row) for line, row in found}


def _request(where: str, headers: list[str], row: list[str]) -> Request:
    if len(row) > len(headers):
        raise InputRefusedError(f"{where}: has {counted(len(row), 'cell')} under {counted(len(headers), 'header')}")
    given = {name: cell.strip() or None for name, cell in zip(headers, row, strict=False)}
    if given.get("lead_id") is None:
        raise InputRefusedError(f"{where}: has no lead_id")
    return Request(**given)  # type: ignore[arg-type]


def _plan_all(settings: Settings, published: Published, requests: Mapping[str, Request]) -> list[Plan]:
    """Plan all conversions. Raises InputRefusedError with one reason for each refused one."""
    found: list[Plan] = []
    refused: list[str] = []
    seen: set[str] = set()
    for done, (where, request) in enumerate(requests.items()):
        progress.report("Checking conversions", done, len(requests))
        before = f"{where}: " if where else ""
        try:
            made = plan_conversion(published, request, settings.open_deal_limits)
        except InputRefusedError as error:
            if not where:
                raise
            refused.append(f"{before}{error}")
            continue
        if made.lead_id in seen:
            refused.append(f"{before}{made.lead_id} is in the file twice")
        seen.add(made.lead_id)
        refused += [
            f"{before}{item.sentence()}; use --{item.entity} ID or --{item.entity} new" for item in made.duplicates
        ]
        found.append(made)
    if refused:
        raise InputRefusedError(*refused)
    _check_limits_together(settings, published, [item for item in found if not item.is_recorded])
    return found


def _check_limits_together(settings: Settings, published: Published, plans: Sequence[Plan]) -> None:
    for name, more in Counter(item.pipeline for item in plans).items():
        within_limits(published, settings.open_deal_limits, {"name": name}, more)
    every = {name: limit for name, limit in settings.open_deal_limits.items() if name == "*"}
    within_limits(published, every, {"name": None}, len(plans))


def act_on_lead(settings: Settings, lead_id: str, kind: ActionKind, reason: str | None) -> dict[str, Any]:
    """Archive a lead, return it to the inbox, or revert its conversion; returns its row."""
    plan_of = plan_revert if kind == ActionKind.REVERT else partial(plan_lead, kind=kind)

    def facts_of(published: Published) -> Facts:
        action = plan_of(published, lead_id, reason=reason)
        return Facts(actions=[action] if action else [])

    is_new = record(settings, facts_of)
    lead = one_row(Stores.open(settings).published, Entity.LEAD, lead_id)
    shown = {name: lead[name] for name in ("lead_id", "title", "status", "deal_id")}
    return {**shown, "already_recorded": not is_new}


def act_on_deal(settings: Settings, deal_id: str, step: Step) -> dict[str, Any]:
    """Move, win, lose or reopen a deal; returns its row, with warnings and conflicts with its source."""
    warnings: list[str] = []

    def facts_of(published: Published) -> Facts:
        action, warnings[:] = plan_deal(published, deal_id, step, settings.open_deal_limits)
        return Facts(actions=[action] if action else [])

    is_new = record(settings, facts_of)
    published = Stores.open(settings).published
    key = one_row(published, Entity.DEAL, deal_id)["deal_id"]
    row = published.query(
        "SELECT deals.deal_id, deals.title, deals.status, stages.name AS stage, deals.closed_at, deals.lost_reason "
        "FROM main.deals LEFT JOIN main.stages USING (stage_id) WHERE deal_id = $id",
        {"id": key},
    )
    conflicts = published.query("SELECT * FROM audit.deal_conflicts WHERE deal_id = $id", {"id": key})
    return {
        **row.row(0, named=True),
        "warnings": warnings,
        "conflicts": conflicts.to_dicts(),
        "already_recorded": not is_new,
    }


def open_leads(
    published: Published, status: str, label: str | None, owner: str | None, sort: LeadOrder = LeadOrder.CREATED
) -> pl.DataFrame:
    """The leads inbox, sorted; by default the newest first."""
    rows = published.query(
        "FROM reports.leads_inbox WHERE ($status = 'all' OR status = $status) "
        "AND ($label IS NULL OR list_contains(labels, $label)) AND ($owner IS NULL OR owner = $owner)",
        {"status": status, "label": label, "owner": owner},
    )
    column = "created_at" if sort == LeadOrder.CREATED else sort.value
    falling = sort in (LeadOrder.CREATED, LeadOrder.VALUE)
    return rows.sort(column, "lead_id", descending=[falling, False], nulls_last=True)
