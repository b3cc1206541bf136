"""The outcome of a run: the run writes it to the ledger, and every view of the run reads it from there.

Belongs here: the types of outcomes. Does not belong here: displaying them; what audit tables already hold
(`audit.import_files`, `audit.rejected_rows`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from schemas.contracts.vocabulary import Entity, FileStatus


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """The outcome of one file. `known_from` is the earlier import that has the same bytes."""

    path: str
    sha256: str | None
    status: FileStatus
    reason: str | None = None
    known_from: str | None = None


@dataclass(frozen=True, slots=True)
class CommonValue:
    """Records in oversized blocks of a blocking rule, which are not compared."""

    entity: Entity
    rule: str
    records: int


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The outcome of a run: the received import, its files, and the imports that it loaded and published for the first
    time, earlier ones among them."""

    run_id: str
    import_id: str | None = None
    files: tuple[FileOutcome, ...] = ()
    skipped: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
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
        """Read the JSON of `to_json`."""
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(RunOutcome)
