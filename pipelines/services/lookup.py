"""Records for people to look at: found by what a user calls them, with what is known of them and their features.

Read from the published file, so that nothing waits for an import that runs. Belongs here: looking up. Does not
belong here: weighing (`dedup.study.explanation`), deciding (`pipelines.services.review`).
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
"""Records of one entity that are compared with each other; a larger one is compared by the first of them."""


@dataclass(frozen=True, slots=True)
class Called:
    """What an id means: the entity, its current id and the records behind it."""

    given: str
    entity: Entity
    entity_id: str
    record_keys: tuple[str, ...]


def called(published: Published, given: str) -> Called:
    """The records that an id of an entity, a retired one, a record key or `source:external id` means.

    Raises InputRefusedError when it means nothing, or several entities.
    """
    rows = published.query(sql_text("queries/records_called"), {"given": given}).rows()
    if not rows:
        raise InputRefusedError(
            f"{given!r} is no id of a person or organization, no record key and no source:id; "
            "`leadsift sql` on persons, organizations or audit.id_redirects finds them"
        )
    meant = sorted({(entity, entity_id) for entity, entity_id, _ in rows})
    if len(meant) > 1:
        ids = ", ".join(entity_id for _, entity_id in meant)
        raise InputRefusedError(f"{given!r} means several: {ids}; name one of them")
    entity, entity_id = meant[0]
    return Called(given, Entity(entity), entity_id, tuple(sorted({key for _, _, key in rows})))


def features_of(published: Published, entity: Entity, keys: Iterable[str]) -> pl.DataFrame:
    """Return the comparison features of these records, one row each."""
    return published.query(SHARED.statement("queries/features_of_records", entity=entity).text, {"keys": sorted(keys)})


def known_of(published: Published, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is known of records, by key: name, e-mails, phones, employer, city, where they come from, their entity."""
    rows = published.query(sql_text("queries/people_of_records"), {"keys": sorted(set(keys))})
    return {row["record_key"]: row for row in rows.iter_rows(named=True)}


def label(known: dict[str, Any]) -> str:
    """A record in one line."""
    contact = (known["emails"] or [None])[0] or (known["phones"] or [None])[0]
    return ", ".join(str(part) for part in (known["name"], contact, known["organization"], known["city"]) if part)


def explained(
    published: Published, entity: Entity, features: pl.DataFrame, pairs: Sequence[tuple[str, str]] | None = None
) -> list[Explanation]:
    """Explain pairs of `features` by the model that the published file was resolved with, strongest first."""
    return explain(entity, features, pairs, model_in_use(published.query, entity))


def sides(left: Called, right: Called) -> tuple[set[str], set[str]]:
    """The records of the one and of the other.

    Where both mean one entity, the records of the one that was named more narrowly are set against the others. Raises
    InputRefusedError for a person and an organization, and where both mean one record.
    """
    if left.entity != right.entity:
        raise InputRefusedError(f"{left.given} is a {left.entity} and {right.given} a {right.entity}")
    ours, theirs = set(left.record_keys), set(right.record_keys)
    if ours & theirs:
        smaller = min((ours, theirs), key=len)
        ours, theirs = (ours | theirs) - smaller, smaller
    if not ours or not theirs:
        raise InputRefusedError(f"{left.given} and {right.given} are the same record")
    return ours, theirs


def explain_called(published: Published, left: Called, right: Called) -> list[Explanation]:
    """Explain every pair of a record of the one and a record of the other (`sides`), the strongest first."""
    ours, theirs = sides(left, right)
    one, other = sorted(ours)[:MOST_RECORDS], sorted(theirs)[:MOST_RECORDS]
    features = features_of(published, left.entity, [*one, *other])
    told = explained(published, left.entity, features)
    return [item for item in told if (item.record_key_l in ours) != (item.record_key_r in ours)]


def explain_cluster(published: Published, whole: Called) -> list[Explanation]:
    """Explain the pairs of records that one entity is made of, the strongest first."""
    features = features_of(published, whole.entity, whole.record_keys[:MOST_RECORDS])
    return explained(published, whole.entity, features)
