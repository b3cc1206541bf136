"""Identity: which records form an entity, and its permanent id.

An entity is named after its anchor, the record that the ledger saw first. So a merge keeps the older id, a split leaves
it with the anchor, and no state is needed. The ids that other records would have resolve through `audit.id_redirects`.
Rewrites only entities whose records or membership changed (decision 0005).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from dedup.models.versions import model_in_use
from dedup.resolution.clusters import Clusters, constrained
from dedup.resolution.survivorship import Survivorship
from dedup.scoring.bands import band, probability
from dedup.scoring.freshness import part_fingerprint
from dedup.scoring.linker import connected_components
from schemas.contracts.vocabulary import ID_PREFIXES, Band, Entity, PairRule
from schemas.sql.files import SqlFolder
from schemas.stores.fingerprints import Part, recorded, remember
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)


@dataclass(frozen=True, slots=True)
class ResolutionCounts:
    """Numbers of live records, entities and rewritten entities, pairs by band, and findings by kind."""

    records: int
    entities: int
    written: int
    matched: int
    review: int
    findings: dict[str, int]


def resolve(session: Session, entity: Entity, survivorship: Survivorship | None = None) -> ResolutionCounts:
    """Cluster an entity's live records and write entities, crosswalk, lineage and redirects.

    Needs `load_current` and the pairs in `audit.<entity>_pairs`; `survivorship` has a default. Writes in the session's
    transaction.
    """
    rules = survivorship or Survivorship()
    fingerprint = part_fingerprint(repr(rules))
    session.run(SQL.statement("former_entities", entity=entity))
    if recorded(session.frame, Part.entities_of(entity)) != fingerprint:
        for table in (*_tables(entity), f"audit.{entity}_members"):
            session.empty(table)
    keys = session.frame("SELECT record_key FROM live_records ORDER BY record_key")["record_key"]
    clusters = _clusters(session, entity, keys)
    written = _touch(session, entity, clusters.components)
    when = {"changed_at": str(datetime.now(UTC)), "import_id": recorded(session.frame, Part.CAUSE)}
    session.run(SQL.statement("insert_entity_history"), {"entity": entity.value, **when})
    _write(session, entity, rules)
    remember(session, Part.entities_of(entity), fingerprint)
    by_band = dict(session.frame_of(SQL.statement("pairs_by_band", entity=entity)).iter_rows())
    return ResolutionCounts(
        len(keys),
        session.count(f"main.{entity}s"),
        written,
        by_band.get("matched", 0),
        by_band.get("review", 0),
        dict(clusters.findings["finding"].value_counts(sort=True).iter_rows()),
    )


def _tables(entity: Entity) -> tuple[str, ...]:
    return (f"main.{entity}s", f"main.{entity}_sources", f"main.{entity}_lineage")


def _touch(session: Session, entity: Entity, components: pl.DataFrame) -> int:
    """Find the entities whose records or membership changed; returns how many.

    Leaves `record_entities` (`record_key, entity_id, content` of every live record) and `touched_entities`
    (`entity_id`, former and current ones).
    """
    together = components.filter(pl.len().over("component") > 1)
    with session.registered("record_components", together):
        session.run(SQL.statement("record_entities", entity=entity), {"prefix": ID_PREFIXES[entity]})
    session.run(SQL.statement("touched_entities", entity=entity))
    return session.count("touched_entities")


def _write(session: Session, entity: Entity, rules: Survivorship) -> None:
    """Rewrite the touched entities."""
    for table in _tables(entity):
        session.delete(table, f"{entity}_id", among="touched_entities.entity_id")
    session.run(SQL.statement("members", entity=entity))
    session.run(SQL.statement(f"{entity}_candidates"))
    with (
        session.registered("survivorship", rules.order_table()),
        session.registered("source_ranks", rules.rank_table()),
    ):
        session.run(SQL.statement("survivors"))
    session.run(SQL.statement("standing_edits"), {"entity": entity.value})
    is_edited = bool(session.count("standing_edits"))
    if is_edited:
        session.run(SQL.statement("edited_survivors"))
    session.run(SQL.statement("united_custom", entity=entity))
    session.run(SQL.statement(f"insert_{entity}s"))
    session.run(SQL.statement("insert_sources", entity=entity))
    session.run(SQL.statement("insert_lineage", entity=entity))
    if is_edited:
        session.run(SQL.statement("update_lineage", entity=entity))
    session.delete(f"audit.{entity}_members", "entity_id", among="touched_entities.entity_id")
    session.run(SQL.statement("insert_members", entity=entity))
    session.execute("DELETE FROM audit.id_redirects WHERE entity = ?", [entity.value])
    session.run(SQL.statement("insert_redirects", entity=entity), {"prefix": ID_PREFIXES[entity]})


def _clusters(session: Session, entity: Entity, keys: pl.Series) -> Clusters:
    """Cluster the records by the kept pairs, and mark rejected edges for review."""
    pairs = session.frame_of(SQL.statement("pairs", entity=entity))
    repeated = pairs.filter(pl.col("rule") == PairRule.BARE_NAME.value)
    pairs = _on_representatives(pairs.filter(pl.col("rule") != PairRule.BARE_NAME.value), repeated)
    keys = keys.filter(~keys.is_in(repeated["record_key_r"].implode()))
    components = connected_components(session, keys, pairs.filter(pl.col("band") == Band.MATCHED))
    together = components.filter(pl.len().over("component") > 1)
    with session.registered("record_components", together):
        conflicts = session.frame_of(SQL.statement(f"{entity}_conflicts"))
    decided = pairs.filter(pl.col("rule") == PairRule.DECIDED_DIFFERENT.value).select(
        "record_key_l", "record_key_r", "rule"
    )
    clusters = constrained(
        entity,
        components,
        pl.concat([pairs, _evidence_of_decided(pairs, model_in_use(session.frame, entity).PRIOR_LOG_ODDS)]),
        pl.concat([decided, conflicts]).unique(["record_key_l", "record_key_r"], keep="first", maintain_order=True),
    )
    with session.registered("loosened_pairs", clusters.loosened):
        session.run(SQL.statement("update_loosened_pairs", entity=entity))
    session.execute("DELETE FROM audit.cluster_findings WHERE entity = ?", [entity.value])
    session.append("audit.cluster_findings", clusters.findings)
    clusters.components = _with_repeated(clusters.components, repeated)
    return clusters


def _with_repeated(components: pl.DataFrame, repeated: pl.DataFrame) -> pl.DataFrame:
    """Add the records that only repeat a name to the component of the record that they repeat."""
    of_first = components.rename({"record_key": "record_key_l"})
    added = repeated.join(of_first, on="record_key_l").select("component", record_key="record_key_r")
    return pl.concat([components, added.select("record_key", "component")]).sort("record_key")


def _on_representatives(pairs: pl.DataFrame, repeated: pl.DataFrame) -> pl.DataFrame:
    """The pairs, with repeating records replaced by the record that they repeat; decisions may name them, too."""
    one, other = (
        pl.col(side).replace(repeated["record_key_r"], repeated["record_key_l"])
        for side in ("record_key_l", "record_key_r")
    )
    moved = pairs.with_columns(
        record_key_l=pl.min_horizontal(one, other), record_key_r=pl.max_horizontal(one, other)
    ).filter(pl.col("record_key_l") != pl.col("record_key_r"))
    return moved.unique(["record_key_l", "record_key_r", "rule"], maintain_order=True)


def _evidence_of_decided(pairs: pl.DataFrame, prior: float) -> pl.DataFrame:
    """The pairs that people decided to be the same, with the model's probability and band."""
    decided = pairs.filter(pl.col("rule") == PairRule.DECIDED_SAME.value)
    weights = decided["match_weight"].to_list()
    return decided.with_columns(
        match_probability=pl.Series([probability(weight, prior) for weight in weights], dtype=pl.Float64),
        band=pl.Series([band(weight, prior).value for weight in weights], dtype=pl.String),
        rule=pl.lit(PairRule.MODEL.value),
    )
