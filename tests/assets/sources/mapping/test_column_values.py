"""What the cells of a column look like."""

from __future__ import annotations

import pytest

from assets.sources.layout.tables import Table
from assets.sources.mapping.column_values import ColumnValues, is_like_company, sample_values
from schemas.contracts.vocabulary import Kind
from tests.assets.sources.support import table_of


def values_of(*cells: str) -> ColumnValues:
    table: Table = table_of([["x", "y"], *([cell, "1"] for cell in cells)])
    return sample_values(table)[0]


@pytest.mark.parametrize(
    ("cells", "role"),
    [
        (["ann@a.example", "bob@b.example", "cem@c.example"], "email"),
        (["acme.example.com", "www.beta.org", "gamma.io"], "domain"),
        (["OPP-1234", "OPP-1235", "OPP-1236"], "id"),
        (["101", "102", "103"], "id"),
        (["0b8f0b62-9a57-4b6a-8e9a-111111111111"] * 3, "id"),
        (["Acme Ltd", "Beta GmbH", "Gamma"], "name"),
    ],
)
def test_cells_say_what_a_record_is_referred_to_by(cells: list[str], role: str) -> None:
    assert values_of(*cells).role == role


def test_cells_that_are_no_values_of_a_kind_do_not_fit() -> None:
    words = values_of("User Provided", "System Calculated", "User Provided")
    assert not words.fits(Kind.MONEY)
    assert not words.fits(Kind.EMAIL)
    assert words.fits(Kind.TEXT)
    assert values_of("1.200,50", "$ 90", "17").fits(Kind.MONEY)
    assert values_of("31/12/2024", "1/2/2024", "30.06.2024").fits(Kind.DATE)
    assert not values_of("2024-01-05", "2024-01-06", "2024-01-07").fits(Kind.PHONE)


def test_a_few_cells_say_nothing_about_a_column() -> None:
    assert values_of("nonsense").fits(Kind.EMAIL)


def test_companies_and_persons_look_different() -> None:
    assert is_like_company("Baker & Sons")
    assert values_of("Acme Ltd", "Beta GmbH", "Northwind Traders Inc.").company == 1
    assert values_of("Ann Lee", "Jean Dupont", "Maria Garcia").person == 1
    assert values_of("Negotiation", "Closed Won", "Proposal").stage == 1
