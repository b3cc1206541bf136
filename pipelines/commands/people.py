"""`match` and `explain`: find possible matches, and explain pairs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from pipelines.commands.common import (
    HomeOption,
    JsonOption,
    LimitOption,
    ListLimitOption,
    chart_option,
    published_of,
)
from pipelines.commands.console import MOST_LISTED, out, print_json, print_table
from schemas.contracts.counting import counted
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import Entity


def match(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    name: Annotated[str | None, typer.Option("--name", help="A person's name.", show_default=False)] = None,
    email: Annotated[str | None, typer.Option("--email", help="An e-mail address.", show_default=False)] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="A phone number.", show_default=False)] = None,
    organization: Annotated[
        str | None,
        typer.Option("--organization", help="The employer, or the organization to find.", show_default=False),
    ] = None,
    birth_date: Annotated[
        str | None, typer.Option("--birth-date", metavar="YYYY-MM-DD", help="Date of birth.", show_default=False)
    ] = None,
    city: Annotated[str | None, typer.Option("--city", help="A city.", show_default=False)] = None,
    limit: LimitOption = 10,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find persons or organizations that might be this one, most likely first, with reasons.

    [bold]Examples[/bold]

      leadsift match --name "Ann Lee" --email ann.lee@acme.example

      leadsift match --organization "Acme GmbH"
    """
    from pipelines.services.match import Description, look_up

    try:
        born = date.fromisoformat(birth_date) if birth_date else None
    except ValueError as error:
        raise typer.BadParameter(
            f"{birth_date!r} is not a date such as 1980-04-05", param_hint="--birth-date"
        ) from error
    asked = Description(name, email, phone, organization, born, city)
    answers = look_up(published_of(context, home), asked, limit)
    rows = [
        {
            "entity": answer.entity.value,
            "id": answer.entity_id,
            "name": answer.name,
            "organization": answer.known["organization"],
            "probability": round(answer.explanation.probability, 4),
            "band": answer.explanation.band.value,
            "why": answer.explanation.sentence(),
        }
        for answer in answers
    ]
    if as_json:
        print_json({"matches": rows})
    elif rows:
        print_table(pl.DataFrame(rows, infer_schema_length=None))
    else:
        out.print("No match found.")


def explain(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    left: Annotated[
        str,
        typer.Argument(
            metavar="LEFT", help="An id of a person or organization, a record key or source:id.", show_default=False
        ),
    ],
    right: Annotated[
        str | None,
        typer.Argument(metavar="[RIGHT]", help="The other one; without it, explains LEFT itself.", show_default=False),
    ] = None,
    chart: Annotated[Path | None, chart_option("Draw the match weights as .png, .svg or .html.")] = None,
    limit: ListLimitOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain why two records match or do not: the match weight of each comparison, and a summary in words.

    One bit doubles the odds. The prior is the odds before any comparison, a constant of the model.

    [bold]Examples[/bold]

      leadsift explain per_1f3c salesforce:003xx000004TmiQ

      leadsift explain per_1f3c --chart cluster.png
    """
    from pipelines.services.lookup import (
        called,
        decisions_between,
        explain_called,
        explain_cluster,
        known_of,
        label,
        outcome_of,
        sides,
    )

    published = published_of(context, home)
    one = called(published, left)
    outcome = None
    if right is None:
        decided = decisions_between(published, one.entity, one.record_keys, one.record_keys)
        pairs = explain_cluster(published, one)
        if not pairs:
            raise InputRefusedError(f"{one.entity_id} is a single record; name a second one to compare it with")
    else:
        other = called(published, right)
        both = sides(one, other)
        decided, outcome = decisions_between(published, one.entity, *both), outcome_of(published, one.entity, *both)
        pairs = explain_called(published, one, other)[:1]
    known = known_of(published, [key for item in pairs for key in (item.record_key_l, item.record_key_r)])
    if chart is not None:
        from pipelines.reports.evidence_charts import write_evidence

        write_evidence(pairs[0], chart)
    if as_json:
        print_json({
            "decisions": decided, "outcome": outcome, "pairs": [_document(item, known) for item in pairs[:limit]],
            "chart": str(chart) if chart else None,
        })  # fmt: skip
        return
    _print_decided(one.entity, decided, outcome)
    if right is None:
        title = f"{one.entity_id}: {counted(len(one.record_keys), 'record')}"
        print_table(_pairs(pairs, known, label), title, limit or MOST_LISTED)
    _print_pair(pairs[0], known, label)
    if chart is not None:
        out.print(f"Chart: {chart}", markup=False, soft_wrap=True)


def _print_decided(entity: Entity, decided: list[dict[str, Any]], outcome: dict[str, Any] | None) -> None:
    """Print the decisions about the two and what they are now."""
    from pipelines.services.lookup import decision_sentence

    sentences = [decision_sentence(item) for item in decided]
    for sentence in sentences:
        out.print(f"{sentence[0].upper()}{sentence[1:]}", markup=False, soft_wrap=True)
    if outcome is not None:
        ids = " and ".join(sorted({*outcome["left_ids"], *outcome["right_ids"]}))
        verb = "One" if outcome["are_one"] else "Separate"
        out.print(f"{verb} {entity}{'' if outcome['are_one'] else 's'}: {ids}", markup=False, soft_wrap=True)
        for detail in outcome["kept_apart_by"]:
            if detail not in sentences:
                out.print(f"Kept apart: {detail}", markup=False, soft_wrap=True)
    if decided or (outcome and outcome["kept_apart_by"]):
        out.print("A decision outranks the model, whose evidence is:" if decided else "The model's evidence:")


def _document(item: Any, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "entity": item.entity.value,
        "left": known[item.record_key_l],
        "right": known[item.record_key_r],
        "prior_log_odds": item.prior,
        "match_weight": item.match_weight,
        "probability": item.probability,
        "band": item.band.value,
        "sentence": item.sentence(),
        "steps": [
            {
                "comparison": step.comparison, "level": step.level, "bits": step.bits, "rarity_bits": step.rarity,
                "left": step.left, "right": step.right,
            }
            for step in item.steps
        ],
    }  # fmt: skip


def _pairs(pairs: list[Any], known: dict[str, dict[str, Any]], label: Any) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "left": label(known[item.record_key_l]),
                "right": label(known[item.record_key_r]),
                "bits": round(item.match_weight, 1),
                "probability": round(item.probability, 4),
                "band": item.band.value,
            }
            for item in pairs
        ]
    )


def _print_pair(item: Any, known: dict[str, dict[str, Any]], label: Any) -> None:
    out.print(f"{label(known[item.record_key_l])}\n{label(known[item.record_key_r])}", markup=False)
    steps = [
        {
            "comparison": step.title, "level": step.level, "bits": round(step.bits, 1), "rarity": round(step.rarity, 1),
            "left": step.left, "right": step.right,
        }
        for step in item.steps
    ]  # fmt: skip
    steps.append({"comparison": "prior", "level": "two random records", "bits": round(item.prior, 1)})
    total = round(item.match_weight + item.prior, 1)
    steps.append({"comparison": "all together", "level": f"probability {item.probability:.4f}", "bits": total})
    print_table(pl.DataFrame(steps, infer_schema_length=None))
    out.print(item.sentence(), markup=False)
