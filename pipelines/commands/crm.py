"""`leads`, `archive`, `restore`, `convert`, `revert-conversion`, `move`, `win`, `lose`, `reopen`: leads and deals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from pipelines.commands.common import HomeOption, JsonOption, ListLimitOption, cancellable, published_of, settings_of
from pipelines.commands.console import MOST_LISTED, err, out, print_json, print_table, progress_shown
from schemas.contracts.vocabulary import ActionKind, LeadOrder
from schemas.stores.settings import Settings

if TYPE_CHECKING:
    from assets.deals.actions import Step
    from assets.deals.conversion import DuplicateCandidates, Request

LeadArgument = Annotated[str, typer.Argument(metavar="LEAD_ID", help="A lead, by id or source:id.", show_default=False)]
DealArgument = Annotated[str, typer.Argument(metavar="DEAL_ID", help="A deal, by id or source:id.", show_default=False)]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why; recorded in the ledger.", show_default=False)]
AtOption = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When it happened, such as 2026-04-30T16:00 (UTC; default: now)."),
]
StageOption = Annotated[
    str | None, typer.Option("--stage", metavar="NAME", help="A stage of the deal's pipeline.", show_default=False)
]


class InboxStatus(StrEnum):
    """Which leads the inbox shows."""

    OPEN = "open"
    ARCHIVED = "archived"
    CONVERTED = "converted"
    ALL = "all"


def leads(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    status: Annotated[InboxStatus, typer.Option("--status", help="Which leads.")] = InboxStatus.OPEN,
    label: Annotated[
        str | None, typer.Option("--label", help="Only leads with this label.", show_default=False)
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only leads of this owner.", show_default=False)] = None,
    sort: Annotated[
        LeadOrder, typer.Option("--sort", help="Newest first, largest value first, or by name.")
    ] = LeadOrder.CREATED,
    limit: ListLimitOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the leads inbox, newest first, with open deals and other open leads of the same contact.

    [bold]Examples[/bold]

      leadsift leads

      leadsift leads --status archived --owner "Ann Lee" --sort value
    """
    from pipelines.services.deals import open_leads

    rows = open_leads(published_of(context, home), status, label, owner, sort)
    if as_json:
        print_json({"leads": rows.head(limit or rows.height).to_dicts()})
        return
    if rows.is_empty():
        out.print("No leads found.")
        return
    frame = rows.select(
        "lead_id", "title", "person", "organization", "channel", "value", "currency", "owner", "has_open_deal",
        pl.col("duplicate_lead_ids").list.len().alias("duplicates"),
    )  # fmt: skip
    print_table(frame, None, limit or MOST_LISTED)


