"""How a list is written where its cells leave it open: its own language and countries decide before the settings."""

from __future__ import annotations

from datetime import date

import pytest

from assets.sources.casting.list_locale import languages_of
from schemas.contracts.vocabulary import Entity
from tests.assets.sources.support import interpreted


def phones(text: str, **options: object) -> list[object]:
    found = interpreted(text.encode(), **options)
    return [row.get("phones") for row in found.records(Entity.PERSON)]


@pytest.mark.parametrize(
    ("header", "number", "valid"),
    [
        ("Prénom;Nom;Téléphone;Ville", "04 72 11 22 33", "+33472112233"),
        ("Vorname;Nachname;Telefon;Ort", "030 123456", "+4930123456"),
        # The numbers themselves tell Austria from Germany.
        ("Vorname;Nachname;Telefon;Ort", "01 5131640", "+4315131640"),
        ("Nome;Cognome;Telefono;Città", "06 6982 1234", "+390669821234"),
        ("First name;Last name;Phone;City", "(212) 555-0100", "+12125550100"),
    ],
)
def test_phone_numbers_are_read_in_the_country_of_the_lists_language(header: str, number: str, valid: str) -> None:
    assert phones(f"{header}\nAnn;Lee;{number};x\n") == [[valid]]


def test_a_column_of_countries_decides_before_the_language_and_the_settings() -> None:
    text = (
        "First name;Last name;Phone;Country\nAnn;Lee;04 72 11 22 33;\nBob;Ray;04 72 11 22 34;France\nCem;Ay;x;France\n"
    )
    assert phones(text)[0] == ["+33472112233"]
    decisions = interpreted(text.encode()).sheet.mapped.decisions
    assert decisions[0] == (
        "the list decides before the settings: phone numbers without a country as FR, by its column of countries"
    )


def test_the_language_decides_what_the_cells_leave_open_and_it_is_said() -> None:
    text = "Vorname;Nachname;Geburtsdatum;Telefon\nAnn;Lee;03.04.1985;030 123456\n"
    found = interpreted(text.encode())
    assert found.records(Entity.PERSON)[0]["birth_date"] == date(1985, 4, 3)
    assert "ambiguous dates as day/month/year, by the language of its headers (de)" in found.sheet.mapped.decisions[0]


def test_an_english_list_is_read_by_the_settings() -> None:
    text = "First name;Last name;Birthday;Phone\nAnn;Lee;03/04/1985;(212) 555-0100\n"
    assert interpreted(text.encode()).records(Entity.PERSON)[0]["birth_date"] == date(1985, 3, 4)


@pytest.mark.parametrize(
    ("headers", "languages"),
    [
        (["Name", "Telefono", "Email"], ["es", "it"]),  # words of two languages
        (["Name", "E-Mail", "Firma", "Ort"], ["de"]),
        (["Name", "Firma", "Phone", "City"], []),  # more English words
        (["asdf"], []),
    ],
)
def test_a_language_is_told_by_the_words_that_are_not_english(headers: list[str], languages: list[str]) -> None:
    assert languages_of(headers) == languages
