"""Captures what libraries write to stderr during a run, and shows it afterwards unless the run reports its own error.

If Dagster cannot store an event, it writes the SQL with all values to stderr. On a full disk that is every event, which
hides the actual message. Belongs here: capturing that text. Does not belong here: errors.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TextIO

from schemas.contracts.errors import StoreError


class _Held(io.StringIO):
    """A buffer for stderr; Rich's progress bar still reaches the terminal through this attribute."""

    def __init__(self, shown: TextIO) -> None:
        super().__init__()
        self.rich_proxied_file: TextIO = getattr(shown, "rich_proxied_file", shown)

    def isatty(self) -> bool:
        """Whether the original stream is a terminal."""
        return self.rich_proxied_file.isatty()


@contextmanager
def stderr_held() -> Iterator[None]:
    """Capture what the block writes to stderr; discard it if the block raises StoreError, else show it afterwards."""
    held = _Held(sys.stderr)
    try:
        with redirect_stderr(held):
            yield
    except StoreError:
        raise
    except BaseException:
        sys.stderr.write(held.getvalue())
        raise
    sys.stderr.write(held.getvalue())
