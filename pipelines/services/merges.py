"""Merges in words: which source records became one, and what spoke for it."""

from __future__ import annotations

from typing import Any

from schemas.contracts.vocabulary import RESOLVED_ENTITIES
from schemas.sql.files import SHARED, sql_text
from schemas.stores.warehouse import Published

WEIGHTY_BITS = 3.0
"""Evidence worth a mention: eight to one."""

_WORDS = {
    "email": "e-mail",
    "domain": "web domain",
    "organization": "employer",
    "birth_date": "birth date",
    "national_id": "national id",
}


def explain_merges(published: Published, shown: int = 20) -> list[str]:
    """One line for each entity that unites several sources: its records and the evidence that they are one."""
    lines: list[str] = []
    for row in published.query(sql_text("queries/merges"), {"shown": shown}).iter_rows(named=True):
        why = ", ".join(_reasons(row["pairs"])) or "several weaker signs"
        lines.append(f"{row['entity']} {row['name']}: {' + '.join(row['records'])} — {why}")
    return lines


def _reasons(pairs: list[dict[str, Any]]) -> list[str]:
    """What spoke for the pairs of one entity: stated facts, then comparisons by their strongest evidence."""
    stated = sorted({pair["rule"] for pair in pairs if pair["rule"] != "model"})
    strongest: dict[str, float] = {}
    for pair in pairs:
        for entry in pair["evidence"]:
            strongest[entry["key"]] = max(entry["value"], strongest.get(entry["key"], 0.0))
    weighty = sorted((item for item in strongest.items() if item[1] >= WEIGHTY_BITS), key=lambda item: -item[1])
    return [*stated, *(f"{_WORDS.get(name, name)} (+{bits:.0f} bits)" for name, bits in weighty)]


def summarise_review(published: Published) -> list[str]:
    """How many pairs wait for a person, by entity."""
    lines: list[str] = []
    for entity in RESOLVED_ENTITIES:
        waiting = published.query(SHARED.statement("queries/waiting_pairs", entity=entity).text).item()
        if waiting:
            noun = "pair" if waiting == 1 else "pairs"
            lines.append(f"{waiting} {entity} {noun} left apart for a person to decide (band 'review')")
    return lines
