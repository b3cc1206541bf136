"""Explains a pair, comparison by comparison, in match weights and in words.

Scores the two records again from their comparison features, so that any two records can be explained, even if they were
never compared. Does not belong here: finding the records (`pipelines.services.lookup`); charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from dedup.models.model import OTHERWISE, UNKNOWN, Model, level_names
from dedup.models.versions import SHIPPED
from dedup.scoring.bands import band, probability
from dedup.scoring.linker import EVIDENCE_PREFIX, LEVEL_PREFIX, compare
from schemas.contracts.vocabulary import Band, Entity
from schemas.stores.warehouse import scratch_session

RARITY = f"{EVIDENCE_PREFIX}tf_adj_"

SPEAKS_FOR, SPEAKS_AGAINST = 1.0, -1.0
"""Match weights from which a comparison is mentioned."""

COMPARED: dict[str, tuple[str, ...]] = {
    "name": ("given", "family", "name"),
    "birth_date": ("birth_date",),
    "email": ("emails", "shared_emails"),
    "phone": ("phones", "phone"),
    "organization": ("organization_id",),
    "address": ("street", "postal_code", "city"),
    "national_id": ("national_id",),
    "domain": ("domain",),
}
"""The features that each comparison reads."""

_TITLES = {
    "email": "e-mail",
    "organization": "employer",
    "birth_date": "birth date",
    "national_id": "national id",
    "domain": "web domain",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One comparison: the level that held, its match weight in bits, the rarity adjustment in bits, and both values."""

    comparison: str
    level: str
    bits: float
    rarity: float
    left: str
    right: str

    @property
    def title(self) -> str:
        """The comparison's name for people."""
        return _TITLES.get(self.comparison, self.comparison)

    @property
    def total(self) -> float:
        """The match weight of the comparison, including rarity."""
        return self.bits + self.rarity


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pair with its comparisons in the order of the model; `match_weight` is their sum, `prior` the model's prior log
    odds.
    """

    entity: Entity
    record_key_l: str
    record_key_r: str
    steps: tuple[Step, ...]
    match_weight: float
    prior: float

    @property
    def probability(self) -> float:
        """The probability that the two match."""
        return probability(self.match_weight, self.prior)

    @property
    def band(self) -> Band:
        """The band by match weight alone."""
        return band(self.match_weight, self.prior)

    def sentence(self) -> str:
        """The explanation in one sentence."""
        noun = self.entity.value
        likely = {
            Band.MATCHED: f"Very likely one {noun}",
            Band.REVIEW: f"Perhaps one {noun}",
            Band.DISTINCT: f"Probably not one {noun}",
        }[self.band]
        strongest = sorted(self.steps, key=lambda step: -abs(step.total))
        pros = [_worded(step) for step in strongest if step.total >= SPEAKS_FOR]
        cons = [_worded(step) for step in strongest if step.total <= SPEAKS_AGAINST]
        parts = [likely]
        if pros:
            parts.append(f"for it: {', '.join(pros)}")
        if cons:
            parts.append(f"against it: {', '.join(cons)}")
        if not pros and not cons:
            parts.append("they have no field in common that could be compared")
        return "; ".join(parts) + "."


def _worded(step: Step) -> str:
    words = f"{step.level} {step.title}" if step.level == OTHERWISE else step.level
    if step.rarity <= SPEAKS_AGAINST:
        words += " (a common one)"
    elif step.rarity >= SPEAKS_FOR:
        words += " (a rare one)"
    return words


def explain(
    entity: Entity,
    features: pl.DataFrame,
    pairs: Sequence[tuple[str, str]] | None = None,
    model: Model | None = None,
) -> list[Explanation]:
    """Explain pairs of `features` (rows of `audit.<entity>_features`), by default all pairs, strongest first.

    Uses the shipped model unless another is given.
    """
    used = model or SHIPPED[entity]
    if pairs is None:
        pairs = list(combinations(features["record_key"], 2))
    if not pairs:
        return []
    with scratch_session() as session:
        scored = compare(session, features, used, pairs)
    by_key = {row["record_key"]: row for row in features.iter_rows(named=True)}
    explanations = [_explanation(entity, row, by_key, used) for row in scored.iter_rows(named=True)]
    return sorted(explanations, key=lambda item: (-item.match_weight, item.record_key_l, item.record_key_r))


def _explanation(
    entity: Entity, row: dict[str, object], features: dict[str, dict[str, object]], model: Model
) -> Explanation:
    left, right = str(row["record_key_l"]), str(row["record_key_r"])
    steps = []
    for name in level_names(model):
        level = row[f"{LEVEL_PREFIX}{name}"]
        bits, rarity = (_bits(row.get(f"{prefix}{name}")) for prefix in (EVIDENCE_PREFIX, RARITY))
        values = [_shown(features[key], COMPARED[name]) for key in (left, right)]
        steps.append(Step(name, str(level), bits, rarity, *values))
    return Explanation(entity, left, right, tuple(steps), _bits(row["match_weight"]), model.PRIOR_LOG_ODDS)


def _bits(value: object) -> float:
    return float(value) if isinstance(value, float) else 0.0


def _shown(features: dict[str, object], columns: tuple[str, ...]) -> str:
    values: list[str] = []
    for column in columns:
        value = features.get(column)
        values += [str(item) for item in value] if isinstance(value, list) else [str(value)] if value else []
    return " ".join(values)


def is_known(step: Step) -> bool:
    """Whether there was anything to compare."""
    return step.level != UNKNOWN
