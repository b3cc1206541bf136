"""What people stated, from the ledger into the warehouse: decisions about pairs and actions on entities.

Belongs here: copying facts that are not files. Does not belong here: what they do to the derived tables.
"""

from __future__ import annotations

import polars as pl

from schemas.ledger import Ledger
from schemas.warehouse import Session

_TIME = pl.Datetime("us", "UTC")
_MAP = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))


def take_statements(session: Session, ledger: Ledger) -> None:
    """Put what the ledger has now in the place of what the warehouse had."""
    decisions = pl.DataFrame(
        [
            (
                item.entity.value, item.record_key_l, item.record_key_r, item.verdict.value,
                item.decided_by, item.decided_at, item.reason,
            )
            for item in ledger.decisions.standing()
        ],
        schema={
            "entity": pl.String, "record_key_l": pl.String, "record_key_r": pl.String, "decision": pl.String,
            "decided_by": pl.String, "decided_at": _TIME, "reason": pl.String,
        },
        orient="row",
    )  # fmt: skip
    actions = pl.DataFrame(
        [
            (
                item.sequence, item.entity.value, item.record_key, item.kind.value,
                [{"key": key, "value": value} for key, value in sorted(item.details.items())],
                item.acted_at, item.acted_by, item.reason,
            )
            for item in ledger.actions.all()
        ],
        schema={
            "sequence": pl.Int64, "entity": pl.String, "record_key": pl.String, "action": pl.String, "details": _MAP,
            "acted_at": _TIME, "acted_by": pl.String, "reason": pl.String,
        },
        orient="row",
    )  # fmt: skip
    with session.transaction():
        session.replace("audit.decisions", decisions)
        session.replace("audit.actions", actions)
