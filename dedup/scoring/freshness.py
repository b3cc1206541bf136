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
from schemas.stores.fingerprints import Part, recorded
from schemas.stores.warehouse import Session


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


def is_current(session: Session, shaping: str) -> bool:
    """Whether everything derived was made from what is loaded now."""
    return recorded(session.frame, Part.DERIVED) == fingerprint(session, shaping)
