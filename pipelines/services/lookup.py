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
from schemas.contracts.vocabulary import Entity
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
            f"{left.given} is a {left.entity} and {right.given} is a {right.entity}; name two of the same kind"
        )
    ours, theirs = set(left.record_keys), set(right.record_keys)
    if ours & theirs:
        smaller = min((ours, theirs), key=len)
        ours, theirs = (ours | theirs) - smaller, smaller
    if not ours or not theirs:
        raise InputRefusedError(f"{left.given} and {right.given} are the same record")
    return ours, theirs


def explain_called(published: Published, left: Called, right: Called) -> list[Explanation]:
    """Explain every pair of records across the two `sides`, strongest first."""
    ours, theirs = sides(left, right)
    one, other = sorted(ours)[:MOST_RECORDS], sorted(theirs)[:MOST_RECORDS]
    features = features_of(published, left.entity, [*one, *other])
    told = explained(published, left.entity, features)
    return [item for item in told if (item.record_key_l in ours) != (item.record_key_r in ours)]


def explain_cluster(published: Published, whole: Called) -> list[Explanation]:
    """Explain the pairs of records within one entity, strongest first."""
    features = features_of(published, whole.entity, whole.record_keys[:MOST_RECORDS])
    return explained(published, whole.entity, features)
