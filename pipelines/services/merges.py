"""Describes merges in words: which source records were merged, and why."""

from __future__ import annotations

from typing import Any

from schemas.contracts.counting import counted
from schemas.contracts.vocabulary import RESOLVED_ENTITIES
from schemas.sql.files import sql_text
from schemas.stores.warehouse import Published

WEIGHTY_BITS = 3.0
"""Match weight from which evidence is mentioned: odds of eight to one."""

_WORDS = {
    "email": "e-mail",
    "domain": "web domain",
    "organization": "employer",
    "birth_date": "birth date",
    "national_id": "national id",
}


def explain_merges(published: Published, shown: int = 20) -> list[str]:
    """One line for each entity with records of several sources: its records and the evidence."""
    lines: list[str] = []
    for row in published.query(sql_text("queries/merges"), {"shown": shown}).iter_rows(named=True):
        why = ", ".join(_reasons(row["pairs"])) or "several weaker matches"
        lines.append(f"{row['entity']} {row['name']}: {' + '.join(row['records'])} — {why}")
    return lines


def _reasons(pairs: list[dict[str, Any]]) -> list[str]:
    """The evidence for the pairs of one entity: stated facts, then comparisons, strongest first."""
    stated = sorted({pair["rule"] for pair in pairs if pair["rule"] != "model"})
    strongest: dict[str, float] = {}
    for pair in pairs:
        for entry in pair["evidence"]:
            strongest[entry["key"]] = max(entry["value"], strongest.get(entry["key"], 0.0))
    weighty = sorted((item for item in strongest.items() if item[1] >= WEIGHTY_BITS), key=lambda item: -item[1])
    return [*stated, *(f"{_WORDS.get(name, name)} (+{bits:.0f} bits)" for name, bits in weighty)]


def summarise_review(published: Published) -> list[str]:
    """How many pairs wait for review, by entity."""
    lines: list[str] = []
    for entity in RESOLVED_ENTITIES:
        waiting = published.query("SELECT count(*) FROM records.review_queue($e)", {"e": entity.value}).item()
        if waiting:
            lines.append(f"{counted(waiting, f'{entity} pair')} not merged: `leadsift review` shows why")
    return lines
