"""Copies facts from the ledger to the warehouse: decisions about pairs, actions on entities, models in use.

Belongs here: facts that are not files. Does not belong here: their effect on the derived tables.
"""

from __future__ import annotations

import polars as pl

from dedup.models.model import Model
from dedup.models.versions import SHIPPED, TrainedModel, from_json, is_usable, weights
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, ActionKind, Entity
from schemas.sql.files import SqlFolder
from schemas.stores.actions import Action
from schemas.stores.archive import Archive
from schemas.stores.ledger import Ledger
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

_TIME = pl.Datetime("us", "UTC")
_MAP = pl.List(pl.Struct({"key": pl.String, "value": pl.String}))


def load_facts(session: Session, ledger: Ledger, archive: Archive) -> None:
    """Replace the warehouse's copy of the facts by the ledger's; models come from the archive."""
    keep_history(session, ledger)
    acted = ledger.actions.all()
    decisions = pl.DataFrame(
        [
            (
                item.sequence, item.entity.value, item.records_l[0], item.records_r[0],
                list(item.records_l), list(item.records_r), item.verdict.value,
                item.decided_by, item.decided_at, item.reason,
            )
            for item in ledger.decisions.in_force()
        ],
        schema={
            "sequence": pl.Int64, "entity": pl.String, "record_key_l": pl.String, "record_key_r": pl.String,
            "records_l": pl.List(pl.String), "records_r": pl.List(pl.String), "decision": pl.String,
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
            for item in acted
        ],
        schema={
            "sequence": pl.Int64, "entity": pl.String, "record_key": pl.String, "action": pl.String, "details": _MAP,
            "acted_at": _TIME, "acted_by": pl.String, "reason": pl.String,
        },
        orient="row",
    )  # fmt: skip
    models = {entity: _model(entity, acted, archive) for entity in RESOLVED_ENTITIES}
    not_suspended = pl.lit(value=False).alias("is_suspended")
    with session.transaction():
        session.replace("audit.decisions", decisions.with_columns(not_suspended))
        session.replace("audit.actions", actions.with_columns(not_suspended))
        session.run(SQL.statement("suspend_decisions"))
        session.run(SQL.statement("suspend_actions"))
        session.replace("audit.entity_history", _history(ledger))
        session.empty("audit.models")
        session.empty("audit.match_weights")
        for entity, model in models.items():
            text = model.to_json() if isinstance(model, TrainedModel) else None
            session.execute("INSERT INTO audit.models VALUES (?, ?, ?)", [entity.value, model.VERSION, text])
            session.append("audit.match_weights", weights(entity, model))


def keep_history(session: Session, ledger: Ledger) -> None:
    """Save the warehouse's entity history in the ledger."""
    found = session.frame("SELECT * REPLACE (CAST(changed_at AS VARCHAR) AS changed_at) FROM audit.entity_history")
    ledger.add_history(found.to_dicts())


def _history(ledger: Ledger) -> pl.DataFrame:
    texts = dict.fromkeys(("change_id", "entity", "change", "entity_id", "into_id", "import_id"), pl.String)
    rows = pl.DataFrame(ledger.history(), schema={**texts, "changed_at": pl.String, "records": pl.Int32})
    return rows.with_columns(pl.col("changed_at").str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", time_zone="UTC"))


def _model(entity: Entity, acted: list[Action], archive: Archive) -> Model:
    """The model that was last put to use; the shipped one if there is none, or if it is an earlier version's."""
    chosen = [item.details for item in acted if item.kind == ActionKind.USE_MODEL and item.entity == entity]
    if not chosen or "sha256" not in chosen[-1] or not is_usable(entity, chosen[-1]["version"]):
        return SHIPPED[entity]
    with archive.fetched(chosen[-1]["sha256"]) as path:
        return from_json(path.read_text(encoding="utf-8"))
