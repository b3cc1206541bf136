"""Dagster's definitions: assets, checks, jobs, schedules and sensors of one home.

Modules are loaded by name. The home is LEADSIFT_HOME, else `./leadsift-home`.
"""

import dagster as dg

from assets import crm, landing, matching, published, records, reports
from assets.resources import Home
from pipelines.jobs import act_job, import_job
from pipelines.schedules import nightly_import
from pipelines.sensors import inbox_sensor

ASSET_MODULES = [landing, records, matching, crm, reports, published]


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions that `workspace.yaml` and `dg` load."""
    return dg.Definitions(
        assets=dg.load_assets_from_modules(ASSET_MODULES),
        jobs=[import_job, act_job],
        schedules=[nightly_import],
        sensors=[inbox_sensor],
        resources={"home": Home(path=dg.EnvVar("LEADSIFT_HOME")) if _home_is_set() else Home()},
        # One process per run: the warehouse has one writer, and a run holds it from its first step to its last.
        executor=dg.in_process_executor,
    )


def _home_is_set() -> bool:
    import os

    return bool(os.environ.get("LEADSIFT_HOME"))
