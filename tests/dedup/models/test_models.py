"""The models: named for their reasons, symmetric, and evidence that depends on the two records alone."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.features.records import person_features
from dedup.models import organization_model, person_model
from dedup.models.versions import levels_of, trained
from dedup.scoring.bands import band
from dedup.scoring.linker import connected_components, score_blocked, score_pairs
from schemas.contracts.vocabulary import Band, Entity
from schemas.stores.warehouse import Session, scratch_session
from tests.support import examples

SCHEMA: dict[str, Any] = {
    "record_key": pl.String,
    "name": pl.String,
    "first_name": pl.String,
    "last_name": pl.String,
    "birth_date": pl.Date,
    "emails": pl.List(pl.String),
    "phones": pl.List(pl.String),
    "national_id": pl.String,
    "street": pl.String,
    "city": pl.String,
    "postal_code": pl.String,
    "organization_id": pl.String,
}


def person(key: str, **fields: Any) -> dict[str, Any]:
    return {**dict.fromkeys(SCHEMA), "record_key": key, **fields}


def score(*people: dict[str, Any]) -> dict[tuple[str, str], float]:
    connection = duckdb.connect()
    try:
        forms = person_features(pl.DataFrame(list(people), schema=SCHEMA))
        pairs = score_pairs(Session(connection), forms, person_model).pairs
        return {
            (left, right): bits
            for left, right, bits in pairs.select("record_key_l", "record_key_r", "match_weight").iter_rows()
        }
    finally:
        connection.close()


@pytest.mark.parametrize("model", [person_model, organization_model])
def test_levels_are_probabilities_and_every_rule_has_a_name(model: Any) -> None:
    built = model.settings().create_settings_dict("duckdb")
    for comparison in built["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for kind in ("m_probability", "u_probability"):
            assert math.isclose(sum(level[kind] for level in levels), 1.0, abs_tol=0.02), (
                comparison["output_column_name"],
                kind,
            )
        assert all(level["label_for_charts"] for level in levels[:-1])
    assert all(name.startswith(("same_", "swapped_")) for name in model.BLOCKING_RULES)


def test_what_speaks_for_one_person_and_what_does_not() -> None:
    ann = person("a", first_name="Ann", last_name="Lee", emails=["ann@x.example"], birth_date=date(1980, 2, 3))
    same = person("b", first_name="Ann", last_name="Lee", emails=["ann@x.example"], birth_date=date(1980, 2, 3))
    typo = person("c", first_name="Anne", last_name="Leigh", emails=["ann@x.example"], birth_date=date(1980, 3, 2))
    other = person("d", first_name="Ann", last_name="Lee", emails=["al@y.example"], birth_date=date(1951, 11, 30))
    bits = score(ann, same, typo, other)
    assert bits["a", "b"] > bits["a", "c"]
    assert band(bits["a", "c"], person_model.PRIOR_LOG_ODDS) == Band.MATCHED
    assert band(bits["a", "d"], person_model.PRIOR_LOG_ODDS) != Band.MATCHED


def test_a_household_is_not_one_person() -> None:
    place = {
        "last_name": "Moreau",
        "street": "3 rue du Lac",
        "city": "Annecy",
        "postal_code": "74000",
        "phones": ["+33450000000"],
    }
    bits = score(
        person("a", first_name="Paul", birth_date=date(1950, 1, 1), **place),
        person("b", first_name="Claire", birth_date=date(1979, 6, 6), **place),
    )
    assert band(bits.get(("a", "b"), 0.0), person_model.PRIOR_LOG_ODDS) == Band.DISTINCT


NAMES = st.sampled_from(["Ann", "Anna", "Bob", "Robert", "Chloé", "Lee", "Li", "Smith"])
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "first_name": NAMES,
            "last_name": NAMES,
            "birth_date": st.dates(date(1970, 1, 1), date(1970, 1, 9)),
            "emails": st.lists(
                st.sampled_from(["a@x.example", "b@x.example", "b@y.example"]), min_size=1, max_size=2, unique=True
            ),
            "city": st.sampled_from(["Lyon", "Leeds"]),
        },
    ),
    min_size=2,
    max_size=6,
)


@examples(50, in_ci=50)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_a_pairs_evidence_depends_on_its_two_records_alone(people: list[dict[str, Any]], random: Any) -> None:
    everybody = [person(f"k{index}", **fields) for index, fields in enumerate(people)]
    random.shuffle(everybody)
    together = score(*everybody)
    if together:
        (left, right), bits = random.choice(sorted(together.items()))
        pair = [one for one in everybody if one["record_key"] in (left, right)]
        assert score(*pair) == {(left, right): bits}
        assert score(*reversed(everybody)) == together


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
@examples(50, in_ci=50)
def test_components_are_those_of_the_graph(edges: list[tuple[int, int]]) -> None:
    keys = [f"k{number}" for number in range(10)]
    group = {key: {key} for key in keys}
    for one, other in edges:
        united = group[f"k{one}"] | group[f"k{other}"]
        for key in united:
            group[key] = united
    frame = pl.DataFrame(
        [(f"k{min(edge)}", f"k{max(edge)}") for edge in edges if edge[0] != edge[1]],
        schema={"record_key_l": pl.String, "record_key_r": pl.String},
        orient="row",
    )
    connection = duckdb.connect()
    found = dict(connected_components(Session(connection), pl.Series(keys), frame).iter_rows())
    connection.close()
    assert found == {key: min(group[key]) for key in keys}


def test_kept_queries_are_those_of_the_model_that_is_asked_for() -> None:
    people = [person("a", first_name="Ann", last_name="Lee"), person("b", first_name="Ann", last_name="Lee")]
    shipped = score(*people)
    # The same version and other weights: what is kept must not go by names.
    doubted = trained(
        Entity.PERSON, person_model.VERSION, [level.with_m(level.m / 2) for level in levels_of(person_model)], {}
    )
    with scratch_session() as session:
        found = score_pairs(session, person_features(pl.DataFrame(people, schema=SCHEMA)), doubted).pairs
    assert found["match_weight"].item() < shipped["a", "b"]
    assert score(*people) == shipped


def test_nothing_of_splink_stays_behind() -> None:
    connection = duckdb.connect()
    people = [person("a", last_name="Lee", first_name="Ann"), person("b", last_name="Lee", first_name="Ann")]
    score_pairs(Session(connection), person_features(pl.DataFrame(people, schema=SCHEMA)), person_model)
    assert connection.execute("SELECT table_name FROM information_schema.tables").fetchall() == []
    connection.close()


def test_a_value_that_everybody_shares_brings_no_two_together() -> None:
    crowd = [
        person(f"c{n:04}", first_name="Unknown", last_name="Unknown", emails=["everybody@x.example"], city="Paris")
        for n in range(700)
    ]
    twins = [
        person(key, first_name="Ann", last_name="Lee", emails=["everybody@x.example"], city="Paris")
        for key in ("a", "b")
    ]
    connection = duckdb.connect()
    found = score_pairs(
        Session(connection), person_features(pl.DataFrame([*crowd, *twins], schema=SCHEMA)), person_model
    )
    connection.close()
    assert found.pairs.select("record_key_l", "record_key_r").rows() == [("a", "b")]
    assert found.oversized_blocks["same_email"] == 702


def test_brothers_who_run_a_firm_are_not_one() -> None:
    firm = {"last_name": "Aamodt", "organization_id": "org_a", "street": "1 Mill Lane", "city": "York"}
    brothers = [
        person("a", first_name="Marcus", phones=["+442079460712"], **firm),
        person("b", first_name="Dana", phones=["+442079460712"], **firm),
    ]
    assert score(*brothers).get(("a", "b"), 0.0) < 8.0


@pytest.mark.parametrize("leveled", [False, True])
def test_no_pairs_look_like_some(leveled: bool) -> None:
    people = [person("a", name="Ann Lee"), person("b", name="Ann Lee")]
    forms = person_features(pl.DataFrame(people, schema=SCHEMA))
    made = []
    with scratch_session() as session, session.registered("given", forms):
        session.execute("CREATE TEMP TABLE forms AS FROM given")
        for which in ("rowid < 0", "true"):
            session.execute(
                "CREATE TEMP TABLE match_pairs AS SELECT '0' AS match_key, 0::BIGINT AS join_key_l, 1::BIGINT AS join_key_r "
                f"FROM forms WHERE rowid = 0 AND {which}"
            )
            made.append(score_blocked(session, "forms", person_model, None, leveled=leveled))
    none, some = made
    assert (none.height, some.height) == (0, 1)
    assert none.schema == some.schema
