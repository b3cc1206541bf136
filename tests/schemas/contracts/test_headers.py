"""Folding of headers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contracts.headers import fold_header, without_repeat


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Affaire - Étape", "affaire – etape"),  # accents, case, long dash
        ("Activité - Date d’ajout", "Activité - Date d'ajout"),  # both apostrophes occur in one set of files
        ("Person - Name*", "Person - Name"),  # required columns of import templates
        ("\ufeffRecord ID", "Record  ID"),  # a byte-order mark that an editor left inside, doubled blanks
        ("first_name", "First Name"),  # snake case
        ("Téléphone\u00a0mobile", "telephone mobile"),  # no-break blank
    ],
)
def test_typography_does_not_count(one: str, other: str) -> None:
    assert fold_header(one) == fold_header(other)


def test_different_headers_stay_different() -> None:
    assert fold_header("E-mail") != fold_header("Phone")


def test_a_repeat_number_is_taken_off() -> None:
    assert without_repeat(fold_header("Person - Email - Work (2)")) == fold_header("Person - Email - Work")
    assert without_repeat("revenue (eur)") == "revenue (eur)"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_header(fold_header(text)) == fold_header(text)
