"""Fingerprints of the parts of the warehouse, stored in `audit.state`: a hash of what each part was derived from.

A part whose fingerprint has not changed is up to date and is skipped; a part without one is rebuilt completely.

Belongs here: the parts, and reading and writing their fingerprints. Does not belong here: computing a fingerprint
(`dedup.scoring.freshness`, `schemas.stores.warehouse_tables`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

import polars as pl

from schemas.contracts.vocabulary import Entity

if TYPE_CHECKING:
    from schemas.stores.warehouse import Session

Query = Callable[[str, list[object]], pl.DataFrame]
"""Runs a query: `Session.frame` or `Published.query`."""


class Part(StrEnum):
    """A part of the warehouse with a fingerprint."""

    TABLES = "tables"
    VIEWS = "views"
    ORGANIZATION_RECORDS = "organization records"
    ORGANIZATION_PAIRS = "organization pairs"
    ORGANIZATIONS = "organizations"
    PERSON_RECORDS = "person records"
    PERSON_PAIRS = "person pairs"
    PERSONS = "persons"
    DERIVED = "derived"
    PUBLISHED = "published without"
    """Fingerprint of the imports that were undone at the last clean copy."""
    CAUSE = "cause"
    """Not a fingerprint: the import that was loaded or undone since tables were last derived; absent after acts."""

    @staticmethod
    def records_of(entity: Entity) -> Part:
        """The current records of an entity."""
        return Part(f"{entity} records")

    @staticmethod
    def pairs_of(entity: Entity) -> Part:
        """The features and pairs of an entity's records."""
        return Part(f"{entity} pairs")

    @staticmethod
    def entities_of(entity: Entity) -> Part:
        """The resolved entities."""
        return Part(f"{entity}s")


def recorded(query: Query, part: Part) -> str | None:
    """The fingerprint of a part, or None."""
    found = query("SELECT fingerprint FROM audit.state WHERE name = ?", [part.value])
    return None if found.is_empty() else str(found.item())


def remember(session: Session, part: Part, fingerprint: str) -> None:
    """Record the fingerprint of a part, in the session's transaction if it has one."""
    forget(session, part)
    session.execute("INSERT INTO audit.state VALUES (?, ?)", [part.value, fingerprint])


def forget(session: Session, part: Part) -> None:
    """Drop the fingerprint of a part."""
    session.execute("DELETE FROM audit.state WHERE name = ?", [part.value])
