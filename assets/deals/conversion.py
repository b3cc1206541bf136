"""Converting a lead into a deal: what can be, what is doubtful about its contact, and the facts that it makes.

Belongs here: planning conversions and taking them back, against the published tables. Does not belong here: asking the
user (`pipelines.commands.crm`), recording (`pipelines.services.deals`), and how facts become tables
(`assets.deals.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from assets.deals.actions import one_row, stage_of, stages_of, within_limits
from assets.sources.casting.cells import CASTERS, CastContext
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.keys import entity_id
from schemas.contracts.vocabulary import ActionKind, Entity, Kind, LeadStatus, Verdict
from schemas.sql.files import sql_text
from schemas.stores.actions import Action
from schemas.stores.decisions import Decision
from schemas.stores.warehouse import Published

VISIBILITIES = ("owner", "team", "all")
NEW = "new"
LARGEST_VALUE = Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class Request:
    """How a lead is to be converted. `person` and `organization` are `new`, the id of an existing one, or None: ask."""

    lead_id: str
    pipeline: str | None = None
    stage: str | None = None
    title: str | None = None
    value: str | None = None
    currency: str | None = None
    visibility: str | None = None
    owner: str | None = None
    expected_close_date: str | None = None
    person: str | None = None
    organization: str | None = None
    reason: str | None = None


MOST_TOLD = 3
"""Candidates that one line names."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A contact that may be here already: `candidates` are rows of `id, name, probability, record_key,
    other_key` and a few columns to tell them by."""

    entity: Entity
    entity_id: str
    name: str | None
    candidates: list[dict[str, Any]]

    def told(self) -> str:
        """In one line."""
        first = self.candidates[:MOST_TOLD]
        known = "; ".join(f"{row['name']} ({row['id']}, {row['probability']:.0%})" for row in first)
        more = f"; and {len(self.candidates) - MOST_TOLD} more" if len(self.candidates) > MOST_TOLD else ""
        return f"the {self.entity} {self.name!r} may be here already: {known}{more}"


@dataclass(slots=True)
class Plan:
    """What is to be recorded, what is doubtful and must be answered first, and what the user should hear."""

    lead_id: str
    actions: list[Action] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    deal_id: str = ""
    pipeline: str = ""


def plan_conversion(published: Published, request: Request, limits: Mapping[str, int]) -> Plan:
    """Check a conversion and make it into facts. Nothing is recorded while there are doubts.

    Raises InputRefusedError naming what cannot be.
    """
    lead = one_row(published, Entity.LEAD, request.lead_id)
    if lead["status"] == LeadStatus.CONVERTED:
        into = f" into {lead['deal_id']}" if lead["deal_id"] else ""
        raise InputRefusedError(f"{lead['lead_id']} was converted{into} before; `revert-conversion` takes it back")
    pipeline = _pipeline(published, request.pipeline)
    stage = _first_stage(published, pipeline) if request.stage is None else stage_of(published, pipeline, request.stage)
    plan = Plan(lead["lead_id"], warnings=within_limits(published, limits, pipeline, 1), pipeline=pipeline["name"])
    for entity, answer in ((Entity.PERSON, request.person), (Entity.ORGANIZATION, request.organization)):
        _settle(published, plan, lead, (entity, answer))
    keys = _contact_keys(published, lead)
    deal_key = uuid4().hex
    details = {
        "deal_key": deal_key,
        "title": request.title or lead["title"] or "Deal",
        "pipeline_source": pipeline["source"],
        "pipeline": pipeline["pipeline"],
        "stage": stage["name"],
        "stage_id": stage["stage_id"],
        "value": _amount(request.value, lead["value"]),
        "currency": _currency(request.currency, lead["currency"], request.value),
        "visibility": _visibility(request.visibility),
        "user_key": _owner(published, request.owner, lead["owner_id"]),
        "expected_close_date": _day(request.expected_close_date),
        **keys,
    }
    told = {name: str(value) for name, value in details.items() if value is not None}
    plan.actions.append(Action(Entity.LEAD, lead["record_key"], ActionKind.CONVERT, told, request.reason))
    plan.deal_id = entity_id(Entity.DEAL, deal_key)
    return plan


def _settle(published: Published, plan: Plan, lead: dict[str, Any], asked: tuple[Entity, str | None]) -> None:
    """Find out whether the contact of a lead is here already, and make the answer into decisions."""
    entity, answer = asked
    own = lead[f"{entity}_id"]
    if own is None:
        if answer not in (None, NEW):
            raise InputRefusedError(f"{lead['lead_id']} has no {entity} that could be {answer}")
        return
    rows = published.query(sql_text(f"queries/{entity}_duplicates"), {"id": own}).to_dicts()
    if answer is None:
        if rows:
            name = published.query(f"SELECT name FROM main.{entity}s WHERE {entity}_id = $id", {"id": own})  # noqa: S608
            plan.doubts.append(Doubt(entity, own, name.item(), rows))
    elif answer == NEW:
        plan.decisions += [
            Decision.about(entity, row["record_key"], row["other_key"], Verdict.DIFFERENT, "converted as a new contact")
            for row in rows
        ]
    elif answer != own:
        other = next((row for row in rows if row["id"] == answer), None)
        if other:
            ours, theirs = str(other["record_key"]), str(other["other_key"])
        else:
            ours, theirs = _anchors(published, entity, own, answer)
        reason = "taken for it when a lead was converted"
        plan.decisions.append(Decision.about(entity, ours, theirs, Verdict.SAME, reason))


def _anchors(published: Published, entity: Entity, one: str, other: str) -> tuple[str, str]:
    found = published.query(
        f"SELECT entity_id, min(record_key) AS record_key FROM audit.{entity}_members "  # noqa: S608  (our own names)
        "WHERE entity_id IN ($one, $other) GROUP BY entity_id",
        {"one": one, "other": other},
    )
    keys = dict(found.iter_rows())
    if other not in keys:
        raise InputRefusedError(f"there is no {entity} {other!r}; give the id of one, or '{NEW}'")
    return keys[one], keys[other]


def _contact_keys(published: Published, lead: dict[str, Any]) -> dict[str, str]:
    """The records that the lead itself names: the deal keeps them whatever becomes of the lead."""
    rows = published.query(sql_text("queries/lead_contact"), {"key": lead["record_key"]})
    return {name: key for name, key in rows.row(0, named=True).items() if key is not None}


def _pipeline(published: Published, given: str | None) -> dict[str, Any]:
    known = published.query(
        "SELECT pipeline_id, name, source FROM main.pipelines ORDER BY name, pipeline_id"
    ).to_dicts()
    if not known:
        raise InputRefusedError(
            'there is no pipeline yet; name one with its stages in leadsift.toml: [pipelines] Sales = ["New", "Offer"]'
        )
    if given is None and len(known) == 1:
        return _with_own_name(published, known[0])
    meant = [row for row in known if given in (row["pipeline_id"], row["name"], f"{row['source']}:{row['name']}")]
    names = ", ".join(f"{row['source']}:{row['name']}" for row in known)
    if not meant:
        said = "say which pipeline" if given is None else f"there is no pipeline {given!r}"
        raise InputRefusedError(f"{said}; there are {names}")
    if len(meant) > 1:
        raise InputRefusedError(f"{given!r} means several pipelines; name it with its source: {names}")
    return _with_own_name(published, meant[0])


def _with_own_name(published: Published, row: dict[str, Any]) -> dict[str, Any]:
    """The pipeline with the name that its source gives it, which may be none: ids are made of it."""
    own = published.query("SELECT max(pipeline) FROM records.source_deals WHERE source = $s AND pipeline = $n",
                          {"s": row["source"], "n": row["name"]}).item()  # fmt: skip
    is_own = row["source"] == "leadsift"
    return {**row, "pipeline": row["name"] if is_own or own is not None else _configured(published, row)}


def _configured(published: Published, row: dict[str, Any]) -> str:
    found = published.query(
        "SELECT max(pipeline) FROM records.source_stages WHERE source = $s AND pipeline = $n",
        {"s": row["source"], "n": row["name"]},
    ).item()
    return str(found) if found is not None else ""


def _first_stage(published: Published, pipeline: dict[str, Any]) -> dict[str, Any]:
    stages = stages_of(published, pipeline["pipeline_id"])
    if not stages:
        raise InputRefusedError(f"the pipeline {pipeline['name']!r} has no stages")
    return stages[0]


def _amount(given: str | None, before: Decimal | None) -> Decimal | None:
    if given is None:
        return before
    try:
        value = Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise InputRefusedError(f"value {given!r} is not a number such as 1250.50") from error
    if not value.is_finite() or value < 0 or value >= LARGEST_VALUE:
        raise InputRefusedError(f"value {given!r}: a deal is worth nothing or more, and less than {LARGEST_VALUE:,}")
    if value != Decimal(given):
        raise InputRefusedError(f"value {given!r} has more than two decimals; amounts are kept with two")
    return value


def _currency(given: str | None, before: str | None, value: str | None) -> str | None:
    if given is None:
        if value is not None and before is None:
            raise InputRefusedError("a value needs its --currency, such as EUR")
        return before
    try:
        return str(CASTERS[Kind.CURRENCY](given, CastContext()))
    except ValueError as error:
        raise InputRefusedError(f"currency {given!r}: {error}") from error


def _visibility(given: str | None) -> str:
    if given is not None and given not in VISIBILITIES:
        raise InputRefusedError(f"visibility {given!r} is not one of {', '.join(VISIBILITIES)}")
    return given or VISIBILITIES[-1]


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise InputRefusedError(f"expected close date {given!r} is not a date such as 2026-04-30") from error


def _owner(published: Published, given: str | None, before: str | None) -> str | None:
    """The key of a user by id, name or e-mail address."""
    wanted = given or before
    if wanted is None:
        return None
    rows = published.query(
        "SELECT record_key FROM records.source_users WHERE records.entity_id('user_', record_key) = $who "
        "OR name = $who OR email = lower($who) ORDER BY record_key LIMIT 1",
        {"who": wanted},
    )
    if rows.is_empty():
        if given is None:
            return None
        raise InputRefusedError(f"there is no user {given!r}")
    return str(rows.item())


def plan_revert(published: Published, lead_id: str, reason: str | None) -> Action:
    """Take a conversion back. Raises InputRefusedError when the lead was not converted here."""
    lead = one_row(published, Entity.LEAD, lead_id)
    here = published.query(
        "SELECT action FROM audit.actions WHERE entity = 'lead' AND record_key = $key "
        "AND action IN ('convert', 'revert') ORDER BY sequence DESC LIMIT 1",
        {"key": lead["record_key"]},
    )
    if here.is_empty() or here.item() != ActionKind.CONVERT:
        how = "its source converted it" if lead["status"] == LeadStatus.CONVERTED else "it is not converted"
        raise InputRefusedError(f"{lead['lead_id']}: no conversion here to take back; {how}")
    return Action(Entity.LEAD, lead["record_key"], ActionKind.REVERT, {}, reason)
