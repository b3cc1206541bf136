"""What a run did, as one value: written by the run into the ledger, read back by everybody who shows it.

Belongs here: the types of outcomes. Does not belong here: how they are shown, and what the tables say of an import
already (`audit.import_files`, `audit.rejected_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from schemas.contracts.vocabulary import Entity, FileStatus


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What a run made of one file that it was given. `known_from` is the import that had brought its bytes before."""

    path: str
    sha256: str | None
    status: FileStatus
    reason: str | None = None
    known_from: str | None = None


@dataclass(frozen=True, slots=True)
class CommonValue:
    """Records that a blocking rule does not compare, because too many of them share a value."""

    entity: Entity
    rule: str
    records: int


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did: the import that it received, its files, and the imports that it loaded, earlier ones included."""

    run_id: str
    import_id: str | None = None
    files: tuple[FileOutcome, ...] = ()
    skipped: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    common_values: tuple[CommonValue, ...] = ()
    check_failures: tuple[str, ...] = ()

    @property
    def refused(self) -> list[FileOutcome]:
        """The files that were refused."""
        return [file for file in self.files if file.status == FileStatus.REFUSED]

    def to_json(self) -> str:
        """The outcome as JSON."""
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> RunOutcome:
        """Read an outcome as `to_json` wrote it."""
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(RunOutcome)
