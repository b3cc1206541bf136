"""Progress of long work, spoken through `logging`, so that plain code needs to know nobody who listens.

The command line turns the messages into a progress bar; a run in a daemon ignores them.
"""

from __future__ import annotations

import logging

LOGGER = logging.getLogger("leadsift.progress")
LOGGER.propagate = False
LOGGER.addHandler(logging.NullHandler())


def report(step: str, done: int = 0, total: int = 0) -> None:
    """Say what is being done now; `done` of `total` where the step has parts."""
    LOGGER.info(step, extra={"done": done, "total": total})
