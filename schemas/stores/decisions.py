"""Decisions of people about pairs of records: facts of the ledger that outrank every model.

Nothing is edited: who changes their mind decides again, and the latest decision about a pair counts. Belongs here:
keeping decisions. Does not belong here: what they do to clusters (`dedup.resolution.clusters`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from schemas.contracts.vocabulary import Entity, Verdict
from schemas.stores.acting_user import who
from schemas.stores.ledger_facts import LedgerFacts
from schemas.stores.ledger_tables import match_decisions_table


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about two records of one entity; the smaller key is the left one."""

    entity: Entity
    record_key_l: str
    record_key_r: str
    verdict: Verdict
    reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    @classmethod
    def about(cls, entity: Entity, one: str, other: str, verdict: Verdict, reason: str | None = None) -> Decision:
        """A decision about two records in whatever order."""
        return cls(entity, min(one, other), max(one, other), verdict, reason)


class Decisions:
    """The decisions in the ledger."""

    def __init__(self, facts: LedgerFacts) -> None:
        self._facts = facts

    def add(self, decisions: Sequence[Decision]) -> None:
        """Record decisions, all of them or none, as made now by the user of this process."""
        if not decisions:
            return
        rows = [
            {
                "entity": item.entity.value,
                "record_key_l": item.record_key_l,
                "record_key_r": item.record_key_r,
                "decision": item.verdict.value,
                "decided_at": datetime.now(UTC).isoformat(),
                "decided_by": item.decided_by or who(),
                "reason": item.reason,
            }
            for item in decisions
        ]
        with self._facts.begin() as recording:
            recording.insert(match_decisions_table, rows)

    def standing(self) -> list[Decision]:
        """The latest decision about each pair, in the order in which they were made."""
        query = sa.select(match_decisions_table).order_by(match_decisions_table.c.sequence)
        latest: dict[tuple[str, str, str], Decision] = {}
        with self._facts.connect() as connection:
            for row in connection.execute(query):
                pair = (row.entity, row.record_key_l, row.record_key_r)
                latest.pop(pair, None)
                latest[pair] = Decision(
                    Entity(row.entity),
                    row.record_key_l,
                    row.record_key_r,
                    Verdict(row.decision),
                    row.reason,
                    row.decided_by,
                    datetime.fromisoformat(row.decided_at),
                )
        return list(latest.values())
