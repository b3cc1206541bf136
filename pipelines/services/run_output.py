"""What libraries write to stderr while a run executes: shown afterwards, unless the run says itself what was wrong.

Dagster writes the SQL of an event that it could not keep, with its values, to stderr. On a full disk that is every
event, and it hides the line that says so. Belongs here: holding that text. Does not belong here: errors.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TextIO

from schemas.contracts.errors import StoreError


class _Held(io.StringIO):
    """Text to be shown later; Rich's progress bar still reaches the terminal by this attribute."""

    def __init__(self, shown: TextIO) -> None:
        super().__init__()
        self.rich_proxied_file: TextIO = getattr(shown, "rich_proxied_file", shown)

    def isatty(self) -> bool:
        """Whether what is shown is a terminal."""
        return self.rich_proxied_file.isatty()


@contextmanager
def stderr_held() -> Iterator[None]:
    """Hold what the block writes to stderr; it is dropped if the block ends with a StoreError, and shown otherwise."""
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
