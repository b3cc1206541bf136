"""Bands: evidence is judged against the number of records, and ordinary growth moves nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.scoring.bands import SMALLEST_WORLD, band, kept_evidence, least_evidence, probability, world_size
from schemas.contracts.vocabulary import Band

EVIDENCE = st.floats(-60, 60, allow_nan=False)
RECORDS = st.integers(0, 10**9)
ORDER = [Band.DISTINCT, Band.REVIEW, Band.MATCHED]


@given(EVIDENCE, EVIDENCE, RECORDS)
def test_more_evidence_never_lowers_the_band(one: float, other: float, records: int) -> None:
    low, high = sorted((one, other))
    assert ORDER.index(band(low, records)) <= ORDER.index(band(high, records))


@given(EVIDENCE, RECORDS, RECORDS)
def test_more_records_never_raise_the_probability(evidence: float, one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert probability(evidence, few) >= probability(evidence, many)


@given(RECORDS)
def test_pairs_that_are_not_kept_could_be_in_no_other_band(records: int) -> None:
    assert band(kept_evidence(records), records) == Band.DISTINCT


@given(st.floats(0.001, 0.999), RECORDS)
def test_least_evidence_is_the_inverse_of_probability(chance: float, records: int) -> None:
    assert probability(least_evidence(chance, records), records) == pytest.approx(chance)


def test_a_short_list_is_a_sample_of_a_larger_world() -> None:
    assert world_size(3) == world_size(1000) == SMALLEST_WORLD
    assert world_size(1025) == world_size(2048) == 2048


def test_ten_bits_among_a_thousand_are_even_odds() -> None:
    assert probability(10.0, 1024) == 0.5
