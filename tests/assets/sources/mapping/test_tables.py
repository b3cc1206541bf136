"""Mapping rows to records: nothing left over, nobody else's identity, relations by id and by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.sources.casting.cells import CASTERS, CastContext
from assets.sources.mapping import column_profiles
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.keys import record_key
from schemas.contracts.vocabulary import Entity, Kind
from schemas.contracts.word_lists import word_list
from tests.assets.sources.support import of_rows


def test_one_row_carries_person_organization_lead_and_note() -> None:
    found = of_rows(
        [
            ["Name", "Company", "E-mail", "Lead Source", "Budget", "Comments", "Shoe size"],
            ["Raman, Priya", "Kestrel Ltd", "p@k.example", "Fair", "€ 7.000,00", "call back", "39"],
        ]
    )
    assert found.sheet.recognition.name == "generic.leads"
    (person,), (company,) = found.records(Entity.PERSON), found.records(Entity.ORGANIZATION)
    (lead,), (note,) = found.records(Entity.LEAD), found.records(Entity.NOTE)
    assert (person["first_name"], person["last_name"]) == ("Priya", "Raman")
    assert person["organization_key"] == lead["organization_key"] == company["record_key"]
    assert lead["person_key"] == note["person_key"] == person["record_key"]
    assert (lead["value"], lead["currency"], lead["channel"]) == (Decimal("7000.00"), "EUR", "Fair")
    assert note["content"] == "call back"
    assert lead["custom"] == {"Shoe size": "39"}


def test_french_headers_are_known() -> None:
    found = of_rows(
        [["Prénom", "Nom", "Société", "Courriel", "Téléphone"], ["Inès", "Caradec", "Atelier", "i@a.example", ""]]
    )
    (person,) = found.records(Entity.PERSON)
    assert (person["first_name"], person["last_name"], person["emails"]) == ("Inès", "Caradec", ["i@a.example"])


def test_other_peoples_identity_is_not_the_rows() -> None:
    found = of_rows(
        [
            ["Id", "LastName", "AccountId", "Email", "AssistantName", "AssistantPhone", "ReportsToId"],
            ["003A", "Lee", "001A", "ann@acme.example", "Jo Hart", "(512) 757-6001", "003Z"],
        ],
        "Contact",
    )
    (person,) = found.records(Entity.PERSON)
    assert "phones" not in person
    assert person["custom"] == {"AssistantName": "Jo Hart", "AssistantPhone": "(512) 757-6001", "ReportsToId": "003Z"}


def test_a_reference_by_id_is_a_stub_that_the_record_itself_fills() -> None:
    found = of_rows([["Id", "LastName", "AccountId"], ["003A", "Lee", "001A"]], "Contact")
    (stub,) = found.records(Entity.ORGANIZATION, stubs=True)
    assert stub["record_key"] == record_key(Entity.ORGANIZATION, "salesforce", "Account", "001A")
    assert found.records(Entity.PERSON)[0]["organization_key"] == stub["record_key"]


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
    found = of_rows([header, ["00Q", "Lee", "Acme", "true", "001A", "003A", "006A"]], "Lead")
    assert found.records(Entity.PERSON)[0]["same_as_key"] == record_key(Entity.PERSON, "salesforce", "Contact", "003A")
    assert found.records(Entity.ORGANIZATION)[0]["same_as_key"] == record_key(
        Entity.ORGANIZATION, "salesforce", "Account", "001A"
    )
    assert found.records(Entity.LEAD)[0]["deal_key"] == record_key(Entity.DEAL, "salesforce", "Opportunity", "006A")


def test_a_note_points_at_the_kind_of_record_that_its_parents_id_tells() -> None:
    found = of_rows([["Id", "ParentId", "Body"], ["002A", "006X", "won!"]], "Note")
    (note,) = found.records(Entity.NOTE)
    assert note["deal_key"] == record_key(Entity.DEAL, "salesforce", "Opportunity", "006X")
    assert "person_key" not in note


def test_several_associated_ids_keep_the_first_and_the_cell() -> None:
    found = of_rows(
        [
            ["Record ID", "First Name", "Last Name", "Email", "Associated Company IDs"],
            ["1", "Ann", "Lee", "", "8001;8002"],
        ],
        "hubspot-crm-exports-all-contacts-2025-10-13",
    )
    (person,) = found.records(Entity.PERSON)
    assert person["organization_key"] == record_key(Entity.ORGANIZATION, "hubspot", "companies", "8001")
    assert person["custom"] == {"Associated Company IDs": "8001;8002"}


def test_a_hubspot_stage_that_closes_a_deal_also_says_how() -> None:
    header = ["Record ID", "Deal Name", "Deal Stage", "Amount", "Close Date"]
    found = of_rows(
        [header, ["1", "A", "Closed Won", "5", "2025-08-29"], ["2", "B", "Contract Sent", "5", "2025-12-01"]], "deals"
    )
    won, moving = found.records(Entity.DEAL)
    assert (won["stage"], won["status"]) == ("Closed Won", "won")
    assert "status" not in moving
    assert moving["expected_close_date"] == date(2025, 12, 1)


def test_pipedrives_statuses_are_translated() -> None:
    header = ["Affaire - Titre", "Affaire - Étape", "Affaire - Statut", "Affaire - Valeur"]
    found = of_rows([header, ["A", "Contact", "Gagné", "12 500,50"]], "deals-1-1")
    (deal,) = found.records(Entity.DEAL)
    assert (deal["status"], deal["value"]) == ("won", Decimal("12500.50"))


def test_a_cell_that_its_field_refuses_is_kept_and_reported() -> None:
    found = of_rows([["Name", "Email"], ["Ann", "nonsense"]])
    assert [(item.row_number, item.column, item.value) for item in found.sheet.mapped.rejections] == [
        (2, "Email", "nonsense")
    ]
    assert found.records(Entity.PERSON)[0]["custom"] == {"Email": "nonsense"}
    assert found.sheet.rejected == 0


def test_a_lead_without_anybody_is_refused() -> None:
    found = of_rows([["Lead Source", "Name", "City"], ["Fair", "", "Utrecht"], ["Fair", "Ann", "Leeds"]])
    assert (found.sheet.mapped.loaded, found.sheet.rejected) == (1, 1)
    assert "needs a person or an organization" in found.sheet.mapped.rejections[0].reason


def test_equal_words_about_two_people_are_two_notes() -> None:
    found = of_rows([["Name", "Email", "Note"], ["Ann", "a@b.example", "call"], ["Bob", "b@c.example", "call"]])
    assert len({note["record_key"] for note in found.records(Entity.NOTE)}) == 2


def test_the_same_row_twice_is_one_record() -> None:
    found = of_rows([["Name", "Email"], ["Ann", "a@b.example"], ["Ann", "a@b.example"]])
    assert len({person["record_key"] for person in found.records(Entity.PERSON)}) == 1
    assert found.sheet.mapped.loaded == 2


def test_an_id_that_repeats_over_different_rows_of_a_list_costs_them_their_id() -> None:
    rows = [["id", "Name", "Email"], ["7", "Ann", "a@acme.example"], ["7", "Bob", "b@acme.example"], ["8", "Cem", ""]]
    found = of_rows(rows)
    people = {person["name"]: person for person in found.records(Entity.PERSON)}
    assert len({person["record_key"] for person in people.values()}) == 3
    assert {name: person.get("external_id") for name, person in people.items()} == {
        "Ann": None,
        "Bob": None,
        "Cem": "8",
    }
    assert {name: person.get("custom", {}).get("id") for name, person in people.items()} == {
        "Ann": "7",
        "Bob": "7",
        "Cem": None,
    }
    said = "'id': 1 values repeat in different rows, such as '7'; these 2 rows have no id"
    assert found.sheet.mapped.decisions[0] == said


def test_a_column_whose_values_repeat_often_is_no_id() -> None:
    rows = [["id", "Name", "Email"], *([str(n // 2), f"Ann {n}", f"a{n}@acme.example"] for n in range(10))]
    found = of_rows(rows)
    assert not any("external_id" in person for person in found.records(Entity.PERSON))
    assert "5 of 5 values repeat in different rows, so it is not used as their id" in found.sheet.mapped.decisions[0]


def test_equal_rows_with_one_id_keep_it() -> None:
    found = of_rows([["id", "Name"], ["7", "Ann Lee"], ["7", "Ann Lee"], ["8", "Cem Oz"]])
    assert {person["external_id"] for person in found.records(Entity.PERSON)} == {"7", "8"}


def test_an_id_that_repeats_in_a_crms_export_is_said() -> None:
    header = ["Id", "LastName", "AccountId"]
    found = of_rows([header, ["003A", "Lee", "001A"], ["003A", "Leigh", "001A"], ["003B", "Ray", ""]], "Contact")
    assert "'Id': 1 ids repeat in different rows; the newest row of each counts" in found.sheet.mapped.decisions


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
    assert of_rows([["Name", "Email"], ["Ann", ""]], stem).sheet.source == source


def test_headers_that_say_nothing_are_refused_with_what_was_seen() -> None:
    with pytest.raises(InputRefusedError, match="'colour', 'size'"):
        of_rows([["colour", "size"], ["red", "5"]])


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


NO_VALUES = word_list(column_profiles.__file__, "no_values")


@example(case=(["Name", "First Name"], [["Ann Lee", "null"]]))
@example(case=(["Name", "First Name", "Country"], [["", "", ""]]))
@example(case=(["Name", "Last Name", "Country"], [["", "Ann Lee", "KOREA"]]))
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
        found = of_rows([headers, *rows])
    except InputRefusedError:
        return
    assert found.sheet.is_balanced
    refused = {
        item.row_number
        for item in [*found.sheet.table.rejections, *found.sheet.mapped.rejections]
        if item.column is None
    }
    for *row, number in found.sheet.table.cells.frame().iter_rows():
        if number in refused:
            continue
        made = [
            record
            for entity in Entity
            for is_stub in (False, True)
            for record in found.records(entity, stubs=is_stub)
            if record["row_number"] == number
        ]
        # A company that several rows name in the same words is one record, met in the first of them.
        # So is a record that they refer to.
        keys = {value for record in made for name, value in record.items() if name.endswith("_key")}
        made += [company for company in found.records(Entity.ORGANIZATION) if company["record_key"] in keys]
        referenced = [record for entity in Entity for record in found.records(entity, stubs=True)]
        made += [record for record in referenced if record["record_key"] in keys]
        customs = {key for record in made for key in record.get("custom", {})}
        said = "\x1f".join(_flat(value) for record in made for key, value in record.items() if key != "custom")
        for header, cell in zip(found.sheet.table.headers, row, strict=True):
            if cell is not None and cell.casefold() in NO_VALUES:
                # Emptied, and said. `Null` is a family name and stays.
                if not _is_held(cell, said) and header not in customs:
                    assert any(f"{header!r}: " in one and "no value" in one for one in found.sheet.mapped.decisions)
            elif cell is not None and header not in customs:
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
    return _country(cell) in said.split("\x1f") or all(part in said for part in cell.replace(";", " ").split())


def _country(cell: str) -> str | None:
    """The code of a country's name: the drawn texts hold some (KOREA)."""
    try:
        return str(CASTERS[Kind.COUNTRY](cell, CastContext()))
    except ValueError:
        return None


def test_cells_that_say_that_there_is_no_value_are_empty_and_counted() -> None:
    rows = [
        ["First Name", "Last Name", "Email", "Company", "Phone"],
        ["Ann", "Null", "ann@acme.example", "#N/A", "NULL"],
        ["Bob", "Ray", "#REF!", "NULL", "+12025550123"],
        ["#WERT!", "#NV", "null", "(null)", "#DIV/0!"],
    ]
    found = of_rows(rows)
    assert found.records(Entity.ORGANIZATION) == []
    assert {person["name"] for person in found.records(Entity.PERSON)} == {"Ann Null", "Bob Ray"}
    assert not any("custom" in person for person in found.records(Entity.PERSON))
    assert "'Company': 3 cells such as '#N/A' hold no value and are empty" in found.sheet.mapped.decisions
    # The last row says nothing at all.
    assert [item.row_number for item in found.sheet.mapped.rejections] == [4]
