"""Import: runs the import job in this process.

Belongs here: starting the job and returning its outcome. Does not belong here: the work of the job; displaying it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from assets.sources.files.landing import import_options
from assets.sources.mapping.profile_choice import read_profile, save_profile
from pipelines.services.instance import prepare_instance
from pipelines.services.runs import Execution, execute
from pipelines.services.stated_mapping import check_stated_mapping
from schemas.contracts.counting import counted
from schemas.contracts.options import StatedOptions
from schemas.contracts.outcomes import FileOutcome, RunOutcome
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.sql.files import sql_text
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published

SUSPECT_RENAMED = 0.5
"""If more than this share of known ids has other names, the import is probably another list, not renamed contacts."""

ENTITY_TABLES = ("organizations", "persons", "leads", "deals")


@dataclass(slots=True)
class ImportOutcome:
    """The outcome of an import, for display and as JSON (a contract of the command line)."""

    import_id: str | None
    status: ImportStatus
    files: list[dict[str, Any]]
    entities: dict[str, int]
    skipped: list[str] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def refusals(self) -> list[str]:
        """One line for each refused file."""
        return [f"{file['path']}: {file['reason']}" for file in self.files if file["status"] == FileStatus.REFUSED]

    def to_json(self) -> dict[str, Any]:
        """The outcome as one JSON object."""
        return {
            "import_id": self.import_id,
            "status": self.status.value,
            "files": self.files,
            "entities": self.entities,
            "skipped": self.skipped,
            "completed": self.completed,
            "notes": self.notes,
        }


def resolve_profile(settings: Settings, given: str | None) -> tuple[str | None, str | None]:
    """Resolve a profile given by name or file: returns its name and, for a file, its sha256 in the archive.

    A file is also saved in the home, so that lists with its headers are recognised from then on. Raises ProfileError,
    with file, key and reason.
    """
    if given is None:
        return None, None
    profile, data = read_profile(given)
    if data is None:
        return profile.name, None
    save_profile(settings, profile, data)
    return profile.name, Stores.open(settings).archive.put(data)


def run_import(
    settings: Settings,
    paths: Sequence[Path] = (),
    stated: StatedOptions | None = None,
    *,
    retry: bool = False,
    rebuild: bool = False,
) -> ImportOutcome:
    """Run the import job for `paths`; without paths it finishes interrupted imports and updates derived tables.

    `retry` reads files again that were set aside because reading them ended the process. `rebuild` fills a new
    warehouse beside the home's own. Raises LeadsiftError if the job fails.
    """
    from pipelines.jobs import IMPORT_JOB, import_run_config

    stated = stated or StatedOptions()
    check_stated_mapping(paths, import_options(settings, stated), settings)
    prepare_instance(settings)
    profile, profile_sha256 = resolve_profile(settings, stated.profile)
    named = stated.model_copy(update={"profile": profile})
    further = {"profile_sha256": profile_sha256, "take_undone": True, "retry": retry}
    config = import_run_config(paths, named, **further)
    if rebuild:
        config["resources"] = {"home": {"config": {"rebuild": True}}}
    landing = {"paths": [str(path) for path in paths], **dict(named), **further}
    return outcome_of(settings, execute(settings, Execution(IMPORT_JOB, config, landing, rebuild)))


def outcome_of(settings: Settings, run: RunOutcome) -> ImportOutcome:
    """The outcome of a run, from the ledger and the audit tables."""
    sheets = _sheets(settings, run.import_id)
    refused = _refused(settings, run.import_id)
    files = [_file(file, sheets.get(file.path, []), refused.get(file.path)) for file in run.files]
    notes = [*_notes_of_updates(settings, run.import_id), *_notes_of_references(settings, run.import_id)]
    completed = [import_id for import_id in run.published if import_id != run.import_id]
    status = _status(files)
    return ImportOutcome(
        run.import_id,
        ImportStatus.COMPLETED if status == ImportStatus.UNCHANGED and completed else status,
        files,
        count_entities(Stores.open(settings).published),
        list(run.skipped),
        completed,
        [*_notes_of_completed(completed), *notes, *_notes_of_models(settings), *_notes_of_blocks(run)],
    )


def _notes_of_completed(completed: list[str]) -> list[str]:
    return [f"{import_id} was interrupted before it was published; it is published now" for import_id in completed]


def _notes_of_models(settings: Settings) -> list[str]:
    """Notes on trained models of an earlier version, whose place the shipped model takes."""
    published = Stores.open(settings).published
    if not published.path.is_file():
        return []
    rows = published.query(sql_text("queries/replaced_models"))
    return [
        f"{entity}s are matched with the shipped model {used}: {trained} was trained with an earlier version of "
        f"leadsift; `leadsift train --entity {entity}` trains a new one, `leadsift train --use shipped` keeps this one"
        for entity, trained, used in rows.iter_rows()
    ]


def _notes_of_blocks(run: RunOutcome) -> list[str]:
    """Notes on oversized blocks."""
    return [
        f"matching {common.entity}s: rule {common.rule!r} does not compare {counted(common.records, 'record')} with a "
        "value that too many records share"
        for common in run.common_values
    ]


def _notes_of_updates(settings: Settings, import_id: str | None) -> list[str]:
    """Notes on updated records, with a warning if two lists seem to share a name."""
    if import_id is None or not settings.published_path.is_file():
        return []
    rows = Stores.open(settings).published.query(sql_text("queries/updates_of_import"), [import_id])
    notes: list[str] = []
    for entity, source, updated, renamed, known_from in rows.iter_rows():
        note = f"source {source!r}: updated {counted(updated, f'known {entity} record')}"
        if renamed >= SUSPECT_RENAMED * updated:
            note += (
                f", {renamed:,} of them with another name than in {known_from}: if this is another list, "
                "import it with --source NAME, so that its ids are separate"
            )
        notes.append(note)
    return notes


def _notes_of_references(settings: Settings, import_id: str | None) -> list[str]:
    """Notes on reference-only records of an import."""
    if import_id is None or not settings.published_path.is_file():
        return []
    rows = Stores.open(settings).published.query(sql_text("queries/mentions_of_import"), [import_id])
    return [
        f"source {source!r}: knows {counted(count, f'{entity} record')} only by reference; an import of the file that "
        "has them will complete them"
        for entity, source, count in rows.iter_rows()
    ]


def _file(outcome: FileOutcome, sheets: list[dict[str, Any]], reason: str | None) -> dict[str, Any]:
    """A file of an import as JSON: the outcome of landing and, if it was received, of loading."""
    file: dict[str, Any] = {**asdict(outcome), "status": outcome.status.value, "sheets": []}
    if outcome.status != FileStatus.RECEIVED:
        return file
    if reason is not None or not sheets:
        return {**file, "status": FileStatus.REFUSED.value, "reason": reason or "was not loaded"}
    of_file = ("format", "encoding", "delimiter", "confidence", "source", "rejects_file")
    of_sheets = [{name: sheet[name] for name in sheet if name != "file" and name not in of_file} for sheet in sheets]
    read = {name: sheets[0][name] for name in of_file}
    return {**file, "status": FileStatus.LOADED.value, **read, "sheets": of_sheets}


def _status(files: list[dict[str, Any]]) -> ImportStatus:
    statuses = {file["status"] for file in files}
    if FileStatus.REFUSED in statuses or not files:
        return ImportStatus.PARTIAL if FileStatus.LOADED in statuses else ImportStatus.REFUSED
    return ImportStatus.IMPORTED if FileStatus.LOADED in statuses else ImportStatus.UNCHANGED


def _refused(settings: Settings, import_id: str | None) -> dict[str, str]:
    with Stores.open(settings) as stores:
        return {
            file.path: file.reason or ""
            for item in stores.ledger.imports()
            if item.import_id == import_id
            for file in item.files
            if file.status == FileStatus.REFUSED
        }


def _sheets(settings: Settings, import_id: str | None) -> dict[str, list[dict[str, Any]]]:
    if import_id is None or not settings.published_path.is_file():
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in (
        Stores.open(settings).published.query(sql_text("queries/sheets_of_import"), [import_id]).iter_rows(named=True)
    ):
        found.setdefault(row["file"], []).append(row)
    return found


def rejections_of(settings: Settings, import_id: str | None, limit: int) -> pl.DataFrame:
    """The first rejected rows and cells of an import, as in `audit.rejected_rows`."""
    return Stores.open(settings).published.query(
        "SELECT * EXCLUDE (import_id) FROM audit.rejected_rows WHERE import_id = ? "
        "ORDER BY file, sheet, row_number, column_name LIMIT ?",
        [import_id, limit],
    )


def count_entities(published: Published) -> dict[str, int]:
    """The number of published entities of each kind; zeros if nothing is published."""
    if not published.path.is_file():
        return dict.fromkeys(ENTITY_TABLES, 0)
    return dict(published.query(sql_text("queries/entity_counts")).row(0, named=True))
