"""`review` and `decide`: the pairs to decide, and decisions about them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from pipelines.commands.common import (
    EntityOption,
    HomeOption,
    JsonOption,
    ListLimitOption,
    entity_of,
    output_file,
    settings_of,
)
from pipelines.commands.console import MOST_LISTED, out, print_json, print_table, progress_shown
from schemas.contracts.counting import counted
from schemas.contracts.vocabulary import Verdict
from schemas.stores.stores import Stores


def review(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    entity: EntityOption = None,
    limit: ListLimitOption = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE.xlsx",
            callback=output_file(".xlsx"),
            help="Write the whole queue as a workbook with a column for decisions.",
            show_default=False,
        ),
    ] = None,
    take: Annotated[
        Path | None,
        typer.Option("--take", metavar="FILE.xlsx", help="Read decisions from that workbook.", show_default=False),
    ] = None,
    accept_above: Annotated[
        float | None,
        typer.Option(
            "--accept-above",
            metavar="P",
            min=0.0,
            max=1.0,
            help="Decide `same` for all pairs with at least this probability.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the pairs to decide, the most useful first.

    A pair with a high probability is listed if it is a weak bridge: nearly the only link between two groups of records.

    [bold]Examples[/bold]

      leadsift review

      leadsift review --export pairs.xlsx, then leadsift review --take pairs.xlsx

      leadsift review --entity organization --accept-above 0.8
    """
    from pipelines.services import review as reviewing

    settings = settings_of(context, home)
    published, wanted = Stores.open(settings).published, entity_of(entity)
    if take is not None:
        _apply(settings, reviewing.read_workbook(take), as_json=as_json)
        return
    rows = reviewing.queue(published, wanted)
    if accept_above is not None:
        _apply(settings, reviewing.accepted_above(rows, accept_above), as_json=as_json)
        return
    if export is not None:
        reviewing.write_workbook(rows, export)
    if as_json:
        print_json({"waiting": len(rows), "pairs": rows[:limit], "workbook": str(export) if export else None})
        return
    if not rows:
        out.print("No pairs to review.")
        return
    shown = pl.DataFrame(rows[: limit or MOST_LISTED], infer_schema_length=None).select(
        "entity",
        "left",
        "right",
        pl.col("match_probability").round(3).alias("probability"),
        "why",
        "left_id",
        "right_id",
    )
    print_table(shown, f"{counted(len(rows), 'pair')} to review")
    if export is not None:
        out.print(
            f"Workbook: {export}. Decide in its first column, then run leadsift review --take {export}",
            markup=False,
            soft_wrap=True,
        )
    else:
        out.print("Decide with: leadsift decide LEFT_ID RIGHT_ID same|different|unsure", markup=False)


def decide(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    left: Annotated[str, typer.Argument(metavar="LEFT", help="An id, a record key or source:id.", show_default=False)],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="The other one.", show_default=False)],
    verdict: Annotated[Verdict, typer.Argument(help="Your decision.", show_default=False)],
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept in the ledger.", show_default=False)
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide whether two are the same. The decision outranks every model, until somebody decides again.

    To split an entity, decide `different` between it and the id that should leave: a source:id, or a former id from
    audit.id_redirects.

    [bold]Examples[/bold]

      leadsift decide per_1f3c per_88ab same --reason "asked her"

      leadsift decide per_1f3c crm:4711 different
    """
    from pipelines.services import review as reviewing

    settings = settings_of(context, home)
    with progress_shown(quiet=as_json):
        document = reviewing.decide(settings, left, right, verdict, reason)
    _print_applied(document, as_json=as_json)
    if not as_json:
        _print_outcome(left, right, document["outcome"])


def _print_outcome(left: str, right: str, outcome: dict[str, Any]) -> None:
    for line in _outcome_lines(left, right, outcome):
        out.print(line, markup=False, soft_wrap=True)


def _outcome_lines(left: str, right: str, outcome: dict[str, Any]) -> list[str]:
    """What LEFT and RIGHT are now; if an entity was split, what its parts are now."""
    ours, theirs = outcome["left_ids"], outcome["right_ids"]
    if outcome["are_one"]:
        return [f"{left} and {right} are one {outcome['entity']}: {ours[0]}."]
    apart = [f"They are kept apart: {detail}." for detail in outcome["kept_apart_by"]]
    if (ours, theirs) == ([left], [right]):
        return [f"{left} and {right} are separate.", *apart]
    if outcome["rest"] is None:
        return [f"{left} is {' and '.join(ours)}, {right} is {' and '.join(theirs)}: they are separate.", *apart]
    whole, part, rest, taken = (left, right, ours, theirs) if outcome["rest"] == "left" else (right, left, theirs, ours)
    lines = [f"{part} is now {' and '.join(taken)}. The other records of {whole} are {' and '.join(rest)}."]
    if whole in taken:
        lines.append(f"The id {whole} now means only {part}.")
    return [*lines, *apart]


def _apply(settings: Any, decisions: list[Any], *, as_json: bool) -> None:
    from pipelines.services import review as reviewing

    if not decisions:
        document = {"decisions": 0, "contradictions": []}
    else:

        def checked(published: Any) -> list[Any]:
            reviewing.check_records(published, decisions)
            return decisions

        with progress_shown(quiet=as_json):
            document = reviewing.apply(settings, checked)
    _print_applied(document, as_json=as_json)


def _print_applied(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    if not document["decisions"]:
        out.print("No decisions found.")
        return
    before, after = document["entities_before"], document["entities"]
    changes = ", ".join(f"{name} {before[name]:,} → {after[name]:,}" for name in ("persons", "organizations"))
    recorded = "already recorded" if document["already_recorded"] else "recorded"
    out.print(f"{counted(document['decisions'], 'decision')} {recorded}. {changes}.", markup=False)
    for detail in document["contradictions"]:
        out.print(f"contradiction: {detail}", markup=False, soft_wrap=True)
