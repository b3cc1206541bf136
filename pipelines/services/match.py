"""Match: finds the persons or organizations in the published file that a description may refer to.

Scores a few hundred candidates that share a value with the description, with the model that resolves imports. Does not
belong here: the model (`dedup`); displaying the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from assets.sources.casting.cells import CASTERS, CastContext
from dedup.features.records import organization_features, person_features
from dedup.study.explanation import Explanation
from pipelines.services.lookup import explained, known_of
from schemas.contracts.errors import InvalidRequestError
from schemas.contracts.person_names import split_name
from schemas.contracts.vocabulary import Entity, Kind
from schemas.sql.files import sql_text
from schemas.stores.warehouse import Published

MOST_CANDIDATES = 200
ASKED = "asked"
"""The key of the description among the candidates; it cannot be a record key, which is hexadecimal."""


@dataclass(frozen=True, slots=True)
class Description:
    """A description of a person or organization."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    organization: str | None = None
    birth_date: date | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A possible match: an entity, with its best-matching record."""

    entity: Entity
    entity_id: str
    name: str | None
    explanation: Explanation
    known: dict[str, Any]


def look_up(published: Published, asked: Description, limit: int = 10) -> list[Answer]:
    """Find persons, or organizations if only an organization is described, most likely first.

    Raises InvalidRequestError if the description is empty, or has an invalid e-mail address or phone number.
    """
    _check(asked)
    if asked.name or asked.email or asked.phone:
        entity, features = Entity.PERSON, _person(published, asked)
    elif asked.organization:
        entity, features = Entity.ORGANIZATION, _organization(published, asked)
    else:
        raise InvalidRequestError("nothing to look for: give a --name, --email, --phone or --organization")
    pairs = [(ASKED, key) for key in features["record_key"][1:]]
    explanations = explained(published, entity, features, pairs)
    others = [_other(item) for item in explanations]
    known = known_of(published, others)
    answers: dict[str, Answer] = {}
    for item, key in zip(explanations, others, strict=True):
        row = known[key]
        # The strongest is first, and one record is enough to identify an entity.
        answers.setdefault(row["entity_id"], Answer(entity, row["entity_id"], row["entity_name"], item, row))
    return list(answers.values())[:limit]


def _check(asked: Description) -> None:
    """Raise InvalidRequestError for an invalid e-mail address or phone number."""
    for option, kind, given in (("--email", Kind.EMAIL, asked.email), ("--phone", Kind.PHONE, asked.phone)):
        if given:
            try:
                CASTERS[kind](given.strip(), CastContext())
            except ValueError as error:
                raise InvalidRequestError(f"{option} {given!r} {error}") from error


def _other(item: Explanation) -> str:
    return item.record_key_r if item.record_key_l == ASKED else item.record_key_l


def _person(published: Published, asked: Description) -> pl.DataFrame:
    written = {
        "record_key": ASKED,
        "name": asked.name,
        "first_name": None,
        "last_name": None,
        "birth_date": asked.birth_date,
        "emails": [asked.email] if asked.email else [],
        "phones": [asked.phone] if asked.phone else [],
        "national_id": None,
        "street": None,
        "city": asked.city,
        "postal_code": None,
        "organization_id": _employer(published, asked.organization),
    }
    if asked.name:
        written["first_name"], written["last_name"] = split_name(asked.name)
    features = person_features(pl.DataFrame([written], schema=_PERSON))
    described = features.row(0, named=True)
    lists = {name: described[name] or [] for name in ("emails", "phones", "email_names")}
    texts = {name: described[name] for name in ("whole_name", "family", "given", "organization_id", "birth_date")}
    found = published.query(sql_text("queries/candidates_for_person"), {**lists, **texts, "most": MOST_CANDIDATES})
    return pl.concat([features, found.select(features.columns)], how="vertical_relaxed")


def _organization(published: Published, asked: Description) -> pl.DataFrame:
    written = dict.fromkeys(_ORGANIZATION) | {"record_key": ASKED, "name": asked.organization, "city": asked.city}
    features = organization_features(pl.DataFrame([written], schema=_ORGANIZATION))
    described = features.row(0, named=True)
    asked_for = {name: described[name] for name in ("name", "domain", "phone")}
    found = published.query(sql_text("queries/candidates_for_organization"), {**asked_for, "most": MOST_CANDIDATES})
    return pl.concat([features, found.select(features.columns)], how="vertical_relaxed")


def _employer(published: Published, name: str | None) -> str | None:
    """The id of the organization with this name; None unless there is exactly one."""
    if not name:
        return None
    features = organization_features(
        pl.DataFrame([dict.fromkeys(_ORGANIZATION) | {"name": name}], schema=_ORGANIZATION)
    )
    found = published.query(
        "SELECT DISTINCT organization_id FROM audit.organization_features AS features "
        "JOIN main.organization_sources USING (record_key) WHERE features.name = $name",
        {"name": features["name"].item()},
    )
    return str(found.item()) if found.height == 1 else None


_PERSON: dict[str, pl.DataType] = {
    "record_key": pl.String(),
    "name": pl.String(),
    "first_name": pl.String(),
    "last_name": pl.String(),
    "birth_date": pl.Date(),
    "emails": pl.List(pl.String),
    "phones": pl.List(pl.String),
    "national_id": pl.String(),
    "street": pl.String(),
    "city": pl.String(),
    "postal_code": pl.String(),
    "organization_id": pl.String(),
}
_ORGANIZATION: dict[str, pl.DataType] = dict.fromkeys(
    ("record_key", "name", "domain", "website", "email", "phone", "street", "city", "postal_code"), pl.String()
)
