"""Who does what is done: the name of the user that the ledger keeps beside each fact."""

from __future__ import annotations

import getpass
import os


def who() -> str:
    """The name of the user of this process."""
    # A container without a user name is no reason to fail an import.
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
