"""Plans the conversion of a lead into a deal: checks, likely duplicates of its contact, and the facts to record.

Belongs here: planning conversions and reverting them, against the published tables. Does not belong here: asking the
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

from assets.deals.actions import check_stage, last_action, one_row, stage_of, stages_of, within_limits
from assets.sources.casting.cells import CASTERS, CastContext
from schemas.contracts.errors import InputRefusedError, InvalidRequestError
from schemas.contracts.keys import entity_id
from schemas.contracts.vocabulary import ActionKind, DealStatus, Entity, Kind, LeadStatus, Verdict
from schemas.sql.files import SqlFolder, sql_text
from schemas.stores.actions import Action
from schemas.stores.decisions import Decision
from schemas.stores.warehouse import Published

SQL = SqlFolder.beside(__file__)

VISIBILITIES = ("owner", "team", "all")
NEW = "new"
LARGEST_VALUE = Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class Request:
    """How to convert a lead. `person` and `organization` are `new`, the id of an existing one, or None to ask."""

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


MOST_NAMED = 3
"""Candidates named in one line."""

_DETAILS_OF = {
    "pipeline": ("pipeline_source", "pipeline"),
    "stage": ("stage_id",),
    "title": ("title",),
    "value": ("value",),
    "currency": ("currency",),
    "visibility": ("visibility",),
    "owner": ("user_key",),
    "expected_close_date": ("expected_close_date",),
}
"""What each option of a request becomes in the recorded fact."""


@dataclass(frozen=True, slots=True)
class DuplicateCandidates:
    """The contact of a lead and who else it might be: rows of `id, name, probability` and a few columns to recognise
    them by."""

    entity: Entity
    entity_id: str
    name: str | None
    candidates: list[dict[str, Any]]

    def sentence(self) -> str:
        """The contact and its likeliest duplicates in one line."""
        first = self.candidates[:MOST_NAMED]
        known = "; ".join(f"{row['name']} ({row['id']}, {row['probability']:.0%})" for row in first)
        more = f"; and {len(self.candidates) - MOST_NAMED} more" if len(self.candidates) > MOST_NAMED else ""
        return f"the {self.entity} {self.name!r} may already exist: {known}{more}"


@dataclass(slots=True)
class Plan:
    """What a conversion would record, the duplicate candidates to choose from first, and warnings.

    There is nothing to record if `is_recorded`: the lead was converted in the same way before.
    """

    lead_id: str
    actions: list[Action] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    duplicates: list[DuplicateCandidates] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    deal_id: str = ""
    pipeline: str = ""
    is_recorded: bool = False


def plan_conversion(published: Published, request: Request, limits: Mapping[str, int]) -> Plan:
    """Check a conversion and plan its facts. Nothing may be recorded while there are duplicate candidates.

    Raises InvalidRequestError if a value is not of its kind, and InputRefusedError if the lead does not exist or was
    converted in another way, a limit of open deals is exceeded, or something named does not exist.
    """
    _check_values(request)
    lead = one_row(published, Entity.LEAD, request.lead_id)
    if lead["status"] == LeadStatus.CONVERTED:
        return _recorded(published, lead, request)
    if lead["status"] == LeadStatus.ARCHIVED:
        raise InputRefusedError(f"{lead['lead_id']} is archived; `restore` it first")
    pipeline = _pipeline(published, request.pipeline)
    plan = Plan(lead["lead_id"], warnings=within_limits(published, limits, pipeline, 1), pipeline=pipeline["name"])
    details = _details(published, request, lead, pipeline)
    for entity, answer in ((Entity.PERSON, request.person), (Entity.ORGANIZATION, request.organization)):
        _settle(published, plan, lead, (entity, answer))
    deal_key = uuid4().hex
    facts = {"deal_key": deal_key, **details, **_contact_keys(published, lead)}
    plan.actions.append(Action(Entity.LEAD, lead["record_key"], ActionKind.CONVERT, facts, request.reason))
    plan.deal_id = entity_id(Entity.DEAL, deal_key)
    return plan


def _check_values(request: Request) -> None:
    """Raise InvalidRequestError for a value that no lead could be converted with."""
    _amount(request.value, None)
    _visibility(request.visibility)
    _day(request.expected_close_date)
    if request.currency is not None:
        _currency(request.currency, None, None)


def _recorded(published: Published, lead: dict[str, Any], request: Request) -> Plan:
    """The plan of a conversion that is recorded already. Raises InputRefusedError if it was another one."""
    into = f" into {lead['deal_id']}" if lead["deal_id"] else ""
    fact = last_action(published, lead["record_key"], (ActionKind.CONVERT, ActionKind.REVERT))
    if fact is None or fact["action"] != ActionKind.CONVERT:
        raise InputRefusedError(f"{lead['lead_id']} was converted{into} before, in its source")
    if _states(published, lead, request, fact["details"]):
        deal_id = entity_id(Entity.DEAL, fact["details"]["deal_key"])
        return Plan(lead["lead_id"], deal_id=deal_id, is_recorded=True)
    raise InputRefusedError(f"{lead['lead_id']} was converted{into} before; `revert-conversion` undoes it")


def _states(published: Published, lead: dict[str, Any], request: Request, recorded: dict[str, str]) -> bool:
    """Whether a request says nothing but what is recorded. A request that could not be carried out says more."""
    stated = [name for option, names in _DETAILS_OF.items() if getattr(request, option) is not None for name in names]
    if not stated:
        return True
    try:
        details = _details(published, request, lead, _pipeline(published, request.pipeline))
    except InputRefusedError:
        return False
    return all(details.get(name) == recorded.get(name) for name in stated)


def _details(published: Published, request: Request, lead: dict[str, Any], pipeline: dict[str, Any]) -> dict[str, str]:
    """What a conversion records about the deal: the requested values, else those of the lead."""
    stage = _stage(published, pipeline, request.stage)
    details = {
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
    }
    return {name: str(value) for name, value in details.items() if value is not None}


def _settle(published: Published, plan: Plan, lead: dict[str, Any], asked: tuple[Entity, str | None]) -> None:
    """Find likely duplicates of a lead's contact, and turn the answer about them into decisions."""
    entity, answer = asked
    own = lead[f"{entity}_id"]
    if own is None:
        if answer not in (None, NEW):
            raise InputRefusedError(f"{lead['lead_id']} has no {entity} that could be {answer}")
        return
    rows = published.query(sql_text(f"queries/{entity}_duplicates"), {"id": own}).to_dicts()
    if answer is None:
        if rows:
            name = published.query(SQL.statement("name", entity=entity).text, {"id": own})
            plan.duplicates.append(DuplicateCandidates(entity, own, name.item(), rows))
        return
    others = [row["id"] for row in rows] if answer == NEW else [answer]
    records = _records(published, entity, [own, *others])
    for other in others:
        if other not in records:
            raise InputRefusedError(f"there is no {entity} {other!r}; give the id of one, or '{NEW}'")
        if other != own:
            verdict, reason = _ANSWERS[answer == NEW]
            plan.decisions.append(Decision.about(entity, records[own], records[other], verdict, reason))


