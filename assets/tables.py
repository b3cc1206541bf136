"""Tables as assets: their keys, their descriptions on Dagster's page, and their dependencies.

Belongs here: what all table assets share. Does not belong here: building tables; what SQL reads
(`schemas.sql.statements`).
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

import dagster as dg

from assets.deals.tables import CRM_TABLES
from schemas.contracts.keys import digest
from schemas.contracts.records import RECORD_TABLES
from schemas.sql.column_lineage import recorded
from schemas.sql.files import SqlStatement
from schemas.sql.table_contracts import PART_OF, Column, columns_of, comment_of, table_names, unique_id
from schemas.stores.warehouse import Session

Materializations = Iterator[dg.MaterializeResult[None]]
Evaluations = Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]


class Selection(Protocol):
    """What a step is asked for. Dagster's context is one."""

    @property
    def selected_asset_keys(self) -> AbstractSet[dg.AssetKey]:
        """The assets to materialize."""
        ...

    @property
    def selected_asset_check_keys(self) -> AbstractSet[dg.AssetCheckKey]:
        """The checks to evaluate."""
        ...


REPORT_PREFIX = "reports"

STEPS: dict[str, tuple[str, ...]] = {
    "records": (
        *RECORD_TABLES.values(),
        "audit.imports", "audit.import_files", "audit.rejected_rows", "audit.unmapped_columns", "audit.column_quality",
        "audit.decisions", "audit.actions", "audit.models",
    ),
    "organization_pairs": ("audit.organization_pairs",),
    "organizations": ("main.organizations", "main.organization_sources", "main.organization_lineage"),
    "person_pairs": ("audit.person_pairs",),
    "persons": (
        "main.persons", "main.person_sources", "main.person_lineage", "audit.entity_history", "audit.cluster_findings",
    ),
    "crm": (
        *(f"main.{table}" for table in CRM_TABLES), "audit.deal_conflicts", "audit.references", "audit.id_redirects",
    ),
}  # fmt: skip
"""The steps that write tables, in order, with the tables that each completes."""

OWNERS = {
    "landing": "team:operations",
    "records": "team:operations",
    "audit": "team:operations",
    "matching": "team:data-quality",
    "crm": "team:analysts",
    "reports": "team:analysts",
    "publishing": "team:operations",
}
"""The owner of each group of assets."""


def key_of(table: str) -> dg.AssetKey:
    """The asset of a table (`main.deals`) or a report (`reports.win_rate`)."""
    schema, name = table.split(".")
    if schema == REPORT_PREFIX:
        return dg.AssetKey([REPORT_PREFIX, name])
    return dg.AssetKey(PART_OF.get(table, name))


def table_keys() -> list[dg.AssetKey]:
    """The distinct assets of all tables of the warehouse."""
    return sorted({key_of(table) for table in table_names()} - {dg.AssetKey("published_snapshot")})


def upstream(tables: Iterable[str], besides: Iterable[str] = ()) -> list[dg.AssetKey]:
    """The distinct, sorted assets of `tables`, without those of `besides`."""
    return sorted({key_of(table) for table in tables} - {key_of(table) for table in besides})


def table_spec(table: str, group: str, deps: Sequence[dg.AssetKey], code: Iterable[SqlStatement] = ()) -> dg.AssetSpec:
    """The spec of a table's asset, described by its contract; the code version changes with the statements `code`."""
    own = key_of(table)
    return dg.AssetSpec(
        own,
        deps=[dep for dep in deps if dep != own],
        group_name=group,
        owners=[OWNERS[group]],
        kinds={"duckdb", "table"},
        description=_description(table),
        code_version=digest([statement.text for statement in code])[:12],
        metadata={
            "dagster/column_schema": schema_of(columns_of(table)),
            "dagster/table_name": table,
            **lineage_of(table),
        },
    )


def schema_of(columns: Iterable[Column]) -> dg.TableSchema:
    """The Dagster schema of a table's columns."""
    return dg.TableSchema(
        [
            dg.TableColumn(
                column.name,
                column.type,
                column.comment,
                dg.TableColumnConstraints(nullable=not column.is_required, unique=column.is_unique),
            )
            for column in columns
        ]
    )


def lineage_of(table: str) -> dict[str, dg.TableColumnLineage]:
    """The column lineage of a table or report as metadata; empty if unknown."""
    columns = recorded().get(table)
    if columns is None:
        return {}
    deps = {column: [_column(origin) for origin in origins] for column, origins in columns.items()}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}


def _column(origin: str) -> dg.TableColumnDep:
    table, column = origin.rsplit(".", 1)
    return dg.TableColumnDep(key_of(table), column)


def _description(table: str) -> str:
    key = unique_id(table)
    grain = f" One row for each `{key}`." if key else ""
    return f"{comment_of(table)}{grain}\n\n```sql\nSELECT * FROM {table} LIMIT 10\n```"


def row_count(session: Session, table: str) -> int:
    """How many rows a table has."""
    return session.count(table)


def results(
    selection: Selection, session: Session, tables: Iterable[str], metadata: dict[str, Any]
) -> Materializations:
    """One materialization for each selected asset of `tables`: its row count and `metadata`."""
    for table in tables:
        if key_of(table) in selection.selected_asset_keys:
            with_count = {"dagster/row_count": row_count(session, table), **metadata}
            yield dg.MaterializeResult(asset_key=key_of(table), metadata=with_count)
