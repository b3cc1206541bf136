"""The nightly schedule: imports the files and folders in the settings, and the inbox."""

import dagster as dg

from pipelines.jobs import import_job, import_run_config
from schemas.stores.settings import load_settings


@dg.schedule(
    job=import_job,
    cron_schedule="0 2 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_import(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 02:00 UTC: import `nightly_paths` of the settings and the inbox; known files change nothing."""
    settings = load_settings()
    paths = [path for path in (*settings.nightly_paths, settings.inbox_dir) if path.exists()]
    return dg.RunRequest(
        run_key=context.scheduled_execution_time.date().isoformat(), run_config=import_run_config(paths)
    )
