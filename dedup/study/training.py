"""Training: a model's probabilities and name frequencies as the user's own records show them.

Expectation maximisation over the pairs that blocking brings together (Fellegi and Sunter 1969; Winkler 1988): each
pair counts as a match as far as the model so far believes it, pairs that people decided count as decided. How often
two random records agree is counted on random pairs (Splink). Both are held to what the shipped model says as to so
many pairs seen before, so that a small list moves little. Levels that allow for what colleagues and households
share stay as they are: counting cannot tell what is independent. Belongs here: making a model. Does not belong
here: keeping it (`pipelines.services.train`), and using it.
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
"""Matches that the shipped model counts for: with so many found, its word and the data's weigh the same."""

SEEN_RANDOM = 30
"""Agreeing random pairs that the shipped model counts for, so that a level too rare to be counted stays as it is."""

SEEN_NAMES = 20_000
"""Bearers of names that the public tables count for."""

LEAST_BEARERS = 3
"""Records that bear a name before the list is asked how common it is."""

ROUNDS = 5
RANDOM_PAIRS = 1_000_000
LEAST_RECORDS = 200
"""Records below which nothing can be learnt."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Pairs of record keys that people decided, the smaller key first, and whether they are one."""

    pairs: dict[tuple[str, str], bool]


def train(session: Session, entity: Entity, model: Model, decided: Decided) -> TrainedModel:
    """A model for the records in `audit.<entity>_features`, starting from `model`. Reads only; the seed is fixed.

    Raises ValueError when there are fewer than `LEAST_RECORDS` records.
    """
    table = f"audit.{entity}_features"
    records = session.count(table)
    if records < LEAST_RECORDS:
        raise ValueError(f"{records} {entity} records are too few to learn from; {LEAST_RECORDS} are needed")
    before = levels_of(model)
    block(session, table, model.BLOCKING_RULES)
    pairs = score_blocked(session, table, model, None, leveled=True)
    random = random_agreement(session, table, model, RANDOM_PAIRS)
    all_pairs = records * (records - 1) // 2
    drawn = min(RANDOM_PAIRS, all_pairs)
    matches = _held(pairs, before, _beliefs(pairs, before, before, model.PRIOR_LOG_ODDS, decided))
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
    """The level with the share of random pairs that agree on it, held to what was known.

    Of `drawn` pairs some `matches` are believed to be matches that agree on it: in a small list of many duplicates
    they would pass for chance.
    """
    if level.is_fixed or (level.comparison, level.name) not in random:
        return level
    counted = max(0.0, random[level.comparison, level.name] * drawn - matches)
    return level.with_u((SEEN_RANDOM + counted) / (SEEN_RANDOM / level.u + drawn))


def _held(pairs: pl.DataFrame, levels: list[Level], belief: pl.Series) -> dict[tuple[str, str], float]:
    """How many believed matches each level (comparison, name) holds of."""
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
    """How far each pair is believed to be a match."""
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
    said = pl.DataFrame(
        [(one, other, float(same)) for (one, other), same in decided.pairs.items()],
        schema={"record_key_l": pl.String, "record_key_r": pl.String, "said": pl.Float64},
        orient="row",
    )
    keyed = pairs.select("record_key_l", "record_key_r").with_columns(belief)
    joined = keyed.join(said, on=["record_key_l", "record_key_r"], how="left", maintain_order="left")
    return joined.select(pl.coalesce("said", "belief").alias("belief"))["belief"]


def _with_m(after: list[Level], before: list[Level], pairs: pl.DataFrame, belief: pl.Series) -> list[Level]:
    """Levels with the share of believed matches on which each holds, held to what was known."""
    counted = _held(pairs, before, belief)
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
    """By column (`given`, `family`) the share of people who bear each name that several records of `table` bear."""
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
