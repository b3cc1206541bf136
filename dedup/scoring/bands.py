"""Bands: from a pair's evidence and the model's prior to matched, review or distinct.

The prior is a constant of the model version. It does not follow the number of records: a pair's band depends on its two
records and the model alone, so that no import and no order of imports can move it (decision 0004).
"""

from __future__ import annotations

import math

from schemas.contracts.vocabulary import Band

MATCHED_FROM = 0.90
"""A merge that nobody looked at should be right nine times in ten at the edge of the band, and more often within."""

REVIEW_FROM = 0.10
"""Below one in ten a person's time is better spent on other pairs."""

KEPT_BELOW_REVIEW = 3.0
"""Bits below the review band at which a pair is still kept: near misses explain why two records are apart."""


def probability(match_weight: float, prior: float) -> float:
    """The probability that a pair is one, from its match weight and the prior log odds, both in bits.

    >>> round(probability(14.0, prior=-10.0), 3)
    0.941
    """
    odds = 2.0 ** max(-1000.0, min(1000.0, match_weight + prior))
    return float(odds / (1.0 + odds))


def least_evidence(chance: float, prior: float) -> float:
    """The match weight at which a pair has this probability."""
    return math.log2(chance / (1.0 - chance)) - prior


def band(match_weight: float, prior: float) -> Band:
    """The band of a pair of that match weight.

    >>> [band(weight, prior=-10.0).value for weight in (14.0, 10.0, 5.0)]
    ['matched', 'review', 'distinct']
    """
    if match_weight >= least_evidence(MATCHED_FROM, prior):
        return Band.MATCHED
    return Band.REVIEW if match_weight >= least_evidence(REVIEW_FROM, prior) else Band.DISTINCT


def kept_evidence(prior: float) -> float:
    """The match weight below which a pair is not kept; it could only be distinct."""
    return least_evidence(REVIEW_FROM, prior) - KEPT_BELOW_REVIEW
