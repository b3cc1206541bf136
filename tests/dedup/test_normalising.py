"""Comparable forms: what counts as the same, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.folding import fold_words
from dedup.normalising import company_domain, fold_phone, organization_core, website_domain


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
    assert website_domain("https://www.acme.example/about?x=1") == "acme.example"


@given(st.text())
def test_folding_is_stable(text: str) -> None:
    assert fold_words(fold_words(text)) == fold_words(text)


@given(st.text(min_size=1, max_size=30))
def test_a_company_name_with_a_letter_never_vanishes(name: str) -> None:
    if fold_words(name):
        assert organization_core(name)
