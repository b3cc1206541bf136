"""Lists of one import find each other: by id, e-mail address, web domain or name; nothing is made of what is missing."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import openpyxl
import pytest

from tests.support import Workplace, write_csv

ACCOUNTS = [
    ["Company ID", "Company Name", "Company Domain", "Industry"],
    ["C-1001", "Acme Ltd", "acme.example", "Retail"],
    ["C-1002", "Beta GmbH", "beta.example", "Energy"],
]
CONTACTS = [
    ["Contact ID", "First Name", "Last Name", "Email", "Associated Company Domain"],
    ["P-1001", "Ann", "Lee", "ann@acme.example", "acme.example"],
    ["P-1002", "Bob", "Ray", "bob@beta.example", "beta.example"],
]
DEALS = [
    ["Deal ID", "Deal Name", "Deal Stage", "Amount", "Company ID", "Associated Contact Email", "Deal Owner"],
    ["D-1001", "Pumps", "Closed Won", "100", "C-1001", "ann@acme.example", "jo@us.example"],
    ["D-1002", "Valves", "Proposal", "50", "C-1002", "bob@beta.example", "jo@us.example"],
]
CALLS = [
    ["Interaction Date", "Interaction Type", "Notes", "Contact Email", "Deal Name"],
    ["2025-08-09", "Call", "Pricing", "ann@acme.example", "Pumps"],
    ["2025-08-10", "Call", "Delivery", "nobody@else.example", "Pipes"],
]
LISTS = {"companies": ACCOUNTS, "contacts": CONTACTS, "deals": DEALS, "interactions": CALLS}
LINKED = """
    SELECT deals.title, organizations.name, persons.name, users.email
    FROM deals JOIN organizations USING (organization_id) JOIN persons USING (person_id) JOIN users ON user_id = deals.owner_id
    ORDER BY ALL
