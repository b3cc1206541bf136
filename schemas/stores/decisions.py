"""Decisions of people: whether two records, or two entities with several records each, are the same.

They outrank every model. A decision covers every pair of one record from each side, as they were when it was made.
Decisions are never edited: to change your mind, decide again; the latest decision about a pair counts. Belongs here:
recording and reading decisions. Does not belong here: what they do to clusters (`dedup.resolution.clusters`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import sqlalchemy as sa

from schemas.contracts.vocabulary import Entity, Verdict
from schemas.stores.acting_user import who
from schemas.stores.ledger_facts import LedgerFacts, Recording
from schemas.stores.ledger_tables import match_decisions_table


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about two records, or all records of two entities; the left has the smallest key.

    `sequence` is its position among all decisions, None before it is recorded.
    """

    entity: Entity
    records_l: tuple[str, ...]
    records_r: tuple[str, ...]
    verdict: Verdict
    reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    sequence: int | None = None

    @classmethod
    def about(
        cls, entity: Entity, one: Iterable[str], other: Iterable[str], verdict: Verdict, reason: str | None = None
    ) -> Decision:
        """A decision about the records of two entities, in any order."""
        left, right = sorted((tuple(sorted(set(one))), tuple(sorted(set(other)))))
        return cls(entity, left, right, verdict, reason)

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every pair that the decision is about, the smaller key first."""
        for one, other in product(self.records_l, self.records_r):
            yield (one, other) if one < other else (other, one)


class Decisions:
    """The decisions in the ledger."""

    def __init__(self, facts: LedgerFacts) -> None:
        self._facts = facts

    def add(self, decisions: Sequence[Decision]) -> None:
        """Record decisions, all of them or none."""
        with self._facts.begin() as recording:
            self.insert(recording, decisions)

    @staticmethod
    def insert(recording: Recording, decisions: Sequence[Decision]) -> None:
        """Record decisions in a transaction, as made now by the user of this process."""
        rows = [
            {
                "entity": item.entity.value,
                "record_key_l": item.records_l[0],
                "record_key_r": item.records_r[0],
                "records_l": json.dumps(item.records_l),
                "records_r": json.dumps(item.records_r),
                "decision": item.verdict.value,
                "decided_at": datetime.now(UTC).isoformat(),
                "decided_by": item.decided_by or who(),
                "reason": item.reason,
            }
            for item in decisions
        ]
        if rows:
            recording.insert(match_decisions_table, rows)

    def last_sequence(self) -> int:
        """The sequence of the newest, 0 if there is none."""
        with self._facts.connect() as connection:
            return connection.execute(sa.select(sa.func.max(match_decisions_table.c.sequence))).scalar() or 0

    def in_force(self) -> list[Decision]:
        """The decisions that are the latest about at least one pair, in the order in which they were made."""
        query = sa.select(match_decisions_table).order_by(match_decisions_table.c.sequence)
        latest: dict[tuple[Entity, tuple[str, str]], Decision] = {}
        with self._facts.connect() as connection:
            for row in connection.execute(query):
                made = _decision(row)
                latest |= dict.fromkeys(((made.entity, pair) for pair in made.pairs), made)
        found = {made.sequence: made for made in latest.values()}
        return [found[sequence] for sequence in sorted(found, key=lambda place: place or 0)]


def _decision(row: sa.Row[tuple[object, ...]]) -> Decision:
    return Decision(
        Entity(row.entity),
        tuple(json.loads(row.records_l)) if row.records_l else (row.record_key_l,),
        tuple(json.loads(row.records_r)) if row.records_r else (row.record_key_r,),
        Verdict(row.decision),
        row.reason,
        row.decided_by,
        datetime.fromisoformat(row.decided_at),
        row.sequence,
    )
