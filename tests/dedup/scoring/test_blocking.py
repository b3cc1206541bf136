"""Blocking: what changes bring together and part is what looking at everything again would."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dedup.models.blocking_rules import agreeing_on, sharing_one_of
from dedup.scoring.blocking import block, block_changed
from schemas.stores.warehouse import Session, scratch_session

RULES = {
    "same_name": agreeing_on("name", max_block_size=3),
    "same_name_and_city": agreeing_on("name", "city", max_block_size=2),
    "shared_mail": sharing_one_of("mails", max_block_size=4),
}
RECORD = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["x", "y", None]),
    st.lists(st.sampled_from(["m", "n"]), max_size=2, unique=True),
)
WORLD = st.dictionaries(st.integers(0, 12), RECORD, max_size=12)
SCHEMA = {"record_key": pl.Int64, "name": pl.String, "city": pl.String, "mails": pl.List(pl.String)}


def _frame(world: dict[int, tuple[str | None, str | None, list[str]]]) -> pl.DataFrame:
    return pl.DataFrame([(key, *record) for key, record in sorted(world.items())], schema=SCHEMA, orient="row")


def _pairs(session: Session) -> set[tuple[int, int]]:
    found = session.frame(
        "SELECT least(l.record_key, r.record_key) AS one, greatest(l.record_key, r.record_key) AS other FROM match_pairs "
        "JOIN forms AS l ON l.rowid = join_key_l JOIN forms AS r ON r.rowid = join_key_r"
    )
    return set(found.iter_rows())


@given(WORLD, WORLD)
def test_after_a_change_the_pairs_are_those_of_the_whole(
    before: dict[int, tuple[str | None, str | None, list[str]]],
    after: dict[int, tuple[str | None, str | None, list[str]]],
) -> None:
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    with scratch_session() as session:
        session.execute(
            "CREATE TABLE forms (record_key BIGINT, name VARCHAR, city VARCHAR, mails VARCHAR[])",
        )
        session.append("main.forms", _frame(before))
        block(session, "forms", RULES)
        kept = _pairs(session)
        keys = ", ".join(map(str, changed)) or "-1"
        session.execute(f"CREATE TABLE former AS SELECT * FROM forms WHERE record_key IN ({keys})")
        session.execute(f"DELETE FROM forms WHERE record_key IN ({keys})")
        session.append("main.forms", _frame({key: value for key, value in after.items() if key in changed}))
        session.execute(
            f"CREATE TEMP TABLE changed_rows AS SELECT rowid AS record FROM forms WHERE record_key IN ({keys})"
        )
        block_changed(session, "forms", "former", RULES)
        fresh = _pairs(session)
        unsettled = set(
            session.frame("SELECT record_key FROM forms JOIN unsettled_rows ON forms.rowid = record")["record_key"]
        )
        left = {
            (one, other)
            for one, other in kept
            if not {one, other} & changed and not (one in unsettled and other in unsettled)
        }
        block(session, "forms", RULES)
        assert left | fresh == _pairs(session)
        assert not left & fresh
