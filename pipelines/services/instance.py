"""The home's Dagster instance: its folder, its settings, and opening it.

Belongs here: where Dagster keeps the history of runs. Does not belong here: runs (`pipelines.services.runs`); the event
log's connections (`pipelines.services.event_log`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from pipelines.services.run_output import stderr_held
from schemas.contracts.errors import LeadsiftError, StoreError
from schemas.stores.failures import REBUILD, first_line, translated_causes
from schemas.stores.private import make_home, private_files
from schemas.stores.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

INSTANCE_FILE = "dagster.yaml"
SHIPPED_INSTANCE_FILE = Path(__file__).parents[1] / INSTANCE_FILE


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
