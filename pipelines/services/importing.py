"""Importing from the command line: the import job, in process, on the home's own Dagster instance.

Belongs here: starting the job and saying what came of it. Does not belong here: what the job does, or how it is shown.
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

from assets.sources.mapping.profile_choice import read_profile, save_profile
from pipelines.services.run_output import stderr_held
from schemas.contracts.errors import LeadsiftError, StoreError
from schemas.contracts.options import StatedOptions
from schemas.contracts.outcomes import FileOutcome, RunOutcome
from schemas.contracts.vocabulary import FileStatus, ImportStatus
from schemas.sql.files import sql_text
from schemas.stores.failures import translated_causes
from schemas.stores.private import make_home, private_files
from schemas.stores.settings import Settings
from schemas.stores.stores import Stores
from schemas.stores.warehouse import Published

if TYPE_CHECKING:
    import dagster as dg

SUSPECT_RENAMED = 0.5
"""Share of known ids under another name from which two lists under one name are likelier than renamed contacts."""

ENTITY_TABLES = ("organizations", "persons", "leads", "deals")


@dataclass(slots=True)
class ImportOutcome:
    """What came of an import, as the command line shows it and as JSON (DESIGN: contract of the command line)."""

    import_id: str | None
    status: ImportStatus
    files: list[dict[str, Any]]
    entities: dict[str, int]
    passed_over: list[str] = field(default_factory=list)
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
            "passed_over": self.passed_over,
            "notes": self.notes,
        }


@private_files()
def prepare_instance(settings: Settings) -> None:
    """Put the home's Dagster instance in place and point this process at it."""
    folder = settings.dagster_home
    make_home(settings.home)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dagster.yaml"
    with _first_use(settings):
        if not config.exists():
            shutil.copyfile(Path(__file__).parents[1] / "dagster.yaml", config)
    settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["LEADSIFT_HOME"] = str(settings.home)


def _first_use(settings: Settings) -> FileLock:
    """One process at a time puts a home's Dagster instance in place: Dagster itself creates its tables unguarded."""
    return FileLock(str(settings.dagster_home / ".instance.lock"), timeout=settings.lock_timeout)


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The home's Dagster instance, its tables created by whoever comes first; call `prepare_instance` before."""
    import dagster as dg  # imported late: two seconds that other commands need not pay

    with ExitStack() as stack:
        stack.enter_context(private_files())
        stack.enter_context(stderr_held())
        stack.enter_context(translated_causes(settings.dagster_home))
        with _first_use(settings):
            place = stack.enter_context(_plain_path(settings.dagster_home))
            instance = stack.enter_context(dg.DagsterInstance.from_config(str(place)))
        yield instance


@contextmanager
def _plain_path(folder: Path) -> Iterator[Path]:
    """A path of the folder that Dagster can use while the block runs: a link where the folder's own does not serve.

    Dagster takes [ ] * in the path of its settings for a pattern, finds none and runs without them, with telemetry. In
    the path of a database it decodes %.
    """
    if not set("[]*%") & set(str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="leadsift-") as place:
        link = Path(place) / "dagster"
        link.symlink_to(folder, target_is_directory=True)
        yield link


def resolve_profile(settings: Settings, given: str | None) -> tuple[str | None, str | None]:
    """A profile named or handed in as a file: its name and, for a file, the sha256 under which it is archived.

    A file is saved in the home too, so that lists with its headers are known from then on. Raises ProfileError naming
    the file, the key and the reason.
    """
    if given is None:
        return None, None
    profile, data = read_profile(given)
    if data is None:
        return profile.name, None
    save_profile(settings, profile, data)
    return profile.name, Stores.open(settings).archive.put(data)


def run_import(
    settings: Settings, paths: Sequence[Path] = (), stated: StatedOptions | None = None, *, retry: bool = False
) -> ImportOutcome:
    """Run the import job for `paths`; with none it finishes what a crash left and rebuilds what is out of date.

    `retry` reads files again that were set aside because reading them ended the process.
    Raises LeadsiftError when the job could not do its work.
    """
    from pipelines.jobs import import_run_config

    stated = stated or StatedOptions()
    prepare_instance(settings)
    profile, profile_sha256 = resolve_profile(settings, stated.profile)
    named = stated.model_copy(update={"profile": profile})
    config = import_run_config(paths, named, profile_sha256=profile_sha256, take_undone=True, retry=retry)
    return outcome_of(settings, execute(settings, config))