"""


def write_all(folder: Path) -> list[Path]:
    return [write_csv(folder / f"{name}.csv", rows) for name, rows in LISTS.items()]


def write_workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook()
    for place, (name, rows) in enumerate(sheets.items()):
        page = book.worksheets[0] if place == 0 else book.create_sheet()
        page.title = name
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_lists_of_one_import_find_each_other(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(*write_all(tmp_path))
    workplace.derive()
    workplace.publish()
    assert workplace.query(LINKED).rows() == [
        ("Pumps", "Acme Ltd", "Ann Lee", "jo@us.example"),
        ("Valves", "Beta GmbH", "Bob Ray", "jo@us.example"),
    ]
    employers = (
        "SELECT persons.name, organizations.name FROM persons JOIN organizations USING (organization_id) ORDER BY ALL"
    )
    assert workplace.query(employers).rows() == [("Ann Lee", "Acme Ltd"), ("Bob Ray", "Beta GmbH")]
    assert workplace.query("SELECT count(*) FROM organizations").item() == 2
    on_deals = "SELECT content, deals.title FROM activities LEFT JOIN deals USING (deal_id) ORDER BY ALL"
    assert workplace.query(on_deals).rows() == [("Delivery", None), ("Pricing", "Pumps")]
    # 'Pipes' is mentioned, and no deal.
    assert workplace.query("SELECT title FROM deals ORDER BY ALL").rows() == [("Pumps",), ("Valves",)]


def test_users_of_a_team_list_own_the_deals(workplace: Workplace, tmp_path: Path) -> None:
    team = [["sales_agent", "manager", "regional_office"], ["Jo Hart", "Kim", "West"], ["Li Wu", "Kim", "East"]]
    deals = [
        ["opportunity_id", "sales_agent", "account", "deal_stage", "close_value"],
        ["OPP-101", "Jo Hart", "Acme", "Won", "5"],
    ]
    workplace.take(write_csv(tmp_path / "sales_teams.csv", team), write_csv(tmp_path / "pipeline.csv", deals))
    workplace.derive()
    workplace.publish()
    assert workplace.query("SELECT name FROM users ORDER BY ALL").rows() == [("Jo Hart",), ("Li Wu",)]
    owners = "SELECT users.name FROM deals JOIN users ON user_id = owner_id"
    assert workplace.query(owners).rows() == [("Jo Hart",)]


def test_a_column_of_names_may_hold_the_ids_of_another_list(workplace: Workplace, tmp_path: Path) -> None:
    companies = [["id", "company_name", "Country"], ["A", "Acme Ltd", "France"], ["B", "Beta GmbH", "Germany"]]
    deals = [
        ["id", "company", "opportunity_name", "stage", "amount"],
        ["1", "A", "Pumps", "won", "5"],
        ["2", "B", "Valves", "lost", "6"],
    ]
    workplace.take(write_csv(tmp_path / "accounts.csv", companies), write_csv(tmp_path / "opportunities.csv", deals))
    workplace.derive()
    workplace.publish()
    assert workplace.query("SELECT name FROM organizations ORDER BY ALL").rows() == [("Acme Ltd",), ("Beta GmbH",)]


def test_every_row_of_a_list_is_in_the_crosswalk(workplace: Workplace, tmp_path: Path) -> None:
    twice = ["Ann", "Lee", "ann@acme.example"]
    workplace.take(
        write_csv(
            tmp_path / "contacts.csv",
            [["First Name", "Last Name", "Email"], twice, ["Bo", "Ray", "bo@x.example"], twice],
        )
    )
    workplace.derive()
    workplace.publish()
    assert workplace.query("SELECT count(*) FROM persons").item() == 2
    assert workplace.query("SELECT row_number FROM person_sources ORDER BY ALL").rows() == [(2,), (3,), (4,)]


def test_a_short_id_of_another_import_is_no_reference(workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(write_csv(tmp_path / "companies.csv", ACCOUNTS))
    workplace.take(write_csv(tmp_path / "deals.csv", DEALS))
    workplace.derive()
    workplace.publish()
    named = "SELECT count(*) FROM deals JOIN organizations USING (organization_id) WHERE organizations.name IS NOT NULL"
    assert workplace.query(named).item() == 0


def test_undoing_an_import_takes_its_links_back(workplace: Workplace, tmp_path: Path) -> None:
    landing = workplace.take(*write_all(tmp_path))
    workplace.derive()
    workplace.undo(landing.import_id)
    workplace.derive()
    workplace.publish()
    assert workplace.query("SELECT count(*) FROM deals").item() == 0


@pytest.mark.parametrize("order", list(permutations(LISTS))[::6])
def test_the_order_of_the_files_does_not_matter(order: tuple[str, ...], workplace: Workplace, tmp_path: Path) -> None:
    workplace.take(*[write_csv(tmp_path / f"{name}.csv", LISTS[name]) for name in order])
    workplace.derive()
    workplace.publish()
    assert workplace.query(LINKED).rows()[0] == ("Pumps", "Acme Ltd", "Ann Lee", "jo@us.example")


def test_an_id_column_that_is_not_contained_refers_to_nothing(workplace: Workplace, tmp_path: Path) -> None:
    other = [*DEALS[:1], *[[f"D-{n}", f"Deal {n}", "Proposal", "1", f"C-{n}", "", ""] for n in range(1001, 1011)]]
    workplace.take(write_csv(tmp_path / "companies.csv", ACCOUNTS), write_csv(tmp_path / "deals.csv", other))
    workplace.derive()
    workplace.publish()
    named = "SELECT count(*) FROM deals JOIN organizations USING (organization_id) WHERE organizations.name IS NOT NULL"
    assert workplace.query(named).item() == 0


def test_workbooks_that_number_their_companies_alike_share_none(workplace: Workplace, tmp_path: Path) -> None:
    # Each workbook has the companies that its deals name by id: those of the other workbook are strangers.
    for place in ("east", "west"):
        companies = [ACCOUNTS[0], *([str(n), f"{place} {n} Ltd", f"{place}{n}.example", "Retail"] for n in range(1, 6))]
        deals = [DEALS[0], *([f"{place}-{n}", f"Pump {n}", "Proposal", "5", str(n), "", ""] for n in range(1, 6))]
        write_workbook(tmp_path / f"{place}.xlsx", {"Accounts": companies, "Deals": deals})
    workplace.take(tmp_path / "east.xlsx", tmp_path / "west.xlsx")
    workplace.derive()
    workplace.publish()
    assert workplace.query("SELECT count(*) FROM organizations").item() == 10
    linked = (
        "SELECT count(*) FROM deals JOIN organizations USING (organization_id) WHERE organizations.name IS NOT NULL"
    )
    assert workplace.query(linked).item() == 10


OWNED = """
    SELECT deals.title, persons.name, organizations.name
    FROM deals LEFT JOIN persons USING (person_id)
    LEFT JOIN organizations ON organizations.organization_id = deals.organization_id
    ORDER BY ALL
