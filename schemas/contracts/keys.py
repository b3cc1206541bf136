"""Keys of records and ids of entities, computed from content alone.

A record key is the first 128 bits of a sha256 over (entity, source, object, external id), or over the record's content
if the source gives no id. An entity's id is its anchor's record key with a prefix. It needs no counter, and a rebuild
gives the same id. `assets.sources.mapping.record_keys` computes keys for whole columns; a test compares both.
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
    """The key of the record with the id `external_id` in the object `namespace` of `source`."""
    return digest(("id", entity, source, namespace, external_id))


def entity_id(entity: Entity, key: str) -> str:
    """The id of the entity whose anchor is the record `key`.

    >>> entity_id(Entity.PERSON, record_key(Entity.PERSON, "crm", "contacts", "17"))
    'per_ae4c9dce7dc7100e25ca'
    """
    return ID_PREFIXES[entity] + key[:ID_DIGITS]


_CHECK_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_id(text: str) -> str:
    """Convert a 15-character Salesforce id to its 18-character form.

    Each of the last three characters encodes which of five letters are capitals, so that ids compare case-insensitively
    (Salesforce developer documentation, "ID field type").

    >>> salesforce_id("0015000000Gv7qJ")
    '0015000000Gv7qJAAR'
    """
    groups = [text[start : start + 5] for start in (0, 5, 10)]
    bits = [sum((char.isascii() and char.isupper()) << place for place, char in enumerate(group)) for group in groups]
    return text + "".join(_CHECK_LETTERS[value] for value in bits)
