"""Scores candidate pairs and finds connected components with Splink on DuckDB.

The only module that runs Splink. It takes frames and a connection and returns frames; no other module knows the engine.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl
from splink import DuckDBAPI, Linker
from splink.clustering import cluster_pairwise_predictions_at_threshold

from dedup.models.model import Model, level_name, level_names, settings_of
from dedup.scoring.bands import least_kept_weight
from dedup.scoring.blocking import block
from schemas.sql.files import Expression, SqlFolder, Table, quoted
from schemas.stores.warehouse import Session, scratch_session

EVIDENCE_PREFIX = "mw_"
LEVEL_PREFIX = "level_"
GIVEN_FEATURES = "given_features"
SQL = SqlFolder.beside(__file__)

PAIR_SCHEMA: dict[str, pl.DataType] = {
    "record_key_l": pl.String(),
    "record_key_r": pl.String(),
    "match_weight": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Scored pairs, and by blocking rule the number of records in oversized blocks."""

    pairs: pl.DataFrame
    oversized_blocks: dict[str, int]


def score_pairs(session: Session, features: pl.DataFrame, model: Model) -> ScoredPairs:
    """Score every pair of `features` that the model's blocking rules yield.

    Returns pairs like `score_blocked`, with a match weight of at least `least_kept_weight`. Oversized blocks yield no
    pairs.
    """
    if features.height < 2:
        return ScoredPairs(pl.DataFrame(schema=PAIR_SCHEMA), {})
    with _table_of(session, features):
        oversized_blocks = block(session, GIVEN_FEATURES, model.BLOCKING_RULES)
        return ScoredPairs(
            score_blocked(session, GIVEN_FEATURES, model, least_kept_weight(model.PRIOR_LOG_ODDS)), oversized_blocks
        )


def score_blocked(
    session: Session, features: str, model: Model, least: float | None, *, leveled: bool = False
) -> pl.DataFrame:
    """Score the pairs in the temporary table `match_pairs`, row ids of the table `features`, and drop that table.

    Returns `record_key_l, record_key_r` (the smaller key first), `match_weight` (without the prior) and a column
    `mw_<comparison>` for each comparison, for pairs with a match weight of at least `least`, sorted by keys. `leveled`
    adds `level_<comparison>`, the name of the level that held.
    """
    if not session.count("match_pairs"):
        # Splink takes a second even if there is nothing to score.
        session.execute("DROP TABLE match_pairs")
        return _no_pairs(model, leveled=leveled)
    found = _scored(session, features, model, threshold=least, explained=leveled)
    return _tidy(_named_levels(found, model) if leveled else found)


def _no_pairs(model: Model, *, leveled: bool) -> pl.DataFrame:
    comparisons = settings_of(model)["comparisons"]
    names = sorted(comparison["output_column_name"] for comparison in comparisons)
    by_rarity = [
        f"tf_adj_{comparison['output_column_name']}"
        for comparison in comparisons
        if any(level.get("tf_adjustment_column") for level in comparison["comparison_levels"])
    ]
    evidence = {f"{EVIDENCE_PREFIX}{name}": pl.Float64() for name in sorted([*names, *by_rarity])}
    levels = {f"{LEVEL_PREFIX}{name}": pl.String() for name in names} if leveled else {}
    return pl.DataFrame(schema={**PAIR_SCHEMA, **evidence, **levels})


