"""Bands: evidence is judged against the prior of the model version and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.scoring.bands import band, least_kept_weight, match_weight_at, probability
from schemas.contracts.vocabulary import Band

EVIDENCE = st.floats(-60, 60, allow_nan=False)
PRIOR = st.floats(-30, 0, allow_nan=False)
ORDER = [Band.DISTINCT, Band.REVIEW, Band.MATCHED]


@given(EVIDENCE, EVIDENCE, PRIOR)
def test_more_evidence_never_lowers_the_band(one: float, other: float, prior: float) -> None:
    low, high = sorted((one, other))
    assert ORDER.index(band(low, prior)) <= ORDER.index(band(high, prior))


@given(PRIOR)
def test_pairs_that_are_not_kept_could_be_in_no_other_band(prior: float) -> None:
    assert band(least_kept_weight(prior), prior) == Band.DISTINCT


@given(st.floats(0.001, 0.999), PRIOR)
def test_least_evidence_is_the_inverse_of_probability(chance: float, prior: float) -> None:
    assert probability(match_weight_at(chance, prior), prior) == pytest.approx(chance)


def test_ten_bits_against_a_prior_of_ten_are_even_odds() -> None:
    assert probability(10.0, -10.0) == 0.5