"""


def test_only_current_values_are_linked(workplace: Workplace, tmp_path: Path) -> None:
    # Ann's address was corrected: who still writes the former one names somebody else.
    before = [CONTACTS[0], ["P-1001", "Ann", "Lee", "ann@former.example", ""]]
    after = [CONTACTS[0], ["P-1001", "Ann", "Lee", "ann@acme.example", ""]]
    deals = [
        ["Deal ID", "Deal Name", "Deal Stage", "Amount", "Associated Contact Email"],
        ["D-1001", "Pumps", "Proposal", "100", "ann@former.example"],
        ["D-1002", "Valves", "Proposal", "100", "ann@acme.example"],
    ]
    for place, rows in enumerate((before, after)):
        workplace.take(
            write_csv(tmp_path / str(place) / "contacts.csv", rows),
            write_csv(tmp_path / str(place) / "deals.csv", deals),
        )
    workplace.derive()
    workplace.publish()
    assert workplace.query(OWNED).rows() == [("Pumps", None, None), ("Valves", "Ann Lee", None)]


def test_an_id_that_leads_nowhere_gives_way_to_what_else_the_row_says(workplace: Workplace, tmp_path: Path) -> None:
    deals = [
        ["Deal ID", "Deal Name", "Deal Stage", "Company ID", "Company Name", "Contact ID", "Associated Contact Email"],
        ["D-1001", "Pumps", "Proposal", "X-1", "Acme Ltd", "Y-1", "ann@acme.example"],
        ["D-1002", "Valves", "Proposal", "X-2", "Nobody Inc", "Y-2", "nobody@else.example"],
        ["D-1003", "Taps", "Proposal", "X-3", "beta gmbh", "Y-3", ""],
    ]
    workplace.take(
        write_csv(tmp_path / "companies.csv", ACCOUNTS),
        write_csv(tmp_path / "contacts.csv", CONTACTS),
        write_csv(tmp_path / "deals.csv", deals),
    )
    workplace.derive()
    workplace.publish()
    assert workplace.query(OWNED).rows() == [
        ("Pumps", "Ann Lee", "Acme Ltd"),
        ("Taps", None, "Beta GmbH"),
        ("Valves", None, "Nobody Inc"),
    ]


def test_a_free_mail_domain_names_no_organization(workplace: Workplace, tmp_path: Path) -> None:
    companies = [ACCOUNTS[0], ["C-1001", "Corner Shop", "gmail.com", "Retail"], ACCOUNTS[2]]
    contacts = [
        CONTACTS[0],
        ["P-1001", "Ann", "Lee", "ann@gmail.com", "gmail.com"],
        ["P-1002", "Bob", "Ray", "bob@gmail.com", "GMail.com"],
        ["P-1003", "Cy", "Day", "cy@beta.example", "beta.example"],
    ]
    workplace.take(write_csv(tmp_path / "companies.csv", companies), write_csv(tmp_path / "contacts.csv", contacts))
    workplace.derive()
    workplace.publish()
    employers = "SELECT persons.name, organizations.name FROM persons LEFT JOIN organizations USING (organization_id)"
    assert sorted(workplace.query(employers).rows(), key=str) == [
        ("Ann Lee", None),
        ("Bob Ray", None),
        ("Cy Day", "Beta GmbH"),
    ]
    assert workplace.query("SELECT count(*) FROM organizations").item() == 2
    kept = "SELECT custom['Associated Company Domain'] FROM persons ORDER BY ALL"
    assert workplace.query(kept).rows() == [("GMail.com",), ("gmail.com",), (None,)]
    said = "SELECT unnest(decisions) AS said FROM audit.import_files WHERE sheet = '' OR true"
    assert any("2 domains of mail services" in row[0] for row in workplace.query(said).rows())


def test_references_that_lead_nowhere_are_listed_with_their_count(workplace: Workplace, tmp_path: Path) -> None:
    deals = [
        ["Deal ID", "Deal Name", "Deal Stage", "Company ID", "Associated Contact Email", "Deal Owner"],
        *([f"D-{n}", f"Deal {n}", "Proposal", f"C-{1000 + n % 2 + 1}", "", "Jo Hart"] for n in range(5)),
        ["D-8", "Deal 8", "Proposal", "C-9", "new@acme.example", "Jo Hart"],
        ["D-9", "Deal 9", "Proposal", "C-9", "", ""],
    ]
    companies = [ACCOUNTS[0], *([f"C-{n}", f"Company {n}", f"c{n}.example", ""] for n in range(1001, 1020))]
    deals += [[f"D-{n}", f"Deal {n}", "Proposal", f"C-{n}", "", ""] for n in range(1003, 1020)]
    calls = [*CALLS, ["2025-08-11", "Call", "Prices", "", "Pipes"], ["2025-08-12", "Call", "Tea", "", "Deal 1"]]
    workplace.take(
        write_csv(tmp_path / "companies.csv", companies),
        write_csv(tmp_path / "deals.csv", deals),
        write_csv(tmp_path / "interactions.csv", calls),
    )
    workplace.derive()
    found = workplace.query(
        "SELECT split_part(file, '/', -1), * EXCLUDE (import_id, file, sheet) FROM audit.references ORDER BY ALL"
    )
    assert found.rows() == [
        ("deals.csv", "Associated Contact Email", "person", 1, 1, 0, 1, 0, []),
        ("deals.csv", "Company ID", "organization", 24, 20, 19, 0, 1, ["C-9"]),
        ("deals.csv", "Deal Owner", "user", 6, 1, 0, 1, 0, []),
        ("interactions.csv", "Contact Email", "person", 2, 2, 0, 2, 0, []),
        ("interactions.csv", "Deal Name", "deal", 4, 3, 1, 0, 2, ["Pipes", "Pumps"]),
    ]


def test_a_column_that_holds_the_ids_of_another_list_refers_to_it_whatever_it_is_called(
    workplace: Workplace, tmp_path: Path
) -> None:
    deals = [
        ["Deal ID", "Deal Name", "Deal Stage", "Amount", "x_17", "Zeta", "Batch"],
        ["D-1001", "Pumps", "Proposal", "100", "C-1001", "P-1002", "1"],
        ["D-1002", "Valves", "Proposal", "50", "C-1002", "P-1001", "2"],
    ]
    # Small numbers are found in many columns: they refer to nothing.
    users = [["User ID", "User Name", "Team"], ["1", "Jo Hart", "East"], ["2", "Li Wu", "West"]]
    contacts = [
        ["Contact ID", "First Name", "Last Name", "Email", "x_18"],
        ["P-1001", "Ann", "Lee", "ann@acme.example", "C-1001"],
        ["P-1002", "Bob", "Ray", "bob@beta.example", "C-1002"],
    ]
    calls = [
        ["Interaction Date", "Interaction Type", "Notes", "Zeta"],
        ["2025-08-09", "Call", "Pricing", "D-1001"],
        ["2025-08-10", "Call", "Delivery", "D-1002"],
    ]
    workplace.take(
        write_csv(tmp_path / "companies.csv", ACCOUNTS),
        write_csv(tmp_path / "contacts.csv", contacts),
        write_csv(tmp_path / "deals.csv", deals),
        write_csv(tmp_path / "users.csv", users),
        write_csv(tmp_path / "interactions.csv", calls),
    )
    workplace.derive()
    assert workplace.query(OWNED).rows() == [("Pumps", "Bob Ray", "Acme Ltd"), ("Valves", "Ann Lee", "Beta GmbH")]
    on_deals = "SELECT content, deals.title FROM activities LEFT JOIN deals USING (deal_id) ORDER BY ALL"
    assert workplace.query(on_deals).rows() == [("Delivery", "Valves"), ("Pricing", "Pumps")]
    employers = (
        "SELECT persons.name, organizations.name FROM persons JOIN organizations USING (organization_id) ORDER BY ALL"
    )
    assert workplace.query(employers).rows() == [("Ann Lee", "Acme Ltd"), ("Bob Ray", "Beta GmbH")]


@pytest.mark.parametrize(
    ("companies", "references"),
    [
        # Numbers count up in every list.
        (["1", "2", "3"], ["1", "2", "3"]),
        # A column that is not contained holds something else.
        (["C-1001", "C-1002", "C-1003"], ["C-1001", "C-1002", "K-2003"]),
        # One value says nothing about a column.
        (["C-1001", "C-1002", "C-1003"], ["C-1001", "C-1001", ""]),
    ],
)
def test_a_column_that_may_hold_anything_refers_to_nothing(
    companies: list[str], references: list[str], workplace: Workplace, tmp_path: Path
) -> None:
    listed = [ACCOUNTS[0], *([one, f"Company {one}", f"c{n}.example", ""] for n, one in enumerate(companies))]
    deals = [
        ["Deal ID", "Deal Name", "Deal Stage", "x_17"],
        *([f"D-{n}", f"Deal {n}", "Proposal", one] for n, one in enumerate(references)),
    ]
    workplace.take(write_csv(tmp_path / "companies.csv", listed), write_csv(tmp_path / "deals.csv", deals))
    workplace.derive()
    assert workplace.query("SELECT count(organization_id) FROM deals").item() == 0


def test_the_id_of_a_client_is_that_of_the_list_that_holds_it_and_makes_no_company(
    workplace: Workplace, tmp_path: Path
) -> None:
    clients = [
        ["client_id", "full_name", "email", "phone"],
        ["CLI-20250101-A01", "Ann Lee", "ann@lee.example", "+4930123456"],
        ["CLI-20250102-A02", "Bob Ray", "bob@ray.example", "+4930123457"],
        ["CLI-20250103-A03", "Cleo Ochs", "cleo@ochs.example", "+4930123458"],
    ]
    deals = [
        ["deal_id", "title", "client_id", "stage", "expected_close_date"],
        ["DEA-1001", "Flat", "CLI-20250102-A02", "Viewing", "2025-08-01"],
        ["DEA-1002", "House", "CLI-20250101-A01", "Offer", "2025-09-01"],
    ]
    calls = [
        ["interaction_id", "interaction_type", "client_id", "interaction_datetime", "subject"],
        ["INT-1001", "call", "CLI-20250102-A02", "2025-06-01T10:00:00", "Budget"],
        ["INT-1002", "call", "CLI-20250103-A03", "2025-06-02T10:00:00", "Keys"],
        ["INT-1003", "call", "CLI-20250102-A02", "2025-06-03T10:00:00", "Plan"],
    ]
    workplace.take(
        write_csv(tmp_path / "clients.csv", clients),
        write_csv(tmp_path / "deals.csv", deals),
        write_csv(tmp_path / "interactions.csv", calls),
    )
    workplace.derive()
    assert workplace.query("SELECT count(*) FROM organizations").item() == 0
    owned = "SELECT title, persons.name FROM deals LEFT JOIN persons USING (person_id) ORDER BY ALL"
    assert workplace.query(owned).rows() == [("Flat", "Bob Ray"), ("House", "Ann Lee")]
    spoken = "SELECT subject, persons.name FROM activities LEFT JOIN persons USING (person_id) ORDER BY ALL"
    assert workplace.query(spoken).rows() == [("Budget", "Bob Ray"), ("Keys", "Cleo Ochs"), ("Plan", "Bob Ray")]
