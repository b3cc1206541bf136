"""The engine: scoring candidate pairs and finding components with Splink on DuckDB.

The one module that runs Splink. It is handed frames and a connection and hands frames back; nothing else knows
which engine runs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.clustering import cluster_pairwise_predictions_at_threshold

from dedup.bands import kept_evidence
from dedup.blocking import BlockingRule, block
from schemas.warehouse import Session, quoted

EVIDENCE_PREFIX = "mw_"
LEVEL_PREFIX = "level_"
UNKNOWN, OTHERWISE = "unknown", "different"

PAIR_SCHEMA: dict[str, pl.DataType] = {
    "record_key_l": pl.String(),
    "record_key_r": pl.String(),
    "match_weight": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Scored pairs, and by blocking rule how many records hold a value too common to compare all of its holders."""

    pairs: pl.DataFrame
    too_common: dict[str, int]


class Model(Protocol):
    """A model module: named blocking rules and the settings that Splink runs with."""

    BLOCKING_RULES: dict[str, BlockingRule]

    def term_frequencies(self, forms: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """How common values are in general: by column a frame of `<column>, tf_<column>`."""
        ...

    def settings(self, *, explained: bool = False) -> SettingsCreator:
        """The Splink settings."""
        ...


def score_pairs(session: Session, forms: pl.DataFrame, model: Model) -> ScoredPairs:
    """Score every candidate pair of `forms` that the model's blocking rules bring together.

    The pairs have `record_key_l, record_key_r` (the smaller key first), `match_weight` (evidence in bits, free of any
    prior) and one `mw_<comparison>` column for each comparison, for pairs of at least `kept_evidence` bits, sorted by
    keys. A value that too many records share brings no two of them together.
    """
    if forms.height < 2:
        return ScoredPairs(pl.DataFrame(schema=PAIR_SCHEMA), {})
    numbered = _numbered(forms)
    with _registered(session, numbered) as api:
        too_common = block(session, model.BLOCKING_RULES)
        pairs = _predict(session, api, model, numbered, threshold=kept_evidence(forms.height))
    return ScoredPairs(_tidy(_with_keys(pairs, forms)), too_common)


def compare(session: Session, forms: pl.DataFrame, model: Model, pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Score pairs of record keys, whatever their evidence.

    Returns the columns of `score_pairs` and `level_<comparison>`, the name of the level that held; 'unknown'
    where there was nothing to compare.
    """
    numbered = _numbered(forms)
    numbers = {key: number for number, key in enumerate(forms["record_key"])}
    wanted = sorted({tuple(sorted((numbers[one], numbers[other]))) for one, other in pairs})
    schema = {"join_key_l": pl.Int32, "join_key_r": pl.Int32}
    asked = pl.DataFrame(wanted, schema=schema, orient="row").with_columns(match_key=pl.lit("0"))
    with _registered(session, numbered) as api, session.registered("asked_pairs", asked):
        session.execute(
            "CREATE OR REPLACE TEMP TABLE match_pairs AS SELECT match_key, join_key_l, join_key_r FROM asked_pairs"
        )
        found = _predict(session, api, model, numbered, explained=True)
    named = [
        pl.col(f"gamma_{name}").replace_strict(labels, return_dtype=pl.String).alias(f"{LEVEL_PREFIX}{name}")
        for name, labels in level_names(model).items()
    ]
    return _tidy(_with_keys(found.with_columns(named), forms))


def level_names(model: Model) -> dict[str, dict[int, str]]:
    """The name of each level of each comparison, by the number that Splink gives it."""
    found: dict[str, dict[int, str]] = {}
    for comparison in model.settings().create_settings_dict("duckdb")["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        labels = {len(levels) - 1 - place: level["label_for_charts"] for place, level in enumerate(levels)}
        found[comparison["output_column_name"]] = {-1: UNKNOWN, **labels, 0: OTHERWISE}
    return found


def _predict(  # noqa: PLR0913  (two of them are options)
    session: Session,
    api: Any,
    model: Model,
    forms: pl.DataFrame,
    *,
    threshold: float | None = None,
    explained: bool = False,
) -> pl.DataFrame:
    """Score the pairs in the table `match_pairs` of the records in `match_forms`."""
    with ExitStack() as stack:
        stack.enter_context(_quiet_splink())
        linker = Linker(api.register("match_forms"), model.settings(explained=explained), log_level=None)
        for column, shares in model.term_frequencies(forms).items():
            # Frozen with the model: what this data base holds must not change the evidence of a pair.
            stack.enter_context(session.registered(f"match_share_{column}", shares))
            linker.table_management.register_term_frequency_lookup(api.register(f"match_share_{column}"), column)
        linker.table_management.register_blocked_pairs_for_predict(api.register("match_pairs"))
        predictions = linker.inference.predict(threshold_match_weight=threshold)
        pairs: pl.DataFrame = predictions.as_duckdbpyrelation().pl()
        predictions.drop_table_from_database_and_remove_from_cache()
    session.execute("DROP TABLE match_pairs")
    return pairs


def _numbered(forms: pl.DataFrame) -> pl.DataFrame:
    """The forms with the place of each record for its key: numbers are joined in half the time of texts."""
    return forms.with_columns(record_key=pl.int_range(forms.height, dtype=pl.Int32))


def _with_keys(pairs: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """Predictions with the keys of records for their numbers."""
    keys = forms["record_key"]
    return pairs.with_columns(
        keys.gather(pairs["record_key_l"]).alias("record_key_l"),
        keys.gather(pairs["record_key_r"]).alias("record_key_r"),
    )


def _tidy(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the smaller key first, in the order of keys, with what is kept of a prediction."""
    evidence = sorted(name for name in pairs.columns if name.startswith(EVIDENCE_PREFIX))
    levels = sorted(name for name in pairs.columns if name.startswith(LEVEL_PREFIX))
    left = pl.min_horizontal("record_key_l", "record_key_r").alias("record_key_l")
    right = pl.max_horizontal("record_key_l", "record_key_r").alias("record_key_r")
    # Six decimals of a bit: sums in another order must not differ.
    bits = [pl.col(name).round(6) for name in ("match_weight", *evidence)]
    return pairs.select(left, right, *bits, *levels).sort("record_key_l", "record_key_r")


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
        session.registered("component_nodes", nodes),
        _splink(session) as api,
    ):
        clusters = cluster_pairwise_predictions_at_threshold(
            "component_nodes", "component_edges", api, node_id_column_name="record_key"
        )
        found: pl.DataFrame = clusters.as_duckdbpyrelation().pl()
        clusters.drop_table_from_database_and_remove_from_cache()
    smallest = pl.col("record_key").min().over("cluster_id")
    return found.select("record_key", component=smallest).sort("record_key")


@contextmanager
def _registered(session: Session, forms: pl.DataFrame) -> Iterator[Any]:
    """A fresh Splink API over the session with `forms` as table `match_forms`."""
    with session.registered("match_forms", forms), _splink(session) as api:
        yield api


@contextmanager
def _splink(session: Session) -> Iterator[Any]:
    """A fresh Splink API over the session; whatever it leaves behind is dropped.

    Fresh each time, because Splink 5.0 caches term frequencies and blocked pairs by column name within one API.
    """
    yield DuckDBAPI(connection=session.connection)
    left_over = session.frame(
        "SELECT table_name, table_type FROM information_schema.tables WHERE starts_with(table_name, '__splink__')"
    )
    for table, kind in left_over.iter_rows():
        what = "VIEW" if kind == "VIEW" else "TABLE"
        session.execute(f"DROP {what} IF EXISTS {quoted(table)}")


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
