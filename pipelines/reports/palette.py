"""The colors of all charts, each with one meaning.

Belongs here: colors and their meaning. Does not belong here: charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WON = "#2f9e6e"
LOST = "#c8553d"
OPEN = "#3b6ea8"
ARCHIVED = "#b9bfc7"
INFERRED_OPACITY = 0.45
"""Paler colors for values that are partly inferred from successive imports."""
MARK = "#222222"
RULE = "#777777"
SOFT_TEXT = "#555555"

SOURCES = ["#7b5ea7", "#b08a2e", "#2b8f9c", "#5f7a87", "#a8577e", "#7d7a3c"]
"""Colors for sources, stages and currencies, in order. None looks like won, lost or open."""

_MEANINGS = {
    "won": WON, "converted": WON, "loaded": WON, "conversion_rate": WON, "won_share": WON, "for": WON,
    "lost": LOST, "rejected": LOST, "against": LOST,
    "open": OPEN, "still_open": OPEN, "total_value": OPEN, "sum": OPEN,
    "archived": ARCHIVED,
}  # fmt: skip


def color_scale(names: Sequence[str]) -> Any:
    """A scale with the color of each name's meaning, and the next free color for other names."""
    import altair

    if len(names) > len(SOURCES):
        return altair.Scale(domain=list(names), scheme="tableau20")
    free = iter(SOURCES)
    return altair.Scale(domain=list(names), range=[_MEANINGS.get(name) or next(free) for name in names])
