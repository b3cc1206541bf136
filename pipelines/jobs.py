"""The import job, from landed files to the published snapshot with every check; the command line runs the same."""

from __future__ import annotations

import dagster as dg

IMPORT_JOB = "import_job"

import_job = dg.define_asset_job(
    IMPORT_JOB,
    selection=dg.AssetSelection.all(),
    description="Take files, load their records, resolve who is who, build the CRM tables and reports, publish.",
    tags={"leadsift/job": "import"},
    executor_def=dg.in_process_executor,
)


def import_run_config(paths: list[str], **options: str | bool | list[str] | None) -> dict[str, object]:
    """The run configuration that makes the import job take these paths.

    `options` are fields of `assets.landing.ImportConfig`; what is None is left to its default.
    """
    config = {"paths": paths, **{name: value for name, value in options.items() if value is not None}}
    return {"ops": {"landed_files": {"config": config}}}
