"""A small CRM of every kind of record, for the tests of the assets."""

from __future__ import annotations

from pathlib import Path

from pipelines.services.importing import run_import
from schemas.stores.settings import load_settings
from tests.support import new_home, write_csv

FILES = {
    "Account.csv": [["Id", "Name", "Industry", "OwnerId"], ["001A", "Acme", "Toys", "005A"]],
    "User.csv": [["Id", "FirstName", "LastName", "Email", "IsActive"], ["005A", "Uma", "Owner", "u@crm.example", "true"]],
    "Contact.csv": [["Id", "LastName", "AccountId", "Email", "OwnerId"], ["003A", "Lee", "001A", "a@acme.example", "005A"]],
    "Opportunity.csv": [
        ["Id", "AccountId", "Name", "StageName", "CloseDate", "OwnerId", "ContactId", "Amount"],
        ["006A", "001A", "Fleet", "Proposal", "2025-12-01", "005A", "003A", "10"],
    ],
    "OpportunityHistory.csv": [
        ["Id", "OpportunityId", "CreatedById", "CreatedDate", "StageName", "Probability"],
        ["008A", "006A", "005A", "2025-03-01T09:00:00Z", "Qualification", "10"],
        ["008B", "006A", "005A", "2025-03-05T09:00:00Z", "Proposal", "75"],
    ],
    "Lead.csv": [
        ["Id", "LastName", "Company", "IsConverted", "ConvertedOpportunityId", "OwnerId"],
        ["00QA", "Lee", "Acme", "true", "006A", "005A"],
        ["00QB", "Ray", "Bolt", "false", "", "005A"],
    ],
    "Note.csv": [["Id", "ParentId", "Body", "OwnerId"], ["002A", "006A", "x", "005A"]],
    "activities.csv": [
        ["Activity - ID", "Activity - Type", "Activity - Subject", "Activity - Person"],
        ["1", "call", "x", "Ann Lee"],
    ],
}  # fmt: skip


def small_crm(folder: Path) -> Path:
    """A folder with exports of every object of a CRM, a row or two each."""
    for name, rows in FILES.items():
        write_csv(folder / name, rows)
    return folder


def make_small_crm(home: Path) -> None:
    """Import the small CRM into a new home, as the command line does."""
    run_import(load_settings(new_home(home)), [small_crm(home / "small-crm")])
