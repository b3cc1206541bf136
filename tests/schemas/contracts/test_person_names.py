"""Names are split by one rule, wherever they come from."""

from __future__ import annotations

import pytest

from dedup.features.folding import vocabulary
from dedup.features.names import folded_name, folded_parts
from schemas.contracts.person_names import split_name, titles


@pytest.mark.parametrize(
    ("full", "given", "family"),
    [
        ("Ann Lee", "Ann", "Lee"),
        ("Dr. Ann Lee", "Ann", "Lee"),
        ("Lee, Ann", "Ann", "Lee"),
        # A particle belongs to the family name, also when somebody is looked up.
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        # Don is a name as often as a title.
        ("Don Smith", "Don", "Smith"),
        ("Plato", None, None),
        ("Mr Lee", None, None),
    ],
)
def test_a_name_is_split_as_it_is_written(full: str, given: str | None, family: str | None) -> None:
    assert split_name(full) == (given, family)


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("Ludwig van der Berg", ("ludwig", "van der berg")),
        ("Lee, Dr.", (None, "lee")),
        ("Mr Lee", (None, "lee")),
        ("Plato", (None, "plato")),
    ],
)
def test_what_is_compared_follows_the_same_rule(whole: str, parts: tuple[str | None, str | None]) -> None:
    assert folded_parts(whole) == parts


def test_no_title_is_listed_twice() -> None:
    assert not titles() & vocabulary("more_titles")
    assert folded_name("Prof. Don Smith PhD") == "smith"
