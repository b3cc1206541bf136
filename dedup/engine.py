"""The engine: scoring candidate pairs and finding components with Splink on DuckDB.

The one module that runs Splink. It is handed frames and a connection and hands frames back; nothing else knows
which engine runs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.clustering import cluster_pairwise_predictions_at_threshold

from dedup.bands import KEPT_EVIDENCE
from schemas.warehouse import Session, quoted

EVIDENCE_PREFIX = "mw_"

PAIR_SCHEMA: dict[str, pl.DataType] = {
    "record_key_l": pl.String(),
    "record_key_r": pl.String(),
    "match_weight": pl.Float64(),
}


def score_pairs(session: Session, forms: pl.DataFrame, settings: SettingsCreator) -> pl.DataFrame:
    """Score every candidate pair of `forms` that the model's blocking rules bring together.

    Returns `record_key_l, record_key_r` (the smaller key first), `match_weight` (evidence in bits, free of any
    prior) and one `mw_<comparison>` column for each comparison, for pairs of at least `KEPT_EVIDENCE` bits,
    sorted by keys.
    """
    if forms.height < 2:
        return pl.DataFrame(schema=PAIR_SCHEMA)
    with _quiet_splink(), _registered(session, "match_forms", forms) as api:
        frame = api.register("match_forms")
        predictions = Linker(frame, settings, log_level=None).inference.predict(threshold_match_weight=KEPT_EVIDENCE)
        pairs: pl.DataFrame = predictions.as_duckdbpyrelation().pl()
        predictions.drop_table_from_database_and_remove_from_cache()
    evidence = sorted(name for name in pairs.columns if name.startswith(EVIDENCE_PREFIX))
    left = pl.min_horizontal("record_key_l", "record_key_r").alias("record_key_l")
    right = pl.max_horizontal("record_key_l", "record_key_r").alias("record_key_r")
    # Six decimals of a bit: sums in another order must not differ.
    bits = [pl.col(name).round(6) for name in ("match_weight", *evidence)]
    return pairs.select(left, right, *bits).sort("record_key_l", "record_key_r")


def connected_components(session: Session, keys: pl.Series, edges: pl.DataFrame) -> pl.DataFrame:
    """Group record keys that edges (`record_key_l, record_key_r`) connect, directly or through others.

    Returns `record_key, component` for every key; the component is its smallest key.
    """
    nodes = pl.DataFrame({"record_key": keys})
    if edges.is_empty():
        return nodes.with_columns(component=pl.col("record_key"))
    pairs = edges.select("record_key_l", "record_key_r").unique().sort("record_key_l", "record_key_r")
    with (
        _quiet_splink(),
        session.registered("component_edges", pairs),
        _registered(session, "component_nodes", nodes) as api,
    ):
        clusters = cluster_pairwise_predictions_at_threshold(
            "component_nodes", "component_edges", api, node_id_column_name="record_key"
        )
        found: pl.DataFrame = clusters.as_duckdbpyrelation().pl()
        clusters.drop_table_from_database_and_remove_from_cache()
    smallest = pl.col("record_key").min().over("cluster_id")
    return found.select("record_key", component=smallest).sort("record_key")


@contextmanager
def _registered(session: Session, name: str, frame: pl.DataFrame) -> Iterator[Any]:
    """A fresh Splink API over the session with `frame` as table `name`; whatever it leaves behind is dropped.

    Fresh each time, because Splink 5.0 caches term frequencies and blocked pairs by column name within one API.
    """
    with session.registered(name, frame):
        yield DuckDBAPI(connection=session.connection)
    left_over = session.frame(
        "SELECT table_name, table_type FROM information_schema.tables WHERE starts_with(table_name, '__splink__')"
    )
    for table, kind in left_over.iter_rows():
        what = "VIEW" if kind == "VIEW" else "TABLE"
        session.connection.execute(f"DROP {what} IF EXISTS {quoted(table)}")


@contextmanager
def _quiet_splink() -> Iterator[None]:
    """Splink reports its timings to its logger and warns of untrained levels; a user of ours reads neither."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
