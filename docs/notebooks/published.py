"""A look around in the published file: reports with filters, a person and where its values came from, SQL.

    marimo edit docs/notebooks/published.py -- --file leadsift-home/published/leadsift.duckdb

Opened read-only, so an import can publish meanwhile; run the cells again to see the new file.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="leadsift")


@app.cell
def _():
    from pathlib import Path

    import altair as alt
    import duckdb
    import marimo as mo

    return Path, alt, duckdb, mo


@app.cell
def _(Path, duckdb, mo):
    path = Path(mo.cli_args().get("file") or "leadsift-home/published/leadsift.duckdb")
    mo.stop(not path.is_file(), mo.md(f"**{path}** is not there. Import something first, or give `-- --file PATH`."))
    published = duckdb.connect(str(path), read_only=True)
    published.execute("SET TimeZone = 'UTC'")
    counts = published.sql(
        "SELECT (SELECT count(*) FROM organizations) AS organizations, (SELECT count(*) FROM persons) AS persons, "
        "(SELECT count(*) FROM leads) AS leads, (SELECT count(*) FROM deals) AS deals, "
        "(SELECT max(received_at) FROM audit.imports) AS last_import"
    ).pl()
    mo.vstack([mo.md(f"# {path.name}"), counts])
    return (published,)


@app.cell
def _(mo, published):
    names = published.sql("SELECT DISTINCT name FROM pipelines WHERE name IS NOT NULL ORDER BY name").pl()["name"]
    pipeline = mo.ui.dropdown(names.to_list(), label="Pipeline", allow_select_none=True)
    since = mo.ui.text(label="Since (like 2026-01-01)")
    until = mo.ui.text(label="Until")
    mo.hstack([pipeline, since, until], justify="start")
    return pipeline, since, until


@app.cell
def _(alt, mo, pipeline, published, since, until):
    chosen = {"of_pipeline": pipeline.value, "since": since.value or None, "until": until.value or None}
    arguments = ", ".join(f"{name} := ${name}" for name in chosen)
    months = published.sql(f"FROM reports.win_rate_by_month_of({arguments})", params=chosen).pl()
    counted = months.select("closed_month", "won", "lost").drop_nulls("closed_month")
    closed = (
        alt.Chart(counted)
        .transform_fold(["won", "lost"], as_=["outcome", "deals"])
        .mark_bar()
        .properties(width=640, height=220)
        .encode(x="yearmonth(closed_month):O", y="sum(deals):Q", color="outcome:N", tooltip=["outcome:N", "deals:Q"])
    )
    stages = published.sql(
        "FROM reports.pipeline_value_by_stage_of(of_pipeline := $of_pipeline)", params={"of_pipeline": pipeline.value}
    ).pl()
    mo.vstack([mo.md("## Deals won and lost"), closed, months, mo.md("## Open pipeline"), stages])
    return


@app.cell
def _(mo):
    wanted = mo.ui.text(label="Name or e-mail of a person", full_width=True)
    wanted
    return (wanted,)


@app.cell
def _(mo, published, wanted):
    found = published.sql(
        "SELECT person_id, name, email, phone, source_count FROM persons "
        "WHERE $wanted <> '' AND (name ILIKE '%' || $wanted || '%' OR email ILIKE '%' || $wanted || '%') "
        "ORDER BY source_count DESC, name LIMIT 50",
        params={"wanted": wanted.value},
    ).pl()
    people = mo.ui.table(found, selection="single", label="Choose one to see where its values came from")
    people
    return (people,)


@app.cell
def _(mo, people, published):
    mo.stop(people.value is None or len(people.value) == 0)
    one = {"person_id": people.value["person_id"][0]}
    values = published.sql(
        "SELECT field, value, rule, source, file, row_number FROM person_lineage "
        "JOIN person_sources USING (person_id, record_key) WHERE person_id = $person_id ORDER BY field",
        params=one,
    ).pl()
    events = published.sql(
        "SELECT happened_at, event, what, by_whom FROM reports.timeline WHERE person_id = $person_id "
        "ORDER BY happened_at DESC LIMIT 50",
        params=one,
    ).pl()
    mo.vstack([mo.md("## Which record gave each value"), values, mo.md("## What happened"), events])
    return


@app.cell
def _(mo):
    query = mo.ui.code_editor("FROM reports.leads_inbox LIMIT 20", language="sql", label="A question of your own")
    query
    return (query,)


@app.cell
def _(duckdb, mo, published, query):
    try:
        answer = published.sql(query.value).pl()
    except duckdb.Error as error:
        answer = mo.md(f"`{str(error).splitlines()[0]}`")
    answer
    return


if __name__ == "__main__":
    app.run()
