"""Landing: stores files in the archive and records their import in the ledger, before anything is derived from them.

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
from assets.sources.files.source_files import SourceFile, source_files_of
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
    """The result of landing one file. `known_from` is the import that already holds its bytes."""

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
    """How files are landed.

    `take_undone` imports files of undone imports again: right for a user's command, wrong for an inbox that is scanned
    every minute. `retry` reads files again that were set aside. `password` opens protected workbooks; it is not
    stored.
    """

    take_undone: bool = False
    retry: bool = False
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """The landed files, in order; `import_id` is None if none of them is new."""

    import_id: str | None
    files: list[LandedFile]
    skipped: list[str]


def new_import_id() -> str:
    """Make an import id: the start time and six random digits, so that ids sort by time."""
    return f"imp_{datetime.now(UTC):%Y%m%d%H%M%S}_{secrets.token_hex(3)}"


def import_options(settings: Settings, stated: StatedOptions, **profiles: Any) -> ImportOptions:
    """How to read files: the stated options, with defaults from the settings.

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
    """Archive every new file below `paths` and record one import of them; known bytes change nothing.

    A file is unchanged if an import has loaded its bytes or is about to, under any name. A refused file is tried
    again.
    """
    landing = landing or LandingOptions()
    landed: list[LandedFile] = []
    skipped: list[str] = []
    received: list[ImportFile] = []
    known = _known(stores.ledger, with_undone=not landing.take_undone)
    seen: set[str] = set()
    for source_file in source_files_of(paths):
        found = source_file
        if found.skipped:
            skipped.append(found.path)
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
        if digest in known or digest in seen:
            landed.append(LandedFile(found.path, digest, FileStatus.UNCHANGED, None, known.get(digest)))
            continue
        if stores.attempts.is_set_aside(digest):
            landed.append(LandedFile(found.path, digest, FileStatus.REFUSED, SET_ASIDE))
            continue
        seen.add(digest)
        stores.archive.put_stream(found.open, digest)
        landed.append(LandedFile(found.path, digest, FileStatus.RECEIVED))
        received.append(ImportFile(len(received), digest, found.path, found.stem, size))
    if not received:
        return Landing(None, landed, skipped)
    import_id = new_import_id()
    stores.ledger.add_import(import_id, options, received)
    return Landing(import_id, landed, skipped)


def _hashed(found: SourceFile) -> tuple[str, int]:
    with found.open() as handle:
        try:
            return stream_hash(handle)
        except OSError as error:
            raise InputRefusedError(f"cannot be read: {error.strerror or error}") from error


def _known(ledger: Ledger, *, with_undone: bool) -> dict[str, str]:
    """The sha256 of every file that is loaded or about to be, with the import that brought it first."""
    known: dict[str, str] = {}
    for item in ledger.imports():
        if item.undone_at is not None and not with_undone:
            continue
        for file in item.files:
            if file.status in (FileStatus.LOADED, FileStatus.RECEIVED):
                known.setdefault(file.sha256, item.import_id)
    return known
