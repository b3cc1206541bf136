"""Reports as pictures: Vega-Altair specifications, written as PNG, SVG or a page without a browser.

Belongs here: how a report looks. Does not belong here: what it says (`schemas/sql/reports`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.reports.rendering import save_chart
from pipelines.reports.simple_charts import DRAWINGS, WIDTH, draw
from pipelines.services.output_files import CHART_ENDINGS, check_output
from schemas.contracts.errors import InputRefusedError

OPEN_COLOUR = "#3b6ea8"
DONE_COLOUR = "#2f9e6e"
LOST_COLOUR = "#c8553d"


def write_chart(report: str, rows: pl.DataFrame, target: Path) -> None:
    """Draw a report into `target`, a .png, .svg or .html file; the page shows the numbers under the pointer.

    Raises InputRefusedError for a file that cannot be written and for a report without rows.
    """
    check_output(target, CHART_ENDINGS)
    save_chart(report_chart(report, rows), target)


def report_chart(report: str, rows: pl.DataFrame) -> Any:
    """The chart of a report. Raises InputRefusedError where there is nothing to draw."""
    if rows.is_empty():
        raise InputRefusedError(f"{report} has no rows to draw yet")
    own = _CHARTS.get(report)
    if own is not None:
        return own(rows)
    drawing = DRAWINGS[report]
    return framed(draw(report, rows), drawing.title, drawing.subtitle)


def _marks(rows: pl.DataFrame) -> Any:
    """A chart over the rows, to be given marks."""
    import altair

    return altair.Chart(_plain(rows)).properties(width=WIDTH)


def framed(chart: Any, title: str, subtitle: str | list[str]) -> Any:
    """The finished picture: title above, white ground, room around it."""
    import altair

    heading = altair.TitleParams(title, subtitle=subtitle, anchor="start", fontSize=16, subtitleColor="#555")
    return chart.properties(title=heading, padding=16, background="white")


def _panel(field: str) -> Any:
    """One panel below the other for each value of `field`, headed by it."""
    import altair

    return altair.Row(
        f"{field}:N",
        title=None,
        header=altair.Header(labelAngle=0, labelAlign="left", labelOrient="top", labelAnchor="start", labelFontSize=12),
    )


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
    return altair.Data(values=labelled.to_dicts())  # type: ignore[no-untyped-call]


def _pipeline_value(rows: pl.DataFrame) -> Any:
    import altair as alt

    chart = _marks(rows).properties(height=alt.Step(26))
    stage = alt.Y("stage:N", sort=alt.EncodingSortField("stage_position"), title=None)
    bars = chart.mark_bar(color=OPEN_COLOUR).encode(
        y=stage, x=alt.X("total_value:Q", title="value", axis=alt.Axis(format="~s"))
    )
    ticks = chart.mark_tick(color="black", thickness=3, size=20).encode(y=stage, x="weighted_value:Q")
    labels = chart.mark_text(align="left", dx=4).encode(y=stage, x="total_value:Q", text="label:N")
    panels = (
        alt.layer(bars, ticks, labels)
        .transform_calculate(
            panel="datum.pipeline + ' · ' + datum.currency",
            label="datum.open_deals + (datum.open_deals == 1 ? ' deal' : ' deals')",
        )
        .facet(row=_panel("panel"))
        .resolve_scale(x="independent", y="independent")
    )
    return framed(panels, "Open pipeline by stage", "bar: total value; mark: weighted by the chance of winning")


def _stage_conversion(rows: pl.DataFrame) -> Any:
    import altair as alt

    chart = _marks(rows).properties(height=alt.Step(26))
    stage = alt.Y("stage:N", sort=alt.EncodingSortField("stage_position"), title=None)
    share = alt.X("conversion_rate:Q", title="moved on", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    bars = chart.mark_bar(color=DONE_COLOUR).encode(y=stage, x=share)
    labels = chart.mark_text(align="left", dx=4).encode(y=stage, x=share, text="label:N")
    panels = (
        alt.layer(bars, labels)
        .transform_calculate(
            label="datum.advanced + ' of ' + datum.entered + (datum.includes_inferred_history ? ' (inferred)' : '')"
        )
        .facet(row=_panel("pipeline"))
        .resolve_scale(y="independent")
    )
    return framed(
        panels,
        "Stage conversion",
        "of the deals that entered a stage, the share that moved on to a later one",
    )


def _win_rate(rows: pl.DataFrame) -> Any:
    import altair as alt

    dated = rows.filter(pl.col("closed_month").is_not_null())
    if dated.is_empty():
        raise InputRefusedError("win_rate_by_month has no deal with a time of closing to draw yet")
    chart = _marks(dated).properties(height=240)
    bars = (
        chart.transform_fold(["won", "lost"], as_=["outcome", "deals"])
        .mark_bar()
        .encode(
            x=alt.X(
                "closed_month:O",
                title=None,
                axis=alt.Axis(labelAngle=-45, labelExpr="slice(datum.label, 0, 7)"),
            ),
            y=alt.Y("sum(deals):Q", title="deals", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "outcome:N",
                title=None,
                scale=alt.Scale(domain=["won", "lost"], range=[DONE_COLOUR, LOST_COLOUR]),
            ),
        )
    )
    return framed(bars, "Deals won and lost by month", "by the month in which they closed")


def _lead_conversion(rows: pl.DataFrame) -> Any:
    import altair as alt

    states = ["converted", "still_open", "archived"]
    bars = (
        _marks(rows)
        .properties(height=alt.Step(26))
        .transform_fold(states, as_=["state", "count"])
        .mark_bar()
        .encode(
            y=alt.Y("channel:N", sort="-x", title=None),
            x=alt.X("sum(count):Q", title="leads", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color(
                "state:N",
                title=None,
                scale=alt.Scale(domain=states, range=[DONE_COLOUR, OPEN_COLOUR, "#b9bfc7"]),
            ),
        )
    )
    return framed(bars, "Leads by channel", "converted, still open, archived")


_CHARTS: dict[str, Callable[[pl.DataFrame], Any]] = {
    "pipeline_value_by_stage": _pipeline_value,
    "stage_conversion": _stage_conversion,
    "win_rate_by_month": _win_rate,
    "lead_conversion_by_channel": _lead_conversion,
}
