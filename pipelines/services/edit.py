"""Edits: values that users set for a person or organization. They outrank all sources.

An edit is a fact of the ledger about the anchor record of the entity, so it survives reimports, merges and rebuilds.
Belongs here: checking and recording edits. Does not belong here: how an edit reaches the tables
(`dedup/resolution/sql/edited_survivors.sql`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assets.sources.casting.cells import CASTERS, CastContext
from pipelines.services.acts import Facts, record
from pipelines.services.lookup import Called, called
from schemas.contracts.errors import InputRefusedError, InvalidRequestError
from schemas.contracts.vocabulary import ActionKind, DateOrder, Entity, Kind
from schemas.sql.files import SHARED
from schemas.stores.actions import Action
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published

FIELDS: dict[Entity, dict[str, Kind]] = {
    Entity.PERSON: {
        "name": Kind.TEXT, "first_name": Kind.TEXT, "last_name": Kind.TEXT, "birth_date": Kind.DATE,
        "job_title": Kind.TEXT, "email": Kind.EMAIL, "phone": Kind.PHONE, "street": Kind.TEXT, "city": Kind.TEXT,
        "region": Kind.TEXT, "postal_code": Kind.TEXT, "country": Kind.COUNTRY,
    },
    Entity.ORGANIZATION: {
        "name": Kind.TEXT, "domain": Kind.DOMAIN, "website": Kind.URL, "phone": Kind.PHONE, "street": Kind.TEXT,
        "city": Kind.TEXT, "region": Kind.TEXT, "postal_code": Kind.TEXT, "country": Kind.COUNTRY,
        "industry": Kind.TEXT,
    },
}  # fmt: skip
"""The fields that can be edited, and the kind of each."""


def edit(settings: Settings, given: str, changes: Sequence[str], reason: str | None) -> dict[str, Any]:
    """Record `field=value` edits of an entity; returns its new row.

    An empty value empties the field. Raises InvalidRequestError unless each change is `field=value`, and
    InputRefusedError for an unknown id or field, or an invalid value.
    """
    if wrong := [change for change in changes if "=" not in change]:
        raise InvalidRequestError(f"{wrong[0]!r}: write FIELD=VALUE")
    meant: list[Called] = []

    def facts_of(published: Published) -> Facts:
        meant[:] = [called(published, given)]
        return Facts(actions=plan_edit(settings, published, given, changes, reason))

    is_new = record(settings, facts_of)
    entity, entity_id = meant[0].entity, meant[0].entity_id
    query = SHARED.statement("queries/entity", entity=entity)
    row = Stores.open(settings).published.query(query.text, {"id": entity_id})
    return {
        "entity": entity.value,
        "edited": [dict(zip(("field", "value"), _read(settings, entity, change), strict=True)) for change in changes],
        "now": row.row(0, named=True),
        "already_recorded": not is_new,
    }


def plan_edit(
    settings: Settings, published: Published, given: str, changes: Sequence[str], reason: str | None
) -> list[Action]:
    """The edits that are not recorded yet.

    Raises InputRefusedError for an unknown id or field, or an invalid value.
    """
    meant = called(published, given)
    edits = [_read(settings, meant.entity, change) for change in changes]
    anchor = _anchor(published, meant.entity, meant.entity_id)
    known = _last_edits(published, meant.entity, meant.entity_id)
    return [
        Action(meant.entity, anchor, ActionKind.EDIT, {"field": field, "value": value}, reason)
        for field, value in edits
        if known.get(field) != value
    ]


def _last_edits(published: Published, entity: Entity, entity_id: str) -> dict[str, str]:
    """The last edit of each field of an entity."""
    query = SHARED.statement("queries/last_edits", entity=entity)
    return dict(published.query(query.text, {"id": entity_id}).iter_rows())


def _anchor(published: Published, entity: Entity, entity_id: str) -> str:
    """The anchor record of an entity."""
    query = SHARED.statement("queries/anchor_of_entity", entity=entity)
    return str(published.query(query.text, {"id": entity_id})["record_key"][0])


def _read(settings: Settings, entity: Entity, change: str) -> tuple[str, str]:
    field, _, text = change.partition("=")
    fields = FIELDS[entity]
    if field not in fields:
        raise InputRefusedError(f"a {entity} has no field {field!r} to edit; its fields are {', '.join(fields)}")
    if not text.strip():
        return field, ""
    context = CastContext(
        date_order=DateOrder(settings.date_order), default_country=settings.default_country, is_birth_date=True
    )
    try:
        return field, str(CASTERS[fields[field]](text.strip(), context))
    except ValueError as error:
        raise InputRefusedError(f"{field}={text}: {error}") from error
