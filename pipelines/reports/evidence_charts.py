"""Charts of match weights: the waterfall of a pair, precision and recall by threshold, the weights of a model.

Belongs here: how evidence is drawn. Does not belong here: the evidence (`dedup.study.explanation`,
`dedup.study.metrics`).
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import polars as pl

from dedup.scoring.bands import MATCHED_FROM, REVIEW_FROM, match_weight_at
from dedup.study.explanation import Explanation, is_known
from pipelines.reports.charts import WIDTH, framed
from pipelines.reports.palette import RULE, SOFT_TEXT, color_scale
from pipelines.reports.rendering import save_chart


def write_evidence(pair: Explanation, target: Path) -> None:
    """Draw how the match weights of a pair add up, from the prior to the sum."""
    import altair

    steps = waterfall(pair)
    order = steps["what"].to_list()
    x = altair.X("what:N", sort=order, title=None, axis=altair.Axis(labelAngle=-30, labelLimit=220))
    color = altair.Color("kind:N", scale=color_scale(["for", "against", "sum"]), legend=None)
    base = altair.Chart(_data(steps.to_dicts())).properties(width=WIDTH, height=320)
    bars = base.mark_bar().encode(
        x=x, y=altair.Y("low:Q", title="match weight in bits (each doubles the odds)"), y2="high:Q", color=color
    )
    texts = base.mark_text(dy=-8, fontSize=11).encode(x=x, y="top:Q", text=altair.Text("bits:Q", format="+.1f"))
    lines = _data(
        [
            {"at": match_weight_at(chance, pair.prior) + pair.prior, "band": band}
            for chance, band in ((MATCHED_FROM, "matched"), (REVIEW_FROM, "review"))
        ]
    )
    rules = altair.Chart(lines).mark_rule(strokeDash=[4, 3], color=RULE).encode(y="at:Q")
    names = (
        altair.Chart(lines)
        .mark_text(align="left", dx=4, dy=-5, color=SOFT_TEXT)
        .encode(y="at:Q", x=altair.value(0), text="band:N")
    )
    title = f"{pair.probability:.1%} probability that both are the same {pair.entity}"
    save_chart(framed(bars + texts + rules + names, title, textwrap.wrap(pair.sentence(), 105)), target)


def waterfall(pair: Explanation) -> pl.DataFrame:
    """The bars of the chart: `what, bits, low, high, top, kind`, running from the prior to the sum."""
    rows: list[dict[str, Any]] = []
    level = 0.0
    parts = [("prior", pair.prior)]
    for step in pair.steps:
        if is_known(step):
            parts.append((f"{step.title}: {step.level}", step.bits))
            if abs(step.rarity) >= 0.1:
                parts.append((f"{step.title}: how {'rare' if step.rarity > 0 else 'common'}", step.rarity))
    for what, bits in parts:
        low, high = sorted((level, level + bits))
        rows.append(
            {
                "what": what,
                "bits": bits,
                "low": low,
                "high": high,
                "top": high,
                "kind": "for" if bits >= 0 else "against",
            }
        )
        level += bits
    low, high = sorted((0.0, level))
    rows.append({"what": "sum", "bits": level, "low": low, "high": high, "top": high, "kind": "sum"})
    return pl.DataFrame(rows)


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair

    return altair.InlineData(values=rows)


def write_thresholds(thresholds: pl.DataFrame, target: Path) -> None:
    """Draw precision, recall and F1 by match threshold."""
    import altair

    long = thresholds.unpivot(index="probability", variable_name="measure", value_name="score")
    chart = (
        altair.Chart(_data(long.to_dicts()))
        .mark_line(strokeWidth=2)
        .encode(
            x=altair.X("probability:Q", title="match threshold (probability)", axis=altair.Axis(format="%")),
            y=altair.Y("score:Q", scale=altair.Scale(zero=False), title=None, axis=altair.Axis(format="%")),
            color=altair.Color("measure:N", scale=color_scale(["precision", "recall", "f1"]), title=None),
        )
        .properties(width=WIDTH, height=320)
    )
    rule = altair.Chart(_data([{"at": MATCHED_FROM}])).mark_rule(strokeDash=[4, 3], color=RULE)
    best = thresholds.sort("f1", descending=True).row(0, named=True)
    subtitle = (
        f"of scored pairs, without pairs linked through others; best F1 {best['f1']:.3f} at {best['probability']:.0%}"
    )
    save_chart(framed(chart + rule.encode(x="at:Q"), "Precision and recall by threshold", subtitle), target)


def write_weights(weights: pl.DataFrame, target: Path) -> None:
    """Draw the match weight of every comparison level (`audit.match_weights`)."""
    import altair

    rows = weights.with_columns(
        what=pl.col("entity") + ", " + pl.col("comparison").str.replace_all("_", " "),
        kind=pl.when(pl.col("match_weight") >= 0).then(pl.lit("for")).otherwise(pl.lit("against")),
    )
    order = rows["what"].unique(maintain_order=True).to_list()
    color = altair.Color("kind:N", scale=color_scale(["for", "against"]), legend=None)
    bars = (
        altair.Chart(_data(rows.to_dicts()))
        .mark_bar()
        .encode(
            x=altair.X("match_weight:Q", title="match weight in bits (each doubles the odds)"),
            y=altair.Y("level:N", sort=altair.EncodingSortField("place"), title=None, axis=altair.Axis(labelLimit=360)),
            color=color,
        )
    )
    parts = [
        bars.transform_filter(altair.datum.what == what).properties(width=WIDTH - 200, title=what) for what in order
    ]
    chart = altair.vconcat(*parts).resolve_scale(x="shared")
    title = "Match weights"
    save_chart(
        framed(chart, title, "the first level that holds counts; rare values weigh more, common ones less"), target
    )
