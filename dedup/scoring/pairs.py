"""Pairs: which records were compared, with their match weights, updated only for what changed.

A match weight depends on two records and the model; which pairs are compared depends on block sizes. So after a change
only two kinds of pairs are scored again: pairs with a changed record, and pairs in a block that crossed the maximum
block size (decision 0005; a property test compares this with scoring everything). Does not belong here: scoring
(`dedup.scoring.linker`); clusters (`dedup.resolution.entities`).
"""

from __future__ import annotations

import polars as pl

from dedup.features.records import organization_features, person_features
from dedup.models.model import Model
from dedup.models.versions import model_in_use
from dedup.scoring.bands import MATCHED_FROM, REVIEW_FROM, least_kept_weight, match_weight_at
from dedup.scoring.blocking import block, block_changed
from dedup.scoring.freshness import part_fingerprint
from dedup.scoring.linker import EVIDENCE_PREFIX, ScoredPairs, score_blocked
from schemas.contracts.vocabulary import Band, Entity, PairRule, Verdict
from schemas.sql.files import SqlFolder
from schemas.stores.fingerprints import Part, forget, recorded, remember
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

MOST_CHANGED = 0.3
"""If more than this share of records changed, scoring all pairs is cheaper than finding the affected ones."""


_EVIDENCE = pl.List(pl.Struct({"key": pl.String, "value": pl.Float64}))
_KEPT: dict[str, pl.DataType] = {
    "record_key_l": pl.String(),
    "record_key_r": pl.String(),
    "match_weight": pl.Float64(),
    "evidence": _EVIDENCE,
}


def find_pairs(session: Session, entity: Entity, most_changed: float = MOST_CHANGED) -> ScoredPairs:
    """Score and band the pairs of an entity's live records, in the session's transaction. Needs `load_current`.

    Commits changed features on the way, with a mark that their pairs are missing. Returns pairs with the columns of
    `audit.<entity>_pairs`, to replace its content: linked pairs (a rule other than `model`) and scored pairs. Scores
    all pairs if more than `most_changed` of the records changed.
    """
    model = model_in_use(session.frame, entity)
    fingerprint = part_fingerprint(model.VERSION)
    before = recorded(session.frame, Part.pairs_of(entity))
    if before != fingerprint:
        session.empty(f"audit.{entity}_features")
        session.empty(f"audit.{entity}_pairs")
    changed = _refresh_features(session, entity)
    records = session.count(f"audit.{entity}_features")
    if before == fingerprint and changed <= most_changed * records:
        scored, oversized_blocks = _scored_changed(session, entity, model)
    else:
        scored, oversized_blocks = _scored_all(session, entity, model)
    remember(session, Part.pairs_of(entity), fingerprint)
    return ScoredPairs(_banded(scored, _stated(session, entity), model.PRIOR_LOG_ODDS), oversized_blocks)


def _refresh_features(session: Session, entity: Entity) -> int:
    """Recompute the features of changed records; returns how many records changed, appeared or disappeared.

    Leaves `former_features`, their old features, and `changed_rows`, the row ids of their new ones.
    """
    table = f"audit.{entity}_features"
    session.run(SQL.statement("former_features", entity=entity))
    session.run(SQL.statement("changed_records", entity=entity))
    session.delete(table, "record_key", among="former_features.record_key")
    values = session.frame_of(SQL.statement(f"{entity}_values"))
    make = organization_features if entity == Entity.ORGANIZATION else person_features
    session.append(table, make(values).with_columns(values["content"]))
    # Row ids are final only after a commit; until the pairs exist, too, the state is unfinished.
    forget(session, Part.pairs_of(entity))
    session.keep_so_far()
    session.run(SQL.statement("changed_rows", entity=entity))
    session.run(SQL.statement("changed_keys"))
    return session.count("changed_keys")


def _scored_all(session: Session, entity: Entity, model: Model) -> tuple[pl.DataFrame, dict[str, int]]:
    table = f"audit.{entity}_features"
    oversized_blocks = block(session, table, model.BLOCKING_RULES)
    return _with_evidence(
        score_blocked(session, table, model, least_kept_weight(model.PRIOR_LOG_ODDS))
    ), oversized_blocks


