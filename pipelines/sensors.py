"""The inbox sensor: files dropped into a folder are imported, many in one run, each exactly once.

A file is known by its content. Whether its bytes are known is the ledger's word; the run key only keeps Dagster
from starting twice while a run is under way. Files stay where they are.
"""

import hashlib
import json
import time
from pathlib import Path

import dagster as dg

from pipelines.jobs import import_job, import_run_config
from schemas.ledger import Ledger
from schemas.settings import load_settings

SETTLE_SECONDS = 2.0
"""A file that changed within this time may still be being copied."""


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
    inbox.mkdir(parents=True, exist_ok=True)
    seen: dict[str, list[object]] = json.loads(context.cursor) if context.cursor else {}
    waiting, hashes = _hash_inbox(inbox, seen)
    if not hashes:
        return dg.SkipReason(f"{inbox} holds no finished file" if waiting else f"{inbox} is empty")
    ledger = Ledger(settings.ledger_address)
    try:
        known = ledger.known_files({str(entry[2]) for entry in hashes.values()})
    finally:
        ledger.close()
    cursor = json.dumps(hashes, sort_keys=True)
    new = {path: str(entry[2]) for path, entry in hashes.items() if entry[2] not in known}
    # An archive is known by its members only, so the file itself never is: it counts as new once for its bytes.
    new = {path: digest for path, digest in new.items() if seen.get(path, [None] * 3)[2] != digest}
    if not new:
        return dg.SensorResult(skip_reason=dg.SkipReason(f"every file in {inbox} is known"), cursor=cursor)
    key = hashlib.sha256("".join(sorted(new.values())).encode()).hexdigest()
    request = dg.RunRequest(run_key=key, run_config=import_run_config(sorted(new)))
    return dg.SensorResult(run_requests=[request], cursor=cursor)


def _hash_inbox(inbox: Path, seen: dict[str, list[object]]) -> tuple[int, dict[str, list[object]]]:
    """How many files are still changing, and path to [size, time of change, sha256] of all others.

    A file whose size and time are those of the last look is not read again.
    """
    hashes: dict[str, list[object]] = {}
    waiting = 0
    for path in sorted(item for item in inbox.rglob("*") if item.is_file()):
        if any(part.startswith((".", "~$")) for part in path.relative_to(inbox).parts):
            continue
        stat = path.stat()
        if time.time() - stat.st_mtime < SETTLE_SECONDS:
            waiting += 1
            continue
        before = seen.get(str(path))
        if before and before[:2] == [stat.st_size, stat.st_mtime_ns]:
            hashes[str(path)] = before
            continue
        with path.open("rb") as handle:
            hashes[str(path)] = [
                stat.st_size,
                stat.st_mtime_ns,
                hashlib.file_digest(handle, "sha256").hexdigest(),
            ]
    return waiting, hashes
