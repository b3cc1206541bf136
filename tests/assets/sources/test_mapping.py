"""Mapping rows to records: nothing left over, nobody else's identity, relations by id and by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.interpretation import InterpretedSheet, interpret
from schemas.errors import InputRefusedError
from schemas.keys import record_key
from schemas.ledger import ImportOptions
from schemas.profiles import shipped_profiles
from schemas.vocabulary import Entity
from tests.support import csv_text


def sheet(rows: list[list[str]], name: str = "list", **options: str) -> InterpretedSheet:
    data = csv_text(rows).encode()
    return interpret(data, name, ImportOptions(**options), shipped_profiles()).sheets[0]


def records(of: InterpretedSheet, entity: Entity, *, stubs: bool = False) -> list[dict[str, Any]]:
    return [row for row in of.mapped.records.get(entity, []) if bool(row.get("is_stub")) == stubs]


def test_one_row_carries_person_organization_lead_and_note() -> None:
    found = sheet(
        [
            ["Name", "Company", "E-mail", "Lead Source", "Budget", "Comments", "Shoe size"],
            ["Raman, Priya", "Kestrel Ltd", "p@k.example", "Fair", "€ 7.000,00", "call back", "39"],
        ]
    )
    assert found.recognition.name == "generic.leads"
    (person,), (company,) = records(found, Entity.PERSON), records(found, Entity.ORGANIZATION)
    (lead,), (note,) = records(found, Entity.LEAD), records(found, Entity.NOTE)
    assert (person["first_name"], person["last_name"]) == ("Priya", "Raman")
    assert person["organization_key"] == lead["organization_key"] == company["record_key"]
    assert lead["person_key"] == note["person_key"] == person["record_key"]
    assert (lead["value"], lead["currency"], lead["channel"]) == (Decimal("7000.00"), "EUR", "Fair")
    assert note["content"] == "call back"
    assert lead["custom"] == {"Shoe size": "39"}


def test_french_headers_are_known() -> None:
    found = sheet(
        [["Prénom", "Nom", "Société", "Courriel", "Téléphone"], ["Inès", "Caradec", "Atelier", "i@a.example", ""]]
    )
    (person,) = records(found, Entity.PERSON)
    assert (person["first_name"], person["last_name"], person["emails"]) == ("Inès", "Caradec", ["i@a.example"])


def test_other_peoples_identity_is_not_the_rows() -> None:
    found = sheet(
        [
            ["Id", "LastName", "AccountId", "Email", "AssistantName", "AssistantPhone", "ReportsToId"],
            ["003A", "Lee", "001A", "ann@acme.example", "Jo Hart", "(512) 757-6001", "003Z"],
        ],
        "Contact",
    )
    (person,) = records(found, Entity.PERSON)
    assert "phones" not in person
    assert person["custom"] == {"AssistantName": "Jo Hart", "AssistantPhone": "(512) 757-6001", "ReportsToId": "003Z"}


def test_a_reference_by_id_is_a_stub_that_the_record_itself_fills() -> None:
    found = sheet([["Id", "LastName", "AccountId"], ["003A", "Lee", "001A"]], "Contact")
    (stub,) = records(found, Entity.ORGANIZATION, stubs=True)
    assert stub["record_key"] == record_key(Entity.ORGANIZATION, "salesforce", "Account", "001A")
    assert records(found, Entity.PERSON)[0]["organization_key"] == stub["record_key"]


def test_a_converted_lead_states_who_it_is_and_which_deal_it_became() -> None:
    header = [
        "Id",
        "LastName",
        "Company",
        "IsConverted",
        "ConvertedAccountId",
        "ConvertedContactId",
        "ConvertedOpportunityId",
    ]
    found = sheet([header, ["00Q", "Lee", "Acme", "true", "001A", "003A", "006A"]], "Lead")
    assert records(found, Entity.PERSON)[0]["same_as_key"] == record_key(Entity.PERSON, "salesforce", "Contact", "003A")
    assert records(found, Entity.ORGANIZATION)[0]["same_as_key"] == record_key(
        Entity.ORGANIZATION, "salesforce", "Account", "001A"
    )
    assert records(found, Entity.LEAD)[0]["deal_key"] == record_key(Entity.DEAL, "salesforce", "Opportunity", "006A")


def test_a_note_points_at_the_kind_of_record_that_its_parents_id_tells() -> None:
    found = sheet([["Id", "ParentId", "Body"], ["002A", "006X", "won!"]], "Note")
    (note,) = records(found, Entity.NOTE)
    assert note["deal_key"] == record_key(Entity.DEAL, "salesforce", "Opportunity", "006X")
    assert "person_key" not in note


def test_several_associated_ids_keep_the_first_and_the_cell() -> None:
    found = sheet(
        [
            ["Record ID", "First Name", "Last Name", "Email", "Associated Company IDs"],
            ["1", "Ann", "Lee", "", "8001;8002"],
        ],
        "hubspot-crm-exports-all-contacts-2025-10-13",
    )
    (person,) = records(found, Entity.PERSON)
    assert person["organization_key"] == record_key(Entity.ORGANIZATION, "hubspot", "companies", "8001")
    assert person["custom"] == {"Associated Company IDs": "8001;8002"}


def test_a_hubspot_stage_that_closes_a_deal_also_says_how() -> None:
    header = ["Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date"]
    found = sheet(
        [header, ["1", "A", "Closed Won", "5", "2025-08-29"], ["2", "B", "Contract Sent", "5", "2025-12-01"]], "deals"
    )
    won, moving = records(found, Entity.DEAL)
    assert (won["stage"], won["status"]) == ("Closed Won", "won")
    assert "status" not in moving
    assert moving["expected_close_date"] == date(2025, 12, 1)


def test_pipedrives_statuses_are_translated() -> None:
    header = ["Affaire - Titre", "Affaire - Étape", "Affaire - Statut", "Affaire - Valeur"]
    found = sheet([header, ["A", "Contact", "Gagné", "12 500,50"]], "deals-1-1")
    (deal,) = records(found, Entity.DEAL)
    assert (deal["status"], deal["value"]) == ("won", Decimal("12500.50"))


def test_a_cell_that_its_field_refuses_is_kept_and_reported() -> None:
    found = sheet([["Name", "Email"], ["Ann", "nonsense"]])
    assert [(item.row_number, item.column, item.value) for item in found.mapped.rejections] == [
        (2, "Email", "nonsense")
    ]
    assert records(found, Entity.PERSON)[0]["custom"] == {"Email": "nonsense"}
    assert found.rejected == 0


def test_a_lead_without_anybody_is_refused() -> None:
    found = sheet([["Lead Source", "Name", "City"], ["Fair", "", "Utrecht"], ["Fair", "Ann", "Leeds"]])
    assert (found.mapped.loaded, found.rejected) == (1, 1)
    assert "needs a person or an organization" in found.mapped.rejections[0].reason


def test_equal_words_about_two_people_are_two_notes() -> None:
    found = sheet([["Name", "Email", "Note"], ["Ann", "a@b.example", "call"], ["Bob", "b@c.example", "call"]])
    assert len({note["record_key"] for note in records(found, Entity.NOTE)}) == 2


def test_the_same_row_twice_is_one_record() -> None:
    found = sheet([["Name", "Email"], ["Ann", "a@b.example"], ["Ann", "a@b.example"]])
    assert len({person["record_key"] for person in records(found, Entity.PERSON)}) == 1
    assert found.mapped.loaded == 2


def test_an_id_that_repeats_over_different_rows_of_a_list_is_no_id() -> None:
    rows = [["id", "Name", "Email"], ["7", "Ann", "a@acme.example"], ["7", "Bob", "b@acme.example"], ["8", "Cem", ""]]
    found = sheet(rows)
    assert len({person["record_key"] for person in records(found, Entity.PERSON)}) == 3
    assert all(person["custom"]["id"] in {"7", "8"} for person in records(found, Entity.PERSON))
    assert "'id': 1 values stand in several different rows" in found.mapped.decisions[0]


def test_an_id_that_repeats_in_a_crms_export_is_said() -> None:
    header = ["Id", "LastName", "AccountId"]
    found = sheet([header, ["003A", "Lee", "001A"], ["003A", "Leigh", "001A"], ["003B", "Ray", ""]], "Contact")
    assert "'Id': 1 ids stand in several different rows; the newest of each counts" in found.mapped.decisions


@pytest.mark.parametrize(
    ("stem", "source"),
    [
        ("leads_2026-05-01", "leads"),
        ("leads (2)", "leads"),
        ("Spring Fair", "spring fair"),
        ("east/leads", "east/leads"),
    ],
)
def test_a_list_is_called_by_its_name_without_dates_and_copy_marks(stem: str, source: str) -> None:
    assert sheet([["Name", "Email"], ["Ann", ""]], stem).source == source


def test_headers_that_say_nothing_are_refused_with_what_was_seen() -> None:
    with pytest.raises(InputRefusedError, match="'colour', 'size'"):
        sheet([["colour", "size"], ["red", "5"]])


HEADERS = [
    "Name", "First Name", "Last Name", "Email", "Phone", "Company", "Website", "City", "Country", "Lead Source", "Status",
    "Value", "Created", "Notes", "Owner", "Shoe size", "id",
]  # fmt: skip
CELL = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "Ann Lee",
            "a@b.example",
            "a@b.example; c@d.example",
            "+33 6 99 01 46 22",
            "12,5",
            "2025-01-02",
            "France",
            "x1",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=6),
)


@given(
    st.lists(st.sampled_from(HEADERS), min_size=2, max_size=8, unique=True).flatmap(
        lambda headers: st.tuples(
            st.just(headers),
            st.lists(st.lists(CELL, min_size=len(headers), max_size=len(headers)), min_size=1, max_size=5),
        )
    )
)
def test_every_cell_of_a_loaded_row_is_held_by_a_field_or_kept_in_custom(
    case: tuple[list[str], list[list[str]]],
) -> None:
    headers, rows = case
    try:
        found = sheet([headers, *rows])
    except InputRefusedError:
        return
    assert found.is_balanced
    refused = {item.row_number for item in [*found.table.rejections, *found.mapped.rejections] if item.column is None}
    for number, row in zip(found.table.frame["row_number"], found.table.frame.iter_rows(), strict=True):
        if number in refused:
            continue
        made = [record for rows_ in found.mapped.records.values() for record in rows_ if record["row_number"] == number]
        customs = {key for record in made for key in record.get("custom", {})}
        said = "\x1f".join(_flat(value) for record in made for key, value in record.items() if key != "custom")
        for header, cell in zip(found.table.headers, row[:-1], strict=True):
            if cell is not None and header not in customs:
                assert _is_held(cell, said), (header, cell, made)


def _flat(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _is_held(cell: str, said: str) -> bool:
    """Whether what a cell says stands in the records: as it is, or as letters and digits after casting."""
    if cell in said or cell.casefold() in said.casefold():
        return True
    digits = "".join(char for char in cell if char.isdigit())
    if digits and digits.lstrip("0") in "".join(char for char in said if char.isdigit()):
        return True
    return (cell == "France" and "FR" in said) or all(part in said for part in cell.replace(";", " ").split())
