"""Undoes an import: records a fact, from which all tables are derived as if the import had never been made.

Belongs here: recording the undo, and finding what depends on the import. Does not belong here: removing its rows;
every run does that when it loads, so that a killed process leaves nothing half undone.
"""

from __future__ import annotations

from typing import Any

from pipelines.services.acts import finish
from pipelines.services.importing import count_entities, run_import
from pipelines.services.instance import prepare_instance
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ActionKind, ImportStatus
from schemas.sql.files import sql_text
from schemas.stores.ledger import Import, Ledger
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published


def dependents_of(settings: Settings, import_id: str) -> list[dict[str, Any]]:
    """Users' acts and decisions on records that only this import has, from the published file.

    Each has `fact, entity, id, stated_at, stated_by, reason`. Raises InputRefusedError if there is no such import.
    """
    with Stores.open(settings) as stores:
        _undoable(stores.ledger, import_id)
        return _dependents(stores.published, import_id)


def undo_import(
    settings: Settings, import_id: str, reason: str | None = None, *, with_dependents: bool = False
) -> dict[str, Any]:
    """Undo an import; returns the result, with the counts of entities, as a JSON object.

    Raises InputRefusedError if the import does not exist, if it loaded nothing, or if facts depend on it and
    `with_dependents` is false. With it, they are suspended until the records return.
    """
    prepare_instance(settings)
    with Stores.open(settings) as stores, stores.writing():
        finish(stores)
        found = _undoable(stores.ledger, import_id)
        before = count_entities(stores.published)
        dependents: list[dict[str, Any]] = []
        if found.undone_at is None:
            dependents = _dependents(stores.published, import_id)
            if dependents and not with_dependents:
                raise InputRefusedError(
                    *(f"{import_id}: {describe(item)} depends on it" for item in dependents),
                    "to undo it anyway, add --yes; what depends on it is suspended until its records return",
                )
            alone = stores.published.query(sql_text("queries/records_of_import_alone"), {"import_id": import_id})
            stores.ledger.undo(import_id, reason, list(alone.iter_rows()))
            run_import(settings)
        return {
            "import_id": import_id,
            "status": "undone",
            "already_recorded": found.undone_at is not None,
            "files": [file.path for file in found.files],
            "suspended": dependents,
            "entities_before": before,
            "entities": count_entities(stores.published),
        }


def describe(dependent: dict[str, Any]) -> str:
    """Describe a dependent fact."""
    by_whom = f" by {dependent['stated_by']}" if dependent["stated_by"] else ""
    fact = dependent["fact"]
    if fact.startswith("decided "):
        what = f"the decision {fact.removeprefix('decided ')!r} about"
    else:
        what = "the conversion of" if fact == ActionKind.CONVERT else f"`{fact}` on"
    return f"{what} {dependent['id']} ({dependent['stated_at']:%Y-%m-%d}{by_whom})"


def _dependents(published: Published, import_id: str) -> list[dict[str, Any]]:
    if not published.path.is_file():
        return []
    return published.query(sql_text("queries/dependents_of_import"), {"import_id": import_id}).to_dicts()


def _undoable(ledger: Ledger, import_id: str) -> Import:
    for item in ledger.imports():
        if item.import_id == import_id:
            if item.status == ImportStatus.REFUSED:
                raise InputRefusedError(f"{import_id} was refused and loaded nothing; there is nothing to undo")
            return item
    raise InputRefusedError(f"there is no import {import_id!r}; `leadsift imports` lists them")
