"""Identity: which records are one entity, and the id that it bears for ever.

An entity is named after its anchor, the one of its records that the ledger saw first; a merge keeps the older
id and a split leaves it with the anchor, without anything to remember. Every other record's would-be id
resolves through `audit.id_redirects`.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dedup import organization_model, person_model
from dedup.bands import MATCHED_FROM, REVIEW_FROM, least_evidence, prior_bits
from dedup.clustering import APART_RULE, DECIDED_DIFFERENT, DECIDED_SAME, MODEL_RULE, Clusters, constrained
from dedup.engine import EVIDENCE_PREFIX, Model, ScoredPairs, connected_components, score_pairs
from dedup.normalising import organization_forms, person_forms
from dedup.survivorship import Survivorship
from schemas.vocabulary import ID_PREFIXES, Band, Entity, Verdict
from schemas.warehouse import Session, quoted

MODELS: dict[Entity, Model] = {Entity.ORGANIZATION: organization_model, Entity.PERSON: person_model}
MODEL_VERSIONS = {Entity.ORGANIZATION: organization_model.VERSION, Entity.PERSON: person_model.VERSION}


@dataclass(frozen=True, slots=True)
class ResolutionCounts:
    """What resolving found: live records, their entities, pairs by band, and by kind what a person should know."""

    records: int
    entities: int
    matched: int
    review: int
    findings: dict[str, int]


def load_current(session: Session, entity: Entity) -> None:
    """Make the temporary table `current_<entity>s`: the version of each record that counts."""
    session.run(f"steps/current_{entity}s")


def find_pairs(session: Session, entity: Entity) -> ScoredPairs:
    """Score and band the pairs of an entity's live records. Needs `load_current`.

    The pairs have the columns of `audit.<entity>_pairs`: linked pairs (rule other than `model`) and scored ones.
    """
    forms = _forms(session, entity)
    session.replace(f"audit.{entity}_forms", forms)
    scored = score_pairs(session, forms, MODELS[entity])
    return ScoredPairs(_banded(scored.pairs, _stated(session, entity), forms.height), scored.too_common)


def _stated(session: Session, entity: Entity) -> pl.DataFrame:
    """Pairs of which something is known without a model, `record_key_l, record_key_r, rule`; people come first."""
    decided = session.frame_of(f"steps/{entity}_decided").select(
        "record_key_l",
        "record_key_r",
        pl.when(pl.col("decision") == Verdict.SAME)
        .then(pl.lit(DECIDED_SAME))
        .otherwise(pl.lit(DECIDED_DIFFERENT))
        .alias("rule"),
    )
    links = session.frame_of(f"steps/{entity}_links")
    return pl.concat([decided, links.join(decided, on=["record_key_l", "record_key_r"], how="anti")])


def _forms(session: Session, entity: Entity) -> pl.DataFrame:
    if entity == Entity.ORGANIZATION:
        return organization_forms(session.frame_of("steps/organization_values"))
    return person_forms(session.frame_of("steps/person_values"))


def _banded(scored: pl.DataFrame, stated: pl.DataFrame, records: int) -> pl.DataFrame:
    """Scored pairs with probability, band and evidence; what is stated of a pair counts whatever its score."""
    names = [name for name in scored.columns if name.startswith(EVIDENCE_PREFIX)]
    entries = [
        pl.struct(pl.lit(name.removeprefix(EVIDENCE_PREFIX)).alias("key"), pl.col(name).alias("value"))
        for name in names
    ]
    evidence = pl.lit([], dtype=_EVIDENCE)
    if entries:
        evidence = pl.concat_list(entries).list.filter(pl.element().struct.field("value").is_not_null())
    pairs = scored.join(stated, on=["record_key_l", "record_key_r"], how="full", coalesce=True)
    weight, linked = pl.col("match_weight").fill_null(0.0), pl.col("rule").is_not_null()
    parted = pl.col("rule").fill_null("") == DECIDED_DIFFERENT
    matched, review = least_evidence(MATCHED_FROM, records), least_evidence(REVIEW_FROM, records)
    return pairs.select(
        "record_key_l",
        "record_key_r",
        match_weight=weight,
        # The logistic function of evidence and prior, see dedup.bands.probability.
        match_probability=pl.when(parted)
        .then(0.0)
        .when(linked)
        .then(1.0)
        .otherwise(1.0 / (1.0 + 2.0 ** -(weight + prior_bits(records)))),
        band=pl.when(parted)
        .then(pl.lit(Band.DISTINCT.value))
        .when(linked | (weight >= matched))
        .then(pl.lit(Band.MATCHED.value))
        .when(weight >= review)
        .then(pl.lit(Band.REVIEW.value))
        .otherwise(pl.lit(Band.DISTINCT.value)),
        evidence=evidence,
        rule=pl.col("rule").fill_null(MODEL_RULE),
    ).sort("record_key_l", "record_key_r")


_EVIDENCE = pl.List(pl.Struct({"key": pl.String, "value": pl.Float64}))


def resolve(session: Session, entity: Entity, survivorship: Survivorship | None = None) -> ResolutionCounts:
    """Group an entity's live records by their matched pairs and write entities, crosswalk, lineage and redirects.

    Needs `load_current` and the pairs in `audit.<entity>_pairs`; `survivorship` is the usual one unless it is
    given. Writes in the session's transaction.
    """
    current = quoted(f"current_{entity}s")
    keys = session.frame(
        f"SELECT record_key FROM {current} WHERE NOT coalesce(is_deleted, false) ORDER BY record_key"  # noqa: S608
    )["record_key"]
    clusters = _clusters(session, entity, keys)
    prefix = {"prefix": ID_PREFIXES[entity]}
    for table in (f"main.{entity}s", f"main.{entity}_sources", f"main.{entity}_lineage"):
        session.empty(table)
    session.execute("DELETE FROM audit.id_redirects WHERE entity = ?", [entity.value])
    with session.registered("record_components", clusters.components):
        session.run(f"steps/{entity}_members", prefix)
    session.run(f"steps/{entity}_candidates")
    rules = survivorship or Survivorship()
    with (
        session.registered("survivorship", rules.order_table()),
        session.registered("source_ranks", rules.rank_table()),
    ):
        session.run("steps/survivors")
    session.execute(
        f"CREATE OR REPLACE TEMP VIEW custom_members AS SELECT * FROM {quoted(f'{entity}_members')}"  # noqa: S608
    )
    session.run("steps/united_custom")
    for step in (f"insert_{entity}s", f"insert_{entity}_sources", f"insert_{entity}_lineage"):
        session.run(f"steps/{step}")
    session.run(f"steps/insert_{entity}_redirects", prefix)
    bands = session.frame(
        f"SELECT band, count(*) AS pairs FROM audit.{quoted(f'{entity}_pairs')} GROUP BY band"  # noqa: S608
    )
    by_band = dict(bands.iter_rows())
    entities = session.scalar(f"SELECT count(*) FROM main.{quoted(f'{entity}s')}")  # noqa: S608
    return ResolutionCounts(
        len(keys),
        int(str(entities)),
        by_band.get("matched", 0),
        by_band.get("review", 0),
        dict(clusters.findings["finding"].value_counts(sort=True).iter_rows()),
    )


def _clusters(session: Session, entity: Entity, keys: pl.Series) -> Clusters:
    """Cluster the records by the kept pairs; pairs that were matched and are not one after all are left for review."""
    table = f"audit.{quoted(f'{entity}_pairs')}"
    pairs = session.frame(
        f"SELECT record_key_l, record_key_r, match_weight, match_probability, band, rule FROM {table}"  # noqa: S608  (our own names)
    )
    components = connected_components(session, keys, pairs.filter(pl.col("band") == Band.MATCHED))
    with session.registered("record_components", components):
        conflicts = session.frame_of(f"steps/{entity}_conflicts")
    decided = pairs.filter(pl.col("rule") == DECIDED_DIFFERENT).select("record_key_l", "record_key_r", "rule")
    clusters = constrained(
        entity,
        components,
        pairs,
        pl.concat([decided, conflicts]).unique(["record_key_l", "record_key_r"], keep="first", maintain_order=True),
    )
    with session.registered("loosened_pairs", clusters.loosened):
        session.execute(
            f"UPDATE {table} SET band = if(loosened.rule = '{APART_RULE}', 'distinct', 'review'), rule = loosened.rule "  # noqa: S608
            f"FROM loosened_pairs AS loosened "
            f"WHERE loosened.record_key_l = {table}.record_key_l AND loosened.record_key_r = {table}.record_key_r"
        )
    session.execute("DELETE FROM audit.cluster_findings WHERE entity = ?", [entity.value])
    session.append("audit.cluster_findings", clusters.findings)
    return clusters