_ANSWERS = {
    True: (Verdict.DIFFERENT, "converted as a new contact"),
    False: (Verdict.SAME, "chosen when a lead was converted"),
}
"""The verdict and reason about a lead's contact and another one, by whether the contact is new."""


def _records(published: Published, entity: Entity, ids: list[str]) -> dict[str, list[str]]:
    """The records of these entities by id."""
    found = published.query(SQL.statement("records_of", entity=entity).text, {"ids": ids})
    return dict(found.iter_rows())


def _contact_keys(published: Published, lead: dict[str, Any]) -> dict[str, str]:
    """The records that the lead itself names: the deal keeps them even if the lead changes."""
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
    names = ", ".join(f"{row['source']}:{row['name']}" for row in known)
    if given is None:
        raise InputRefusedError(f"name a pipeline with --pipeline; the pipelines are {names}")
    meant = _pipelines_called(known, given)
    if not meant:
        raise InputRefusedError(f"there is no pipeline {given!r}; the pipelines are {names}")
    if len(meant) > 1:
        raise InputRefusedError(f"{given!r} means several pipelines; name it with its source: {names}")
    return _with_own_name(published, meant[0])


def _pipelines_called(known: list[dict[str, Any]], given: str) -> list[dict[str, Any]]:
    """The pipelines that an id or name means; capitals count only where the name as given means none."""
    names = [(row, (row["pipeline_id"], row["name"], f"{row['source']}:{row['name']}")) for row in known]
    exact = [row for row, forms in names if given in forms]
    return exact or [row for row, forms in names if given.casefold() in map(str.casefold, forms)]


