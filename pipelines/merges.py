"""Merges in words: which source records became one, and what spoke for it."""

from __future__ import annotations

from typing import Any

from schemas.warehouse import Published

WEIGHTY_BITS = 3.0
"""Evidence worth a mention: eight to one."""

_MERGED = """
SELECT entity.{entity}_id AS id, entity.name,
    list_sort(list(DISTINCT crosswalk.source || ' ' || crosswalk.object || coalesce(' ' ||
    crosswalk.external_id, ''))) AS records FROM main.{entity}s AS entity JOIN main.{entity}_sources AS
    crosswalk USING ({entity}_id) WHERE entity.source_count > 1 GROUP BY ALL HAVING count(DISTINCT
    crosswalk.source) > 1 ORDER BY count(DISTINCT crosswalk.source) DESC, entity.name LIMIT ?
"""

_PAIRS = """
WITH members AS (SELECT DISTINCT record_key FROM main.{entity}_sources WHERE {entity}_id = ?)
SELECT rule, match_probability, evidence
FROM audit.{entity}_pairs
WHERE band = 'matched' AND record_key_l IN (FROM members) AND record_key_r IN (FROM members)
ORDER BY match_weight DESC
"""


def explain_merges(published: Published, limit: int = 20) -> list[str]:
    """One line for each entity that unites several sources: its records and the evidence that they are one."""
    lines: list[str] = []
    for entity in ("organization", "person"):
        merged = published.query(_MERGED.format(entity=entity), [limit])
        for row in merged.iter_rows(named=True):
            pairs = published.query(_PAIRS.format(entity=entity), [row["id"]])
            why = ", ".join(_reasons(pairs.rows(named=True))) or "several weaker signs"
            lines.append(f"{entity} {row['name']}: {' + '.join(row['records'])} — {why}")
    return lines


def _as_dict(evidence: object) -> dict[str, float]:
    if isinstance(evidence, dict):
        return evidence
    return {entry["key"]: entry["value"] for entry in evidence} if isinstance(evidence, list) else {}


def _reasons(pairs: list[dict[str, Any]]) -> list[str]:
    """What spoke for the pairs of one entity: stated facts, then comparisons by their strongest evidence."""
    words = {
        "email": "e-mail",
        "domain": "web domain",
        "organization": "employer",
        "birth_date": "birth date",
        "national_id": "national id",
    }
    stated = sorted({pair["rule"] for pair in pairs if pair["rule"] != "model"})
    strongest: dict[str, float] = {}
    for pair in pairs:
        for name, bits in _as_dict(pair["evidence"]).items():
            strongest[name] = max(bits, strongest.get(name, 0.0))
    weighty = sorted((item for item in strongest.items() if item[1] >= WEIGHTY_BITS), key=lambda item: -item[1])
    return [*stated, *(f"{words.get(name, name)} (+{bits:.0f} bits)" for name, bits in weighty)]


def summarise_review(published: Published) -> list[str]:
    """How many pairs wait for a person, by entity."""
    lines: list[str] = []
    for entity in ("organization", "person"):
        waiting = published.query(
            f"SELECT count(*) AS pairs FROM audit.{entity}_pairs WHERE band = 'review'"  # noqa: S608  (our own names)
        ).item()
        if waiting:
            noun = "pair" if waiting == 1 else "pairs"
            lines.append(f"{waiting} {entity} {noun} left apart for a person to decide (band 'review')")
    return lines
