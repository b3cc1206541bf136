"""The acting user: the name that the ledger stores with each fact."""

from __future__ import annotations

import getpass
import os


def who() -> str:
    """Return the name of the user who runs this process, else `uid <number>` or `unknown`."""
    # A container without a user name is no reason to fail an import.
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
