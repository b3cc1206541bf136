"""The program's exceptions. Each says what went wrong, where, and what to do next.

Every error that a user can cause derives from `LeadsiftError`; the command line prints a line per reason and no
traceback. Any other exception is a bug.
"""

from __future__ import annotations


class LeadsiftError(Exception):
    """Base of every error that a user can cause or fix."""


class InputRefusedError(LeadsiftError):
    """A file or value was refused; each argument is one reason."""

    def __str__(self) -> str:
        """All reasons, one per line."""
        return "\n".join(map(str, self.args))


class InvalidRequestError(InputRefusedError):
    """The request itself is wrong, with any files and stores: a value of the wrong kind, or options that exclude each
    other. The command line exits with 2."""


class ProfileError(InputRefusedError):
    """A profile cannot be used; each reason names the file and, of a user's own, line and key."""


class SettingsError(LeadsiftError):
    """A setting cannot be used; the text names it."""


class StoreError(LeadsiftError):
    """A store is missing, busy, damaged or too new."""


class DamagedFileError(StoreError):
    """A file of a store is damaged; the text names it and what repairs it."""


class DiskFullError(StoreError):
    """A disk has no space left; the text names the file that could not be written."""


class LedgerLostError(StoreError):
    """The ledger lacks facts that the journal or the tables have; the text names it and what restores it."""


class WarehouseBehindError(StoreError):
    """The warehouse holds other imports than the ledger; the next import repairs it."""


class QueryError(LeadsiftError):
    """A query on the published database failed; the text is the database's message."""
