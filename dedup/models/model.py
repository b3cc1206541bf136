"""The protocol of match models, and their Splink settings as plain values.

Belongs here: what every model provides. Does not belong here: the models; running them (`dedup.scoring.linker`).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from dedup.models.blocking_rules import BlockingRule

if TYPE_CHECKING:
    from splink import SettingsCreator

UNKNOWN, OTHERWISE = "unknown", "different"
"""Names of the null level and of the last level."""


class Model(Protocol):
    """A model module: named blocking rules and Splink settings."""

    @property
    def VERSION(self) -> str:  # noqa: N802  (a constant of the modules)
        """The version; every change of the model changes it."""
        ...

    @property
    def PRIOR_LOG_ODDS(self) -> float:  # noqa: N802
        """log2 of the odds that two random records match: a constant of the version, independent of the data."""
        ...

    @property
    def BLOCKING_RULES(self) -> dict[str, BlockingRule]:  # noqa: N802
        """Which records are compared; names say why."""
        ...

    @property
    def FREQUENCY_COLUMNS(self) -> tuple[str, ...]:  # noqa: N802
        """The features that `term_frequencies` reads."""
        ...

    def term_frequencies(self, features: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Term frequencies in the population: for each column a frame of `<column>, tf_<column>`.

        `features` has the model's `FREQUENCY_COLUMNS`.
        """
        ...

    def settings(self, *, explained: bool = False) -> SettingsCreator | dict[str, Any]:
        """The Splink settings."""
        ...


def settings_of(model: Model, *, explained: bool = False) -> dict[str, Any]:
    """The Splink settings of a model as plain values, which the caller may change."""
    if isinstance(model, ModuleType):
        return deepcopy(_settings_of_module(model, explained=explained))
    made = model.settings(explained=explained)
    return made if isinstance(made, dict) else made.create_settings_dict("duckdb")


@cache
def _settings_of_module(module: ModuleType, *, explained: bool) -> dict[str, Any]:
    """Cached, because Splink parses the SQL of every level."""
    made: dict[str, Any] = module.settings(explained=explained).create_settings_dict("duckdb")
    return made


def level_name(level: Mapping[str, Any]) -> str:
    """The name of a level in Splink settings."""
    return OTHERWISE if level["sql_condition"] == "ELSE" else str(level["label_for_charts"])


def level_names(model: Model) -> dict[str, dict[int, str]]:
    """The level names of each comparison, by Splink's level number."""
    found: dict[str, dict[int, str]] = {}
    for comparison in settings_of(model)["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        labels = {len(levels) - 1 - place: level["label_for_charts"] for place, level in enumerate(levels)}
        found[comparison["output_column_name"]] = {-1: UNKNOWN, **labels, 0: OTHERWISE}
    return found
