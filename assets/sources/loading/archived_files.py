"""The archived files that a rebuild needs: those of standing imports, their profiles, and the models in use.

Belongs here: which files they are, and whether the archive has them whole. Does not belong here: reading them.
"""

from __future__ import annotations

from schemas.contracts import progress
from schemas.contracts.errors import StoreError
from schemas.contracts.vocabulary import ActionKind, ImportStatus
from schemas.stores.ledger import Ledger
from schemas.stores.stores import Stores


def needed_files(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """By sha256: what a file was, and the command that makes a rebuild do without it."""
    needed: dict[str, tuple[str, str]] = {}
    for item in ledger.imports():
        if item.undone_at is not None or item.status in (ImportStatus.REFUSED, ImportStatus.UNCHANGED):
            continue
        undo = f"drop it with `leadsift undo {item.import_id}`"
        needed |= {file.sha256: (file.path, undo) for file in item.files}
        profiles = [*item.options.saved_profiles, *filter(None, [item.options.profile_sha256])]
        needed |= dict.fromkeys(profiles, (f"a profile of {item.import_id}", undo))
    models = {act.entity: act.details for act in ledger.actions.all() if act.kind == ActionKind.USE_MODEL}
    shipped = "go back with `leadsift train --use shipped`"
    return needed | {
        details["sha256"]: (f"the model of {entity}s", shipped)
        for entity, details in models.items()
        if "sha256" in details
    }


def damaged_in_archive(stores: Stores) -> list[str]:
    """What a rebuild needs and the archive does not have whole, one sentence each, with the remedies."""
    needed = needed_files(stores.ledger)
    problems = []
    for done, (sha256, (what, remedy)) in enumerate(sorted(needed.items())):
        progress.report("Reading the archive", done, len(needed))
        try:
            with stores.archive.fetched(sha256):
                pass
        except StoreError as error:
            problems.append(f"{error} (it was {what}), or {remedy}")
    return problems
