"""Actions of people on entities: facts of the ledger that imports and models never undo.

Edits of values, the choice of a match model, and changes of leads and deals. Actions are never deleted: a later one
overrides an earlier one. Belongs here: recording and reading actions. Does not belong here: what they do to tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from schemas.contracts.vocabulary import ActionKind, Entity
from schemas.stores.acting_user import who
from schemas.stores.ledger_facts import LedgerFacts, Recording
from schemas.stores.ledger_tables import actions_table


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did to the record `record_key` of an entity; `details` maps names to text.

    `sequence` is its position among all actions, None before it is recorded.
    """

    entity: Entity
    record_key: str
    kind: ActionKind
    details: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    acted_by: str | None = None
    acted_at: datetime | None = None
    sequence: int | None = None


class Actions:
    """The actions in the ledger."""

    def __init__(self, facts: LedgerFacts) -> None:
        self._facts = facts

    def add(self, actions: Sequence[Action]) -> None:
        """Record actions, all of them or none."""
        with self._facts.begin() as recording:
            self.insert(recording, actions)

    @staticmethod
    def insert(recording: Recording, actions: Sequence[Action]) -> None:
        """Record actions in a transaction, as done now by the user of this process unless they say otherwise."""
        rows = [
            {
                "entity": item.entity.value,
                "record_key": item.record_key,
                "action": item.kind.value,
                "details": json.dumps(dict(item.details), sort_keys=True, ensure_ascii=False),
                "acted_at": (item.acted_at or datetime.now(UTC)).isoformat(),
                "acted_by": item.acted_by or who(),
                "reason": item.reason,
            }
            for item in actions
        ]
        if rows:
            recording.insert(actions_table, rows)

    def last_sequence(self) -> int:
        """The sequence of the newest, 0 if there is none."""
        with self._facts.connect() as connection:
            return connection.execute(sa.select(sa.func.max(actions_table.c.sequence))).scalar() or 0

    def all(self) -> list[Action]:
        """Every action in the order in which they were recorded."""
        query = sa.select(actions_table).order_by(actions_table.c.sequence)
        with self._facts.connect() as connection:
            return [
                Action(
                    Entity(row.entity),
                    row.record_key,
                    ActionKind(row.action),
                    json.loads(row.details),
                    row.reason,
                    row.acted_by,
                    datetime.fromisoformat(row.acted_at),
                    row.sequence,
                )
                for row in connection.execute(query)
            ]
