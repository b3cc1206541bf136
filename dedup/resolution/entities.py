"""Identity: which records are one entity, and the id that it bears for ever.

An entity is named after its anchor, the one of its records that the ledger saw first; a merge keeps the older
id and a split leaves it with the anchor, without anything to remember. Every other record's would-be id
resolves through `audit.id_redirects`. Only entities whose records or whose company of records changed are written
anew (decision 0005).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from dedup.models.versions import model_in_use
from dedup.resolution.clusters import Clusters, constrained
from dedup.resolution.survivorship import Survivorship
from dedup.scoring.bands import band, probability
from dedup.scoring.freshness import basis, recorded, remember
from dedup.scoring.linker import connected_components
from schemas.contracts.vocabulary import ID_PREFIXES, Band, Entity, PairRule
from schemas.sql.files import quoted
from schemas.stores.warehouse import Session


@dataclass(frozen=True, slots=True)
class ResolutionCounts:
    """What resolving found: live records, their entities, those written anew, pairs by band, and by kind what a person
    should know.
    """

    records: int
    entities: int
    written: int
    matched: int
    review: int
    findings: dict[str, int]


def resolve(session: Session, entity: Entity, survivorship: Survivorship | None = None) -> ResolutionCounts:
    """Group an entity's live records by their matched pairs and write entities, crosswalk, lineage and redirects.

    Needs `load_current` and the pairs in `audit.<entity>_pairs`; `survivorship` is the usual one unless it is
    given. Writes in the session's transaction.
    """
    rules = survivorship or Survivorship()
    made_with = basis(repr(rules))
    session.execute(
        "CREATE OR REPLACE TEMP TABLE former_entities AS "  # noqa: S608  (our own names, here and below)
        f"SELECT record_key, entity_id FROM audit.{entity}_members"
    )
    if recorded(session, f"{entity}s") != made_with:
        for table in (*_tables(entity), f"audit.{entity}_members"):
            session.empty(table)
    keys = session.frame("SELECT record_key FROM live_records ORDER BY record_key")["record_key"]
    clusters = _clusters(session, entity, keys)
    written = _touch(session, entity, clusters.components)
    session.run("steps/insert_entity_history", {"entity": entity.value, "changed_at": str(datetime.now(UTC))})
    _write(session, entity, rules)
    remember(session, f"{entity}s", made_with)
    bands = session.frame(
        f"SELECT band, count(*) AS pairs FROM audit.{quoted(f'{entity}_pairs')} GROUP BY band"  # noqa: S608
    )
    by_band = dict(bands.iter_rows())
    entities = session.scalar(f"SELECT count(*) FROM main.{quoted(f'{entity}s')}")  # noqa: S608
    return ResolutionCounts(
        len(keys),
        int(str(entities)),
        written,
        by_band.get("matched", 0),
        by_band.get("review", 0),
        dict(clusters.findings["finding"].value_counts(sort=True).iter_rows()),
    )


def _tables(entity: Entity) -> tuple[str, ...]:
    return (f"main.{entity}s", f"main.{entity}_sources", f"main.{entity}_lineage")


def _touch(session: Session, entity: Entity, components: pl.DataFrame) -> int:
    """Find the entities whose content or company of records changed; returns how many.

    Leaves `record_entities`, `record_key, entity_id, content` of every live record, and `touched_entities`,
    `entity_id`, those that were and those that are.
    """
    together = components.filter(pl.len().over("component") > 1)
    with session.registered("record_components", together):
        session.run(f"steps/{entity}_entities", {"prefix": ID_PREFIXES[entity]})
    members = f"audit.{entity}_members"
    session.execute(
        "CREATE OR REPLACE TEMP TABLE touched_entities AS "  # noqa: S608  (our own names, here and below)
        "WITH touched AS (SELECT before.entity_id AS was, now.entity_id AS is_now FROM record_entities AS now "
        f"FULL JOIN {members} AS before USING (record_key) "
        "WHERE now.entity_id IS DISTINCT FROM before.entity_id OR now.content IS DISTINCT FROM before.content) "
        "SELECT was AS entity_id FROM touched WHERE was IS NOT NULL "
        "UNION SELECT is_now FROM touched WHERE is_now IS NOT NULL"
    )
    return int(str(session.scalar("SELECT count(*) FROM touched_entities")))


def _write(session: Session, entity: Entity, rules: Survivorship) -> None:
    """Write the touched entities anew."""
    members = f"audit.{entity}_members"
    for table in _tables(entity):
        session.execute(
            f"DELETE FROM {table} WHERE {entity}_id IN (SELECT entity_id FROM touched_entities)"  # noqa: S608
        )
    session.run(f"steps/{entity}_members")
    session.run(f"steps/{entity}_candidates")
    with (
        session.registered("survivorship", rules.order_table()),
        session.registered("source_ranks", rules.rank_table()),
    ):
        session.run("steps/survivors")
    session.run("steps/standing_edits", {"entity": entity.value})
    is_edited = bool(session.scalar("SELECT count(*) FROM standing_edits"))
    if is_edited:
        session.run("steps/edited_survivors")
    session.execute(f"CREATE OR REPLACE TEMP VIEW custom_members AS SELECT * FROM {quoted(f'{entity}_members')}")  # noqa: S608
    session.run("steps/united_custom")
    for step in (f"insert_{entity}s", f"insert_{entity}_sources", f"insert_{entity}_lineage"):
        session.run(f"steps/{step}")
    if is_edited:
        session.run(f"steps/{entity}_edited")
    session.execute(
        f"DELETE FROM {members} WHERE entity_id IN (SELECT entity_id FROM touched_entities)"  # noqa: S608
    )
    session.execute(
        f"INSERT INTO {members} BY NAME SELECT * FROM record_entities SEMI JOIN touched_entities USING (entity_id)"  # noqa: S608
    )
    session.execute("DELETE FROM audit.id_redirects WHERE entity = ?", [entity.value])
    session.run(f"steps/insert_{entity}_redirects", {"prefix": ID_PREFIXES[entity]})


def _clusters(session: Session, entity: Entity, keys: pl.Series) -> Clusters:
    """Cluster the records by the kept pairs; pairs that were matched and are not one after all are left for review."""
    table = f"audit.{quoted(f'{entity}_pairs')}"
    pairs = session.frame(
        f"SELECT record_key_l, record_key_r, match_weight, match_probability, band, rule FROM {table}"  # noqa: S608  (our own names)
    )
    repeated = pairs.filter(pl.col("rule") == PairRule.BARE_NAME.value)
    pairs = _on_representatives(pairs.filter(pl.col("rule") != PairRule.BARE_NAME.value), repeated)
    keys = keys.filter(~keys.is_in(repeated["record_key_r"].implode()))
    components = connected_components(session, keys, pairs.filter(pl.col("band") == Band.MATCHED))
    together = components.filter(pl.len().over("component") > 1)
    with session.registered("record_components", together):
        conflicts = session.frame_of(f"steps/{entity}_conflicts")
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
        session.execute(
            f"UPDATE {table} SET band = if(loosened.rule = '{PairRule.KEPT_APART}', 'distinct', 'review'), "  # noqa: S608
            f"rule = loosened.rule FROM loosened_pairs AS loosened "
            f"WHERE loosened.record_key_l = {table}.record_key_l AND loosened.record_key_r = {table}.record_key_r"
        )
    session.execute("DELETE FROM audit.cluster_findings WHERE entity = ?", [entity.value])
    session.append("audit.cluster_findings", clusters.findings)
    clusters.components = _with_repeated(clusters.components, repeated)
    return clusters


def _with_repeated(components: pl.DataFrame, repeated: pl.DataFrame) -> pl.DataFrame:
    """Components with the records that only repeat a name, each in the component of the record that it repeats."""
    of_first = components.rename({"record_key": "record_key_l"})
    added = repeated.join(of_first, on="record_key_l").select("component", record_key="record_key_r")
    return pl.concat([components, added.select("record_key", "component")]).sort("record_key")


def _on_representatives(pairs: pl.DataFrame, repeated: pl.DataFrame) -> pl.DataFrame:
    """The pairs, with the record that a record only repeats in its place; decisions name such records, too."""
    one, other = (
        pl.col(side).replace(repeated["record_key_r"], repeated["record_key_l"])
        for side in ("record_key_l", "record_key_r")
    )
    moved = pairs.with_columns(
        record_key_l=pl.min_horizontal(one, other), record_key_r=pl.max_horizontal(one, other)
    ).filter(pl.col("record_key_l") != pl.col("record_key_r"))
    return moved.unique(["record_key_l", "record_key_r", "rule"], maintain_order=True)


def _evidence_of_decided(pairs: pl.DataFrame, prior: float) -> pl.DataFrame:
    """The pairs that people decided to be the same, as the model bands them."""
    decided = pairs.filter(pl.col("rule") == PairRule.DECIDED_SAME.value)
    weights = decided["match_weight"].to_list()
    return decided.with_columns(
        match_probability=pl.Series([probability(weight, prior) for weight in weights], dtype=pl.Float64),
        band=pl.Series([band(weight, prior).value for weight in weights], dtype=pl.String),
        rule=pl.lit(PairRule.MODEL.value),
    )