def _with_own_name(published: Published, row: dict[str, Any]) -> dict[str, Any]:
    """Add `pipeline`, the name that its source gives it (may be empty): ids are derived from it."""
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


def _stage(published: Published, pipeline: dict[str, Any], given: str | None) -> dict[str, Any]:
    """The stage that a new deal is in: the one named, which must be open, or the first open one."""
    if given is not None:
        stage = stage_of(published, pipeline, given)
        check_stage(stage, DealStatus.OPEN)
        return stage
    stages = stages_of(published, pipeline["pipeline_id"])
    if not stages:
        raise InputRefusedError(f"the pipeline {pipeline['name']!r} has no stages")
    return next((stage for stage in stages if stage["status"] == DealStatus.OPEN), stages[0])


def _amount(given: str | None, before: Decimal | None) -> Decimal | None:
    if given is None:
        return before
    try:
        value = Decimal(given).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise InvalidRequestError(f"value {given!r} is not a number such as 1250.50") from error
    if not value.is_finite() or value < 0 or value >= LARGEST_VALUE:
        raise InvalidRequestError(f"value {given!r}: a deal is worth nothing or more, and less than {LARGEST_VALUE:,}")
    if value != Decimal(given):
        raise InvalidRequestError(f"value {given!r} has more than two decimals; amounts are kept with two")
    return value


def _currency(given: str | None, before: str | None, value: str | None) -> str | None:
    if given is None:
        if value is not None and before is None:
            raise InputRefusedError("a value needs its --currency, such as EUR")
        return before
    try:
        return str(CASTERS[Kind.CURRENCY](given, CastContext()))
    except ValueError as error:
        raise InvalidRequestError(f"currency {given!r}: {error}") from error


def _visibility(given: str | None) -> str:
    if given is not None and given not in VISIBILITIES:
        raise InvalidRequestError(f"visibility {given!r} is not one of {', '.join(VISIBILITIES)}")
    return given or VISIBILITIES[-1]


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError as error:
        raise InvalidRequestError(f"expected close date {given!r} is not a date such as 2026-04-30") from error


def _owner(published: Published, given: str | None, before: str | None) -> str | None:
    """The record key of a user by id, name or e-mail address. Raises InputRefusedError for an unknown one."""
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


def plan_revert(published: Published, lead_id: str, reason: str | None) -> Action | None:
    """Plan to revert a conversion; None if that is recorded already.

    Raises InputRefusedError if the lead does not exist or was not converted here.
    """
    lead = one_row(published, Entity.LEAD, lead_id)
    fact = last_action(published, lead["record_key"], (ActionKind.CONVERT, ActionKind.REVERT))
    if fact is None:
        how = "its source converted it" if lead["status"] == LeadStatus.CONVERTED else "it is not converted"
        raise InputRefusedError(f"{lead['lead_id']}: no conversion here to take back; {how}")
    if fact["action"] == ActionKind.REVERT:
        return None
    return Action(Entity.LEAD, lead["record_key"], ActionKind.REVERT, {}, reason)
