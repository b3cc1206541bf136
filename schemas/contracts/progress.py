"""Reports the progress of long work through `logging`, so that plain code does not depend on who displays it.

The command line shows a progress bar; a run in a daemon ignores the messages.
"""

from __future__ import annotations

import logging

LOGGER = logging.getLogger("leadsift.progress")
LOGGER.propagate = False
LOGGER.addHandler(logging.NullHandler())


def report(step: str, done: int = 0, total: int = 0) -> None:
    """Report the current step; `done` of `total` if it has parts."""
    LOGGER.info(step, extra={"done": done, "total": total})
