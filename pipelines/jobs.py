"""The jobs: an import, from landed files to the published snapshot, and an act, from users' facts to the snapshot.

Both run all checks of the tables that they write. The command line runs the same jobs in process.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import dagster as dg

from assets.records import FACTS
from assets.tables import key_of
from schemas.contracts.options import StatedOptions

IMPORT_JOB = "import_job"

import_job = dg.define_asset_job(
    IMPORT_JOB,
    selection=dg.AssetSelection.all(),
    description="Land files, load their records, resolve entities, build the CRM tables and reports, publish.",
    tags={"leadsift/job": "import"},
    executor_def=dg.in_process_executor,
)


ACT_JOB = "act_job"

act_job = dg.define_asset_job(
    ACT_JOB,
    selection=dg.AssetSelection.assets(*(key_of(table) for table in FACTS)).downstream(),
    description="Derive and publish what depends on users' decisions and acts. Lands and reads no file.",
    tags={"leadsift/job": "act"},
    executor_def=dg.in_process_executor,
)


def import_run_config(
    paths: Sequence[Path] = (), stated: StatedOptions | None = None, **landing: str | bool | None
) -> dict[str, object]:
    """The run configuration that imports these paths with the stated options.

    `landing` has further fields of `assets.landing.ImportConfig`; None means the default.
    """
    options = {name: _as_config(value) for name, value in dict(stated or ()).items() if value not in (None, [])}
    further = {name: value for name, value in landing.items() if value is not None}
    return {"ops": {"landed_files": {"config": {"paths": [str(path) for path in paths], **options, **further}}}}


def _as_config(value: object) -> object:
    """A value for Dagster's configuration, which uses the names of enumeration members."""
    return value.name if isinstance(value, Enum) else value
