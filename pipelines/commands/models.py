"""`train` and `edit`: models fitted to the records, and values set by users."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from pipelines.commands.common import EntityOption, HomeOption, JsonOption, entity_of, output_file, settings_of
from pipelines.commands.console import out, print_json, print_table, progress_shown
from pipelines.services.output_files import CHART_ENDINGS
from schemas.contracts.counting import counted
from schemas.contracts.vocabulary import RESOLVED_ENTITIES

if TYPE_CHECKING:
    from pipelines.services.train import Training


def train(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    entity: EntityOption = None,
    use: Annotated[
        str | None,
        typer.Option(
            "--use", metavar="VERSION", help="Use a trained model, or 'shipped' to go back.", show_default=False
        ),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; recorded in the ledger.", show_default=False)
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            callback=output_file(*CHART_ENDINGS),
            help="Only draw the match weights of the model in use (.png, .svg or .html).",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit a model to your records and show what it would change. It takes effect only with --use.

    Your decisions are its labels. The comparison scores the same pairs with both models.

    [bold]Examples[/bold]

      leadsift train --entity person

      leadsift train --use person-4+1f0c9ab2 --reason "checked fifty pairs"

      leadsift train --weights weights.png
    """
    from pipelines.services import train as training

    settings = settings_of(context, home)
    if weights is not None:
        from pipelines.reports.evidence_charts import write_weights
        from schemas.stores.stores import Stores

        rows = Stores.open(settings).published.query("SELECT * FROM audit.match_weights ORDER BY entity, place")
        write_weights(rows, weights)
        if as_json:
            print_json({"chart": str(weights)})
        else:
            out.print(f"Chart: {weights}", markup=False, soft_wrap=True)
        return
    if use is not None:
        with progress_shown(quiet=as_json):
            document = training.use_model(settings, use, reason)
        if as_json:
            print_json(document)
        else:
            out.print(", ".join(f"{name}: {version}" for name, version in document["in_use"].items()), markup=False)
        return
    wanted = entity_of(entity)
    found = training.train_models(settings, [wanted] if wanted else list(RESOLVED_ENTITIES))
    if as_json:
        print_json({
            "models": [
                {
                    "entity": item.entity.value, "version": item.version, "trained_from": item.before,
                    "file": item.path,
                    "levels": item.levels.to_dicts(), "pairs_by_band": item.moved.to_dicts(), "decided": item.decided,
                }
                for item in found
            ]
        })  # fmt: skip
        return
    for item in found:
        _print(item)


def _print(item: Training) -> None:
    changed = item.levels.filter((pl.col("bits_after") - pl.col("bits_before")).abs() >= 0.2)
    if changed.is_empty():
        out.print(f"{item.entity}: the trained model has the same match weights as {item.before}.", markup=False)
    else:
        print_table(changed, f"{item.entity}: match weights in bits, {item.before} and {item.version}", len(changed))
    print_table(item.moved, "The same pairs by band under both models")
    if item.decided["decided"]:
        decided = counted(item.decided["decided"], "decided pair")
        out.print(
            f"Of {decided}, {item.before} bands {item.decided['before']:,} correctly "
            f"and {item.version} {item.decided['after']:,}.",
            markup=False,
        )
    out.print(f"To use it: leadsift train --use {item.version}", markup=False)


def edit(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    given: Annotated[
        str, typer.Argument(metavar="ID", help="A person or organization, by id, record key or source:id.")
    ],
    changes: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE…", help="The new values.")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; recorded in the ledger.", show_default=False)
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set values of a person or organization. They outrank all sources, also after later imports.

    An empty value empties the field.

    [bold]Examples[/bold]

      leadsift edit per_1f3c email=ann.lee@acme.example job_title="Head of Sales"

      leadsift edit org_77aa industry=Logistics --reason "by phone"
    """
    from pipelines.services.edit import edit as edited

    settings = settings_of(context, home)
    with progress_shown(quiet=as_json):
        document = edited(settings, given, changes, reason)
    if as_json:
        print_json(document)
        return
    if document["already_recorded"]:
        out.print("Already recorded; nothing changed.")
    for item in document["edited"]:
        out.print(f"{item['field']}: {item['value'] or '(empty)'}", markup=False)
