"""Landed files: what people hand in, archived and recorded before anything is made of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from assets.resources import Home
from assets.sources.landing import land
from schemas import progress
from schemas.ledger import ImportOptions


class ImportConfig(dg.Config):  # type: ignore[misc, unused-ignore]
    """What one import takes: files, folders and zip archives, and what the user told about them.

    Without paths nothing new is taken; imports that a crash left unfinished are still brought in.
    """

    paths: list[str] = Field(default_factory=list)
    source: str | None = None
    profile: str | None = None
    profile_sha256: str | None = None
    date_order: str | None = None
    take_undone: bool = False


@dg.asset(group_name="landing", pool="warehouse", kinds={"file"})
def landed_files(config: ImportConfig, home: Home) -> dg.MaterializeResult[None]:
    """Every file ever taken: its bytes in the archive under their sha256, one import in the ledger for each hand-in."""
    progress.report("Taking files into the archive")
    settings = home.settings
    options = ImportOptions(
        source=config.source,
        profile=config.profile,
        profile_sha256=config.profile_sha256,
        default_country=settings.default_country,
        time_zone=settings.time_zone,
        date_order=config.date_order or settings.date_order,
    )
    paths = [Path(path) for path in config.paths]
    landing = land(paths, options, home.archive, home.ledger, take_undone=config.take_undone)
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
