"""Landed files: archived and recorded before anything is derived from them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import dagster as dg
from pydantic import Field

from assets.resources import Home
from assets.sources.files.landing import Landing, LandingOptions, import_options, land
from assets.sources.mapping.profile_choice import saved_profiles
from assets.summaries import files_table
from assets.tables import OWNERS
from schemas.contracts import progress
from schemas.contracts.options import StatedOptions
from schemas.contracts.outcomes import FileOutcome
from schemas.contracts.vocabulary import FileStatus


class ImportConfig(StatedOptions, dg.Config):  # type: ignore[misc, unused-ignore]
    """The input of one import: files, folders and zip archives, and the stated options.

    Without paths it lands nothing new, but still finishes imports that a crash interrupted.
    """

    paths: list[str] = Field(default_factory=list)
    profile_sha256: str | None = None
    take_undone: bool = False
    retry: bool = False


@dg.asset(group_name="landing", pool="warehouse", kinds={"file"}, owners=[OWNERS["landing"]])
def landed_files(config: ImportConfig, home: Home) -> dg.MaterializeResult[None]:
    """Every received file: its bytes in the archive by sha256, and one import in the ledger for each run.

    A file is identified by its content: the same bytes under another name are unchanged and received only once.
    """
    return receive(config, home)


def receive(config: ImportConfig, home: Home) -> dg.MaterializeResult[None]:
    """Archive the files of an import and record it."""
    progress.report("Archiving files")
    settings = home.settings
    saved = [home.archive.put(data) for data in saved_profiles(settings).values()]
    options = import_options(settings, config, profile_sha256=config.profile_sha256, saved_profiles=saved)
    password = settings.workbook_password
    how = LandingOptions(config.take_undone, config.retry, password.get_secret_value() if password else None)
    landing = land([Path(path) for path in config.paths], options, home.stores, how)
    _record(home, landing)
    counts = Counter(file.status for file in landing.files)
    return dg.MaterializeResult(
        metadata={
            "import": landing.import_id or "no new file",
            "files_received": counts[FileStatus.RECEIVED],
            "files_unchanged": counts[FileStatus.UNCHANGED],
            "files_refused": counts[FileStatus.REFUSED],
            "files_skipped": len(landing.skipped),
            "files": dg.MetadataValue.md(files_table(home.outcome)),
        }
    )


def _record(home: Home, landing: Landing) -> None:
    files = [FileOutcome(file.path, file.sha256, file.status, file.reason, file.known_from) for file in landing.files]
    home.record(replace(home.outcome, import_id=landing.import_id, files=tuple(files), skipped=tuple(landing.skipped)))