def execute(settings: Settings, config: dict[str, Any], job_name: str | None = None) -> RunOutcome:
    """Execute the import job, or another one, in process; returns what the run did, as it recorded it in the ledger.

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
        if isinstance(error.__cause__, LeadsiftError):  # a store that could not be opened
            raise error.__cause__ from error
        failures = _recorded(settings, run_id).check_failures
        if not failures:
            raise
        raise StoreError(
            f"a check found the tables wrong and stopped the run before it was published: {'; '.join(failures)}"
        ) from error
    return _recorded(settings, run_id)


def _recorded(settings: Settings, run_id: str) -> RunOutcome:
    with Stores.open(settings) as stores:
        return stores.ledger.runs.of_run(run_id) or RunOutcome(run_id)


def outcome_of(settings: Settings, run: RunOutcome) -> ImportOutcome:
    """What a run did with its files, from the ledger and the audit tables."""
    sheets = _sheets(settings, run.import_id)
    refused = _refused(settings, run.import_id)
    files = [_file(file, sheets.get(file.path, []), refused.get(file.path)) for file in run.files]
    notes = [*_notes_of_updates(settings, run.import_id), *_notes_of_mentions(settings, run.import_id)]
    return ImportOutcome(
        run.import_id,
        _status(files),
        files,
        count_entities(Stores.open(settings).published),
        list(run.skipped),
        [*notes, *_notes_of_run(run)],
    )


def _notes_of_run(run: RunOutcome) -> list[str]:
    """Imports that were finished besides, and values that were too common to compare their holders."""
    finished = [
        f"{import_id} had not been finished and was brought in now"
        for import_id in run.loaded
        if import_id != run.import_id
    ]
    return finished + [
        f"matching {common.entity}s: {common.records:,} records hold a value that too many share; "
        f"rule {common.rule!r} does not compare them"
        for common in run.common_values
    ]


def _notes_of_updates(settings: Settings, import_id: str | None) -> list[str]:
    """What an import changed of what was known, and whether that looks like two lists under one name."""
    if import_id is None or not settings.published_path.is_file():
        return []
    rows = Stores.open(settings).published.query(sql_text("queries/updates_of_import"), [import_id])
    notes: list[str] = []
    for entity, source, updated, renamed, known_from in rows.iter_rows():
        note = f"source {source!r}: {updated:,} {entity} records were known before and are updated"
        if renamed >= SUSPECT_RENAMED * updated:
            note += (
                f"; {renamed:,} of them bear another name than in {known_from}: if this is another list, "
                "import it with --source NAME, so that its ids are its own"
            )
        notes.append(note)
    return notes


def _notes_of_mentions(settings: Settings, import_id: str | None) -> list[str]:
    """What the files of an import point at that no import has brought yet."""
    if import_id is None or not settings.published_path.is_file():
        return []
    rows = Stores.open(settings).published.query(sql_text("queries/mentions_of_import"), [import_id])
    return [
        f"source {source!r}: {count:,} {entity} records are only pointed at; they stay mentions until an import "
        "brings them"
        for entity, source, count in rows.iter_rows()
    ]


def _file(outcome: FileOutcome, sheets: list[dict[str, Any]], reason: str | None) -> dict[str, Any]:
    """A file of an import as JSON: what landing made of it and, where it was received, what loading did."""
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
    """The first refused rows and cells of an import, as in `audit.rejected_rows`."""
    return Stores.open(settings).published.query(
        "SELECT * EXCLUDE (import_id) FROM audit.rejected_rows WHERE import_id = ? "
        "ORDER BY file, sheet, row_number, column_name LIMIT ?",
        [import_id, limit],
    )


def count_entities(published: Published) -> dict[str, int]:
    """How many entities of each kind are published now; zeros when nothing is."""
    if not published.path.is_file():
        return dict.fromkeys(ENTITY_TABLES, 0)
    return dict(published.query(sql_text("queries/entity_counts")).row(0, named=True))
