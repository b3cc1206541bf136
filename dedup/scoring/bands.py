"""Bands: from a pair's evidence and the number of records to matched, review or distinct.

The chance that two random records are one falls as a data base grows: each of n records is expected to have
about one other of its kind among n, so the prior is 1 : n. n is rounded up to a power of two, so that ordinary
growth moves nothing, and is at least 1,024, because a short list is a sample of a larger world in which
namesakes exist.
"""

from __future__ import annotations

import math

from schemas.contracts.vocabulary import Band

SMALLEST_WORLD = 1024

MATCHED_FROM = 0.90
"""A merge that nobody looked at should be right nine times in ten at the edge of the band, and more often within."""

REVIEW_FROM = 0.10
"""Below one in ten a person's time is better spent on other pairs."""

KEPT_BELOW_REVIEW = 3.0
"""Bits below the review band at which a pair is still kept: near misses explain why two records are apart."""


def world_size(records: int) -> int:
    """The number of records that the prior reckons with: a power of two, at least `SMALLEST_WORLD`."""
    return max(SMALLEST_WORLD, 1 << max(records - 1, 0).bit_length())


def prior_bits(records: int) -> float:
    """log2 of the prior odds that two random records of so many are one."""
    return -math.log2(world_size(records))


def probability(evidence: float, records: int) -> float:
    """The probability that a pair of that evidence (bits) is one, among so many records."""
    odds = 2.0 ** max(-1000.0, min(1000.0, evidence + prior_bits(records)))
    return float(odds / (1.0 + odds))


def least_evidence(chance: float, records: int) -> float:
    """The evidence (bits) at which a pair among so many records has this probability of being one."""
    return math.log2(chance / (1.0 - chance)) - prior_bits(records)


def band(evidence: float, records: int) -> Band:
    """The band of a pair of that evidence among so many records."""
    if evidence >= least_evidence(MATCHED_FROM, records):
        return Band.MATCHED
    return Band.REVIEW if evidence >= least_evidence(REVIEW_FROM, records) else Band.DISTINCT


def kept_evidence(records: int) -> float:
    """The evidence (bits) below which a pair among so many records is not kept; it could only be distinct."""
    return least_evidence(REVIEW_FROM, records) - KEPT_BELOW_REVIEW
