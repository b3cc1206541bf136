"""Charts of reports: Vega-Altair specifications from the chart declarations of the report catalog.

Belongs here: the look of each kind of chart. Does not belong here: which columns are drawn
(`schemas/sql/reports/reports.toml`); writing files (`pipelines.reports.rendering`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.reports.palette import INFERRED_OPACITY, MARK, SOFT_TEXT, color_scale
from pipelines.reports.rendering import save_chart
from pipelines.services.output_files import CHART_ENDINGS, check_output
from schemas.contracts.errors import InputRefusedError
from schemas.sql.report_catalog import Chart, column_formats, reports

WIDTH = 640
MOST_BARS = 40
"""The most categories that a reader can distinguish in a chart; the table has the rest."""
MOST_PANELS = 12
MOST_POINTS = 2_000
"""The most points of lines and columns, latest first: ten years of months for a dozen stages."""

_INFERRED = "includes_inferred_history"
_NO_VALUE = "not stated"


def write_chart(name: str, rows: pl.DataFrame, target: Path) -> None:
    """Draw a report to `target`, a .png, .svg or .html file; the HTML page shows values on hover.

    Raises InputRefusedError if the file cannot be written, or the report has no rows.
    """
    check_output(target, CHART_ENDINGS)
    save_chart(report_chart(name, rows), target)


def report_chart(name: str, rows: pl.DataFrame) -> Any:
    """The chart of a report's rows. Raises InputRefusedError if there is nothing to draw."""
    report = reports()[name]
    chart = report.chart
    points = chart_points(chart, rows)
    if points.is_empty():
        raise InputRefusedError(f"{name} has nothing to draw yet")
    base = _base(chart, points)
    drawn = {"bars": _bars, "columns": _columns, "lines": _lines}[chart.kind](chart, base)
    if chart.panels:
        drawn = drawn.facet(row=_panel_header()).resolve_scale(x="independent", y="independent")
    return framed(drawn, report.title, chart.subtitle)


def framed(chart: Any, title: str, subtitle: str | list[str]) -> Any:
    """The chart with a title, a white background and padding."""
    import altair

    heading = altair.TitleParams(title, subtitle=subtitle, anchor="start", fontSize=16, subtitleColor=SOFT_TEXT)
    return chart.properties(title=heading, padding=16, background="white")


