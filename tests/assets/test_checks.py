"""The checks find what they are there to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.checks import POINTERS, QUERY_CHECKS, UNIQUE_IDS, broken, dangling, repeated_ids
from schemas.stores.warehouse import Session
from tests.support import Workplace, write_csv

HISTORY = [
    ["Id", "OpportunityId", "CreatedById", "CreatedDate", "StageName", "Probability"],
    ["008A", "006A", "005A", "2025-03-01T09:00:00Z", "Qualification", "10"],
    ["008B", "006A", "005A", "2025-03-05T09:00:00Z", "Proposal", "75"],
]


@pytest.fixture
def filled(workplace: Workplace, tmp_path: Path) -> Workplace:
    folder = tmp_path / "in"
    write_csv(folder / "Account.csv", [["Id", "Name", "Industry", "OwnerId"], ["001A", "Acme", "Toys", "005A"]])
    write_csv(
        folder / "Contact.csv", [["Id", "LastName", "AccountId", "Email"], ["003A", "Lee", "001A", "a@acme.example"]]
    )
    header = ["Id", "AccountId", "Name", "StageName", "CloseDate", "OwnerId", "ContactId"]
    write_csv(folder / "Opportunity.csv", [header, ["006A", "001A", "Fleet", "Proposal", "2025-12-01", "005A", "003A"]])
    write_csv(folder / "OpportunityHistory.csv", HISTORY)
    lead = ["Id", "LastName", "Company", "IsConverted", "ConvertedOpportunityId", "OwnerId"]
    write_csv(folder / "Lead.csv", [lead, ["00QA", "Lee", "Acme", "true", "006A", "005A"]])
    write_csv(folder / "Note.csv", [["Id", "ParentId", "Body", "OwnerId"], ["002A", "006A", "x", "005A"]])
    activity = ["Activity - ID", "Activity - Type", "Activity - Subject", "Activity - Person"]
    write_csv(folder / "activities.csv", [activity, ["1", "call", "x", "Ann Lee"]])
    workplace.take(folder)
    workplace.derive()
    return workplace


def _all(session: Session) -> dict[str, int]:
    found = {f"unique {table}": repeated_ids(session, table) for table in UNIQUE_IDS}
    found |= {f"{pointer.table}.{pointer.column}": dangling(session, pointer) for pointer in POINTERS}
    return found | {name: broken(session, name) for _, name, _ in QUERY_CHECKS}


def test_right_tables_pass_every_check(filled: Workplace) -> None:
    with filled.warehouse.open() as session:
        assert set(_all(session).values()) == {0}
        for table in UNIQUE_IDS:
            assert session.scalar(f"SELECT count(*) FROM main.{table}"), (
                f"{table} is empty: the checks would prove nothing"
            )


@pytest.mark.parametrize("table", UNIQUE_IDS)
def test_a_doubled_id_is_found(filled: Workplace, table: str) -> None:
    with filled.warehouse.open() as session:
        session.connection.execute(f"INSERT INTO main.{table} SELECT * FROM main.{table} LIMIT 1")
        assert repeated_ids(session, table) == 1


@pytest.mark.parametrize("pointer", POINTERS, ids=lambda pointer: f"{pointer.table}.{pointer.column}")
def test_a_dangling_id_is_found(filled: Workplace, pointer) -> None:  # type: ignore[no-untyped-def]
    with filled.warehouse.open() as session:
        session.connection.execute(f"UPDATE main.{pointer.table} SET {pointer.column} = 'nowhere'")
        assert dangling(session, pointer) > 0


BREAKING = {
    "balance": "UPDATE audit.import_files SET loaded = loaded + 1",
    "every_person_record_once": "DELETE FROM main.person_sources",
    "every_organization_record_once": "UPDATE main.organization_sources SET organization_id = 'x' || row_number || file",
    "ids_resolve": "DELETE FROM main.persons",
    "history_in_order": "UPDATE main.deal_stage_history SET entered_at = NULL, left_at = NULL, stage_id = 'same'",
    "values_in_order": "UPDATE main.deals SET value = 1 + coalesce(value, 0)",
}


@pytest.mark.parametrize("name", [check[1] for check in QUERY_CHECKS])
def test_broken_tables_are_found(filled: Workplace, name: str) -> None:
    with filled.warehouse.open() as session:
        session.connection.execute(BREAKING[name])
        assert broken(session, name) > 0
