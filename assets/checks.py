"""Checks that stand on the assets. All of them block: a wrong table must not flow on.

Belongs here: the promises of the tables as queries that find what breaks them. Does not belong here: repairing it.
"""

from dataclasses import dataclass

import dagster as dg

from assets.resources import Home
from schemas.sql.files import quoted, sql_text
from schemas.stores.warehouse import Session

UNIQUE_IDS: dict[str, str] = {
    "organizations": "organization_id",
    "persons": "person_id",
    "leads": "lead_id",
    "deals": "deal_id",
    "pipelines": "pipeline_id",
    "stages": "stage_id",
    "users": "user_id",
    "notes": "note_id",
    "activities": "activity_id",
}


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column whose every value must be an id of another table."""

    table: str
    column: str
    target: str


POINTERS = [
    Pointer("persons", "organization_id", "organizations"),
    Pointer("person_sources", "person_id", "persons"),
    Pointer("person_lineage", "person_id", "persons"),
    Pointer("organization_sources", "organization_id", "organizations"),
    Pointer("organization_lineage", "organization_id", "organizations"),
    Pointer("leads", "person_id", "persons"),
    Pointer("leads", "organization_id", "organizations"),
    Pointer("leads", "deal_id", "deals"),
    Pointer("leads", "owner_id", "users"),
    Pointer("deals", "person_id", "persons"),
    Pointer("deals", "organization_id", "organizations"),
    Pointer("deals", "lead_id", "leads"),
    Pointer("deals", "pipeline_id", "pipelines"),
    Pointer("deals", "stage_id", "stages"),
    Pointer("deals", "owner_id", "users"),
    Pointer("stages", "pipeline_id", "pipelines"),
    Pointer("deal_stage_history", "deal_id", "deals"),
    Pointer("deal_stage_history", "stage_id", "stages"),
    Pointer("deal_stage_history", "from_stage_id", "stages"),
    Pointer("deal_value_history", "deal_id", "deals"),
    Pointer("notes", "person_id", "persons"),
    Pointer("notes", "deal_id", "deals"),
    Pointer("activities", "person_id", "persons"),
    Pointer("activities", "deal_id", "deals"),
]


def repeated_ids(session: Session, table: str) -> int:
    """How many ids of a table stand in more than one row."""
    column = quoted(UNIQUE_IDS[table])
    return int(
        str(
            session.scalar(
                f"SELECT count(*) FROM (SELECT {column} FROM main.{quoted(table)} GROUP BY ALL HAVING count(*) > 1)"  # noqa: S608
            )
        )
    )


def dangling(session: Session, pointer: Pointer) -> int:
    """How many rows point at an id that the target does not have."""
    key = quoted(UNIQUE_IDS[pointer.target])
    column = quoted(pointer.column)
    query = (
        f"SELECT count(*) FROM main.{quoted(pointer.table)} AS pointing "  # noqa: S608
        f"WHERE pointing.{column} IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM main.{quoted(pointer.target)} AS target WHERE target.{key} = pointing.{column})"
    )
    return int(str(session.scalar(query)))


def broken(session: Session, name: str) -> int:
    """How many rows the query `schemas/sql/checks/<name>.sql` finds."""
    return session.frame_of(f"checks/{name}").height


def _result(found: int, what: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=found == 0, metadata={"found": found}, description=f"{found} {what}" if found else None
    )


def _unique_check(table: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=table, name="unique_ids", blocking=True, description="Every id stands in one row.")
    def check(home: Home) -> dg.AssetCheckResult:
        return _result(repeated_ids(home.session, table), "ids stand in more than one row")

    return check


def _pointer_check(table: str) -> dg.AssetChecksDefinition:
    pointers = [pointer for pointer in POINTERS if pointer.table == table]

    @dg.asset_check(
        asset=table,
        name="no_dangling_ids",
        blocking=True,
        description="Every id that a row points at exists.",
    )
    def check(home: Home) -> dg.AssetCheckResult:
        found = {pointer.column: dangling(home.session, pointer) for pointer in pointers}
        return dg.AssetCheckResult(passed=not any(found.values()), metadata=dict(found))

    return check


def _query_check(asset: str, name: str, what: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=asset, name=name, blocking=True, description=sql_text(f"checks/{name}").split("\n")[0][3:])
    def check(home: Home) -> dg.AssetCheckResult:
        return _result(broken(home.session, name), what)

    return check


QUERY_CHECKS = [
    ("source_persons", "balance", "sheets do not balance"),
    ("person_sources", "every_person_record_once", "records are in no entity or in several"),
    ("organization_sources", "every_organization_record_once", "records are in no entity or in several"),
    ("persons", "ids_resolve", "ids of records lead nowhere"),
    ("deal_stage_history", "history_in_order", "stages are out of order"),
    ("deal_value_history", "values_in_order", "values are out of order or do not end with that of today"),
]

checks: list[dg.AssetChecksDefinition] = [
    *(_unique_check(table) for table in UNIQUE_IDS),
    *(_pointer_check(table) for table in sorted({pointer.table for pointer in POINTERS})),
    *(_query_check(*check) for check in QUERY_CHECKS),
]
