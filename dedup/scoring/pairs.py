"""Pairs: which records were compared and with what evidence, brought up to date by looking only at what changed.

A pair's evidence depends on its two records and the model, and which pairs are compared depends on how many records
share a value. So after a change only pairs of changed records are weighed again, and pairs of records that share a
value which has become too common to compare its holders, or has ceased to be (decision 0005; a property test holds
this to weighing everything). Does not belong here: evidence (`dedup.scoring.linker`), and what pairs make
(`dedup.resolution.entities`).
"""

from __future__ import annotations

import polars as pl

from dedup.features.records import organization_features, person_features
from dedup.models.model import Model
from dedup.models.versions import model_in_use
from dedup.scoring.bands import MATCHED_FROM, REVIEW_FROM, kept_evidence, least_evidence
from dedup.scoring.blocking import block, block_changed
from dedup.scoring.freshness import basis
from dedup.scoring.linker import EVIDENCE_PREFIX, ScoredPairs, score_blocked
from schemas.contracts.vocabulary import Band, Entity, PairRule, Verdict
from schemas.sql.files import SqlFolder
from schemas.stores.fingerprints import Part, forget, recorded, remember
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

MOST_CHANGED = 0.3
"""Share of changed records from which weighing everything costs less than finding out what need not be."""


_EVIDENCE = pl.List(pl.Struct({"key": pl.String, "value": pl.Float64}))
_KEPT: dict[str, pl.DataType] = {
    "record_key_l": pl.String(),
    "record_key_r": pl.String(),
    "match_weight": pl.Float64(),
    "evidence": _EVIDENCE,
}


def find_pairs(session: Session, entity: Entity, most_changed: float = MOST_CHANGED) -> ScoredPairs:
    """Score and band the pairs of an entity's live records, in the session's transaction. Needs `load_current`.

    Changed features are committed on the way, with a note that their pairs are not known yet. The pairs have the
    columns of `audit.<entity>_pairs`, whose content they are to replace: linked pairs (rule other than `model`) and
    scored ones. All pairs are scored when more than `most_changed` of the records changed.
    """
    model = model_in_use(session.frame, entity)
    made_with = basis(model.VERSION)
    known = recorded(session.frame, Part.pairs_of(entity))
    if known != made_with:
        session.empty(f"audit.{entity}_features")
        session.empty(f"audit.{entity}_pairs")
    changed = _refresh_features(session, entity)
    records = session.count(f"audit.{entity}_features")
    if known == made_with and changed <= most_changed * records:
        scored, too_common = _scored_changed(session, entity, model)
    else:
        scored, too_common = _scored_all(session, entity, model)
    remember(session, Part.pairs_of(entity), made_with)
    return ScoredPairs(_banded(scored, _stated(session, entity), model.PRIOR_LOG_ODDS), too_common)


def _refresh_features(session: Session, entity: Entity) -> int:
    """Make the features of changed records again; returns how many records changed, came or went.

    Leaves `former_features`, the features they had, and `changed_rows`, the row ids of those they have.
    """
    table = f"audit.{entity}_features"
    session.run(SQL.statement("former_features", entity=entity))
    session.run(SQL.statement("changed_records", entity=entity))
    session.delete(table, "record_key", among="former_features.record_key")
    values = session.frame_of(SQL.statement(f"{entity}_values"))
    make = organization_features if entity == Entity.ORGANIZATION else person_features
    session.append(table, make(values).with_columns(values["content"]))
    # Rows have their lasting ids only once they are committed; until the pairs are there, too, none are known.
    forget(session, Part.pairs_of(entity))
    session.keep_so_far()
    session.run(SQL.statement("changed_rows", entity=entity))
    session.run(SQL.statement("changed_keys"))
    return session.count("changed_keys")


def _scored_all(session: Session, entity: Entity, model: Model) -> tuple[pl.DataFrame, dict[str, int]]:
    table = f"audit.{entity}_features"
    too_common = block(session, table, model.BLOCKING_RULES)
    return _with_evidence(score_blocked(session, table, model, kept_evidence(model.PRIOR_LOG_ODDS))), too_common


def _scored_changed(session: Session, entity: Entity, model: Model) -> tuple[pl.DataFrame, dict[str, int]]:
    """Pairs of changed records as they are now, and all others as they were kept."""
    table = f"audit.{entity}_features"
    too_common = block_changed(session, table, "former_features", model.BLOCKING_RULES)
    fresh = _with_evidence(score_blocked(session, table, model, kept_evidence(model.PRIOR_LOG_ODDS)))
    session.run(SQL.statement("unsettled_keys", entity=entity))
    before = session.frame_of(SQL.statement("kept_pairs", entity=entity))
    return pl.concat([before.cast(pl.Schema(_KEPT)), fresh.cast(pl.Schema(_KEPT))]), too_common


def _with_evidence(scored: pl.DataFrame) -> pl.DataFrame:
    """Scored pairs with the bits of each comparison as entries of a map."""
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
    """Pairs of which something is known without a model, `record_key_l, record_key_r, rule`; people come first."""
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
    """Scored pairs with probability and band; what is stated of a pair counts whatever its score."""
    pairs = scored.join(stated, on=["record_key_l", "record_key_r"], how="full", coalesce=True)
    weight, linked = pl.col("match_weight").fill_null(0.0), pl.col("rule").is_not_null()
    parted = pl.col("rule").fill_null("") == PairRule.DECIDED_DIFFERENT.value
    matched, review = least_evidence(MATCHED_FROM, prior), least_evidence(REVIEW_FROM, prior)
    return pairs.select(
        "record_key_l",
        "record_key_r",
        match_weight=weight,
        # The logistic function of evidence and prior, see dedup.scoring.bands.probability.
        match_probability=pl.when(parted)
        .then(0.0)
        .when(linked)
        .then(1.0)
        .otherwise(1.0 / (1.0 + 2.0 ** -(weight + prior))),
        band=pl.when(parted)
        .then(pl.lit(Band.DISTINCT.value))
        .when(linked | (weight >= matched))
        .then(pl.lit(Band.MATCHED.value))
        .when(weight >= review)
        .then(pl.lit(Band.REVIEW.value))
        .otherwise(pl.lit(Band.DISTINCT.value)),
        evidence=pl.col("evidence").fill_null(pl.lit([], dtype=_EVIDENCE)),
        rule=pl.col("rule").fill_null(PairRule.MODEL.value),
    ).sort("record_key_l", "record_key_r")
