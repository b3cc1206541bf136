"""Model versions: the shipped model of each entity, and models trained on the user's records.

A trained model is the shipped one with its own probabilities and name frequencies. Belongs here: models as values, to
and from JSON. Does not belong here: declaring them (the model modules); training them (`dedup.study.training`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dedup.features.names import name_frequencies
from dedup.models import organization_model, person_model
from dedup.models.blocking_rules import BlockingRule
from dedup.models.model import Model, level_name, settings_of
from schemas.contracts.errors import StoreError
from schemas.contracts.vocabulary import Entity

SHIPPED: dict[Entity, Model] = {Entity.ORGANIZATION: organization_model, Entity.PERSON: person_model}
MODEL_VERSIONS = {Entity.ORGANIZATION: organization_model.VERSION, Entity.PERSON: person_model.VERSION}

LEAST, MOST = 1e-9, 0.999
"""Bounds of a probability: nothing is impossible, nothing certain."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a comparison with its two probabilities; a fixed level is not trained."""

    comparison: str
    name: str
    m: float
    u: float
    is_fixed: bool

    @property
    def match_weight(self) -> float:
        """log2 of the Bayes factor of the level."""
        return math.log2(self.m / self.u)

    def with_m(self, m: float) -> Level:
        """The level with another m probability."""
        return replace(self, m=_bounded(m))

    def with_u(self, u: float) -> Level:
        """The level with another u probability."""
        return replace(self, u=_bounded(u))


def _bounded(chance: float) -> float:
    """A probability within bounds, to nine digits: the order of a sum must not change the model."""
    return float(f"{min(MOST, max(LEAST, chance)):.9g}")


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A shipped model with the probabilities of `levels` and the name frequencies `shares` (column, name)."""

    entity: Entity
    VERSION: str
    levels: tuple[Level, ...]
    shares: Mapping[str, Mapping[str, float]]

    @property
    def PRIOR_LOG_ODDS(self) -> float:  # noqa: N802  (a name of the protocol)
        """The prior of the shipped model."""
        return SHIPPED[self.entity].PRIOR_LOG_ODDS

    @property
    def BLOCKING_RULES(self) -> dict[str, BlockingRule]:  # noqa: N802  (a name of the protocol)
        """Those of the shipped model."""
        return SHIPPED[self.entity].BLOCKING_RULES

    @property
    def FREQUENCY_COLUMNS(self) -> tuple[str, ...]:  # noqa: N802
        """Those of the shipped model."""
        return SHIPPED[self.entity].FREQUENCY_COLUMNS

    def term_frequencies(self, features: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Name frequencies, from `shares` where known."""
        if not self.shares:
            return SHIPPED[self.entity].term_frequencies(features)
        return name_frequencies(features, self.shares)

    def settings(self, *, explained: bool = False) -> dict[str, Any]:
        """The Splink settings of the shipped model with these probabilities."""
        made = settings_of(SHIPPED[self.entity], explained=explained)
        trained = {(level.comparison, level.name): level for level in self.levels}
        for comparison in made["comparisons"]:
            for level in comparison["comparison_levels"]:
                found = trained.get((comparison["output_column_name"], level_name(level)))
                if found is not None and not level.get("is_null_level"):
                    level["m_probability"], level["u_probability"] = found.m, found.u
        return made

    def to_json(self) -> str:
        """The model as JSON."""
        levels = [[item.comparison, item.name, item.m, item.u, item.is_fixed] for item in self.levels]
        return json.dumps(
            {"entity": self.entity.value, "version": self.VERSION, "levels": levels, "shares": self.shares},
            ensure_ascii=False,
        )


def from_json(text: str) -> TrainedModel:
    """Parse a trained model from the JSON of `to_json`.

    Raises StoreError if it is not one, or was trained with an earlier version of the program.
    """
    try:
        document = json.loads(text)
        entity = Entity(document["entity"])
        found = trained(
            entity, str(document["version"]), [Level(*item) for item in document["levels"]], document["shares"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"not a trained model: {error}") from error
    if not is_usable(entity, found.VERSION):
        raise StoreError(
            f"model {found.VERSION} was trained with an earlier version of leadsift, which compared other things; "
            f"`leadsift train --entity {entity}` trains a new one"
        )
    return found


def is_usable(entity: Entity, version: str) -> bool:
    """Whether this version of the program can use a model: its base is the shipped model."""
    return version.partition("+")[0] == SHIPPED[entity].VERSION


def trained(
    entity: Entity, version: str, levels: list[Level], shares: Mapping[str, Mapping[str, float]]
) -> TrainedModel:
    """A trained model."""
    return TrainedModel(entity, version, tuple(levels), shares)


def levels_of(model: Model) -> list[Level]:
    """Every level of a model with its probabilities, without null levels."""
    found = []
    for comparison in settings_of(model)["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                fixed = bool(level.get("fix_m_probability") or level.get("fix_u_probability"))
                m, u = level["m_probability"], level["u_probability"]
                found.append(Level(comparison["output_column_name"], level_name(level), m, u, fixed))
    return found


def model_in_use(query: Callable[[str, Sequence[object]], pl.DataFrame], entity: Entity) -> Model:
    """The model that a database is resolved with, or the shipped one if that is an earlier version's.

    `query` runs SQL on the database.
    """
    found = query("SELECT version, trained FROM audit.models WHERE entity = ? AND trained IS NOT NULL", [entity.value])
    if found.is_empty() or not is_usable(entity, found["version"].item()):
        return SHIPPED[entity]
    return from_json(found["trained"].item())


def weights(entity: Entity, model: Model) -> pl.DataFrame:
    """The levels of a model as rows of `audit.match_weights`."""
    levels = levels_of(model)
    return pl.DataFrame(
        {
            "entity": [entity.value] * len(levels),
            "comparison": [level.comparison for level in levels],
            "level": [level.name for level in levels],
            "place": pl.Series(range(1, len(levels) + 1), dtype=pl.Int32),
            "m_probability": [level.m for level in levels],
            "u_probability": [level.u for level in levels],
            "match_weight": [level.match_weight for level in levels],
        }
    )
