"""Output files that a user names: charts, pages, workbooks, profiles.

Belongs here: whether such a file can be written, and writing it atomically. Does not belong here: its content; the
files of a home, which are private (`schemas.stores`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from schemas.contracts.errors import InputRefusedError, InvalidRequestError

CHART_ENDINGS = (".png", ".svg", ".html")
"""The formats of charts."""
PAGE_ENDINGS = (".html", ".htm")


def check_output(target: Path, endings: tuple[str, ...]) -> None:
    """Check that `target` can be written.

    Raises InvalidRequestError unless it has one of the extensions, and InputRefusedError if it cannot be created.
    """
    if target.suffix.casefold() not in endings:
        *others, last = endings
        listed = f"{', '.join(others)} or {last}" if others else last
        raise InvalidRequestError(f"{target}: the file name must end in {listed}")
    if target.exists() and not target.is_file():
        raise InputRefusedError(f"{target}: is not a file; choose another name")
    folder = target.parent
    if not folder.is_dir():
        raise InputRefusedError(f"{target}: there is no folder {folder}; create it or choose another")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputRefusedError(f"{target}: the folder {folder} is not writable; choose another")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write to; it replaces `target` when the block ends without an error.

    Readers see the old file or the new one. Raises InputRefusedError if the file cannot be written.
    """
    target = target.resolve()  # replace the target of a link, not the link
    part = target.with_name(f".{uuid4().hex}{target.suffix}")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise InputRefusedError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)


def write_output(target: Path, content: str | bytes) -> None:
    """Write a file atomically. Raises InputRefusedError if it cannot be written."""
    with replacing(target) as part:
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
