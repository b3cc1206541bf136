"""The reports: one view each in the schema `reports`, declared in the report catalog."""

import dagster as dg

from assets.resources import Home
from assets.tables import OWNERS, REPORT_PREFIX, Evaluations, Selection, key_of, lineage_of, row_count, upstream
from schemas.contracts import progress
from schemas.contracts.keys import digest
from schemas.sql.files import SHARED, Table, sql_text
from schemas.sql.report_catalog import reports as catalog
from schemas.sql.report_catalog import view_names, view_sql
from schemas.sql.statements import made_from
from schemas.stores.warehouse import Session

REPORTS = view_names()

HAS_ROWS = "has_rows"


def _view(name: str) -> str:
    return f"{REPORT_PREFIX}.{name}"


def _sources(name: str) -> frozenset[str]:
    return made_from([view_sql(name)])[_view(name)]


def _spec(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key_of(_view(name)),
        deps=upstream(_sources(name)),
        group_name="reports",
        owners=[OWNERS["reports"]],
        kinds={"duckdb", "view"},
        description=f"{catalog()[name].description}\n\n```sql\nSELECT * FROM {_view(name)} LIMIT 10\n```",
        code_version=digest([view_sql(name), sql_text(f"reports/{name}")])[:12],
        metadata={"dagster/table_name": _view(name), **lineage_of(_view(name))},
    )


@dg.multi_asset(
    specs=[_spec(name) for name in REPORTS],
    check_specs=[
        dg.AssetCheckSpec(
            HAS_ROWS,
            asset=key_of(_view(name)),
            description="The report has rows, unless a table that it reads is empty.",
        )
        for name in REPORTS
    ],
    pool="warehouse",
    can_subset=True,
)
def reports(context: dg.AssetExecutionContext, home: Home) -> Evaluations:
    """Compute every row of every report, so that a failing report is noticed before it is published."""
    yield from compute(context, home)


def compute(selection: Selection, home: Home) -> Evaluations:
    """Compute the selected reports."""
    progress.report("Reading the reports")
    counts: dict[str, int] = {}
    columns = _columns(home.session)
    for name in REPORTS:
        key = key_of(_view(name))
        if key in selection.selected_asset_keys:
            rows = home.session.frame_of(SHARED.statement("queries/report_rows", report=Table(_view(name))))
            counts[name] = int(rows.item())
            yield dg.MaterializeResult(
                asset_key=key, metadata={"dagster/row_count": counts[name], "dagster/column_schema": columns[name]}
            )
    for name in REPORTS:
        key = key_of(_view(name))
        if dg.AssetCheckKey(key, HAS_ROWS) in selection.selected_asset_check_keys:
            yield _has_rows(home, name, counts.get(name))


def _columns(session: Session) -> dict[str, dg.TableSchema]:
    """The columns of every report; only DuckDB knows them."""
    rows = session.frame(
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = ? "
        "ORDER BY column_index",
        [REPORT_PREFIX],
    )
    columns: dict[str, list[dg.TableColumn]] = {}
    for report, name, kind, comment in rows.iter_rows():
        columns.setdefault(report, []).append(dg.TableColumn(name, kind, comment))
    return {report: dg.TableSchema(found) for report, found in columns.items()}


def _has_rows(home: Home, name: str, rows: int | None) -> dg.AssetCheckResult:
    """Warn if a report has no rows although all tables that it reads have rows."""
    found = row_count(home.session, _view(name)) if rows is None else rows
    sources = {table: row_count(home.session, table) for table in sorted(_sources(name))}
    is_odd = not found and all(sources.values())
    return dg.AssetCheckResult(
        asset_key=key_of(_view(name)),
        check_name=HAS_ROWS,
        passed=not is_odd,
        severity=dg.AssetCheckSeverity.WARN,
        description="no rows, although all tables that it reads have rows" if is_odd else None,
        metadata={"rows": found},
    )
