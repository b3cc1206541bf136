"""Training: estimates a model's probabilities and name frequencies from the user's records.

m probabilities: expectation maximisation over the blocked pairs (Fellegi and Sunter 1969; Winkler 1988). Each pair
counts by its probability of being a match; pairs that people decided count as decided. u probabilities: agreement of
random pairs (Splink). The shipped model acts as a prior worth `SEEN_MATCHES` matched pairs, so that a small list
changes little. Levels for what colleagues and households share are not trained: their evidence is not independent.
Belongs here: training a model. Does not belong here: storing it (`pipelines.services.train`); using it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from dedup.features.names import family_frequency, given_frequency
from dedup.models.model import Model
from dedup.models.versions import Level, TrainedModel, levels_of, trained
from dedup.scoring.blocking import block
from dedup.scoring.linker import LEVEL_PREFIX, random_agreement, score_blocked
from schemas.contracts.keys import digest
from schemas.contracts.vocabulary import Entity
from schemas.sql.files import SqlFolder, Table
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

SEEN_MATCHES = 300
"""How many matched pairs the shipped model is worth as a prior for m."""

SEEN_RANDOM = 30
"""How many agreeing random pairs the shipped model is worth as a prior for u, so that rare levels change little."""

SEEN_NAMES = 20_000
"""How many people the public name tables are worth as a prior."""

LEAST_BEARERS = 3
"""Only names that at least this many records have get a frequency of their own."""

ROUNDS = 5
RANDOM_PAIRS = 1_000_000
LEAST_RECORDS = 200
"""The fewest records that a model can be trained on."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Pairs of record keys that people decided, the smaller key first: True if they match."""

    pairs: dict[tuple[str, str], bool]


def train(session: Session, entity: Entity, model: Model, decided: Decided) -> TrainedModel:
    """Train a model on the records in `audit.<entity>_features`, starting from `model`; the seed is fixed.

    Raises ValueError if there are fewer than `LEAST_RECORDS` records.
    """
    table = f"audit.{entity}_features"
    records = session.count(table)
    if records < LEAST_RECORDS:
        raise ValueError(f"a model needs {LEAST_RECORDS:,} {entity} records to train on; there are {records:,}")
    before = levels_of(model)
    block(session, table, model.BLOCKING_RULES)
    pairs = score_blocked(session, table, model, None, leveled=True)
    random = random_agreement(session, table, model, RANDOM_PAIRS)
    all_pairs = records * (records - 1) // 2
    drawn = min(RANDOM_PAIRS, all_pairs)
    matches = _belief_by_level(pairs, before, _beliefs(pairs, before, before, model.PRIOR_LOG_ODDS, decided))
    after = [
        _with_u(level, random, drawn, matches.get((level.comparison, level.name), 0.0) * drawn / all_pairs)
        for level in before
    ]
    for _ in range(ROUNDS):
        after = _with_m(after, before, pairs, _beliefs(pairs, before, after, model.PRIOR_LOG_ODDS, decided))
    shares = _shares(session, table) if entity == Entity.PERSON else {}
    version = f"{model.VERSION.partition('+')[0]}+{digest([repr(after), repr(sorted(shares.items()))])[:8]}"
    return trained(entity, version, after, shares)


def _with_u(level: Level, random: dict[tuple[str, str], float], drawn: int, matches: float) -> Level:
    """The level with u estimated from random pairs and the prior.

    About `matches` of the `drawn` pairs are matches that agree on it; they are subtracted, because a small list may
    have many duplicates.
    """
    if level.is_fixed or (level.comparison, level.name) not in random:
        return level
    counted = max(0.0, random[level.comparison, level.name] * drawn - matches)
    return level.with_u((SEEN_RANDOM + counted) / (SEEN_RANDOM / level.u + drawn))


def _belief_by_level(pairs: pl.DataFrame, levels: list[Level], belief: pl.Series) -> dict[tuple[str, str], float]:
    """The sum of beliefs on which each level (comparison, name) holds."""
    known = {(level.comparison, level.name) for level in levels}
    found: dict[tuple[str, str], float] = {}
    for name in dict.fromkeys(level.comparison for level in levels):
        held = (
            pl.DataFrame({"level": pairs[f"{LEVEL_PREFIX}{name}"], "belief": belief})
            .sort("level", "belief")
            .group_by("level", maintain_order=True)
            .sum()
        )
        found |= {(name, level): total for level, total in held.iter_rows() if (name, level) in known}
    return found


def _beliefs(pairs: pl.DataFrame, before: list[Level], after: list[Level], prior: float, decided: Decided) -> pl.Series:
    """The probability of each pair to be a match."""
    weight = pairs["match_weight"]
    for name in dict.fromkeys(level.comparison for level in before):
        change = {
            now.name: math.log2(now.m / now.u) - math.log2(was.m / was.u)
            for was, now in zip(before, after, strict=True)
            if was.comparison == name
        }
        weight = weight + pairs[f"{LEVEL_PREFIX}{name}"].replace_strict(change, default=0.0, return_dtype=pl.Float64)
    belief = (1.0 / (1.0 + (-(weight + prior) * math.log(2)).exp())).rename("belief")
    if not decided.pairs:
        return belief
    decisions = pl.DataFrame(
        [(one, other, float(same)) for (one, other), same in decided.pairs.items()],
        schema={"record_key_l": pl.String, "record_key_r": pl.String, "decision": pl.Float64},
        orient="row",
    )
    keyed = pairs.select("record_key_l", "record_key_r").with_columns(belief)
    joined = keyed.join(decisions, on=["record_key_l", "record_key_r"], how="left", maintain_order="left")
    return joined.select(pl.coalesce("decision", "belief").alias("belief"))["belief"]


def _with_m(after: list[Level], before: list[Level], pairs: pl.DataFrame, belief: pl.Series) -> list[Level]:
    """Levels with m estimated from the pairs, weighted by belief, and the prior."""
    counted = _belief_by_level(pairs, before, belief)
    totals: dict[str, float] = {}
    for (name, _), total in counted.items():
        totals[name] = totals.get(name, 0.0) + total
    return [
        now
        if was.is_fixed
        else now.with_m(
            (SEEN_MATCHES * was.m + counted.get((was.comparison, was.name), 0.0))
            / (SEEN_MATCHES + totals.get(was.comparison, 0.0))
        )
        for was, now in zip(before, after, strict=True)
    ]


def _shares(session: Session, table: str) -> dict[str, dict[str, float]]:
    """By column (`given`, `family`), the frequency of each name that several records of `table` have."""
    found: dict[str, dict[str, float]] = {}
    for column, public in (("given", given_frequency), ("family", family_frequency)):
        rows = session.frame_of(SQL.statement("bearers", column=Table(column), features=Table(table)))
        total = int(rows["bearers"].sum() or 0)
        found[column] = {
            name: (bearers + SEEN_NAMES * public(name)) / (total + SEEN_NAMES)
            for name, bearers in rows.iter_rows()
            if bearers >= LEAST_BEARERS
        }
    return found
