"""Landing: what the user named goes into the archive, and the ledger hears of it before anything is made of it.

Belongs here: telling new files from known ones. Does not belong here: reading them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.sources.files.protection import unlocked
from assets.sources.files.source_files import Found, find_files
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.options import ImportOptions, StatedOptions
from schemas.contracts.vocabulary import DateOrder, FileStatus
from schemas.stores.archive import stream_hash
from schemas.stores.attempts import SET_ASIDE
from schemas.stores.ledger import ImportFile, Ledger
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores


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
class LandingOptions:
    """How files are taken.

    `take_undone` takes bytes of an import that was undone again: a person may ask for that, a folder that is looked at
    every minute must not. `retry` reads files again that were set aside. `password` opens workbooks that have one; it
    is kept nowhere.
    """

    take_undone: bool = False
    retry: bool = False
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """The files that were named, in order; `import_id` is None when none of them is new."""

    import_id: str | None
    files: list[LandedFile]
    passed_over: list[str]


def new_import_id() -> str:
    """An id for an import: the time it began and six random digits, so that ids sort as imports happened."""
    return f"imp_{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"


def import_options(settings: Settings, stated: StatedOptions, **profiles: Any) -> ImportOptions:
    """How files are to be read: what was stated about them, else what the settings assume.

    `profiles` are the fields of ImportOptions that name archived profiles.
    """
    return ImportOptions(
        **stated.stated(),
        **profiles,
        default_country=settings.default_country,
        time_zone=settings.time_zone,
        assumed_date_order=DateOrder(settings.date_order),
        decimal_sign=settings.decimal_sign,
    )


def land(
    paths: Sequence[Path], options: ImportOptions, stores: Stores, landing: LandingOptions | None = None
) -> Landing:
    """Archive every new file behind `paths` and record one import of them; known bytes change nothing.

    A file whose bytes an import has loaded, or is about to load, is unchanged, whatever its name; one that was
    refused before is tried again.
    """
    landing = landing or LandingOptions()
    landed: list[LandedFile] = []
    passed_over: list[str] = []
    received: list[ImportFile] = []
    known = _known(stores.ledger, with_undone=not landing.take_undone)
    here: set[str] = set()
    for item in find_files(paths):
        found = item
        if found.passed_over:
            passed_over.append(found.path)
            continue
        try:
            if landing.password:
                found = unlocked(found, landing.password)
            digest, size = _hashed(found)
        except InputRefusedError as error:
            landed.append(LandedFile(found.path, None, FileStatus.REFUSED, str(error)))
            continue
        if landing.retry:
            stores.attempts.forget(digest)
        if digest in known or digest in here:
            landed.append(LandedFile(found.path, digest, FileStatus.UNCHANGED, None, known.get(digest)))
            continue
        if stores.attempts.is_set_aside(digest):
            landed.append(LandedFile(found.path, digest, FileStatus.REFUSED, SET_ASIDE))
            continue
        here.add(digest)
        stores.archive.put_stream(found.open, digest)
        landed.append(LandedFile(found.path, digest, FileStatus.RECEIVED))
        received.append(ImportFile(len(received), digest, found.path, found.stem, size))
    if not received:
        return Landing(None, landed, passed_over)
    import_id = new_import_id()
    stores.ledger.add_import(import_id, options, received)
    return Landing(import_id, landed, passed_over)


def _hashed(found: Found) -> tuple[str, int]:
    with found.open() as handle:
        try:
            return stream_hash(handle)
        except OSError as error:
            raise InputRefusedError(f"cannot be read: {error.strerror or error}") from error


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