def chart_points(chart: Chart, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per mark: `panel, across, color, value`, with `tick`, `label` and `inferred` if the chart has them."""
    rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in chart.measures))
    if chart.kind != "bars":
        rows = rows.filter(pl.col(chart.across).is_not_null())
    numbers = [name for name, kind in rows.schema.items() if kind.is_numeric()]
    keys = rows.select(
        panel=pl.concat_str([_worded(rows, name) for name in chart.panels], separator=" · ") if chart.panels else None,
        # Ages stay numbers, so that 10 comes after 9.
        across=pl.col(chart.across) if rows.schema[chart.across].is_integer() else _worded(rows, chart.across),
        by=_worded(rows, chart.by) if chart.by else None,
        inferred=pl.col(_INFERRED).fill_null(value=False) if _INFERRED in rows.columns else False,
    )
    combined = pl.concat([keys, rows.select(pl.col(numbers).cast(pl.Float64))], how="horizontal")
    shown = keys["panel"].unique(maintain_order=True).head(MOST_PANELS).implode()
    combined = combined.filter(pl.col("panel").is_in(shown, nulls_equal=True))
    how = pl.col(numbers).mean() if chart.mean else pl.col(numbers).sum()
    summed = combined.group_by("panel", "across", "by", maintain_order=True).agg(how, pl.col("inferred").any())
    summed = summed.head(MOST_BARS * (2 if chart.by else 1)) if chart.kind == "bars" else summed.tail(MOST_POINTS)
    return _marks(chart, summed)


def _marks(chart: Chart, summed: pl.DataFrame) -> pl.DataFrame:
    """The rows in long form, summed up."""
    extra = summed.with_columns(
        tick=pl.col(chart.tick) if chart.tick else None,
        label=pl.Series([chart.label.format(**row) for row in summed.iter_rows(named=True)]) if chart.label else None,
    )
    index = ["panel", "across", "by", "inferred", "tick", "label"]
    long = extra.select(*index, *chart.measures).unpivot(
        index=index, on=chart.measures, variable_name="measure", value_name="value"
    )
    color = pl.col("by") if chart.by else pl.col("measure")
    return long.drop_nulls("value").select(pl.col("panel", "across", "value", "tick", "label", "inferred"), color=color)


def _worded(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A column as labels of a chart."""
    column = pl.col(name)
    if isinstance(rows.schema[name], pl.Datetime):
        words = column.dt.strftime("%Y-%m-%d %H:%M")
    elif rows.schema[name] == pl.Date and column_formats().get(name) == "month":
        words = column.dt.strftime("%Y-%m")
    else:
        words = column.cast(pl.String)
    return words.fill_null(f"{name} {_NO_VALUE}" if name == "currency" else _NO_VALUE)


def _base(chart: Chart, points: pl.DataFrame) -> Any:
    """A colored chart of the points, without marks yet."""
    import altair as alt

    names = points["color"].unique(maintain_order=True).to_list()
    legend = alt.Legend(labelExpr="replace(datum.label, /_/g, ' ')") if len(chart.measures) > 1 else None
    legend = alt.Legend() if chart.by else legend
    color = alt.Color("color:N", title=None, scale=color_scale(names), legend=legend)
    base = alt.Chart(alt.InlineData(values=points.to_dicts())).properties(width=WIDTH).encode(color=color)
    if not points["inferred"].any() or chart.kind == "lines":
        return base
    opacity = alt.condition("datum.inferred", alt.value(INFERRED_OPACITY), alt.value(1.0))
    return base.encode(opacity=opacity)


def _value(chart: Chart, channel: type[Any]) -> Any:
    """The value axis of a chart."""
    import altair as alt

    axis = alt.Axis(format="%" if chart.percent else "~s", tickMinStep=0 if chart.percent else 1)
    scale = alt.Scale(domain=[0, 1]) if chart.percent and chart.kind == "bars" else alt.Scale()
    return channel("value:Q", title=None, axis=axis, scale=scale, stack="zero" if chart.stacked else None)


def _bars(chart: Chart, base: Any) -> Any:
    import altair as alt

    y = alt.Y("across:N", sort=None, title=None, axis=alt.Axis(labelLimit=260))
    grouped = not chart.stacked and (len(chart.measures) > 1 or chart.by is not None)
    bars = base.mark_bar().encode(y=y, x=_value(chart, alt.X))
    if grouped:
        bars = bars.encode(yOffset="color:N")
    layers = [bars]
    if chart.tick:
        layers.append(base.mark_tick(thickness=3, size=20).encode(y=y, x="tick:Q", color=alt.value(MARK)))
    if chart.label:
        text = base.mark_text(align="left", dx=4)
        layers.append(text.encode(y=y, x="value:Q", text="label:N", color=alt.value(MARK), opacity=alt.value(1.0)))
    return (alt.layer(*layers) if len(layers) > 1 else bars).properties(height=alt.Step(14 if grouped else 26))


def _columns(chart: Chart, base: Any) -> Any:
    import altair as alt

    x = alt.X("across:O", title=None, axis=alt.Axis(labelAngle=-45))
    return base.mark_bar().encode(x=x, y=_value(chart, alt.Y)).properties(height=240)


def _lines(chart: Chart, base: Any) -> Any:
    import altair as alt

    x = alt.X("across:O", title=chart.across.replace("_", " "), axis=alt.Axis(labelAngle=-45))
    return base.mark_line(point=True).encode(x=x, y=_value(chart, alt.Y)).properties(height=260)


def _panel_header() -> Any:
    """The panels below each other, each with its name as title."""
    import altair

    header = altair.Header(labelAngle=0, labelAlign="left", labelOrient="top", labelAnchor="start", labelFontSize=12)
    return altair.Row("panel:N", sort=None, title=None, header=header)
