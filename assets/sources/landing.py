"""Landing: what the user named goes into the archive, and the ledger hears of it before anything is made of it.

Belongs here: telling new files from known ones. Does not belong here: reading them.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from assets.sources.containers import find_files
from schemas.archive import Archive, content_hash
from schemas.ledger import ImportFile, ImportOptions, Ledger
from schemas.vocabulary import FileStatus


@dataclass(frozen=True, slots=True)
class LandedFile:
    """What landing made of one file. `known_from` is the import that already brought its bytes."""

    path: str
    sha256: str | None
    status: FileStatus
    reason: str | None = None
    known_from: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """The file as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Landing:
    """The files that were named, in order; `import_id` is None when none of them is new."""

    import_id: str | None
    files: list[LandedFile]
    passed_over: list[str]


def new_import_id() -> str:
    """An id for an import: the time it began and six random digits, so that ids sort as imports happened."""
    return f"imp_{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"


def land(
    paths: list[Path], options: ImportOptions, archive: Archive, ledger: Ledger, *, take_undone: bool = False
) -> Landing:
    """Archive every new file behind `paths` and record one import of them; known bytes change nothing.

    A file whose bytes an import has loaded, or is about to load, is unchanged, whatever its name; one that was
    refused before is tried again. Bytes of an import that was undone are taken again only with `take_undone`: a person
    may ask for that, a folder that is looked at every minute must not.
    """
    landed: list[LandedFile] = []
    passed_over: list[str] = []
    received: list[ImportFile] = []
    known = _known(ledger, with_undone=not take_undone)
    here: set[str] = set()
    for found in find_files(paths):
        if found.passed_over:
            passed_over.append(found.path)
            continue
        if found.refusal is not None:
            landed.append(LandedFile(found.path, None, FileStatus.REFUSED, found.refusal))
            continue
        digest = content_hash(found.data)
        if digest in known or digest in here:
            landed.append(LandedFile(found.path, digest, FileStatus.UNCHANGED, None, known.get(digest)))
            continue
        here.add(archive.put(found.data))
        landed.append(LandedFile(found.path, digest, FileStatus.RECEIVED))
        received.append(ImportFile(len(received), digest, found.path, found.stem, len(found.data)))
    if not received:
        return Landing(None, landed, passed_over)
    import_id = new_import_id()
    ledger.add_import(import_id, options, received)
    return Landing(import_id, landed, passed_over)


def _known(ledger: Ledger, *, with_undone: bool) -> dict[str, str]:
    """sha256 of every file that is loaded or about to be, to the import that brought it first."""
    known: dict[str, str] = {}
    for item in ledger.imports():
        if item.undone_at is not None and not with_undone:
            continue
        for file in item.files:
            if file.status in (FileStatus.LOADED, FileStatus.RECEIVED):
                known.setdefault(file.sha256, item.import_id)
    return known