def convert(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    lead_id: Annotated[
        str | None,
        typer.Argument(metavar="[LEAD_ID]", help="A lead, by id or source:id.", show_default=False),
    ] = None,
    pipeline: Annotated[
        str | None, typer.Option("--pipeline", metavar="NAME", help="Its pipeline (default: the only one).")
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="NAME", help="Default: the first one.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Default: the lead's.", show_default=False)] = None,
    value: Annotated[str | None, typer.Option("--value", help="Such as 1250.50; default: the lead's.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Such as EUR; default: the lead's.")] = None,
    visibility: Annotated[str | None, typer.Option("--visibility", help="owner, team or all (default).")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="A user; default: the lead's owner.")] = None,
    expected_close_date: Annotated[
        str | None, typer.Option("--expected-close-date", metavar="YYYY-MM-DD", show_default=False)
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="ID|new", help="The contact, if it may already exist."),
    ] = None,
    organization: Annotated[
        str | None,
        typer.Option("--organization", metavar="ID|new", help="The organization, if it may already exist."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="CSV", help="Convert many: columns lead_id, pipeline, stage, …", show_default=False
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing. Refuse a contact that may already exist.")] = False,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Convert a lead into a deal. Asks first if the contact may already exist.

    The deal has the lead's person and organization. Notes and activities show on both. A later import updates the
    lead but never reopens it. `revert-conversion` undoes it.

    [bold]Examples[/bold]

      leadsift convert lead_1f3c --pipeline Sales --value 1250 --currency EUR

      leadsift convert salesforce:00Q5e --pipeline Sales --stage Proposal --person new --yes

      leadsift convert --file conversions.csv
    """
    from assets.deals.conversion import Request
    from pipelines.services import deals as acting

    settings = settings_of(context, home)
    if (lead_id is None) == (file is None):
        raise typer.BadParameter("give a LEAD_ID, or --file", param_hint="LEAD_ID")
    if file is not None:
        requests: Mapping[str, Request] = acting.requests_in(file)
    else:
        request = Request(
            str(lead_id), pipeline, stage, title, value, currency, visibility, owner, expected_close_date, person,
            organization, reason,
        )  # fmt: skip
        may_ask = not yes and not as_json and sys.stdin.isatty()
        requests = {"": _with_answers(settings, request) if may_ask else request}
    with progress_shown(quiet=as_json):
        document = acting.convert(settings, requests)
    if as_json:
        print_json(document)
        return
    verb = "was already" if document["already_recorded"] else "is now"
    end = "; nothing changed." if document["already_recorded"] else ""
    for deal in document["deals"]:
        out.print(f"{deal['lead_id']} {verb} the deal {deal['deal_id']}: {deal['title']}{end}", markup=False)
    for warning in document["warnings"]:
        err.print(warning, markup=False)


def _with_answers(settings: Settings, request: Request) -> Request:
    """The request with the user's choice among the duplicate candidates of the lead's contact."""
    from pipelines.services import deals as acting

    while duplicates := acting.plan(settings, request).duplicates:
        request = replace(request, **{duplicates[0].entity.value: _ask(duplicates[0])})
    return request


_RECOGNISED_BY = ("email", "domain", "phone", "organization", "city")


def _ask(found: DuplicateCandidates) -> str:
    out.print(f"The {found.entity} {found.name!r} may already exist:", markup=False)
    for number, row in enumerate(found.candidates, 1):
        known = " · ".join(str(row[name]) for name in _RECOGNISED_BY if row.get(name))
        out.print(f"  {number}  {row['name']}  {row['id']}  {row['probability']:.0%}  {known}", markup=False)
    out.print("  n  none of these: create a new one\n  c  cancel")
    while True:
        with cancellable():
            answer = typer.prompt("Which").strip().casefold()
            if answer == "c":
                raise typer.Abort
        if answer == "n":
            return "new"
        if answer.isdigit() and 1 <= int(answer) <= len(found.candidates):
            return str(found.candidates[int(answer) - 1]["id"])


# Acts on leads and deals, as declarations ----------------------------------------------------------------------------

Command = Callable[..., None]


def _lead_command(kind: ActionKind, text: str) -> Command:
    """A command that acts on one lead."""

    def command(
        context: typer.Context,
        lead_id: LeadArgument,
        reason: ReasonOption = None,
        home: HomeOption = None,
        as_json: JsonOption = False,
    ) -> None:
        from pipelines.services.deals import act_on_lead

        settings = settings_of(context, home)
        with progress_shown(quiet=as_json):
            lead = act_on_lead(settings, lead_id, kind, reason)
        if as_json:
            print_json(lead)
        else:
            gone = "; its deal was removed" if kind == ActionKind.REVERT and not lead["already_recorded"] else ""
            out.print(f"{_now(lead['lead_id'], lead['status'], lead)}{gone}.", markup=False)

    command.__doc__ = text
    return command


def _now(which: str, state: str, document: Mapping[str, Any]) -> str:
    """The state of a lead or deal after an act, and whether the act changed anything."""
    return f"{which} was already {state}; nothing changed" if document["already_recorded"] else f"{which} is {state}"


archive = _lead_command(
    ActionKind.ARCHIVE,
    """Remove a lead from the inbox without converting it. Later imports do not bring it back.

    [bold]Example[/bold]

      leadsift archive lead_1f3c --reason "no budget this year"
    """,
)
restore = _lead_command(
    ActionKind.RESTORE,
    """Return an archived lead to the inbox.

    [bold]Example[/bold]

      leadsift restore lead_1f3c
    """,
)
revert_conversion = _lead_command(
    ActionKind.REVERT,
    """Undo a conversion made with leadsift: remove the deal and return the lead to the inbox.

    [bold]Example[/bold]

      leadsift revert-conversion lead_1f3c --reason "wrong lead"
    """,
)


def _deal_command(kind: ActionKind, text: str) -> Command:
    """A command that closes or reopens a deal."""

    def command(  # noqa: PLR0913, PLR0917  (one parameter for each option)
        context: typer.Context,
        deal_id: DealArgument,
        stage: StageOption = None,
        at: AtOption = None,
        reason: ReasonOption = None,
        home: HomeOption = None,
        as_json: JsonOption = False,
    ) -> None:
        from assets.deals.actions import Step

        why = {"lost_reason": reason} if kind == ActionKind.LOSE else {"reason": reason}
        _act_on_deal(settings_of(context, home), deal_id, Step(kind, stage, at, **why), as_json=as_json)

    command.__doc__ = text
    return command


win = _deal_command(
    ActionKind.WIN,
    """Close a deal as won.

    [bold]Example[/bold]

      leadsift win deal_1f3c --at 2026-04-30
    """,
)
lose = _deal_command(
    ActionKind.LOSE,
    """Close a deal as lost. The reason becomes its lost reason.

    [bold]Example[/bold]

      leadsift lose deal_1f3c --reason "too expensive"
    """,
)
reopen = _deal_command(
    ActionKind.REOPEN,
    """Reopen a won or lost deal, in the stage it was closed from unless you name another.

    [bold]Example[/bold]

      leadsift reopen deal_1f3c --stage Proposal
    """,
)


def move(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    deal_id: DealArgument,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="A stage of its pipeline.", show_default=False)],
    at: AtOption = None,
    reason: ReasonOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a deal to another stage of its pipeline. A later move in its source outranks it.

    [bold]Example[/bold]

      leadsift move salesforce:0065e Proposal
    """
    from assets.deals.actions import Step

    step = Step(ActionKind.MOVE, stage, at, reason=reason)
    _act_on_deal(settings_of(context, home), deal_id, step, as_json=as_json)


def _act_on_deal(settings: Settings, deal_id: str, step: Step, *, as_json: bool) -> None:
    from pipelines.services.deals import act_on_deal

    with progress_shown(quiet=as_json):
        deal = act_on_deal(settings, deal_id, step)
    if as_json:
        print_json(deal)
        return
    where = f" in {deal['stage']!r}" if deal["stage"] else ""
    out.print(f"{_now(deal['deal_id'], deal['status'] + where, deal)}.", markup=False)
    for warning in deal["warnings"]:
        err.print(warning, markup=False)
    for row in deal["conflicts"]:
        err.print(
            f"the source has another {row['field']}; the {row['winner']} one wins (see audit.deal_conflicts)",
            markup=False,
        )
