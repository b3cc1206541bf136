"""`evaluate`: compares the clusters with labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from pipelines.commands.common import (
    EntityOption,
    HomeOption,
    JsonOption,
    LimitOption,
    chart_option,
    entity_of,
    published_of,
)
from pipelines.commands.console import out, print_json, print_table
from schemas.contracts.counting import counted
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import Entity


def evaluate(  # noqa: PLR0913, PLR0917  (one parameter for each option)
    context: typer.Context,
    labels: Annotated[
        Path,
        typer.Option(
            "--labels",
            metavar="FILE",
            help="A list with columns id and cluster, or left, right and is_match.",
            show_default=False,
        ),
    ],
    entity: EntityOption = None,
    limit: LimitOption = 5,
    chart: Annotated[
        Path | None, chart_option("Draw precision and recall by threshold as .png, .svg or .html.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the clusters with labels: precision, recall and F1, with the worst errors explained.

    [bold]Examples[/bold]

      leadsift evaluate --labels truth.csv --chart thresholds.png
    """
    from pipelines.services.evaluate import evaluate as measure
    from pipelines.services.evaluate import read_labels

    if not labels.is_file():
        raise InputRefusedError(f"{labels}: there is no such file")
    published = published_of(context, home)
    found = measure(published, read_labels(labels), entity_of(entity) or Entity.PERSON, limit)
    if chart is not None:
        from pipelines.reports.evidence_charts import write_thresholds

        write_thresholds(found.thresholds, chart)
    quality = found.quality
    scores = {
        name: {"precision": score.precision, "recall": score.recall, "f1": score.f1}
        for name, score in (("pairwise", quality.pairwise), ("b_cubed", quality.b_cubed))
        if score is not None
    }
    if as_json:
        print_json({
            "records": quality.records, "true_pairs": quality.true_pairs, **scores, "exact_clusters": quality.exact,
            "missed_pairs": found.missed_pairs, "wrong_pairs": found.wrong_pairs, "missed": found.missed,
            "wrong": found.wrong, "unknown_ids": found.unknown, "thresholds": found.thresholds.to_dicts(),
            "chart": str(chart) if chart else None,
        })  # fmt: skip
        return
    rows = [
        {"measure": name.replace("_", "-"), **{key: round(value, 4) for key, value in values.items()}}
        for name, values in scores.items()
    ]
    labelled = f"{counted(quality.records, 'labelled record')}, {counted(quality.true_pairs, 'true pair')}"
    print_table(pl.DataFrame(rows), labelled)
    if quality.exact is not None:
        out.print(f"{quality.exact:.1%} of the true clusters were found exactly.")
    if found.unknown:
        unknown = counted(len(found.unknown), "unknown labelled id")
        out.print(f"Left out: {unknown}, such as {found.unknown[0]!r}.", markup=False)
    for title, count, errors in (
        ("not merged", found.missed_pairs, found.missed),
        ("merged", found.wrong_pairs, found.wrong),
    ):
        if errors:
            print_table(
                pl.DataFrame(errors).select("left", "right", "left_record", "right_record", "match_weight", "why"),
                f"{counted(count, 'pair')} wrongly {title}, most surprising first",
            )
    if chart is not None:
        out.print(f"Chart: {chart}", markup=False, soft_wrap=True)
