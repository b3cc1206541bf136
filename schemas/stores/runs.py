"""What runs did, in the ledger: one outcome for each run of the import job, whoever started it.

Belongs here: keeping outcomes. Does not belong here: the history of runs with their steps and logs, which is Dagster's.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from schemas.contracts.outcomes import RunOutcome
from schemas.stores.ledger_facts import LedgerFacts
from schemas.stores.ledger_tables import runs_table


class Runs:
    """The outcomes in the ledger."""

    def __init__(self, facts: LedgerFacts) -> None:
        self._facts = facts

    def record(self, outcome: RunOutcome) -> None:
        """Record what a run did; a run that is repeated under its id replaces its earlier outcome."""
        row = {
            "run_id": outcome.run_id,
            "import_id": outcome.import_id,
            "ended_at": datetime.now(UTC).isoformat(),
            "outcome": outcome.to_json(),
        }
        with self._facts.begin() as recording:
            recording.replace(runs_table, row)

    def of_run(self, run_id: str) -> RunOutcome | None:
        """What a run did, None if it recorded nothing."""
        return self._newest(runs_table.c.run_id == run_id)

    def of_import(self, import_id: str) -> RunOutcome | None:
        """What the run did that received an import, None if none recorded it."""
        return self._newest(runs_table.c.import_id == import_id)

    def newest(self) -> RunOutcome | None:
        """What the newest run did, None if none recorded anything."""
        return self._newest(sa.true())

    def _newest(self, which: sa.ColumnElement[bool]) -> RunOutcome | None:
        query = sa.select(runs_table.c.outcome).where(which).order_by(runs_table.c.ended_at.desc()).limit(1)
        with self._facts.connect() as connection:
            text = connection.execute(query).scalar()
        return None if text is None else RunOutcome.from_json(text)
