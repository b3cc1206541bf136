"""Fingerprints: whether the derived tables are up to date.

A fingerprint covers the loaded imports, decisions, actions, models, SQL and the settings that affect the tables. If it
is equal, deriving again would give the same content and is skipped. If only the imports differ, the fingerprints of the
parts are equal, and only what changed is derived again.
"""

from __future__ import annotations

from functools import cache

from dedup.models.versions import MODEL_VERSIONS
from schemas.contracts.keys import digest
from schemas.sql.files import deriving_sql
from schemas.sql.report_catalog import definitions
from schemas.stores.fingerprints import Part, recorded
from schemas.stores.warehouse import Session


@cache
def _program() -> str:
    """A hash of the SQL and the model versions."""
    return digest([deriving_sql(), *definitions(), *sorted(MODEL_VERSIONS.values())])


def part_fingerprint(*parts: str) -> str:
    """The fingerprint of one part of the derived tables, records excluded: the program and `parts`."""
    return digest([_program(), *parts])


def fingerprint(session: Session, shaping: str) -> str:
    """The fingerprint that up-to-date derived tables have; `shaping` is `Settings.shaping`."""
    loaded = session.frame("SELECT import_id FROM audit.imports ORDER BY import_sequence")["import_id"].to_list()
    decided = session.frame("SELECT CAST(sequence AS VARCHAR) AS place FROM audit.decisions ORDER BY sequence")
    acted = session.scalar("SELECT count(*) || '/' || coalesce(max(sequence), 0) FROM audit.actions")
    models = session.frame("SELECT version FROM audit.models ORDER BY entity")["version"].to_list()
    return digest(
        [_program(), shaping, *loaded, "decisions", *decided["place"], "actions", str(acted), "models", *models]
    )


def is_current(session: Session, shaping: str) -> bool:
    """Whether the derived tables are up to date."""
    return recorded(session.frame, Part.DERIVED) == fingerprint(session, shaping)
