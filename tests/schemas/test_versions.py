"""Facts about the versions of our libraries that the program relies on."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from splink import DuckDBAPI, Linker

from dedup.features.records import person_features
from dedup.models import person_model


def test_duckdb_keeps_comments_and_macros_when_it_copies_a_database(tmp_path: Path) -> None:
    connection = duckdb.connect(str(tmp_path / "a.duckdb"))
    connection.execute("CREATE TABLE t (a INTEGER); COMMENT ON TABLE t IS 'hi'; CREATE MACRO m(x) AS x + 1")
    connection.execute(f"ATTACH '{tmp_path / 'b.duckdb'}' AS b; COPY FROM DATABASE a TO b; DETACH b")
    connection.close()
    copy = duckdb.connect(str(tmp_path / "b.duckdb"), read_only=True)
    assert copy.execute("SELECT comment FROM duckdb_tables()").fetchall() == [("hi",)]
    assert copy.execute("SELECT m(1)").fetchall() == [(2,)]
    copy.close()


def test_a_splink_match_weight_with_a_prior_of_one_half_is_the_evidence_alone() -> None:
    columns = ["name", "job", "birth_date", "emails", "phones", "national_id", "street", "city", "postal_code"]
    rows = pl.DataFrame(
        {
            "record_key": ["a", "b"],
            "first_name": ["Ann", "Ann"],
            "last_name": ["Lee", "Lee"],
            "organization_id": [None, None],
            **{name: [None, None] for name in columns},
        },
        schema_overrides={
            **dict.fromkeys([*columns, "organization_id"], pl.String),
            "birth_date": pl.Date,
            "emails": pl.List(pl.String),
            "phones": pl.List(pl.String),
        },
    )
    connection = duckdb.connect()
    connection.register("forms", person_features(rows))
    connection.execute("CREATE TABLE pairs AS SELECT '0' AS match_key, 'a' AS join_key_l, 'b' AS join_key_r")
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("forms"), person_model.settings(), log_level=None)
    linker.table_management.register_blocked_pairs_for_predict(api.register("pairs"))
    pair = linker.inference.predict(threshold_match_weight=-100).as_duckdbpyrelation().pl().row(0, named=True)
    bits = [value for name, value in pair.items() if name.startswith("mw_")]
    assert pair["match_weight"] == pytest.approx(sum(bits))
    connection.close()
