"""Clusters: no chains, no pair that people or numbers keep apart, and nothing that depends on order."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.resolution.clusters import SUPPORT, Clusters, constrained
from schemas.contracts.options import ImportOptions
from schemas.contracts.vocabulary import Band, Entity, PairRule, Verdict
from schemas.stores.decisions import Decision
from tests.support import Workplace, write_csv

_APART = {"record_key_l": pl.String, "record_key_r": pl.String, "rule": pl.String}


def _pairs(rows: list[tuple[str, str, float, str, str]]) -> pl.DataFrame:
    names = ["record_key_l", "record_key_r", "match_weight", "band", "rule"]
    types = [pl.String, pl.String, pl.Float64, pl.String, pl.String]
    pairs = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    return pairs.with_columns(match_probability=1 / (1 + 2.0 ** (12 - pl.col("match_weight"))))


def _matched(
    left: str, right: str, weight: float = 20.0, rule: str = PairRule.MODEL
) -> tuple[str, str, float, str, str]:
    return left, right, weight, Band.MATCHED.value, rule


def _clusters(keys: str, pairs: list[tuple[str, str, float, str, str]], apart: list[tuple[str, str]]) -> Clusters:
    kept = pl.DataFrame([(*pair, PairRule.DECIDED_DIFFERENT) for pair in apart], schema=_APART, orient="row")
    return _clusters_of(keys, _pairs(pairs), kept)


def _clusters_of(keys: str, edges: pl.DataFrame, apart: pl.DataFrame) -> Clusters:
    """The clusters of a few records; the components are found without an engine."""
    parent = {key: key for key in keys}

    def root(key: str) -> str:
        while parent[key] != key:
            key = parent[key]
        return key

    for left, right in edges.filter(pl.col("band") == Band.MATCHED).select("record_key_l", "record_key_r").iter_rows():
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    components = pl.DataFrame(
        {"record_key": list(parent), "component": [root(key) for key in parent]},
        schema={"record_key": pl.String, "component": pl.String},
    )
    return constrained(Entity.PERSON, components, edges, apart)


def _sets(clusters: Clusters) -> set[frozenset[str]]:
    groups = clusters.components.group_by("component").agg("record_key")["record_key"].to_list()
    return {frozenset(group) for group in groups}


def test_two_groups_are_not_fused_by_one_pair() -> None:
    inside = [_matched(*pair) for group in ("abc", "xyz") for pair in combinations(group, 2)]
    found = _clusters("abcxyz", [*inside, _matched("c", "x", 15.0)], [])
    assert _sets(found) == {frozenset("abc"), frozenset("xyz")}
    assert found.loosened.rows() == [("c", "x", "weak bridge")]
    assert found.findings["finding"].to_list() == ["weak bridge"]


def test_groups_that_many_pairs_connect_are_one() -> None:
    inside = [_matched(*pair) for group in ("abc", "xyz") for pair in combinations(group, 2)]
    across = [_matched("a", "x", 15.0), _matched("b", "y", 14.0), ("c", "z", 9.0, Band.REVIEW.value, PairRule.MODEL)]
    assert _sets(_clusters("abcxyz", [*inside, *across], [])) == {frozenset("abcxyz")}


def test_one_pair_beyond_doubt_connects_small_groups() -> None:
    inside = [_matched(*pair) for group in ("abc", "xyz") for pair in combinations(group, 2)]
    assert _sets(_clusters("abcxyz", [*inside, _matched("c", "x", 30.0)], [])) == {frozenset("abcxyz")}


def test_a_chain_does_not_grow_for_ever() -> None:
    keys = "abcdefghijklmnop"
    found = _clusters(keys, [_matched(one, other, 16.0) for one, other in pairwise(keys)], [])
    assert max(len(group) for group in _sets(found)) <= 1 / SUPPORT + 1


def test_a_decision_is_not_overruled_by_a_path_around_it() -> None:
    found = _clusters("abc", [_matched("a", "b", 30.0), _matched("b", "c", 20.0)], [("a", "c")])
    assert _sets(found) == {frozenset("ab"), frozenset("c")}
    assert found.loosened.rows() == [("b", "c", "kept apart")]


def test_decisions_that_contradict_each_other_are_told_and_not_guessed() -> None:
    same = [_matched("a", "b", rule=PairRule.DECIDED_SAME), _matched("b", "c", rule=PairRule.DECIDED_SAME)]
    found = _clusters("abc", same, [("a", "c")])
    assert frozenset("abc") not in _sets(found)
    assert found.findings["finding"].to_list() == ["contradiction"]
    assert "a and c must not (decided different)" in found.findings["detail"].item()


def test_what_a_source_states_yields_to_what_a_person_decided() -> None:
    found = _clusters("abc", [_matched("a", "b", 0.0, "stated by the source"), _matched("b", "c")], [("a", "b")])
    assert _sets(found) == {frozenset("a"), frozenset("bc")}


_KEYS = "abcdefgh"
_PAIR = st.tuples(st.sampled_from(_KEYS), st.sampled_from(_KEYS)).filter(lambda pair: pair[0] < pair[1])


@given(
    st.dictionaries(_PAIR, st.tuples(st.floats(-5, 30), st.sampled_from(list(Band)))),
    st.sets(_PAIR, max_size=4),
    st.randoms(use_true_random=False),
)
def test_no_cluster_holds_a_pair_decided_different_and_order_does_not_matter(
    scored: dict[tuple[str, str], tuple[float, Band]], apart: set[tuple[str, str]], order: random.Random
) -> None:
    rows = [(*pair, weight, band.value, PairRule.MODEL) for pair, (weight, band) in scored.items() if pair not in apart]
    found = _clusters(_KEYS, rows, sorted(apart))
    assert sorted(key for group in _sets(found) for key in group) == list(_KEYS)
    for group in _sets(found):
        assert not any(set(pair) <= group for pair in apart)
    shuffled = list(rows)
    order.shuffle(shuffled)
    again = _clusters("".join(order.sample(_KEYS, len(_KEYS))), shuffled, sorted(apart, reverse=True))
    assert _sets(again) == _sets(found)
    assert again.loosened.sort(pl.all()).equals(found.loosened.sort(pl.all()))


# What people decide about entities ---------------------------------------------------------------------------------

_SAYS = st.sampled_from(["same", "one pair is the same", "different"])
_Rows = dict[tuple[str, str], tuple[str, str, float, str, str]]


def _world(scored: dict[tuple[str, str], tuple[float, Band]]) -> _Rows:
    return {pair: (*pair, weight, band.value, PairRule.MODEL) for pair, (weight, band) in scored.items()}


def _after(rows: _Rows, decided: dict[tuple[str, str], Verdict]) -> Clusters:
    """The clusters of a world in which people decided about some pairs."""
    same = [_matched(*pair, rule=PairRule.DECIDED_SAME) for pair, said in decided.items() if said == Verdict.SAME]
    apart = sorted(pair for pair, said in decided.items() if said == Verdict.DIFFERENT)
    return _clusters(_KEYS, [*(row for pair, row in rows.items() if pair not in apart), *same], apart)


def _across(one: frozenset[str], other: frozenset[str]) -> list[tuple[str, str]]:
    return [(min(left, right), max(left, right)) for left in one for right in other]


@settings(max_examples=200)
@given(
    st.dictionaries(
        _PAIR, st.tuples(st.floats(10, 30), st.sampled_from([Band.MATCHED, Band.MATCHED, Band.REVIEW])), min_size=6
    ),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), _SAYS), min_size=1, max_size=4),
)
def test_entities_that_somebody_decided_are_one_are_one_and_no_cluster_falls_apart(
    scored: dict[tuple[str, str], tuple[float, Band]], acts: list[tuple[int, int, str]]
) -> None:
    rows, decided = _world(scored), dict[tuple[str, str], Verdict]()
    for left, right, said in acts:
        before = sorted(_sets(_after(rows, decided)), key=min)
        one, other = before[left % len(before)], before[right % len(before)]
        if one == other:
            continue
        pairs = _across(one, other)
        takes_back = any(decided.get(pair) == Verdict.DIFFERENT for pair in pairs)
        if said == "one pair is the same" and not takes_back:
            pairs = pairs[:1]
        decided |= dict.fromkeys(pairs, Verdict.DIFFERENT if said == "different" else Verdict.SAME)
        found = _after(rows, decided)
        after = _sets(found)
        assert found.findings.filter(finding="contradiction").is_empty()
        if said == "different":
            assert after == set(before)
        elif takes_back:  # evidence between the two counts again, also for a third
            assert any(one | other <= group for group in after)
        else:
            assert after == {group for group in before if group not in (one, other)} | {one | other}


def test_a_decision_about_two_groups_does_not_take_one_of_them_apart() -> None:
    # Seen: the decided pair was joined first, and the rest of its group was a weak bridge to what had become of it.
    groups = ("abcdef", "tuvwxy")
    inside = [_matched(*pair, 14.0) for group in groups for pair in pairwise(group)]
    likely = [
        (*pair, 9.0, Band.REVIEW.value, PairRule.MODEL)
        for group in groups for pair in combinations(group, 2) if pair not in set(pairwise(group))
    ]  # fmt: skip
    assert _sets(_clusters("abcdeftuvwxy", [*inside, *likely], [])) == {frozenset(group) for group in groups}
    decided = _matched("a", "t", rule=PairRule.DECIDED_SAME)
    assert _sets(_clusters("abcdeftuvwxy", [*inside, *likely, decided], [])) == {frozenset("abcdeftuvwxy")}


def test_what_cannot_be_one_keeps_whole_groups_apart_and_says_so() -> None:
    pairs = [_matched("a", "b"), _matched("x", "y")]
    decided = [_matched(*pair, rule=PairRule.DECIDED_SAME) for pair in _across(frozenset("ab"), frozenset("xy"))]
    found = _clusters("abxy", [*pairs, *decided], [("a", "x")])
    assert _sets(found) == {frozenset("ab"), frozenset("xy")}
    assert found.findings["finding"].to_list() == ["contradiction"]


def test_evidence_gives_way_where_it_keeps_apart_what_somebody_decided_is_one() -> None:
    found = _clusters("apq", [_matched("a", "p"), _matched("a", "q", rule=PairRule.DECIDED_SAME)], [("p", "q")])
    assert _sets(found) == {frozenset("aq"), frozenset("p")}
    assert found.findings.is_empty()


# Through the tables ---------------------------------------------------------------------------------------------------

_HEADER = ["id", "first name", "last name", "email", "phone"]
_ANN = ["1", "Ann", "Lee", "ann@acme.example", "+44 20 7946 0712"]
_ANN_AGAIN = ["2", "Ann", "Lee", "ann@acme.example", ""]
_BOB = ["3", "Bob", "Okafor", "", ""]


def _workplace(tmp_path: Path, *rows: list[str]) -> Workplace:
    workplace = Workplace(tmp_path / "home")
    workplace.take(write_csv(tmp_path / "list.csv", [_HEADER, *rows]), options=ImportOptions(source="crm"))
    workplace.derive()
    return workplace


def _people(workplace: Workplace) -> set[frozenset[str]]:
    rows = workplace.query("SELECT list(DISTINCT external_id) AS ids FROM person_sources GROUP BY person_id")
    return {frozenset(ids) for ids in rows["ids"].to_list()}


def _decide(workplace: Workplace, one: str, other: str, verdict: Verdict) -> None:
    keys = dict(workplace.query("SELECT DISTINCT external_id, record_key FROM records.source_persons").iter_rows())
    workplace.ledger.decisions.add([Decision.about(Entity.PERSON, [keys[one]], [keys[other]], verdict)])
    workplace.load_all()
    workplace.derive()


def test_people_outrank_models_across_imports_and_rebuilds(tmp_path: Path) -> None:
    workplace = _workplace(tmp_path, _ANN, _ANN_AGAIN, _BOB)
    assert _people(workplace) == {frozenset("12"), frozenset("3")}
    _decide(workplace, "1", "2", Verdict.DIFFERENT)
    _decide(workplace, "1", "3", Verdict.SAME)
    assert _people(workplace) == {frozenset("13"), frozenset("2")}
    more = write_csv(tmp_path / "more.csv", [_HEADER, [*_ANN_AGAIN[:4], "+44 20 7946 0712"]])
    workplace.take(more, options=ImportOptions(source="crm"))
    workplace.derive()
    assert _people(workplace) == {frozenset("13"), frozenset("2")}
    before = workplace.tables()
    workplace.settings.warehouse_path.unlink()
    workplace.load_all()
    workplace.derive()
    assert workplace.tables() == before


def test_who_changes_their_mind_decides_again(tmp_path: Path) -> None:
    workplace = _workplace(tmp_path, _ANN, _ANN_AGAIN)
    _decide(workplace, "1", "2", Verdict.DIFFERENT)
    assert len(_people(workplace)) == 2
    _decide(workplace, "1", "2", Verdict.UNSURE)
    assert len(_people(workplace)) == 1
    assert workplace.query("SELECT decision FROM audit.decisions").rows() == [("unsure",)]


def test_records_that_differ_in_all_that_tells_people_apart_are_not_joined_by_a_third(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path / "home")
    header = [*_HEADER, "birth date", "national id"]
    rows = [
        ["1", "Ann", "Lee", "lee@acme.example", "", "1980-04-05", "123456789"],
        ["2", "Ann", "Lee", "lee@acme.example", "", "", ""],
        ["3", "", "Lee", "lee@acme.example", "", "", ""],
        ["4", "Oscar", "Lee", "lee@acme.example", "", "1951-12-30", "987654321"],
    ]
    workplace.take(write_csv(tmp_path / "list.csv", [header, *rows]), options=ImportOptions(source="crm"))
    workplace.derive()
    assert not any({"1", "4"} <= people for people in _people(workplace))
