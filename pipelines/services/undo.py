"""Taking an import back: a fact in the ledger, after which everything is derived as if it had never been.

Belongs here: recording that an import is undone. Does not belong here: taking its rows out; loading does that
for every run, so that a killed process leaves nothing half undone.
"""

from __future__ import annotations

from typing import Any

from pipelines.services.importing import count_entities, prepare_instance, run_import
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ImportStatus
from schemas.sql.files import sql_text
from schemas.stores.ledger import Import, Ledger
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores


def undo_import(settings: Settings, import_id: str, reason: str | None = None) -> dict[str, Any]:
    """Take an import back and derive everything anew; returns what is there afterwards as a JSON object.

    Raises InputRefusedError when there is no such import, when it loaded nothing, or when it is undone already.
    """
    prepare_instance(settings)
    with Stores.open(settings) as stores:
        found = _undoable(stores.ledger, import_id)
        alone = stores.session.frame(sql_text("queries/records_of_import_alone"), {"import_id": import_id})
        stores.ledger.undo(import_id, reason, list(alone.iter_rows()))
    before = count_entities(settings)
    run_import(settings)
    return {
        "import_id": import_id,
        "status": "undone",
        "files": [file.path for file in found.files],
        "entities_before": before,
        "entities": count_entities(settings),
    }


def _undoable(ledger: Ledger, import_id: str) -> Import:
    for item in ledger.imports():
        if item.import_id == import_id:
            if item.undone_at is not None:
                raise InputRefusedError(f"{import_id} was undone at {item.undone_at:%Y-%m-%d %H:%M} UTC")
            if item.status == ImportStatus.REFUSED:
                raise InputRefusedError(f"{import_id} was refused and loaded nothing; there is nothing to undo")
            return item
    raise InputRefusedError(f"there is no import {import_id!r}; `leadsift imports` lists them")
