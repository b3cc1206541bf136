"""What tables are recognised as: lists of every kind, what is not taken, and questions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assets.sources.mapping.recognition import Stated
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import Entity
from tests.assets.sources.support import of_rows, recognised

DEALS = [
    ["Topic", "Potential Customer", "Owner", "Est. revenue", "Est. close date", "Status", "Revenue", "Rating"],
    ["100 pumps", "Acme Ltd", "Jo Hart", "1000", "5/20/2024", "Won", "User Provided", "Hot"],
    ["Service", "Beta Inc", "Jo Hart", "250.50", "5/21/2024", "Lost", "User Provided", "Cold"],
    ["Spare parts", "Gamma GmbH", "Kim Ray", "70", "5/22/2024", "Open", "User Provided", "Hot"],
]
PIPELINE = [
    ["opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"],
    ["1C1I7A6R", "Moe Frost", "GTX Basic", "Acme", "Won", "20-10-16", "01-03-17", "1054"],
    ["Z063OYW0", "Darcel Low", "GTX Pro", "Beta", "Lost", "25-10-16", "11-03-17", "0"],
    ["HAXMC4IX", "Anna Snell", "MG Special", "", "Engaging", "16-11-16", "", ""],
]
USERS = [
    ["sales_agent", "manager", "regional_office"],
    ["Anna Snell", "Dustin Brink", "Central"],
    ["Moe Frost", "Dustin Brink", "West"],
]


@pytest.mark.parametrize(
    ("rows", "name", "kind"),
    [
        (DEALS, "export", "deals"),  # two columns of it make a person, eight a deal
        (PIPELINE, "list", "deals"),  # no title
        (USERS, "list", "users"),
        ([["First Name", "Last Name", "Primary Email", "Title", "Manager"], ["Al", "Ross", "al@x.example", "Rep", "Jo"]], "User", "users"),
        ([["Interaction Date", "Interaction Type", "Notes", "Contact Email"], ["2025-08-09", "Call", "Pricing", "a@b.example"]], "x", "activities"),
        ([["Subject", "Regarding", "Start Time", "End Time", "Owner"], ["Demo", "Acme", "3/11/2025 13:00", "3/11/2025 14:00", "Jo"]], "x", "activities"),
        ([["account", "sector", "revenue", "employees"], ["Acme Ltd", "retail", "1100.04", "2822"]], "x", "organizations"),
        ([["First Name", "Last Name", "Company", "Email", "Lead Source", "Status"], ["Al", "Ross", "Acme", "a@b.example", "Web", "New"]], "x", "leads"),
        ([["empresa", "contacto", "etapa", "importe_eur", "cierre_previsto"], ["Acme SL", "Ana Ruiz", "Negociación", "42000", "2026-08-11"]], "x", "deals"),
        ([["Firmenname", "Branche", "PLZ", "Ort", "Mitarbeiterzahl"], ["Acme GmbH", "Handel", "10115", "Berlin", "20"]], "x", "organizations"),
        ([["Prénom", "Nom", "Courriel", "Téléphone", "Société"], ["Inès", "Caradec", "i@a.example", "0199001234", "Atelier"]], "x", "contacts"),
    ],
)  # fmt: skip
def test_lists_are_recognised_by_what_they_hold(rows: list[list[str]], name: str, kind: str) -> None:
    found = recognised(rows, name)
    assert found.best is not None, found.refusal
    assert found.best.name == f"generic.{kind}"


@pytest.mark.parametrize(
    ("headers", "row", "what"),
    [
        (["Ticket ID", "Subject", "Priority", "Status", "Created"], ["1", "Printer", "High", "Open", "2025-01-01"], "support tickets"),
        (["SKU", "Product Name", "Unit Price", "In Stock"], ["A1", "Pump", "12.50", "4"], "products"),
        (["Invoice No", "Invoice Date", "Customer", "Subtotal", "Tax", "Total"], ["9", "2025-01-01", "Acme", "1", "2", "3"], "invoices"),
        (["Rechnungsnummer", "Rechnungsdatum", "Kunde", "MwSt", "Bruttobetrag"], ["9", "01.02.2025", "Acme", "1", "2"], "invoices"),
        (["Campaign Name", "Impressions", "Clicks", "Spend"], ["Fall", "1000", "30", "9"], "marketing campaigns"),
        (["Employee ID", "Name", "Department", "Salary", "Hire Date"], ["7", "Ann Lee", "Sales", "5000", "2020-01-01"], "employees"),
        (["subscription_id", "plan", "MRR", "renewal_date"], ["1", "Pro", "99", "2026-01-01"], "subscriptions"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_by_its_name(headers: list[str], row: list[str], what: str) -> None:
    found = recognised([headers, row, row])
    assert found.best is None
    assert what in str(found.refusal)


def test_nonsense_is_refused_with_what_was_seen() -> None:
    found = recognised([["florp", "quux", "zonk"], ["1", "b", "3"], ["2", "d", "4"]])
    assert found.best is None
    assert "'florp', 'quux', 'zonk'" in str(found.refusal)
    assert "--as" in str(found.refusal)


def test_two_known_columns_of_many_are_too_few() -> None:
    headers = ["Name", "Email", *(f"florp{index}" for index in range(12))]
    found = recognised([headers, ["Ann Lee", "a@b.example", *["x"] * 12]])
    assert found.best is None
    assert found.is_question
    assert "2 of 14" in str(found.refusal)


def test_a_name_that_may_be_a_persons_or_a_companys_is_asked_about() -> None:
    rows = [["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "+33699014623"]]
    found = recognised(rows)
    assert found.is_question
    assert "--as contacts" in str(found.refusal)
    assert "--as organizations" in str(found.refusal)
    assert len(found.readings) == 2
    stated = recognised(rows, stated=Stated("organizations"))
    assert stated.best is not None
    assert stated.best.name == "generic.organizations"


def test_cells_decide_what_a_header_leaves_open() -> None:
    companies = recognised([["Name", "Phone"], ["Orion Ltd", "+33699014622"], ["Vega GmbH", "+33699014623"]])
    assert companies.best is not None
    assert companies.best.object.name == "organizations"
    people = recognised([["Name", "Phone"], ["Ann Lee", "+33699014622"], ["Jean Dupont", "+33699014623"]])
    assert people.best is not None
    assert people.best.object.name == "contacts"


def test_a_file_name_alone_makes_no_list_of_anything() -> None:
    assert recognised([["florp", "city"], ["1", "Rome"], ["2", "Oslo"]], "companies").best is None


def test_deals_of_a_list_have_status_owner_and_customer() -> None:
    found = of_rows(DEALS)
    deals = found.records(Entity.DEAL)
    assert [deal["title"] for deal in deals] == ["100 pumps", "Service", "Spare parts"]
    assert [deal["status"] for deal in deals] == ["won", "lost", "open"]
    assert [deal["value"] for deal in deals] == [Decimal("1000.00"), Decimal("250.50"), Decimal("70.00")]
    assert {company["name"] for company in found.records(Entity.ORGANIZATION)} == {"Acme Ltd", "Beta Inc", "Gamma GmbH"}
    assert {user["name"] for user in found.records(Entity.USER, stubs=True)} == {"Jo Hart", "Kim Ray"}
    assert not found.records(Entity.PERSON)


def test_a_stage_says_the_status_where_no_column_does() -> None:
    found = of_rows(PIPELINE)
    deals = found.records(Entity.DEAL)
    assert [deal.get("status") for deal in deals] == ["won", "lost", None]
    assert [deal["title"] for deal in deals] == ["Acme – GTX Basic", "Beta – GTX Pro", "MG Special"]
    assert "'deal_stage': stage 'Won' is read as won" in found.sheet.mapped.decisions
    assert "the title is made from 'account' and 'product'" in found.sheet.mapped.decisions


def test_a_stated_mapping_outranks_the_vocabulary() -> None:
    rows = [["florp", "zonk", "Email"], ["Pump", "17", "a@b.example"]]
    with pytest.raises(InputRefusedError):
        of_rows(rows)
    found = of_rows(rows, kind="deals", map=["florp=title", "zonk=value", "Email=custom"])
    (deal,) = found.records(Entity.DEAL)
    assert (deal["title"], deal["value"]) == ("Pump", Decimal("17.00"))
    assert deal["custom"] == {"Email": "a@b.example"}


def test_a_column_of_types_tells_leads_from_contacts() -> None:
    rows = [["First Name", "Last Name", "Email", "Type"], ["Ann", "Lee", "a@b.example", "Lead"], ["Bo", "Ray", "b@b.example", "Customer"], ["Cy", "Oz", "c@b.example", "Contact"]]  # fmt: skip
    found = of_rows(rows, "contacts")
    assert len(found.records(Entity.PERSON)) == 3
    assert [lead["row_number"] for lead in found.records(Entity.LEAD)] == [2]


def test_a_row_of_a_template_makes_all_that_it_names() -> None:
    rows = [
        ["Person - Name*", "Person - Email", "Organization - Name", "Deal - Title", "Deal - Value", "Deal - Stage", "Note - Content*"],
        ["Ann Lee", "ann@a.example", "Acme Ltd", "Pumps", "100", "Proposal", "Call in May"],
        ["Bob Ray", "bob@a.example", "", "", "", "", ""],
    ]  # fmt: skip
    found = of_rows(rows)
    assert [person["name"] for person in found.records(Entity.PERSON)] == ["Ann Lee", "Bob Ray"]
    assert [company["name"] for company in found.records(Entity.ORGANIZATION)] == ["Acme Ltd"]
    assert [deal["title"] for deal in found.records(Entity.DEAL)] == ["Pumps"]
    assert [note["content"] for note in found.records(Entity.NOTE)] == ["Call in May"]


def test_a_crm_is_known_by_headers_that_it_alone_writes() -> None:
    plain = [["Opportunity Name", "Account Name", "Stage", "Amount", "Close Date", "Type"], ["Pump", "Acme", "Proposal", "5", "2025-08-31", "New"]]  # fmt: skip
    found = recognised(plain)
    assert found.best is not None
    assert found.best.profile.is_generic
    api = [
        ["Id", "Name", "StageName", "Amount", "CloseDate"],
        ["006000000000001", "Pump", "Proposal", "5", "2025-08-31"],
    ]
    assert str(recognised(api).best.name) == "salesforce.Opportunity"  # type: ignore[union-attr]


def test_columns_that_a_crms_profile_does_not_name_are_read_by_the_vocabulary() -> None:
    rows = [["Id", "Name", "StageName", "CloseDate", "Account.Name", "Owner.Name"], ["006000000000001", "Pump", "Proposal", "2025-08-31", "Acme", "Jo Hart"]]  # fmt: skip
    found = of_rows(rows)
    assert [company["name"] for company in found.records(Entity.ORGANIZATION)] == ["Acme"]
    assert [user["name"] for user in found.records(Entity.USER, stubs=True)] == ["Jo Hart"]


def test_ids_that_repeat_are_those_of_other_records() -> None:
    # A quota for each month of an agent: the agents are not listed here.
    head = ["rep_id", "rep_name", "region", "month", "quota"]
    rows = [
        [str(rep), f"Ann L{rep}", "West", f"2024-{month:02}-01", "900"] for rep in range(3) for month in range(1, 13)
    ]
    found = recognised([head, *rows], "attainment")
    assert found.best is None, found.best
    once = recognised([head, *[row for row in rows if row[3] == "2024-01-01"]], "reps")
    assert once.best is not None
    assert once.best.name == "generic.users"


def test_the_log_of_attempts_to_reach_leads_is_a_list_of_activities() -> None:
    head = ["attempt_id", "lead_id", "channel", "attempted_at", "status"]
    found = of_rows([head, ["A-1", "L-9", "call", "2026-05-04 7:37", "no_answer"]], "outreach_log")
    (activity,) = found.records(Entity.ACTIVITY)
    assert activity["type"] == "call"
    assert not found.records(Entity.PERSON)


def test_the_address_of_a_lead_is_that_of_its_person() -> None:
    head = ["Sender Mail Account", "Template", "Lead Email Address"]
    rows = [["me@own.example", "Persona", f"p{number}@x.example"] for number in range(4)]
    found = of_rows([head, *rows], "Leads")
    assert [person["emails"] for person in found.records(Entity.PERSON, stubs=True)] == [[row[2]] for row in rows]
    assert not found.records(Entity.ORGANIZATION)


def test_leads_that_are_called_like_persons_are_persons() -> None:
    head = ["lead_id", "lead_name", "company", "lead_source", "status"]
    names = ["Ann Lee", "Bob Stone", "Cleo Marsh", "Dan Fox"]
    rows = [[f"L{place}", name, f"Acme {place} Inc", "Web", "New"] for place, name in enumerate(names)]
    assert [person["name"] for person in of_rows([head, *rows], "leads").records(Entity.PERSON)] == names
    fleets = [[row[0], f"Fleet renewal {place}", *row[2:]] for place, row in enumerate(rows)]
    renewals = of_rows([head, *fleets], "leads")
    assert not renewals.records(Entity.PERSON)
    assert renewals.records(Entity.LEAD)[0]["title"] == "Fleet renewal 0"


def test_the_name_of_the_file_decides_between_likely_kinds() -> None:
    head = ["company_name", "website", "sector", "city", "employees_estimate", "contact_name", "contact_email"]
    row = ["Acme Ltd", "acme.example", "Retail", "Leeds", "120", "Ann Lee", "ann@acme.example"]
    found = recognised([head, row], "leads")
    assert found.best is not None
    assert found.best.name == "generic.leads"


def test_a_list_of_students_is_no_list_of_contacts() -> None:
    found = recognised(
        [["id", "achternaam", "voornaam"], ["1", "Boer", "Jeroen"], ["2", "Visser", "Anna"]], "studenten"
    )
    assert found.best is None
    assert "students" in str(found.refusal)


def test_external_ids_under_names_of_a_companys_own_are_ids() -> None:
    head = ["OpportunityExtId__c", "AccountExtId__c", "Name", "StageName", "Amount"]
    found = of_rows([head, ["RC-OPP-0001", "RC-ACCT-0001", "Retainer", "Closed Won", "300"]], "opportunities")
    (deal,) = found.records(Entity.DEAL)
    assert deal["external_id"] == "RC-OPP-0001"
    assert [company["external_id"] for company in found.records(Entity.ORGANIZATION, stubs=True)] == ["RC-ACCT-0001"]


def test_a_header_over_blank_cells_counts_in_a_small_list_and_little_in_a_wide_export() -> None:
    found = recognised([["Name", "Email"], *[[f"P {number}", ""] for number in range(30)]])
    assert found.best is not None
    assert found.best.name == "generic.contacts"
    head = ["lead_name", "contact_name", "email", "phone", "company", "city", "source", "status", "notes", "tag"]
    unused = ["probability", "close_date", "amount", "stage"]
    rows = [["Pump", "Ann Lee", f"a{n}@x.example", "", "Acme", "Leeds", "Web", "New", "", ""] for n in range(12)]
    wide = recognised([[*head, *unused], *[[*row, "", "", "", ""] for row in rows]], "leads")
    assert wide.best is not None
    assert wide.best.name == "generic.leads"
