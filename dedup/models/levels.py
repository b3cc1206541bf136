"""Small builders for the declarations in the model modules: a level is a condition, two probabilities and a reason.

`m` is the probability of the level among records of one entity, `u` among records of two (Fellegi and Sunter
1969); its evidence is log2(m / u) bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import splink.comparison_level_library as cll
import splink.comparison_library as cl


@dataclass(frozen=True, slots=True)
class Rarity:
    """A column whose agreement says the more the fewer share the value, taken for no fewer than `least` of all.

    Some level of the same comparison must be exact agreement on that column (term-frequency adjustment, Winkler 2000).
    """

    column: str
    least: float = 0.0


def level(  # noqa: PLR0913  (two of them are options)
    name: str, sql: str, m: float, u: float, *, rarity: Rarity | None = None, shared: bool = False
) -> Any:
    """A level that holds where `sql` does, over columns suffixed `_l` and `_r`.

    `shared` marks one that allows for what colleagues, households or the other comparisons share: counting how often it
    holds would take its evidence for independent, so training leaves it alone.
    """
    made = cll.CustomLevel(sql, label_for_charts=name).configure(
        m_probability=m, u_probability=u, fix_m_probability=shared, fix_u_probability=shared
    )
    if rarity is not None:
        made = made.configure(tf_adjustment_column=rarity.column, tf_minimum_u_value=rarity.least)
    return made


def otherwise(m: float, u: float) -> Any:
    """The level of everything that no level before it took."""
    return cll.ElseLevel().configure(m_probability=m, u_probability=u)


def unknown(sql: str) -> Any:
    """The level where there is nothing to compare: no evidence either way."""
    return cll.CustomLevel(sql, label_for_charts="unknown").configure(is_null_level=True)


def comparison(name: str, *levels: Any) -> Any:
    """A comparison of the given levels, the first that holds counts."""
    return cl.CustomComparison(output_column_name=name, comparison_levels=list(levels))
