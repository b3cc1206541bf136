"""Landed files: what people hand in, archived and recorded before anything is made of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from assets.resources import Home
from assets.sources.files.landing import LandingOptions, import_options, land
from assets.sources.mapping.profile_choice import saved_profiles
from schemas.contracts import progress
from schemas.contracts.options import StatedOptions


class ImportConfig(StatedOptions, dg.Config):  # type: ignore[misc, unused-ignore]
    """What one import takes: files, folders and zip archives, and what the user stated about them.

    Without paths nothing new is taken; imports that a crash left unfinished are still brought in.
    """

    paths: list[str] = Field(default_factory=list)
    profile_sha256: str | None = None
    take_undone: bool = False


@dg.asset(group_name="landing", pool="warehouse", kinds={"file"})
def landed_files(config: ImportConfig, home: Home) -> dg.MaterializeResult[None]:
    """Every file ever taken: its bytes in the archive under their sha256, one import in the ledger for each hand-in."""
    progress.report("Taking files into the archive")
    settings = home.settings
    saved = [home.archive.put(data) for data in saved_profiles(settings).values()]
    options = import_options(settings, config, profile_sha256=config.profile_sha256, saved_profiles=saved)
    password = settings.workbook_password
    how = LandingOptions(config.take_undone, password.get_secret_value() if password else None)
    landing = land([Path(path) for path in config.paths], options, home.archive, home.ledger, how)
    return dg.MaterializeResult(
        metadata={
            "import_id": landing.import_id or "",
            "files": dg.MetadataValue.json([file.to_json() for file in landing.files]),
            "passed_over": dg.MetadataValue.json(landing.passed_over),
            "new_files": sum(file.status == "received" for file in landing.files),
        }
    )


def landing_of(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of a materialization of `landed_files` as plain values."""
    return {name: getattr(value, "value", value) for name, value in metadata.items()}
