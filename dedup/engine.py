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
from dedup.levels import LARGEST_BLOCK, BlockingRule
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

    def settings(self, blocking_rules: Sequence[Any] = (), *, explained: bool = False) -> SettingsCreator:
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
    with ExitStack() as stack:
        stack.enter_context(_quiet_splink())
        api = stack.enter_context(_registered(session, "match_forms_given", forms))
        rules, too_common = _prepare_blocking(session, model.BLOCKING_RULES)
        linker = _linker(session, stack, api, (forms, model, model.settings(rules)))
        predictions = linker.inference.predict(threshold_match_weight=kept_evidence(forms.height))
        pairs: pl.DataFrame = predictions.as_duckdbpyrelation().pl()
        predictions.drop_table_from_database_and_remove_from_cache()
        session.execute("DROP TABLE match_forms")
    return ScoredPairs(_tidy(pairs), too_common)


def compare(session: Session, forms: pl.DataFrame, model: Model, rule: str = "1 = 1") -> pl.DataFrame:
    """Score the pairs of a few records that a rule over `l` and `r` names, whatever their evidence.

    Returns the columns of `score_pairs` and `level_<comparison>`, the name of the level that held; 'unknown'
    where there was nothing to compare.
    """
    with ExitStack() as stack:
        stack.enter_context(_quiet_splink())
        api = stack.enter_context(_registered(session, "match_forms_given", forms))
        session.execute("CREATE OR REPLACE TEMP TABLE match_forms AS SELECT * FROM match_forms_given")
        linker = _linker(session, stack, api, (forms, model, model.settings([rule], explained=True)))
        predictions = linker.inference.predict()
        pairs: pl.DataFrame = predictions.as_duckdbpyrelation().pl()
        predictions.drop_table_from_database_and_remove_from_cache()
        session.execute("DROP TABLE match_forms")
    named = [
        pl.col(f"gamma_{name}").replace_strict(labels, return_dtype=pl.String).alias(f"{LEVEL_PREFIX}{name}")
        for name, labels in level_names(model).items()
    ]
    return _tidy(pairs.with_columns(named))


def level_names(model: Model) -> dict[str, dict[int, str]]:
    """The name of each level of each comparison, by the number that Splink gives it."""
    found: dict[str, dict[int, str]] = {}
    for comparison in model.settings(["1 = 1"]).create_settings_dict("duckdb")["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        labels = {len(levels) - 1 - place: level["label_for_charts"] for place, level in enumerate(levels)}
        found[comparison["output_column_name"]] = {-1: UNKNOWN, **labels, 0: OTHERWISE}
    return found


def _linker(session: Session, stack: ExitStack, api: Any, what: tuple[pl.DataFrame, Model, Any]) -> Any:
    """A linker over the table `match_forms` that knows how common names are."""
    forms, model, settings = what
    linker = Linker(api.register("match_forms"), settings, log_level=None)
    for column, shares in model.term_frequencies(forms).items():
        # Frozen with the model: what this data base holds must not change the evidence of a pair.
        stack.enter_context(session.registered(f"match_share_{column}", shares))
        linker.table_management.register_term_frequency_lookup(api.register(f"match_share_{column}"), column)
    return linker


def _tidy(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs with the smaller key first, in the order of keys, with what is kept of a prediction."""
    evidence = sorted(name for name in pairs.columns if name.startswith(EVIDENCE_PREFIX))
    levels = sorted(name for name in pairs.columns if name.startswith(LEVEL_PREFIX))
    left = pl.min_horizontal("record_key_l", "record_key_r").alias("record_key_l")
    right = pl.max_horizontal("record_key_l", "record_key_r").alias("record_key_r")
    # Six decimals of a bit: sums in another order must not differ.
    bits = [pl.col(name).round(6) for name in ("match_weight", *evidence)]
    return pairs.select(left, right, *bits, *levels).sort("record_key_l", "record_key_r")


def _prepare_blocking(session: Session, rules: dict[str, BlockingRule]) -> tuple[list[Any], dict[str, int]]:
    """Make the table `match_forms`, in which a rule with values that are too common has a column of keys without them.

    `info@`, one switchboard or a hundred thousand rows of `Unknown` would otherwise be compared each with each.
    """
    session.execute("CREATE OR REPLACE TEMP TABLE match_forms AS SELECT * FROM match_forms_given")
    usable: list[Any] = []
    too_common: dict[str, int] = {}
    for name, rule in rules.items():
        common = "" if rule.sql else _keys(rule, f"> {rule.largest}")
        held = int(str(session.scalar(f"SELECT coalesce(sum(held), 0) FROM ({common})"))) if common else 0  # noqa: S608
        if not held:
            usable.append(rule.for_splink())
            continue
        if rule.largest == LARGEST_BLOCK:  # a rule for what few share leaves out the rest by design
            too_common[name] = held
        column = f"{name}_keys"
        kind = "VARCHAR[]" if rule.explode else "VARCHAR"
        session.execute(f"ALTER TABLE match_forms ADD COLUMN {column} {kind}")
        usual = _keys(rule, f"BETWEEN 2 AND {rule.largest}")
        if rule.explode:
            held_keys = (
                "SELECT record_key, list(key ORDER BY key) AS keys "  # noqa: S608  (our own names)
                f"FROM (SELECT record_key, unnest({rule.explode}) AS key FROM match_forms) "
                f"SEMI JOIN ({usual}) USING (key) GROUP BY record_key"
            )
            where = "usual.record_key = match_forms.record_key"
        else:
            held_keys, where = f"SELECT key AS keys FROM ({usual})", f"usual.keys = {_key(rule)}"  # noqa: S608
        session.execute(f"UPDATE match_forms SET {column} = usual.keys FROM ({held_keys}) AS usual WHERE {where}")  # noqa: S608
        usable.append(rule.for_splink(column))
    return usable, too_common


def _key(rule: BlockingRule) -> str:
    """The keys of a rule as one text, null where any is."""
    return " || chr(31) || ".join(rule.keys)


def _keys(rule: BlockingRule, many: str) -> str:
    """The query for the keys of a rule that so many records share: `key`, `held`."""
    source = f"unnest({rule.explode})" if rule.explode else _key(rule)
    return (
        f"SELECT key, count(*) AS held FROM (SELECT {source} AS key FROM match_forms) "  # noqa: S608  (our own names)
        f"WHERE key IS NOT NULL GROUP BY key HAVING count(*) {many}"
    )


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
