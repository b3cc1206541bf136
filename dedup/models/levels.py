"""Builders for the declarations in the model modules. A level is a condition with two probabilities.

`m` is the probability of the level among matches, `u` among non-matches (Fellegi and Sunter 1969); its match weight is
log2(m / u).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl


@dataclass(frozen=True, slots=True)
class Rarity:
    """A column for term-frequency adjustment (Winkler 2000): agreement on a rare value is stronger evidence.

    `least` is the lowest frequency that counts. Some level of the comparison must be exact agreement on the column.
    """

    column: str
    least: float = 0.0


def level(  # noqa: PLR0913  (two of them are options)
    name: str, sql: str, m: float, u: float, *, rarity: Rarity | None = None, shared: bool = False
) -> Any:
    """A level with the condition `sql`, over columns suffixed `_l` and `_r`.

    `shared` marks a level for what colleagues or households share, or for what depends on other comparisons. Training
    skips it, because it would count its evidence as independent.
    """
    made = cll.CustomLevel(sql, label_for_charts=name).configure(
        m_probability=m, u_probability=u, fix_m_probability=shared, fix_u_probability=shared
    )
    if rarity is not None:
        made = made.configure(tf_adjustment_column=rarity.column, tf_minimum_u_value=rarity.least)
    return made


def otherwise(m: float, u: float) -> Any:
    """The last level: everything that no other level matches."""
    return cll.ElseLevel().configure(m_probability=m, u_probability=u)


def unknown(sql: str) -> Any:
    """The null level: nothing to compare, no evidence."""
    return cll.CustomLevel(sql, label_for_charts="unknown").configure(is_null_level=True)


def comparison(name: str, *levels: Any) -> Any:
    """A comparison; the first level that holds counts."""
    return cl.CustomComparison(output_column_name=name, comparison_levels=list(levels))