def compare(session: Session, features: pl.DataFrame, model: Model, pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Score the given pairs of record keys, without a minimum match weight.

    Returns the columns of `score_blocked` and `level_<comparison>`, the name of the level that held: 'unknown' if there
    was nothing to compare.
    """
    asked = pl.DataFrame(sorted(pairs), schema={"one": pl.String, "other": pl.String}, orient="row")
    with _table_of(session, features), session.registered("asked_pairs", asked):
        session.run(SQL.statement("asked_pairs", features=Table(GIVEN_FEATURES)))
        found = _scored(session, GIVEN_FEATURES, model, explained=True)
    return _tidy(_named_levels(found, model))


def _named_levels(found: pl.DataFrame, model: Model) -> pl.DataFrame:
    return found.with_columns(
        pl.col(f"gamma_{name}").replace_strict(labels, return_dtype=pl.String).alias(f"{LEVEL_PREFIX}{name}")
        for name, labels in level_names(model).items()
    )


def random_agreement(session: Session, features: str, model: Model, pairs: int) -> dict[tuple[str, str], float]:
    """The u probability of each level (comparison, name), estimated on random pairs of the table `features`.

    Draws about `pairs` pairs with a fixed seed (Splink's random sampling).
    """
    session.run(SQL.statement("all_match_features", features=Table(features)))
    untrained = settings_of(model)
    for comparison in untrained["comparisons"]:
        for level in comparison["comparison_levels"]:
            level.pop("u_probability", None)
            level.pop("fix_u_probability", None)
    with _shares(session, model) as shares, _quiet_splink(), _splink(session) as api:
        linker = _linker(api, untrained, shares)
        linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
        learnt = linker.misc.save_model_to_json()
    session.execute("DROP VIEW match_features")
    names_of = level_names(model)
    return {
        (comparison["output_column_name"], level_name(level)): level["u_probability"]
        for comparison in learnt["comparisons"]
        if comparison["output_column_name"] in names_of
        for level in comparison["comparison_levels"]
        if isinstance(level.get("u_probability"), float)
    }


@contextmanager
def _table_of(session: Session, features: pl.DataFrame) -> Iterator[None]:
    """The features as the temporary table `GIVEN_FEATURES`."""
    with session.registered("incoming_features", features):
        session.run(SQL.statement("given_features"))
    yield
    session.execute(f"DROP TABLE {GIVEN_FEATURES}")


@contextmanager
def _shares(session: Session, model: Model) -> Iterator[tuple[str, ...]]:
    """Register the model's term frequencies as views `match_share_<column>`; yields the columns.

    They are frozen with the model: the records of this database must not change a pair's match weight.
    """
    columns = ", ".join(quoted(name) for name in ("record_key", *model.FREQUENCY_COLUMNS))
    names = session.frame_of(SQL.statement("frequency_columns", columns=Expression(columns)))
    shares = model.term_frequencies(names)
    with ExitStack() as stack:
        for column, frame in shares.items():
            stack.enter_context(session.registered(f"match_share_{column}", frame))
        yield tuple(shares)


def _linker(api: Any, settings: dict[str, Any], shares: Sequence[str]) -> Any:
    """A Splink linker over the tables `match_features` and `match_share_<column>`."""
    # Splink's validation parses every level again, and only logs.
    linker = Linker(api.register("match_features"), settings, log_level=None, validate_settings=False)
    for column in shares:
        linker.table_management.register_term_frequency_lookup(api.register(f"match_share_{column}"), column)
    return linker


def _scored(
    session: Session, features: str, model: Model, *, threshold: float | None = None, explained: bool = False
) -> pl.DataFrame:
    """Splink's predictions for `match_pairs`, by record keys."""
    session.run(SQL.statement("paired_match_features", features=Table(features)))
    settings = json.dumps(settings_of(model, explained=explained), sort_keys=True)
    with _shares(session, model) as shares:
        tables = [_described(session, name) for name in ("match_features", *(f"match_share_{name}" for name in shares))]
        *inputs, (_, prediction) = _scoring_queries(settings, shares, tuple(tables))
        for table, query in inputs:
            session.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
        least = -math.inf if threshold is None else threshold
        session.run(SQL.statement("scored_pairs", prediction=Expression(prediction)), {"least": least})
    pairs = session.frame_of(SQL.statement("keyed_pairs", features=Table(features)))
    for table in ("scored_pairs", *(table for table, _ in inputs)):
        session.execute(f"DROP TABLE {table}")
    session.execute("DROP VIEW match_features")
    session.execute("DROP TABLE match_pairs")
    return pairs


_Table = tuple[str, tuple[tuple[str, str], ...]]
"""A table's name, and the names and types of its columns."""


def _described(session: Session, table: str) -> _Table:
    columns = session.frame_of(SQL.statement("described_columns", table=Table(table)))
    return table, tuple(columns.iter_rows())


@lru_cache(maxsize=16)
def _scoring_queries(settings: str, shares: tuple[str, ...], tables: tuple[_Table, ...]) -> tuple[tuple[str, str], ...]:
    """Name and query of each table that Splink creates to score `match_pairs` with `settings` (JSON).

    The predictions are last. The queries are cached, because Splink takes a quarter of a second to write them. They
    depend only on the arguments: they are recorded while Splink scores empty tables with the same columns.
    """
    pairs = ("match_pairs", (("match_key", "VARCHAR"), ("join_key_l", "BIGINT"), ("join_key_r", "BIGINT")))
    with scratch_session() as session, _quiet_splink():
        for name, columns in (*tables, pairs):
            listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
            session.execute(f"CREATE TABLE {quoted(name)} ({listed})")
        api = _RecordingAPI(connection=session.connection)
        linker = _linker(api, json.loads(settings), shares)
        linker.table_management.register_blocked_pairs_for_predict(api.register("match_pairs"))
        api.made.clear()
        linker.inference.predict()
    return tuple(api.made)


class _RecordingAPI(DuckDBAPI):  # type: ignore[misc]  # Splink has no types
    """Splink's DuckDB API that records the name and query of each table that Splink creates."""

    made: list[tuple[str, str]]

    def __init__(self, connection: Any) -> None:
        super().__init__(connection=connection)
        self.made = []

    def _execute_sql_against_backend(self, final_sql: str) -> Any:
        made = _CREATE_TABLE.match(final_sql)
        if made:
            self.made.append((made["name"], made["query"]))
        return super()._execute_sql_against_backend(final_sql)


_CREATE_TABLE = re.compile(r"\s*CREATE TABLE (?P<name>\w+)\s+AS(?P<query>.*)", re.DOTALL)


def _tidy(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the smaller key first, sorted by keys, with only the columns that are kept."""
    evidence = sorted(name for name in pairs.columns if name.startswith(EVIDENCE_PREFIX))
    levels = sorted(name for name in pairs.columns if name.startswith(LEVEL_PREFIX))
    left = pl.min_horizontal("record_key_l", "record_key_r").alias("record_key_l")
    right = pl.max_horizontal("record_key_l", "record_key_r").alias("record_key_r")
    # Six decimals: the order of a sum must not matter.
    bits = [pl.col(name).round(6) for name in ("match_weight", *evidence)]
    return pairs.select(left, right, *bits, *levels).sort("record_key_l", "record_key_r")


def connected_components(session: Session, keys: pl.Series, edges: pl.DataFrame) -> pl.DataFrame:
    """Group record keys that edges (`record_key_l, record_key_r`) connect, directly or through others.

    Returns `record_key, component` for every key, sorted; the component is its smallest key.
    """
    pairs = edges.select("record_key_l", "record_key_r").unique().sort("record_key_l", "record_key_r")
    # Most records are alone or in a pair; those need no search.
    ends = pl.concat([pairs["record_key_l"], pairs["record_key_r"]]).rename("record_key").to_frame()
    often = ends.filter(pl.len().over("record_key") > 1)["record_key"].unique().implode()
    is_linked = pl.col("record_key_l").is_in(often) | pl.col("record_key_r").is_in(often)
    twos, pairs = pairs.filter(~is_linked), pairs.filter(is_linked)
    nodes = pl.DataFrame({"record_key": pl.concat([pairs["record_key_l"], pairs["record_key_r"]]).unique().sort()})
    others = pl.DataFrame({"record_key": keys}).join(nodes, on="record_key", how="anti")
    others = others.join(
        twos.select(record_key="record_key_r", component="record_key_l"), on="record_key", how="left"
    ).with_columns(pl.col("component").fill_null(pl.col("record_key")))
    if pairs.is_empty():
        return others.sort("record_key")
    with (
        _quiet_splink(),
        session.registered("component_edges", pairs),
        session.registered("component_nodes", nodes),
        _splink(session) as api,
    ):
        clusters = cluster_pairwise_predictions_at_threshold(
            "component_nodes", "component_edges", api, node_id_column_name="record_key"
        )
        found: pl.DataFrame = clusters.as_duckdbpyrelation().pl()
        clusters.drop_table_from_database_and_remove_from_cache()
    smallest = pl.col("record_key").min().over("cluster_id")
    return pl.concat([found.select("record_key", component=smallest), others]).sort("record_key")


@contextmanager
def _splink(session: Session) -> Iterator[Any]:
    """A new Splink API on the session; drops the tables that Splink leaves behind.

    New each time, because Splink 5.0 caches term frequencies and blocked pairs by column name within one API.
    """
    yield DuckDBAPI(connection=session.connection)
    left_over = session.frame_of(SQL.statement("splink_leftovers"))
    for table, kind in left_over.iter_rows():
        what = "VIEW" if kind == "VIEW" else "TABLE"
        session.execute(f"DROP {what} IF EXISTS {quoted(table)}")


@contextmanager
def _quiet_splink() -> Iterator[None]:
    """Silence Splink's logger: it reports timings and untrained levels, which our users do not need."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
