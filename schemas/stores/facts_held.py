"""The facts that tables hold, compared with those of the ledger they were derived from.

The ledger is always first: a fact is recorded, then derived. So tables may be behind the ledger, as after a crash, and
tables that are ahead of it show that facts were lost. Belongs here: the comparison. Does not belong here: which tables
are asked (`schemas.stores.stores`).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.contracts.counting import counted
from schemas.stores.fingerprints import Query
from schemas.stores.ledger import Ledger

IMPORTS = "SELECT import_id FROM audit.imports ORDER BY import_sequence"
UNDONE = "SELECT DISTINCT import_id FROM audit.retired_records ORDER BY import_id"
DECISIONS = "SELECT coalesce(max(sequence), 0) FROM audit.decisions"
ACTIONS = "SELECT coalesce(max(sequence), 0) FROM audit.actions"


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """The facts that tables hold: ids of imports, and the sequences of the last decision and action."""

    imports: list[str]
    undone: list[str]
    last_decision: int
    last_action: int

    @classmethod
    def of(cls, query: Query) -> HeldFacts:
        """The facts in the tables behind `query`."""
        return cls(
            query(IMPORTS, [])["import_id"].to_list(),
            query(UNDONE, [])["import_id"].to_list(),
            int(query(DECISIONS, []).item()),
            int(query(ACTIONS, []).item()),
        )

    def unknown_to(self, ledger: Ledger) -> list[str]:
        """What the ledger does not know, a few words each."""
        known = {item.import_id: item.undone_at is not None for item in ledger.imports()}
        found = []
        if lost := [import_id for import_id in self.imports if import_id not in known]:
            found.append(f"{counted(len(lost), 'import')} with records in the tables, the first is {lost[0]}")
        if back := [import_id for import_id in self.undone if not known.get(import_id)]:
            found.append(f"{counted(len(back), 'undone import')}, the first is {back[0]}")
        if (lacking := self.last_decision - ledger.decisions.last_sequence()) > 0:
            found.append(f"{counted(lacking, 'decision')} in the tables")
        if (lacking := self.last_action - ledger.actions.last_sequence()) > 0:
            found.append(f"{counted(lacking, 'action')} in the tables (conversions, edits, …)")
        return found
