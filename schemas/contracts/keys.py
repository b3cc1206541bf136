"""Keys and ids: how a record and an entity are named from content alone.

A record key is the first 128 bits of a sha256 over (entity, source, object, external id), or over the record's own
content where the source gives no id. An entity's id is its anchor's record key behind a prefix, so it needs no counter
and a rebuild gives it again. `assets.sources.mapping.record_keys` makes the keys of whole columns; tests hold the two
together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from schemas.contracts.vocabulary import ID_PREFIXES, Entity

KEY_DIGITS = 32
ID_DIGITS = 20
"""80 bits: among ten million entities the chance of one collision is about 4e-11 (birthday bound)."""

SEPARATOR = "\x1f"


def digest(parts: Iterable[str | None]) -> str:
    """Hash text parts, None distinct from the empty text, to 32 hexadecimal digits."""
    text = SEPARATOR.join("\x00" if part is None else part for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGITS]


def record_key(entity: Entity, source: str, namespace: str, external_id: str) -> str:
    """Key of the record that `source` calls `external_id` within its object `namespace`."""
    return digest(("id", entity, source, namespace, external_id))


def entity_id(entity: Entity, key: str) -> str:
    """The id an entity bears when the record `key` is its anchor.

    >>> entity_id(Entity.PERSON, record_key(Entity.PERSON, "crm", "contacts", "17"))
    'per_ae4c9dce7dc7100e25ca'
    """
    return ID_PREFIXES[entity] + key[:ID_DIGITS]


_CHECK_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_id(text: str) -> str:
    """The 18 characters of a Salesforce id given with 15.

    Each of the three last ones says which letters of five are capitals, so that ids can be compared whatever their case
    (Salesforce developer documentation, "ID field type").

    >>> salesforce_id("0015000000Gv7qJ")
    '0015000000Gv7qJAAR'
    """
    groups = [text[start : start + 5] for start in (0, 5, 10)]
    bits = [sum((char.isascii() and char.isupper()) << place for place, char in enumerate(group)) for group in groups]
    return text + "".join(_CHECK_LETTERS[value] for value in bits)
