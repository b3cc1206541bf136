"""Reports as pictures: Vega-Altair specifications, written as PNG or SVG without a browser.

Belongs here: how a report looks. Does not belong here: what it says (`schemas/sql/reports`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from schemas.errors import InputRefusedError

WIDTH = 640
OPEN_COLOUR = "#3b6ea8"
DONE_COLOUR = "#2f9e6e"
LOST_COLOUR = "#c8553d"


def write_chart(report: str, rows: pl.DataFrame, target: Path) -> None:
    """Draw a report into `target`, a .png or .svg file.

    Raises InputRefusedError for another ending, for a report without a chart and for one without rows.
    """
    import vl_convert  # imported late: sixty megabytes that other commands need not load

    kind = target.suffix.casefold()
    if kind not in {".png", ".svg"}:
        raise InputRefusedError(f"{target}: a chart is written as .png or .svg")
    if rows.is_empty():
        raise InputRefusedError(f"{report} has no rows to draw yet")
    chart = _CHARTS.get(report)
    if chart is None:
        raise InputRefusedError(f"{report} has no chart")
    spec = chart(rows).to_dict()
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".png":
        target.write_bytes(vl_convert.vegalite_to_png(spec, scale=2))
    else:
        target.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")


def _base(rows: pl.DataFrame, title: str, subtitle: str) -> Any:
    import altair

    return altair.Chart(
        _plain(rows), title=altair.TitleParams(title, subtitle=subtitle, anchor="start")
    ).properties(width=WIDTH, height=altair.Step(26), padding=16, background="white")


def _plain(rows: pl.DataFrame) -> Any:
    """Rows as Vega-Lite data: decimals as floats, days as text."""
    import altair

    floats = [pl.col(name).cast(pl.Float64) for name, kind in rows.schema.items() if isinstance(kind, pl.Decimal)]
    days = [pl.col(name).cast(pl.String) for name, kind in rows.schema.items() if kind == pl.Date]
    labelled = rows.with_columns(*floats, *days)
    if "currency" in rows.columns:
        labelled = labelled.with_columns(pl.col("currency").fill_null("no currency stated"))
    if "channel" in rows.columns:
        labelled = labelled.with_columns(pl.col("channel").fill_null("no channel stated"))
    return altair.Data(values=labelled.to_dicts())


def _pipeline_value(rows: pl.DataFrame) -> Any:
    import altair as alt

    chart = _base(rows, "Open pipeline by stage", "bar: total value, mark: weighted by the chance of winning")
    order = alt.EncodingSortField("stage_position", order="ascending")
    stage = alt.Y("stage:N", sort=order, title=None)
    bars = chart.mark_bar(color=OPEN_COLOUR).encode(
        y=stage, x=alt.X("total_value:Q", title="value", axis=alt.Axis(format="~s"))
    )
    ticks = chart.mark_tick(color="black", thickness=3, size=20).encode(y=stage, x="weighted_value:Q")
    labels = chart.mark_text(align="left", dx=4).encode(
        y=stage, x="total_value:Q", text=alt.Text("open_deals:Q", format=".0f")
    )
    facet = alt.Row("panel:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left", labelOrient="top"))
    return (
        alt.layer(bars, ticks, labels)
        .transform_calculate(panel="datum.pipeline + ' · ' + datum.currency")
        .facet(row=facet)
        .resolve_scale(x="independent", y="independent")
        .properties(title=chart.title)
    )


def _stage_conversion(rows: pl.DataFrame) -> Any:
    import altair as alt

    chart = _base(rows, "Stage conversion", "share of the deals that entered a stage and moved on to a later one")
    order = alt.EncodingSortField("stage_position", order="ascending")
    bars = chart.mark_bar(color=DONE_COLOUR).encode(
        y=alt.Y("stage:N", sort=order, title=None),
        x=alt.X("conversion_rate:Q", title="moved on", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
    )
    labels = bars.mark_text(align="left", dx=4, color="black").encode(
        text="label:N"
    ).transform_calculate(label="datum.advanced + ' of ' + datum.entered")
    return (
        alt.layer(bars, labels)
        .facet(row=alt.Row("pipeline:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left", labelOrient="top")))
        .resolve_scale(y="independent")
        .properties(title=chart.title)
    )


def _win_rate(rows: pl.DataFrame) -> Any:
    import altair as alt

    dated = rows.filter(pl.col("closed_month").is_not_null())
    if dated.is_empty():
        raise InputRefusedError("win_rate_by_month has no deal with a time of closing to draw yet")
    chart = _base(dated, "Deals won and lost by month", "by the month in which they closed").properties(height=240)
    return chart.transform_fold(["won", "lost"], as_=["outcome", "deals"]).mark_bar().encode(
        x=alt.X("closed_month:O", title=None, axis=alt.Axis(labelAngle=-45, labelExpr="slice(datum.label, 0, 7)")),
        y=alt.Y("sum(deals):Q", title="deals"),
        color=alt.Color(
            "outcome:N", title=None, scale=alt.Scale(domain=["won", "lost"], range=[DONE_COLOUR, LOST_COLOUR])
        ),
    )


def _lead_conversion(rows: pl.DataFrame) -> Any:
    import altair as alt

    chart = _base(rows, "Leads by channel", "converted, still open, archived")
    states = ["converted", "still_open", "archived"]
    return chart.transform_fold(states, as_=["state", "count"]).mark_bar().encode(
        y=alt.Y("channel:N", sort="-x", title=None),
        x=alt.X("sum(count):Q", title="leads"),
        color=alt.Color(
            "state:N", title=None, scale=alt.Scale(domain=states, range=[DONE_COLOUR, OPEN_COLOUR, "#b9bfc7"])
        ),
    )


_CHARTS: dict[str, Callable[[pl.DataFrame], Any]] = {
    "pipeline_value_by_stage": _pipeline_value,
    "stage_conversion": _stage_conversion,
    "win_rate_by_month": _win_rate,
    "lead_conversion_by_channel": _lead_conversion,
}
