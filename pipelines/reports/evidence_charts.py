"""Evidence as pictures: the waterfall of a pair, and what another threshold would give.

Belongs here: how evidence looks. Does not belong here: what it says (`dedup.study.explanation`, `dedup.study.metrics`).
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import polars as pl

from dedup.scoring.bands import MATCHED_FROM, REVIEW_FROM, least_evidence
from dedup.study.explanation import Explanation, is_known
from pipelines.reports.charts import framed
from pipelines.reports.rendering import save_chart
from pipelines.reports.simple_charts import WIDTH

FOR_COLOUR, AGAINST_COLOUR, SUM_COLOUR = "#2f9e6e", "#c8553d", "#3b6ea8"


def write_evidence(pair: Explanation, target: Path) -> None:
    """Draw how the odds of a pair come together, from the prior to the sum, into a .png or .svg file."""
    import altair

    steps = waterfall(pair)
    order = steps["what"].to_list()
    x = altair.X("what:N", sort=order, title=None, axis=altair.Axis(labelAngle=-30, labelLimit=220))
    colour = altair.Color(
        "kind:N",
        scale=altair.Scale(domain=["for", "against", "sum"], range=[FOR_COLOUR, AGAINST_COLOUR, SUM_COLOUR]),
        legend=None,
    )
    base = altair.Chart(_data(steps.to_dicts())).properties(width=WIDTH, height=320)
    bars = base.mark_bar().encode(
        x=x, y=altair.Y("low:Q", title="bits (each doubles the odds)"), y2="high:Q", color=colour
    )
    texts = base.mark_text(dy=-8, fontSize=11).encode(x=x, y="top:Q", text=altair.Text("bits:Q", format="+.1f"))
    lines = _data(
        [
            {"at": least_evidence(chance, pair.prior) + pair.prior, "band": band}
            for chance, band in ((MATCHED_FROM, "matched"), (REVIEW_FROM, "review"))
        ]
    )
    rules = altair.Chart(lines).mark_rule(strokeDash=[4, 3], color="#777").encode(y="at:Q")
    names = (
        altair.Chart(lines)
        .mark_text(align="left", dx=4, dy=-5, color="#555")
        .encode(y="at:Q", x=altair.value(0), text="band:N")
    )
    title = f"{pair.probability:.1%} that both are one {pair.entity}"
    save_chart(framed(bars + texts + rules + names, title, textwrap.wrap(pair.sentence(), 105)), target)


def waterfall(pair: Explanation) -> pl.DataFrame:
    """The bars of the picture: `what, bits, low, high, top, kind`, running from the prior to the sum."""
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
    rows.append({"what": "all together", "bits": level, "low": low, "high": high, "top": high, "kind": "sum"})
    return pl.DataFrame(rows)


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair

    return altair.InlineData(values=rows)


def write_thresholds(thresholds: pl.DataFrame, target: Path) -> None:
    """Draw precision, recall and F1 by the probability from which pairs are taken for one."""
    import altair

    long = thresholds.unpivot(index="probability", variable_name="measure", value_name="score")
    chart = (
        altair.Chart(_data(long.to_dicts()))
        .mark_line(strokeWidth=2)
        .encode(
            x=altair.X("probability:Q", title="taken for one from this probability", axis=altair.Axis(format="%")),
            y=altair.Y("score:Q", scale=altair.Scale(zero=False), title=None, axis=altair.Axis(format="%")),
            color=altair.Color(
                "measure:N", scale=altair.Scale(range=[SUM_COLOUR, FOR_COLOUR, AGAINST_COLOUR]), title=None
            ),
        )
        .properties(width=WIDTH, height=320)
    )
    rule = altair.Chart(_data([{"at": MATCHED_FROM}])).mark_rule(strokeDash=[4, 3], color="#777")
    best = thresholds.sort("f1", descending=True).row(0, named=True)
    subtitle = (
        f"pairs alone, without those joined through others; best F1 {best['f1']:.3f} from {best['probability']:.0%}"
    )
    save_chart(framed(chart + rule.encode(x="at:Q"), "What another threshold would give", subtitle), target)


def write_weights(weights: pl.DataFrame, target: Path) -> None:
    """Draw the evidence of every level of agreement (`audit.match_weights`), comparison by comparison."""
    import altair

    rows = weights.with_columns(
        what=pl.col("entity") + ", " + pl.col("comparison").str.replace_all("_", " "),
        kind=pl.when(pl.col("match_weight") >= 0).then(pl.lit("for")).otherwise(pl.lit("against")),
    )
    order = rows["what"].unique(maintain_order=True).to_list()
    colour = altair.Color(
        "kind:N", scale=altair.Scale(domain=["for", "against"], range=[FOR_COLOUR, AGAINST_COLOUR]), legend=None
    )
    bars = (
        altair.Chart(_data(rows.to_dicts()))
        .mark_bar()
        .encode(
            x=altair.X("match_weight:Q", title="bits (each doubles the odds)"),
            y=altair.Y("level:N", sort=altair.EncodingSortField("place"), title=None, axis=altair.Axis(labelLimit=360)),
            color=colour,
        )
    )
    parts = [
        bars.transform_filter(altair.datum.what == what).properties(width=WIDTH - 200, title=what) for what in order
    ]
    chart = altair.vconcat(*parts).resolve_scale(x="shared")
    title = "What each agreement says"
    save_chart(framed(chart, title, "the first level that holds counts; rare names say more, common ones less"), target)
