"""Comparable forms: what counts as the same, and what must not."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.features.folding import fold_words
from dedup.features.names import family_frequency, given_frequency, nickname_variants
from dedup.features.records import (
    company_domain,
    fold_email,
    fold_phone,
    fold_postcode,
    fold_street,
    organization_core,
    person_features,
    website_domain,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens Aktiengesellschaft", "Siemens AG"),  # a legal form written out
        ("Maison Lefèvre", "MAISON LEFEVRE SARL"),  # accents, case, legal form on one side
        ("Orchard & Pine Foods, Inc.", "Orchard and Pine Foods"),  # ampersand, comma, legal form
        ("The Body Shop Ltd", "Body Shop Limited"),  # article
        ("Acme GmbH & Co. KG", "ACME"),  # two legal forms, one behind the other
        ("Telefónica, S.A.", "Telefonica SA"),  # a legal form with points
        ("O'Reilly Media", "OReilly Media Inc"),  # apostrophe
        ("ООО Ромашка", "Romashka LLC"),  # another script, a legal form before the name
        ("Societatea cu Răspundere Limitată Con Traffic", "Con Traffic SRL"),  # a long one before the name
    ],
)
def test_names_of_one_company(one: str, other: str) -> None:
    assert organization_core(one) == organization_core(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("United Oil & Gas, UK", "United Oil & Gas, Singapore"),  # branches are not one
        ("Volkswagen Aktiengesellschaft", "Siemens Aktiengesellschaft"),  # the legal form is no name
        ("AG", "SA"),  # a name that is nothing but a legal form keeps it
    ],
)
def test_names_of_two_companies(one: str, other: str) -> None:
    assert organization_core(one) != organization_core(other)


def test_phone_numbers_lose_prefixes() -> None:
    assert fold_phone("+44 20 7946 0712") == fold_phone("020 7946 0712")
    assert fold_phone("0711") is None


def test_domains_of_free_mail_say_nothing_about_a_company() -> None:
    assert company_domain("gmail.com") is None
    assert company_domain("guerrillamail.com") is None
    assert website_domain("https://www.acme.example/about?x=1") == "acme.example"


@given(st.text())
def test_folding_is_stable(text: str) -> None:
    assert fold_words(fold_words(text)) == fold_words(text)


@given(st.text(min_size=1, max_size=30))
def test_a_company_name_with_a_letter_never_vanishes(name: str) -> None:
    if fold_words(name):
        assert organization_core(name)


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("Ann.Lee+crm@Acme.example", "ann.lee@acme.example"),
        ("a.n.n.lee+x@googlemail.com", "annlee@gmail.com"),
        ("INFO@acme.example", None),
    ],
)
def test_what_the_owner_of_an_address_may_vary(address: str, form: str | None) -> None:
    assert fold_email(address) == form


def test_domains_are_those_that_were_registered() -> None:
    assert company_domain("mail.acme.co.uk") == "acme.co.uk"
    assert company_domain("www.acme.example") == "acme.example"


def test_streets_and_codes_are_written_out() -> None:
    assert fold_street("12 Main St., Apt 4") == fold_street("12 main street apartment 4")
    assert fold_postcode("94105-1234") == fold_postcode("94105")
    assert fold_postcode("SW1A 1AA") == "sw1a1aa"


@pytest.mark.parametrize(
    ("written", "given", "family"),
    [
        (("Dr. Ann", "Lee-Smith PhD", None), "ann", "leesmith"),
        ((None, None, "Lee, Prof. Ann"), "ann", "lee"),
        (("Иван", "Петров", None), "ivan", "petrov"),
        ((None, None, "Cher"), None, "cher"),
        ((None, None, None), None, None),
    ],
)
def test_names_of_people(written: tuple[str | None, ...], given: str | None, family: str | None) -> None:
    names = ("first_name", "last_name", "name")
    others = ("national_id", "street", "city", "postal_code", "organization_id")
    row: dict[str, Any] = {
        "record_key": "a",
        **dict(zip(names, written, strict=True)),
        **dict.fromkeys(others),
        "birth_date": None,
        "emails": [],
        "phones": [],
    }
    schema: dict[str, Any] = dict.fromkeys(("record_key", *names, *others), pl.String)
    schema |= {"birth_date": pl.Date, "emails": pl.List(pl.String), "phones": pl.List(pl.String)}
    form = person_features(pl.DataFrame([row], schema=schema)).row(0, named=True)
    assert (form["given"], form["family"]) == (given, family)


def test_nicknames_have_their_full_names_as_variants() -> None:
    assert {"bob", "robert"} <= set(nickname_variants("bob"))
    assert nickname_variants("zebulina") == ["zebulina"]


def test_a_name_that_no_table_knows_is_not_taken_for_rare() -> None:
    assert family_frequency("smith") > family_frequency("kowalczykiewicz") > family_frequency("aamodt")
    assert given_frequency("james") > given_frequency("xqzv")