def _scored_changed(session: Session, entity: Entity, model: Model) -> tuple[pl.DataFrame, dict[str, int]]:
    """New scores for affected pairs, and the stored scores of all others."""
    table = f"audit.{entity}_features"
    oversized_blocks = block_changed(session, table, "former_features", model.BLOCKING_RULES)
    fresh = _with_evidence(score_blocked(session, table, model, least_kept_weight(model.PRIOR_LOG_ODDS)))
    session.run(SQL.statement("unsettled_keys", entity=entity))
    before = session.frame_of(SQL.statement("kept_pairs", entity=entity))
    return pl.concat([before.cast(pl.Schema(_KEPT)), fresh.cast(pl.Schema(_KEPT))]), oversized_blocks


def _with_evidence(scored: pl.DataFrame) -> pl.DataFrame:
    """Scored pairs with the match weight of each comparison as entries of a map."""
    entries = [
        pl.struct(pl.lit(name.removeprefix(EVIDENCE_PREFIX)).alias("key"), pl.col(name).alias("value"))
        for name in scored.columns
        if name.startswith(EVIDENCE_PREFIX)
    ]
    evidence = pl.lit([], dtype=_EVIDENCE)
    if entries:
        evidence = pl.concat_list(entries).list.filter(pl.element().struct.field("value").is_not_null())
    return scored.select("record_key_l", "record_key_r", "match_weight", evidence=evidence)


def _stated(session: Session, entity: Entity) -> pl.DataFrame:
    """Pairs that a person or a source states: `record_key_l, record_key_r, rule`. People come first."""
    decided = session.frame_of(SQL.statement("decided", entity=entity)).select(
        "record_key_l",
        "record_key_r",
        pl.when(pl.col("decision") == Verdict.SAME)
        .then(pl.lit(PairRule.DECIDED_SAME.value))
        .otherwise(pl.lit(PairRule.DECIDED_DIFFERENT.value))
        .alias("rule"),
    )
    links = session.frame_of(SQL.statement("links", entity=entity))
    if entity == Entity.ORGANIZATION:
        links = pl.concat([links, session.frame_of(SQL.statement("repeated_name_links"))])
    return pl.concat([decided, links.join(decided, on=["record_key_l", "record_key_r"], how="anti")])


def _banded(scored: pl.DataFrame, stated: pl.DataFrame, prior: float) -> pl.DataFrame:
    """Pairs with probability and band; a stated pair overrides its score."""
    pairs = scored.join(stated, on=["record_key_l", "record_key_r"], how="full", coalesce=True)
    weight, linked = pl.col("match_weight").fill_null(0.0), pl.col("rule").is_not_null()
    cannot_link = pl.col("rule").fill_null("") == PairRule.DECIDED_DIFFERENT.value
    matched, review = match_weight_at(MATCHED_FROM, prior), match_weight_at(REVIEW_FROM, prior)
    return pairs.select(
        "record_key_l",
        "record_key_r",
        match_weight=weight,
        # The logistic function of match weight and prior, see dedup.scoring.bands.probability.
        match_probability=pl.when(cannot_link)
        .then(0.0)
        .when(linked)
        .then(1.0)
        .otherwise(1.0 / (1.0 + 2.0 ** -(weight + prior))),
        band=pl.when(cannot_link)
        .then(pl.lit(Band.DISTINCT.value))
        .when(linked | (weight >= matched))
        .then(pl.lit(Band.MATCHED.value))
        .when(weight >= review)
        .then(pl.lit(Band.REVIEW.value))
        .otherwise(pl.lit(Band.DISTINCT.value)),
        evidence=pl.col("evidence").fill_null(pl.lit([], dtype=_EVIDENCE)),
        rule=pl.col("rule").fill_null(PairRule.MODEL.value),
    ).sort("record_key_l", "record_key_r")
