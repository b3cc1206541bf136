"""What headers mean: table of cases, each with the reason it is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.mapping.header_readings import languages_of, read_header, subjects_in

CASES = [
    ("Account Name", "organization", "name"),
    ("account", "organization", "whole"),
    ("Deal - Title", "deal", "title"),  # prefixes of the object
    ("opportunity_id", "deal", "id"),
    ("dealname", "deal", "name"),  # HubSpot's internal names
    ("partner_name", "organization", "name"),
    ("FullName", None, "full_name"),
    ("LeadStatus", "lead", "status"),
    ("Address 1: City", None, "city"),  # Dynamics numbers its addresses
    ("Amount (USD)", None, "amount"),
    ("Value [k€]", None, "amount"),
    ("importe_eur", None, "amount"),
    ("Email *", None, "email"),
    ("Phone (required)", None, "phone"),
    ("Nom du contact", "person", "name"),
    ("Montant estimé", None, "amount"),
    ("Erwarteter Wert", None, "amount"),
    ("Betreuer", "user", "whole"),
    ("Commercial", "user", "whole"),
    ("Est. Value", None, "amount"),
    ("Fecha de cierre prevista", None, "expected_close_date"),
    ("Data di chiusura", None, "expected_close_date"),
    ("Negócio - Etapa", "deal", "stage"),
    ("Klantnaam", "customer", "name"),
    ("Opportunity Owner", "user", "whole"),  # the owner of an opportunity is no opportunity
    ("Propriétaire du contact", "user", "whole"),
    ("Created By", "creator", "whole"),
    ("Assistant Phone", "assistant", "phone"),  # somebody else's
    ("Reports To ID", "manager", "id"),
    ("Associated Company Domain", "organization", "domain"),
    ("Website (Company Name) (Account)", "organization", "website"),  # Dynamics names related tables behind
    ("Ticket Priority", None, "severity"),
    ("Closed Lost Reason", None, "lost_reason"),
]


@pytest.mark.parametrize(("header", "subject", "attribute"), CASES, ids=[case[0] for case in CASES])
def test_headers_are_read(header: str, subject: str | None, attribute: str) -> None:
    read = [
        ((*reading.subjects, None)[-2] if reading.subjects else None, reading.attribute)
        for reading in read_header(header)
    ]
    assert (subject, attribute) in read[:2]


@pytest.mark.parametrize(
    "header", ["Anniversary", "Is Online Meeting", "Proposed Solution", "#N/A", "c17", "", "Wert?!x9"]
)
def test_headers_that_say_too_little_are_not_read(header: str) -> None:
    assert not read_header(header)


@given(st.text(max_size=200))
def test_any_text_can_be_read(header: str) -> None:
    assert all(0 < reading.score <= 1 for reading in read_header(header))


def test_the_language_of_a_table_is_that_of_its_headers() -> None:
    spoken = languages_of(["Vorname", "Nachname", "Firma", "Ort", "Name"])
    assert max(spoken, key=lambda language: spoken[language]) == "de"


@pytest.mark.parametrize(
    ("name", "subject"), [("crm-exports-all-deals-2026", "deal"), ("kunden", "customer"), ("Affaires 2025", "deal")]
)
def test_names_of_files_name_what_is_in_them(name: str, subject: str) -> None:
    assert subject in set(subjects_in(name))
