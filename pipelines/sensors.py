"""The inbox sensor: files dropped into a folder are imported, many in one run, each exactly once.

A file is identified by its content, an archive by its members' content. The ledger decides whether bytes are known; the
run key only prevents Dagster from starting twice for the same content. Files stay in place.
"""

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from assets.sources.files.folders import entries_in
from assets.sources.files.source_files import source_files_of
from pipelines.jobs import import_job, import_run_config
from schemas.contracts.errors import InputRefusedError
from schemas.stores.archive import stream_hash
from schemas.stores.private import make_home, private_files
from schemas.stores.settings import load_settings
from schemas.stores.stores import Stores

SETTLE_SECONDS = 2.0
"""A file that changed within this time may be incomplete."""


@dataclass(frozen=True, slots=True)
class Look:
    """The last seen state of an inbox file: size, modification time in nanoseconds, sha256 of what it would land."""

    size: int
    changed: int
    digests: list[str]


@dg.sensor(
    job=import_job,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    name="inbox_sensor",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Import every new file in the inbox (`<home>/inbox`, or the setting `inbox`) in one run."""
    settings = load_settings()
    inbox = settings.inbox_dir
    make_home(settings.home)
    with private_files():
        inbox.mkdir(parents=True, exist_ok=True)
    seen = {path: Look(*look) for path, look in json.loads(context.cursor or "{}").items()}
    entries = entries_in(inbox)
    refused = [f"{entry.path} {entry.refusal}" for entry in entries if entry.refusal]
    waiting, hashes = _hash_files([entry.path for entry in entries if not entry.refusal], seen)
    if not hashes:
        what = f"no file in {inbox} is complete yet" if waiting or refused else f"{inbox} is empty"
        return dg.SkipReason("; refused: ".join([what, *refused]))
    with Stores.open(settings) as stores:
        known = stores.ledger.known_files({digest for look in hashes.values() for digest in look.digests})
    cursor = json.dumps({path: [look.size, look.changed, look.digests] for path, look in hashes.items()})
    new = {path: "".join(look.digests) for path, look in hashes.items() if set(look.digests) - known.keys()}
    if not new:
        return dg.SensorResult(
            skip_reason=dg.SkipReason("; refused: ".join([f"every file in {inbox} was imported before", *refused])),
            cursor=cursor,
        )
    for reason in refused:
        context.log.warning("not imported: %s", reason)
    key = hashlib.sha256("".join(sorted(new.values())).encode()).hexdigest()
    request = dg.RunRequest(run_key=key, run_config=import_run_config([Path(path) for path in sorted(new)]))
    return dg.SensorResult(run_requests=[request], cursor=cursor)


def _hash_files(paths: list[Path], seen: dict[str, Look]) -> tuple[int, dict[str, Look]]:
    """How many files are still changing, and the state of all others by path.

    A file with unchanged size and time is not read again.
    """
    hashes: dict[str, Look] = {}
    waiting = 0
    for path in paths:
        stat = path.stat()
        if time.time() - stat.st_mtime < SETTLE_SECONDS:
            waiting += 1
            continue
        before = seen.get(str(path))
        if before and (before.size, before.changed) == (stat.st_size, stat.st_mtime_ns):
            hashes[str(path)] = before
        else:
            hashes[str(path)] = Look(stat.st_size, stat.st_mtime_ns, _digests(path))
    return waiting, hashes


def _digests(path: Path) -> list[str]:
    """The sha256 of every file that importing `path` would land; of the file itself if it would be refused."""
    inside: list[str] = []
    for found in source_files_of([path]):
        if found.refusal is None and not found.skipped:
            # If it cannot be unpacked, hash the archive itself; landing reports the reason.
            with suppress(InputRefusedError), found.open() as handle:
                inside.append(stream_hash(handle)[0])
    if inside:
        return inside
    with path.open("rb") as handle:
        return [stream_hash(handle)[0]]
