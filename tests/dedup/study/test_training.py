"""Training: counts what the records show, held to what was known; a model survives being written down."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from dedup.features.records import person_features
from dedup.models import person_model
from dedup.models.versions import SHIPPED, from_json, levels_of, model_in_use, weights
from dedup.study.training import Decided, train
from schemas.contracts.errors import StoreError
from schemas.contracts.vocabulary import Entity
from schemas.stores.warehouse import Session, scratch_session
from tests.dedup.models.test_models import SCHEMA, person
from tests.pipelines.support import ROOT


def _forms(session: Session, people: list[dict[str, Any]]) -> None:
    session.execute("CREATE SCHEMA IF NOT EXISTS audit")
    with session.registered("incoming", person_features(pl.DataFrame(people, schema=SCHEMA))):
        session.execute("CREATE OR REPLACE TABLE audit.person_features AS SELECT * FROM incoming")


def _people(count: int, *, same_day: float) -> list[dict[str, Any]]:
    """Everybody twice, with the birth date written rightly the second time in a share of the cases."""
    rng = random.Random(3)
    names = [
        f"{a}{b}" for a in ("bel", "cor", "dan", "eri", "fal") for b in ("mont", "nau", "rick", "sen", "tho", "vik")
    ]
    found = []
    for number in range(count):
        day = date(1950, 1, 1) + timedelta(days=rng.randrange(18_000))
        fields = {
            "first_name": rng.choice(names), "last_name": f"{rng.choice(names)}{rng.choice(names)}",
            "emails": [f"p{number}@mail{number}.example"],
        }  # fmt: skip
        again = day if rng.random() < same_day else day + timedelta(days=rng.randrange(400, 9_000))
        found += [person(f"a{number}", birth_date=day, **fields), person(f"b{number}", birth_date=again, **fields)]
    return found


def test_a_list_of_wrong_birth_dates_takes_weight_from_them() -> None:
    bits = {}
    for share in (0.3, 1.0):
        with scratch_session() as session:
            _forms(session, _people(400, same_day=share))
            model = train(session, Entity.PERSON, person_model, Decided({}))
        bits[share] = {(level.comparison, level.name): level.match_weight for level in model.levels}
    same, other = ("birth_date", "same birth date"), ("birth_date", "different")
    assert bits[0.3][same] < bits[1.0][same]
    assert bits[0.3][other] > bits[1.0][other]


def test_shared_levels_and_unseen_ones_stay_as_they_were() -> None:
    with scratch_session() as session:
        _forms(session, _people(150, same_day=0.9))
        model = train(session, Entity.PERSON, person_model, Decided({}))
    for was, now in zip(levels_of(person_model), model.levels, strict=True):
        if was.is_fixed:
            assert (was.m, was.u) == (now.m, now.u)
    # Nobody here has a national id.
    assert [level for level in model.levels if level.comparison == "national_id"] == [
        level for level in levels_of(person_model) if level.comparison == "national_id"
    ]


def test_what_people_decided_counts_as_decided() -> None:
    people = _people(150, same_day=0.5)
    different = {(f"a{number}", f"b{number}"): False for number in range(150)}
    found = []
    for decided in ({}, different):
        with scratch_session() as session:
            _forms(session, people)
            model = train(session, Entity.PERSON, person_model, Decided(decided))
        found.append({level.name: level.m for level in model.levels if level.comparison == "email"})
    assert found[1]["an e-mail address in common"] < found[0]["an e-mail address in common"]


def test_training_is_repeatable_and_a_model_survives_being_written() -> None:
    made = []
    for _ in range(2):
        with scratch_session() as session:
            _forms(session, _people(150, same_day=0.9))
            made.append(train(session, Entity.PERSON, person_model, Decided({})))
    assert made[0] == made[1]
    assert from_json(made[0].to_json()) == made[0]
    assert made[0].VERSION.startswith(f"{person_model.VERSION}+")
    trained = {(level.comparison, level.name): level for level in levels_of(made[0])}
    assert all(trained[level.comparison, level.name].m == pytest.approx(level.m) for level in made[0].levels)


def test_another_process_makes_the_same_model() -> None:
    program = (
        "from tests.dedup.study.test_training import _forms, _people\n"
        "from dedup.models import person_model\nfrom dedup.study.training import Decided, train\n"
        "from schemas.contracts.vocabulary import Entity\nfrom schemas.stores.warehouse import scratch_session\n"
        "with scratch_session() as session:\n"
        "    _forms(session, _people(150, same_day=0.9))\n"
        "    print(train(session, Entity.PERSON, person_model, Decided({})).VERSION)\n"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(made) == 1


def test_too_few_records_are_refused_and_so_is_a_model_of_another_program() -> None:
    with scratch_session() as session:
        _forms(session, _people(20, same_day=1.0))
        with pytest.raises(ValueError, match="a model needs"):
            train(session, Entity.PERSON, person_model, Decided({}))
    with pytest.raises(StoreError, match="an earlier version"):
        from_json('{"entity": "person", "version": "person-0+1", "levels": [], "shares": {}}')
    with pytest.raises(StoreError, match="not a trained model"):
        from_json("[]")


@pytest.mark.parametrize("entity", list(SHIPPED))
def test_without_a_trained_model_the_shipped_one_is_in_use(entity: Entity) -> None:
    empty = pl.DataFrame(schema={"trained": pl.String})
    assert model_in_use(lambda _sql, _values: empty, entity) is SHIPPED[entity]
    told = weights(entity, SHIPPED[entity])
    assert told["match_weight"].is_finite().all()
