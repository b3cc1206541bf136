"""Whether what is derived is up to date: fingerprints of everything it is made from.

The loaded imports, what people decided and did, the models, the SQL and the settings that reach the tables; equal
fingerprints mean that deriving again would give the same content, so it is left out. Where the imports alone differ,
the basis of each part is the same and only what changed is derived again.
"""

from __future__ import annotations

from functools import cache

from dedup.models.versions import MODEL_VERSIONS
from schemas.contracts.keys import digest
from schemas.sql.files import deriving_sql
from schemas.sql.report_catalog import definitions
from schemas.stores.warehouse import Session

DERIVED = "derived"

CAUSE = "cause"
"""State that names the import that came or went since everything was last derived; none where people acted."""


@cache
def _program() -> str:
    """A hash of the SQL and the versions of the models."""
    return digest([deriving_sql(), *definitions(), *sorted(MODEL_VERSIONS.values())])


def basis(*parts: str) -> str:
    """What a part of the derived tables is made with, besides the records: the program and what else is named."""
    return digest([_program(), *parts])


def fingerprint(session: Session, shaping: str) -> str:
    """The fingerprint of what the derived tables should be made from now; `shaping` is `Settings.shaping`."""
    loaded = session.frame("SELECT import_id FROM audit.imports ORDER BY import_sequence")["import_id"].to_list()
    decided = session.frame("SELECT CAST(sequence AS VARCHAR) AS place FROM audit.decisions ORDER BY sequence")
    acted = session.scalar("SELECT count(*) || '/' || coalesce(max(sequence), 0) FROM audit.actions")
    models = session.frame("SELECT version FROM audit.models ORDER BY entity")["version"].to_list()
    return digest(
        [_program(), shaping, *loaded, "decisions", *decided["place"], "actions", str(acted), "models", *models]
    )


def recorded(session: Session, name: str) -> str | None:
    """The fingerprint recorded under `name`, None where there is none."""
    found = session.scalar("SELECT fingerprint FROM audit.state WHERE name = ?", [name])
    return None if found is None else str(found)


def remember(session: Session, name: str, value: str) -> None:
    """Record a fingerprint under `name`, in the session's transaction."""
    session.execute("DELETE FROM audit.state WHERE name = ?", [name])
    session.execute("INSERT INTO audit.state VALUES (?, ?)", [name, value])


def forget(session: Session, name: str) -> None:
    """Drop the fingerprint recorded under `name`."""
    session.execute("DELETE FROM audit.state WHERE name = ?", [name])


def record(session: Session, name: str, value: str) -> None:
    """Record a fingerprint under `name`, in a transaction of its own."""
    with session.transaction():
        remember(session, name, value)


def is_current(session: Session, shaping: str) -> bool:
    """Whether everything derived was made from what is loaded now."""
    return recorded(session, DERIVED) == fingerprint(session, shaping)
