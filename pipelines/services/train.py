"""Train: trains a model on the published records, compares it with the one in use, and puts it to use on request.

A trained model is a file in `<home>/models`. Putting it to use is a fact of the ledger, with the model in the archive,
and derives all tables again. Does not belong here: training a model (`dedup.study.training`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from dedup.models.model import Model
from dedup.models.versions import SHIPPED, TrainedModel, from_json, levels_of, model_in_use
from dedup.scoring.bands import MATCHED_FROM, REVIEW_FROM, match_weight_at
from dedup.scoring.blocking import block
from dedup.scoring.linker import score_blocked
from dedup.study.training import Decided, train
from pipelines.services.acts import Facts, record
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ActionKind, Entity, Verdict
from schemas.sql.files import SHARED, Table, filled
from schemas.stores.actions import Action
from schemas.stores.private import private_files
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published, Session, scratch_session

SHIPPED_NAME = "shipped"


@dataclass(frozen=True, slots=True)
class Training:
    """A trained model compared with the one in use, on the same pairs.

    `levels` has `comparison, level, bits_before, bits_after`; `moved` has `before, after, pairs`, the number of pairs
    that change bands; `decided` has the number of decided pairs that each model bands correctly.
    """

    entity: Entity
    version: str
    before: str
    path: str
    levels: pl.DataFrame
    moved: pl.DataFrame
    decided: dict[str, int]


@private_files()
def train_models(settings: Settings, entities: list[Entity]) -> list[Training]:
    """Train a model for each entity on the published records and store it, without putting it to use.

    Skips an entity with too few records. Raises InputRefusedError if both have too few.
    """
    published = Stores.open(settings).published
    found: list[Training] = []
    for entity in entities:
        features = published.query(SHARED.statement("queries/all_features", entity=entity).text)
        decided = _decided(published, entity)
        used = model_in_use(published.query, entity)
        with scratch_session() as session:
            _hand_in(session, entity, features)
            try:
                made = train(session, entity, used, decided)
            except ValueError as error:
                if entity == entities[-1] and not found:
                    raise InputRefusedError(str(error)) from error
                continue
            moved, right = _side_by_side(session, entity, (used, made), decided)
        path = settings.models_dir / f"{made.VERSION}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.to_json(), encoding="utf-8")
        found.append(Training(entity, made.VERSION, used.VERSION, str(path), _levels(used, made), moved, right))
    return found


def _hand_in(session: Session, entity: Entity, features: pl.DataFrame) -> None:
    session.execute("CREATE SCHEMA audit")
    with session.registered("incoming_features", features):
        table = filled("CREATE TABLE {table} AS FROM incoming_features", table=Table(f"audit.{entity}_features"))
        session.execute(table)


def _decided(published: Published, entity: Entity) -> Decided:
    rows = published.query(
        "SELECT record_key_l, record_key_r, decision FROM records.decided_pairs($entity) WHERE decision <> 'unsure'",
        {"entity": entity.value},
    )
    return Decided({(one, other): verdict == Verdict.SAME for one, other, verdict in rows.iter_rows()})


def _side_by_side(
    session: Session, entity: Entity, models: tuple[Model, TrainedModel], decided: Decided
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The number of pairs by band of both models, and the number of decided pairs that each bands correctly."""
    table = f"audit.{entity}_features"
    banded = []
    right = {}
    for name, model in zip(("before", "after"), models, strict=True):
        block(session, table, model.BLOCKING_RULES)
        pairs = score_blocked(session, table, model, None)
        weight = pl.col("match_weight")
        band = (
            pl.when(weight >= match_weight_at(MATCHED_FROM, model.PRIOR_LOG_ODDS))
            .then(pl.lit("matched"))
            .when(weight >= match_weight_at(REVIEW_FROM, model.PRIOR_LOG_ODDS))
            .then(pl.lit("review"))
            .otherwise(pl.lit("distinct"))
        )
        bands = pairs.select("record_key_l", "record_key_r", band.alias(name))
        banded.append(bands)
        matched = set(bands.filter(pl.col(name) == "matched").select("record_key_l", "record_key_r").iter_rows())
        right[name] = sum((pair in matched) == same for pair, same in decided.pairs.items())
    both = banded[0].join(banded[1], on=["record_key_l", "record_key_r"])
    moved = both.group_by("before", "after").len("pairs").sort("before", "after")
    return moved, {"decided": len(decided.pairs), **right}


def _levels(before: Model, after: Model) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "comparison": was.comparison,
                "level": was.name,
                "bits_before": round(was.match_weight, 2),
                "bits_after": round(now.match_weight, 2),
            }
            for was, now in zip(levels_of(before), levels_of(after), strict=True)
        ]
    )


def use_model(settings: Settings, version: str, reason: str | None) -> dict[str, Any]:
    """Put a trained model, or the shipped ones, to use, as a fact; returns the versions in use.

    Raises InputRefusedError if there is no such model.
    """

    def facts_of(published: Published) -> Facts:
        chosen = _chosen(published)
        actions = _shipped(reason) if version == SHIPPED_NAME else [_trained(settings, version, reason)]
        return Facts(actions=[item for item in actions if chosen[item.entity] != item.details["version"]])

    is_new = record(settings, facts_of)
    return {"in_use": _in_use(Stores.open(settings).published), "already_recorded": not is_new}


def _in_use(published: Published) -> dict[str, str]:
    return dict(published.query("SELECT entity, version FROM audit.models ORDER BY entity").iter_rows())


def _chosen(published: Published) -> dict[str, str]:
    """The version that was last put to use for each entity; an earlier program's may have given way to another."""
    rows = published.query(
        "SELECT entity, arg_max(details['version'], sequence) FROM audit.actions WHERE action = 'use_model' GROUP BY 1"
    )
    return {entity.value: model.VERSION for entity, model in SHIPPED.items()} | dict(rows.iter_rows())


def _shipped(reason: str | None) -> list[Action]:
    return [
        Action(entity, "", ActionKind.USE_MODEL, {"version": model.VERSION}, reason)
        for entity, model in SHIPPED.items()
    ]


def _trained(settings: Settings, version: str, reason: str | None) -> Action:
    path = settings.models_dir / f"{version}.json"
    known = sorted(item.stem for item in settings.models_dir.glob("*.json"))
    if version not in known:
        raise InputRefusedError(f"there is no model {version!r}; choose one of {', '.join([SHIPPED_NAME, *known])}")
    model = from_json(path.read_text(encoding="utf-8"))
    details = {"version": model.VERSION, "sha256": Stores.open(settings).archive.put(path.read_bytes())}
    return Action(model.entity, "", ActionKind.USE_MODEL, details, reason)
