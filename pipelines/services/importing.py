"""Import: runs the import job in process, on the home's Dagster instance.

Belongs here: starting the job and returning its outcome. Does not belong here: the work of the job; displaying it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import polars as pl
from filelock import FileLock

from assets.sources.files.landing import import_options
from assets.sources.mapping.profile_choice import read_profile, save_profile
from pipelines.services.run_output import stderr_held
from pipelines.services.stated_mapping import check_stated_mapping
from schemas.contracts.counting import counted
from schemas.contracts.errors import LeadsiftError, StoreError
from schemas.contracts.options import StatedOptions
from schemas.contracts.outcomes import FileOutcome, RunOutcome
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.sql.files import sql_text
from schemas.stores.failures import REBUILD, first_line, translated_causes
from schemas.stores.private import make_home, private_files
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published

if TYPE_CHECKING:
    import dagster as dg

SUSPECT_RENAMED = 0.5
"""If more than this share of known ids has other names, the import is probably another list, not renamed contacts."""

INSTANCE_FILE = "dagster.yaml"
SHIPPED_INSTANCE_FILE = Path(__file__).parents[1] / INSTANCE_FILE

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


@private_files()
def prepare_instance(settings: Settings) -> None:
    """Create the home's Dagster instance if needed, and point this process to it."""
    folder = settings.dagster_home
    make_home(settings.home)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / INSTANCE_FILE
    with _first_use(settings):
        if not config.exists():
            shutil.copyfile(SHIPPED_INSTANCE_FILE, config)
    settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["LEADSIFT_HOME"] = str(settings.home)


def _first_use(settings: Settings) -> FileLock:
    """Let one process at a time create a home's Dagster instance: Dagster creates its tables without a lock."""
    return FileLock(str(settings.dagster_home / ".instance.lock"), timeout=settings.lock_timeout)


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The home's Dagster instance; creates its tables if needed. Call `prepare_instance` before."""

    with ExitStack() as stack:
        stack.enter_context(private_files())
        stack.enter_context(stderr_held())
        stack.enter_context(translated_causes(settings.dagster_home))
        with _first_use(settings):
            place = stack.enter_context(_plain_path(settings.dagster_home))
            instance = stack.enter_context(_instance_at(place, settings.dagster_home))
        yield instance


def _instance_at(place: Path, folder: Path) -> dg.DagsterInstance:
    """The instance at `place`, a path to `folder`. Raises StoreError if its settings were changed and it fails."""
    import dagster as dg

    from pipelines.services.event_log import keep_engines

    try:
        with translated_causes(folder):
            instance = dg.DagsterInstance.from_config(str(place))
            keep_engines(instance)
            return instance
    except LeadsiftError:
        raise
    except Exception as error:
        if has_shipped_settings(folder):
            raise
        raise StoreError(
            f"{folder / INSTANCE_FILE}: Dagster does not start with these settings ({first_line(error)}); correct the "
            f"file, or {REBUILD}, which restores leadsift's own"
        ) from error


def has_shipped_settings(folder: Path) -> bool:
    """Whether Dagster's settings in `folder` are as leadsift writes them."""
    return (folder / INSTANCE_FILE).read_bytes() == SHIPPED_INSTANCE_FILE.read_bytes()


@contextmanager
def _plain_path(folder: Path) -> Iterator[Path]:
    """A path to the folder that Dagster can use for the duration of the block: a link if its own path does not work.

    Dagster treats [ ] * in the path of its settings as a pattern, finds no file and runs with defaults, telemetry
    included. In the path of a database it decodes %.
    """
    if not set("[]*%") & set(str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="leadsift-") as place:
        link = Path(place) / "dagster"
        link.symlink_to(folder, target_is_directory=True)
        yield link


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
    from pipelines.jobs import import_run_config

    stated = stated or StatedOptions()
    check_stated_mapping(paths, import_options(settings, stated), settings)
    prepare_instance(settings)
    profile, profile_sha256 = resolve_profile(settings, stated.profile)
    named = stated.model_copy(update={"profile": profile})
    config = import_run_config(paths, named, profile_sha256=profile_sha256, take_undone=True, retry=retry)
    if rebuild:
        config["resources"] = {"home": {"config": {"rebuild": True}}}
    return outcome_of(settings, execute(settings, config))


def execute(settings: Settings, config: dict[str, Any], job_name: str | None = None) -> RunOutcome:
    """Execute the import job, or another one, in process; returns the outcome that the run recorded in the ledger.

    Raises the error of the first step that failed, and StoreError if a check found the tables wrong.
    """
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.jobs import IMPORT_JOB

    job, run_id = defs().resolve_job_def(job_name or IMPORT_JOB), str(uuid4())
    quiet = {**config, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    try:
        with open_instance(settings) as instance:
            job.execute_in_process(run_config=quiet, instance=instance, run_id=run_id)
    except dg.DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
    except dg.DagsterError as error:
        if cause := _own_error(error):  # a store cannot be opened
            raise cause from error
        failures = _recorded(settings, run_id).check_failures
        if not failures:
            raise
        raise StoreError(
            f"a check failed and stopped the run before it was published: {'; '.join(failures)}"
        ) from error
    return _recorded(settings, run_id)


def _own_error(error: BaseException) -> LeadsiftError | None:
    """The LeadsiftError behind an error of Dagster; None if there is none."""
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, LeadsiftError):
        cause = cause.__cause__ or cause.__context__
    return cause


def _recorded(settings: Settings, run_id: str) -> RunOutcome:
    """The outcome that a run recorded; an empty one if it did nothing. Raises StoreError if it could not record it.

    A run records its outcome after the last step, where Dagster logs an error and ends the run as a success.
    """
    with Stores.open(settings) as stores:
        found = stores.ledger.runs.of_run(run_id)
        if found is None:
            stores.ledger.prepare_to_write()
        return found or RunOutcome(run_id)


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
