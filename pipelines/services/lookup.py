"""Looks up records by id, with their recognisable values and comparison features.

Reads the published file, so that it never waits for a running import. Belongs here: looking up. Does not belong here:
scoring (`dedup.study.explanation`); deciding (`pipelines.services.review`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dedup.models.versions import model_in_use
from dedup.study.explanation import Explanation, explain
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import Entity, Verdict
from schemas.sql.files import SHARED, sql_text
from schemas.stores.warehouse import Published

MOST_RECORDS = 60
"""The most records of an entity that are compared; of a larger one, the first are used."""


@dataclass(frozen=True, slots=True)
class Called:
    """The target of an id: the entity, its current id and its records."""

    given: str
    entity: Entity
    entity_id: str
    record_keys: tuple[str, ...]


def called(published: Published, given: str) -> Called:
    """Find the records of an entity id, a retired id, a record key or `source:external id`.

    Raises InputRefusedError if it is unknown, or matches several entities.
    """
    rows = published.query(sql_text("queries/records_called"), {"given": given}).rows()
    if not rows:
        raise InputRefusedError(
            f"{given!r} is not an id of a person or organization, a record key or source:id; "
            "find ids with `leadsift sql` in persons, organizations or audit.id_redirects"
        )
    meant = sorted({(entity, entity_id) for entity, entity_id, _ in rows})
    if len(meant) > 1:
        ids = ", ".join(entity_id for _, entity_id in meant)
        raise InputRefusedError(f"{given!r} matches several entities: {ids}; use one of these ids")
    entity, entity_id = meant[0]
    return Called(given, Entity(entity), entity_id, tuple(sorted({key for _, _, key in rows})))


def features_of(published: Published, entity: Entity, keys: Iterable[str]) -> pl.DataFrame:
    """Return the comparison features of these records, one row each."""
    return published.query(SHARED.statement("queries/features_of_records", entity=entity).text, {"keys": sorted(keys)})


def known_of(published: Published, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Details of records by key: name, e-mails, phones, employer, city, origin, entity."""
    rows = published.query(sql_text("queries/people_of_records"), {"keys": sorted(set(keys))})
    return {row["record_key"]: row for row in rows.iter_rows(named=True)}


def label(known: dict[str, Any]) -> str:
    """Describe a record in one line."""
    contact = (known["emails"] or [None])[0] or (known["phones"] or [None])[0]
    return ", ".join(str(part) for part in (known["name"], contact, known["organization"], known["city"]) if part)


def explained(
    published: Published, entity: Entity, features: pl.DataFrame, pairs: Sequence[tuple[str, str]] | None = None
) -> list[Explanation]:
    """Explain pairs of `features` with the model of the published file, strongest first."""
    return explain(entity, features, pairs, model_in_use(published.query, entity))


def sides(left: Called, right: Called) -> tuple[set[str], set[str]]:
    """The records of the two sides to compare.

    If both are the same entity, the more specific side is compared with the entity's other records. Raises
    InputRefusedError for a person and an organization, and if both are the same record.
    """
    if left.entity != right.entity:
        raise InputRefusedError(
            f"{left.given} is a {left.entity} and {right.given} is a {right.entity}; use two ids of the same kind"
        )
    ours, theirs = set(left.record_keys), set(right.record_keys)
    if ours & theirs:
        both = ours | theirs
        ours, theirs = (both - theirs, theirs) if len(ours) > len(theirs) else (ours, both - ours)
    if not ours or not theirs:
        raise InputRefusedError(f"both ids are the same {left.entity} already: {left.entity_id}")
    return ours, theirs


def decisions_between(
    published: Published, entity: Entity, ours: Iterable[str], theirs: Iterable[str]
) -> list[dict[str, Any]]:
    """Decisions about a record of each side, the one in force first.

    Each has `verdict, decided_by, decided_at, reason`.
    """
    rows = published.query(
        sql_text("queries/decisions_between"),
        {"entity": entity.value, "ours": sorted(ours), "theirs": sorted(theirs)},
    )
    return rows.to_dicts()


def outcome_of(published: Published, entity: Entity, ours: Iterable[str], theirs: Iterable[str]) -> dict[str, Any]:
    """The current ids of both sides, whether they are one entity, and if not, what keeps them apart.

    Leaves out records of imports that were undone.
    """
    query = SHARED.statement("queries/entities_of_records", entity=entity)
    ids = dict(published.query(query.text, {"keys": sorted({*ours, *theirs})}).iter_rows())
    left, right = (sorted({ids[key] for key in side if key in ids}) for side in (ours, theirs))
    is_one = len({*left, *right}) == 1
    against = [] if is_one else _kept_apart_by(published, entity, left, right)
    return {"left_ids": left, "right_ids": right, "are_one": is_one, "kept_apart_by": against}


def _kept_apart_by(published: Published, entity: Entity, left: list[str], right: list[str]) -> list[str]:
    """Why the two are separate: decisions, else contradictions, else a weak bridge."""
    ours, theirs = (_records_of(published, entity, ids) for ids in (left, right))
    decided = decisions_between(published, entity, ours, theirs)
    if apart := [decision_sentence(item) for item in decided if item["verdict"] == Verdict.DIFFERENT]:
        return apart
    return published.query(
        "SELECT detail FROM audit.cluster_findings WHERE entity = $entity AND CASE finding "
        "WHEN 'contradiction' THEN list_has_any(record_keys, $ours || $theirs) "
        "WHEN 'weak bridge' THEN list_has_any(record_keys, $ours) AND list_has_any(record_keys, $theirs) "
        "ELSE false END ORDER BY finding, detail",
        {"entity": entity.value, "ours": ours, "theirs": theirs},
    )["detail"].to_list()


def _records_of(published: Published, entity: Entity, ids: list[str]) -> list[str]:
    query = SHARED.statement("queries/records_of_entities", entity=entity)
    return published.query(query.text, {"ids": ids})["record_key"].to_list()


def decision_sentence(decision: dict[str, Any]) -> str:
    """Describe a decision: what, by whom, when and why."""
    by_whom = f" by {decision['decided_by']}" if decision["decided_by"] else ""
    why = f": {decision['reason']}" if decision["reason"] else ""
    return f"decided {decision['verdict']}{by_whom} on {decision['decided_at']:%Y-%m-%d %H:%M}{why}"


def explain_called(published: Published, left: Called, right: Called) -> list[Explanation]:
    """Explain every pair of records across the two `sides`, strongest first."""
    ours, theirs = sides(left, right)
    one, other = sorted(ours)[:MOST_RECORDS], sorted(theirs)[:MOST_RECORDS]
    features = features_of(published, left.entity, [*one, *other])
    explanations = explained(published, left.entity, features)
    return [item for item in explanations if (item.record_key_l in ours) != (item.record_key_r in ours)]


def explain_cluster(published: Published, whole: Called) -> list[Explanation]:
    """Explain the pairs of records within one entity, strongest first."""
    features = features_of(published, whole.entity, whole.record_keys[:MOST_RECORDS])
    return explained(published, whole.entity, features)
