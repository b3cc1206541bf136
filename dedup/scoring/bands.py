"""Bands: matched, review or distinct, from a pair's match weight and the model's prior.

The prior is a constant of the model version and does not depend on the number of records. So a pair's band depends only
on its two records and the model, and no import and no order of imports changes it (decision 0004).
"""

from __future__ import annotations

import math

from schemas.contracts.vocabulary import Band

MATCHED_FROM = 0.90
"""An automatic merge is right nine times in ten at the edge of the band, and more often within it."""

REVIEW_FROM = 0.10
"""Below one in ten, reviewing other pairs is a better use of time."""

KEPT_BELOW_REVIEW = 3.0
"""Pairs up to this match weight below the review band are kept, to explain near misses."""


def probability(match_weight: float, prior: float) -> float:
    """The probability that a pair matches, from its match weight and the prior log odds.

    >>> round(probability(14.0, prior=-10.0), 3)
    0.941
    """
    odds = 2.0 ** max(-1000.0, min(1000.0, match_weight + prior))
    return float(odds / (1.0 + odds))


def match_weight_at(chance: float, prior: float) -> float:
    """The match weight at which a pair has the probability `chance`."""
    return math.log2(chance / (1.0 - chance)) - prior


def band(match_weight: float, prior: float) -> Band:
    """The band of a pair with this match weight.

    >>> [band(weight, prior=-10.0).value for weight in (14.0, 10.0, 5.0)]
    ['matched', 'review', 'distinct']
    """
    if match_weight >= match_weight_at(MATCHED_FROM, prior):
        return Band.MATCHED
    return Band.REVIEW if match_weight >= match_weight_at(REVIEW_FROM, prior) else Band.DISTINCT


def least_kept_weight(prior: float) -> float:
    """The match weight below which pairs are not kept."""
    return match_weight_at(REVIEW_FROM, prior) - KEPT_BELOW_REVIEW
