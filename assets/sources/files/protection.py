"""Password-protected workbooks: detecting them, and opening them with the stated password.

The decrypted workbook is archived. The password is used once and not stored, and a rebuild needs none.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from assets.sources.files.formats import OLE_MAGIC
from assets.sources.files.source_files import SourceFile
from schemas.contracts.errors import InputRefusedError

_LOCKED = "is password-protected; give --password, or save the workbook without one"


def is_protected(source: Path | IO[bytes]) -> bool:
    """Whether a file is a password-protected workbook."""
    return _office_file(source) is not None


def _office_file(source: Path | IO[bytes]) -> Any | None:
    import msoffcrypto  # imported late: only OLE files need it

    handle = io.BytesIO(source.read_bytes()) if isinstance(source, Path) else source
    if handle.read(8) != OLE_MAGIC:
        return None
    handle.seek(0)
    try:
        file = msoffcrypto.OfficeFile(handle)
        return file if file.is_encrypted() else None
    except Exception:  # noqa: BLE001  (damaged files raise many kinds; the workbook reader reports them)
        return None


def refuse_protected(path: Path) -> None:
    """Raise InputRefusedError for a password-protected workbook."""
    if is_protected(path):
        raise InputRefusedError(_LOCKED)


def unlocked(found: SourceFile, password: str) -> SourceFile:
    """Return the file, decrypted if it is a password-protected workbook.

    Raises InputRefusedError if the password does not open it.
    """
    if found.opened is None:
        return found
    with found.open() as handle:
        if handle.read(8) != OLE_MAGIC:
            return found
        data = OLE_MAGIC + handle.read()
    file = _office_file(io.BytesIO(data))
    if file is None:
        return found
    plain = io.BytesIO()
    try:
        file.load_key(password=password)
        file.decrypt(plain)
    except Exception as error:
        raise InputRefusedError("is password-protected, and the given password does not open it") from error
    return replace(found, opened=lambda: io.BytesIO(plain.getvalue()), local=None)
