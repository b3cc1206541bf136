"""The CRM tables: leads and their deals, stages in order, history native or inferred."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from assets.deals.tables import Setup, build_crm_tables
from schemas.contracts.options import ImportOptions
from tests.support import Workplace, write_csv

OPPORTUNITY = [
    "Id",
    "AccountId",
    "Name",
    "StageName",
    "Amount",
    "Probability",
    "CloseDate",
    "IsClosed",
    "IsWon",
    "LastModifiedDate",
]
HISTORY = ["Id", "OpportunityId", "CreatedById", "CreatedDate", "StageName", "Probability"]


def _salesforce(folder: Path) -> Path:
    write_csv(
        folder / "Opportunity.csv",
        [
            OPPORTUNITY,
            ["006A", "001A", "Fleet", "Proposal", "100", "75", "2025-12-01", "false", "false", "2025-03-09T00:00:00Z"],
        ],
    )
    write_csv(
        folder / "OpportunityHistory.csv",
        [
            HISTORY,
            ["008C", "006A", "005A", "2025-03-09T09:00:00Z", "Proposal", "75"],
            ["008A", "006A", "005A", "2025-03-01T09:00:00Z", "Qualification", "10"],
            ["008B", "006A", "005A", "2025-03-05T09:00:00Z", "Qualification", "10"],  # a save that moved nothing
            ["008D", "006A", "005A", "2025-03-03T09:00:00Z", "Proposal", "75"],
            ["008E", "006A", "005A", "2025-03-04T09:00:00Z", "Qualification", "10"],  # a step back
        ],
    )
    write_csv(
        folder / "Lead.csv",
        [
            ["Id", "LastName", "FirstName", "Company", "Status", "LeadSource", "IsConverted", "ConvertedDate",
             "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId", "LastModifiedDate"],
            ["00QA", "Lee", "Ann", "Acme", "Closed - Converted", "Web", "true", "2025-03-01", "001A", "003A", "006A", "2025-03-01T00:00:00Z"],
            ["00QB", "Ray", "Bob", "Globex", "Working", "Web", "false", "", "", "", "", "2025-03-01T00:00:00Z"],
        ],
    )  # fmt: skip
    return folder


def test_native_history_runs_in_order_and_folds_saves_that_moved_nothing(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(_salesforce(tmp_path / "in"))
    workplace.derive()
    rows = workplace.query(
        "SELECT sequence, before.name, stages.name, entered_at, left_at, origin FROM deal_stage_history AS history "
        "JOIN stages USING (stage_id) LEFT JOIN stages AS before ON before.stage_id = from_stage_id ORDER BY sequence"
    ).rows()

    def at(day: int) -> datetime:
        return datetime(2025, 3, day, 9, tzinfo=UTC)

    assert rows == [
        (1, None, "Qualification", at(1), at(3), "native"),
        (2, "Qualification", "Proposal", at(3), at(4), "native"),
        (3, "Proposal", "Qualification", at(4), at(9), "native"),
        (4, "Qualification", "Proposal", at(9), None, "native"),
    ]
    assert workplace.query("SELECT stage_entered_at FROM deals").item() == at(9)


def test_stages_stand_in_the_order_of_their_chances(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(_salesforce(tmp_path / "in"))
    workplace.derive()
    assert workplace.query("SELECT name, position, probability FROM stages ORDER BY position").rows() == [
        ("Qualification", 1, 0.1),
        ("Proposal", 2, 0.75),
    ]


def test_a_converted_lead_and_its_deal_point_at_each_other_and_share_their_contact(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.take(_salesforce(tmp_path / "in"))
    write_csv(
        tmp_path / "c" / "Contact.csv", [["Id", "LastName", "FirstName", "AccountId"], ["003A", "Lee", "Ann", "001A"]]
    )
    write_csv(tmp_path / "c" / "Account.csv", [["Id", "Name", "Industry"], ["001A", "Acme Corporation", "Toys"]])
    workplace.take(tmp_path / "c")
    workplace.derive()
    lead = workplace.query("SELECT * FROM leads WHERE status = 'converted'").row(0, named=True)
    deal = workplace.query("SELECT * FROM deals").row(0, named=True)
    assert lead["deal_id"] == deal["deal_id"]
    assert deal["lead_id"] == lead["lead_id"]
    assert deal["person_id"] == lead["person_id"]
    assert deal["organization_id"] == lead["organization_id"]
    contact = workplace.query("SELECT person_id FROM person_sources WHERE external_id = '003A'").row(0)
    assert contact == (lead["person_id"],)
    assert lead["labels"] == ["Closed - Converted"]
    other = workplace.query("SELECT status, deal_id, title FROM leads WHERE status <> 'converted'").row(0)
    assert other == ("open", None, "Bob Ray – Globex")


def test_history_is_inferred_from_successive_imports_and_never_beside_native(
    workplace: Workplace, tmp_path: Path
) -> None:
    header = ["Deal - ID", "Deal - Title", "Deal - Stage", "Deal - Pipeline", "Deal - Status", "Deal - Value", "Deal - Update time",
              "Deal - Last stage change"]  # fmt: skip
    for index, (stage, status, updated, moved) in enumerate(
        [
            ("Contact made", "Open", "2025-01-10 08:00:00", "2025-01-02 08:00:00"),
            ("Contact made", "Open", "2025-01-12 08:00:00", "2025-01-02 08:00:00"),
            ("Offer", "Won", "2025-02-01 09:00:00", "2025-01-31 10:00:00"),
        ]
    ):
        row = ["7", "Fleet", stage, "Sales", status, "100", updated, moved]
        workplace.take(write_csv(tmp_path / f"deals-{index}.csv", [header, row]))
    workplace.derive()
    rows = workplace.query(
        "SELECT stages.name, entered_at, left_at, origin FROM deal_stage_history JOIN stages USING (stage_id) ORDER BY sequence"
    ).rows()
    first, second = datetime(2025, 1, 2, 8, tzinfo=UTC), datetime(2025, 1, 31, 10, tzinfo=UTC)
    assert rows == [("Contact made", first, second, "inferred"), ("Offer", second, None, "inferred")]
    assert workplace.query("SELECT status, closed_at FROM deals").row(0) == ("won", second)


def test_what_no_source_says_is_empty(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(
        write_csv(
            tmp_path / "deals.csv", [["Deal name", "Stage", "Amount", "Company"], ["Fleet", "Offer", "100", "Acme"]]
        )
    )
    workplace.derive()
    deal = workplace.query("SELECT currency, value_base, created_at, probability, person_id FROM deals").row(0)
    assert deal == (None, None, None, None, None)
    assert workplace.query("SELECT entered_at FROM deal_stage_history").item() is None


def test_a_deleted_record_is_in_no_table_but_its_id_still_resolves(workplace: Workplace, tmp_path: Path) -> None:
    header = ["Id", "Name", "Industry", "IsDeleted", "LastModifiedDate"]
    rows = [header, ["001A", "Acme", "Toys", "false", "2025-01-01T00:00:00Z"]]
    workplace.take(write_csv(tmp_path / "Account.csv", rows))
    workplace.derive()
    (old,) = workplace.query("SELECT organization_id FROM organizations").row(0)
    rows[1][3:] = ["true", "2025-02-01T00:00:00Z"]
    workplace.take(write_csv(tmp_path / "later" / "Account.csv", rows))
    workplace.derive()
    assert workplace.query("SELECT count(*) FROM organizations").item() == 0
    assert workplace.query("SELECT retired_id, current_id FROM audit.id_redirects").rows() == [(old, None)]


def test_the_id_of_a_deal_that_is_gone_can_be_looked_up(workplace: Workplace, tmp_path: Path) -> None:
    header = ["Id", "Name", "StageName", "CloseDate", "IsDeleted", "LastModifiedDate"]
    kept = ["006A", "Kept", "Offer", "2026-01-01", "false", "2025-01-01T00:00:00Z"]
    workplace.take(write_csv(tmp_path / "a" / "Opportunity.csv", [header, kept]))
    second = workplace.take(write_csv(tmp_path / "b" / "Opportunity.csv", [header, ["006B", "Undone", *kept[2:]]]))
    workplace.derive()
    ids = dict(workplace.query("SELECT title, deal_id FROM deals").iter_rows())
    workplace.undo(second.import_id)
    redirects = "SELECT retired_id, current_id FROM audit.id_redirects WHERE entity = 'deal'"
    assert workplace.query(redirects).rows() == [(ids["Undone"], None)]
    workplace.take(write_csv(tmp_path / "c" / "Opportunity.csv", [header, [*kept[:4], "true", "2025-02-01T00:00:00Z"]]))
    workplace.derive()
    assert {row[0] for row in workplace.query(redirects).iter_rows()} == set(ids.values())


def test_a_note_on_a_deal_also_shows_on_its_organization(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(_salesforce(tmp_path / "in"))
    workplace.take(
        write_csv(tmp_path / "Note.csv", [["Id", "ParentId", "Body", "OwnerId"], ["002A", "006A", "won!", "005A"]])
    )
    workplace.derive()
    note = workplace.query("SELECT deal_id, organization_id, person_id, author FROM notes").row(0)
    assert all(note)


def test_two_sources_may_use_the_same_ids(workplace: Workplace, tmp_path: Path) -> None:
    for name, person in (("north", "Ann Lee"), ("south", "Bob Ray")):
        rows = [["id", "Name", "Email"], ["1", person, ""]]
        workplace.take(write_csv(tmp_path / f"{name}.csv", rows), options=ImportOptions())
    workplace.derive()
    assert sorted(workplace.query("SELECT name FROM persons")["name"]) == ["Ann Lee", "Bob Ray"]


def test_stages_stand_in_the_order_that_the_source_configured(workplace: Workplace, tmp_path: Path) -> None:
    stages = write_csv(
        tmp_path / "OpportunityStage.csv",
        [
            ["Id", "MasterLabel", "SortOrder", "IsClosed", "IsWon", "DefaultProbability"],
            ["01A", "Won it", "4", "true", "true", "100"],
            ["01B", "Proposal", "2", "false", "false", "60"],
            ["01C", "Qualification", "1", "false", "false", "80"],  # a higher chance than the stage behind it
            ["01D", "Never used", "3", "false", "false", "90"],
        ],
    )
    workplace.take(_salesforce(tmp_path), stages)
    workplace.derive()
    found = workplace.query("SELECT name, position, status, probability FROM main.stages ORDER BY position")
    assert found.rows() == [
        ("Qualification", 1, "open", 0.8),
        ("Proposal", 2, "open", 0.6),
        ("Never used", 3, "open", 0.9),
        ("Won it", 4, "won", 1.0),
    ]


def test_stages_of_two_systems_become_one_pipeline(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(_salesforce(tmp_path / "in"))
    deals = [["Deal - ID", "Deal - Title", "Deal - Stage", "Deal - Pipeline", "Deal - Status"],
             ["1", "Vans", "Offer made", "Sales", "open"]]  # fmt: skip
    workplace.take(write_csv(tmp_path / "deals.csv", deals))
    workplace.derive()
    names = dict(workplace.query("SELECT DISTINCT source, name FROM pipelines").iter_rows())
    assert len(names) == 2
    setup = Setup(
        pipelines={"Sales": ["Qualification", "Proposal"]},
        stage_map={
            f"salesforce:{names['salesforce']}:Proposal": "Sales:Proposal",
            f"salesforce:{names['salesforce']}:Qualification": "Sales:Qualification",
            "pipedrive:Sales:Offer made": "Sales:Proposal",
        },
    )
    with workplace.warehouse.open() as session, session.transaction():
        build_crm_tables(session, setup)
    stages = workplace.query(
        "SELECT pipelines.name, stages.name, position FROM stages JOIN pipelines USING (pipeline_id) ORDER BY position"
    ).rows()
    assert stages == [("Sales", "Qualification", 1), ("Sales", "Proposal", 2)]
    both = workplace.query(
        "SELECT deals.title FROM deals JOIN stages USING (stage_id) WHERE stages.name = 'Proposal' ORDER BY 1"
    )
    assert both["title"].to_list() == ["Fleet", "Vans"]
    assert workplace.query("SELECT count(DISTINCT stage_id) FROM deal_stage_history").item() == 2


def test_an_expected_close_date_is_no_closing_time(workplace: Workplace, tmp_path: Path) -> None:
    changed = "2026-01-05T00:00:00Z"
    deal = ["006A", "", "Fleet", "Closed Won", "100", "100", "2025-12-01", "true", "true", changed]
    workplace.take(write_csv(tmp_path / "Opportunity.csv", [OPPORTUNITY, deal]))
    workplace.derive()
    row = workplace.query("SELECT status, closed_at, won_at, CAST(expected_close_date AS VARCHAR) FROM deals").row(0)
    assert row == ("won", None, None, "2025-12-01")
