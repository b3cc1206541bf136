"""Charts of the reports that one kind of mark tells: bars, lines over months, and cells, each declared in one line.

Belongs here: which columns of a report are drawn, and how. Does not belong here: saving and framing, and charts that
need more (`pipelines.reports.charts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from schemas.contracts.errors import InputRefusedError

WIDTH = 640
MOST_BARS = 40
"""Bars that one picture can be read with; the rest are in the table."""

COLOURS = ["#3b6ea8", "#2f9e6e", "#c8553d", "#b08a2e", "#7b5ea7", "#5f7a87"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn of a report: `across` is the category or the month, `up` the numbers, one colour each."""

    kind: Literal["bars", "lines"]
    across: str
    up: tuple[str, ...]
    title: str
    subtitle: str
    by: str | None = None


DRAWINGS: dict[str, Drawing] = {
    "sales_cycle": Drawing(
        "lines",
        "closed_month",
        ("mean_days", "median_days", "p90_days"),
        "Sales cycle",
        "days from creation to winning",
    ),
    "time_in_stage": Drawing(
        "bars",
        "stage",
        ("median_days", "p90_days"),
        "Time in stage",
        "days of a visit that ended",
    ),
    "sales_velocity": Drawing(
        "bars",
        "pipeline",
        ("value_per_day",),
        "Sales velocity",
        "money a day, by currency",
    ),
    "stage_conversion_all": Drawing(
        "bars",
        "stage",
        ("reached", "reached_next"),
        "Deals through every stage",
        "deals that touched all stages so far",
    ),
    "forecast_by_month": Drawing(
        "lines",
        "expected_month",
        ("total_value", "weighted_value", "learnt_value"),
        "Forecast",
        "open deals by the month in which they should close",
    ),
    "lead_conversion_by_cohort": Drawing(
        "lines",
        "created_month",
        ("leads", "converted", "still_open"),
        "Leads by month",
        "by the month they came in",
    ),
    "deal_progress": Drawing(
        "lines",
        "entered_month",
        ("deals",),
        "Deal progress",
        "deals that entered a stage",
        "stage",
    ),
    "lost_reasons": Drawing(
        "bars",
        "lost_reason",
        ("deals",),
        "Lost deals",
        "by reason",
    ),
    "cohort_win_curves": Drawing(
        "lines",
        "age_months",
        ("won_share",),
        "Share won by age",
        "of the deals made in a month, by months since",
        "created_month",
    ),
    "win_rate_by_owner": Drawing(
        "bars",
        "owner",
        ("won", "lost", "still_open"),
        "Deals by owner",
        "won, lost, still open",
    ),
    "import_trend": Drawing(
        "lines",
        "received_at",
        ("loaded", "rejected"),
        "Imports",
        "rows loaded and rejected",
    ),
    "win_rate": Drawing(
        "bars",
        "currency",
        ("won", "lost"),
        "Deals won and lost",
        "of all closed deals",
    ),
    "open_pipeline_at": Drawing(
        "bars",
        "stage",
        ("total_value",),
        "Open pipeline of a past day",
        "value by stage",
        "currency",
    ),
    "pipeline_movement_between": Drawing(
        "bars",
        "direction",
        ("changes",),
        "Movement",
        "changes of deals by direction",
    ),
    "source_overlap": Drawing(
        "bars",
        "sources",
        ("entities",),
        "Sources",
        "who came from which systems together",
        "entity",
    ),
    "pipeline_movement": Drawing(
        "bars",
        "direction",
        ("changes",),
        "Movement",
        "changes of deals by direction",
    ),
    "leads_inbox": Drawing(
        "bars",
        "status",
        ("leads",),
        "Leads",
        "by status",
    ),
    "timeline": Drawing(
        "bars",
        "event",
        ("events",),
        "Events",
        "by kind",
    ),
}
"""One for each report that `pipelines.reports.charts` does not draw in its own way."""


def draw(report: str, rows: pl.DataFrame) -> Any:
    """The chart of a report from its rows to draw, unframed. Raises InputRefusedError where nothing can be drawn."""
    import altair as alt

    drawing = DRAWINGS[report]
    rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in drawing.up))
    if drawing.kind == "lines":
        rows = rows.filter(pl.col(drawing.across).is_not_null())
    if rows.is_empty():
        raise InputRefusedError(f"{report} has nothing to draw yet")
    groups = [drawing.across, *([drawing.by] if drawing.by else [])]
    summed = rows.select(
        _worded(rows, drawing.across),
        *([_worded(rows, drawing.by)] if drawing.by else []),
        *(pl.col(name).cast(pl.Float64) for name in drawing.up),
    )
    how = pl.col(*drawing.up).sum() if _adds_up(drawing) else pl.col(*drawing.up).mean()
    summed = summed.group_by(groups, maintain_order=True).agg(how).head(MOST_BARS * len(groups))
    long = summed.unpivot(index=groups, on=list(drawing.up), variable_name="measure", value_name="value")
    colour = drawing.by or "measure"
    chart = alt.Chart(alt.InlineData(values=long.to_dicts())).properties(width=WIDTH)
    many = long[colour].n_unique() > len(COLOURS)
    scale = alt.Scale(scheme="tableau20") if many else alt.Scale(range=COLOURS)
    hue = alt.Color(f"{colour}:N", title=None, scale=scale, legend=_legend(drawing))
    if drawing.kind == "lines":
        x = alt.X(f"{drawing.across}:O", title=drawing.across.replace("_", " "), axis=alt.Axis(labelAngle=-45))
        return chart.mark_line(point=True).encode(x=x, y=alt.Y("value:Q", title=None), color=hue).properties(height=260)
    y = alt.Y(f"{drawing.across}:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    bars = chart.mark_bar().encode(y=y, x=alt.X("value:Q", title=None), color=hue, yOffset=f"{colour}:N")
    return bars.properties(height=alt.Step(14 if len(drawing.up) > 1 or drawing.by else 24))


def _worded(rows: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    is_time = isinstance(rows.schema[name], pl.Datetime)
    return (column.dt.strftime("%Y-%m-%d %H:%M") if is_time else column.cast(pl.String)).fill_null("not stated")


def _adds_up(drawing: Drawing) -> bool:
    return not any(name.endswith(("_days", "_share")) for name in drawing.up)


def _legend(drawing: Drawing) -> Any:
    import altair as alt

    return None if len(drawing.up) == 1 and not drawing.by else alt.Legend()
