"""The CRM tables: users, pipelines, stages, leads, deals, stage history, notes and activities, from source records.

Belongs here: replacing the whole content of these tables. The SQL files in `STEPS` share temporary tables and run in
that order, within one session and transaction. Does not belong here: what people may do to leads and deals
(`assets.deals.actions`, `assets.deals.conversion`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.sql.files import SqlFolder
from schemas.stores.rates import Rate
from schemas.stores.warehouse import Session

SQL = SqlFolder.beside(__file__)

CRM_TABLES: dict[str, str] = {
    "users": "Who owns, writes and moves things in the sources.",
    "pipelines": "Pipelines of every source.",
    "stages": "Stages of every pipeline, in order.",
    "deal_stage_history": "Every stage that every deal was in, native or inferred.",
    "deal_value_history": "What every deal was worth and when it was to close, native or inferred.",
    "leads": "The leads inbox; converted leads point to their deal.",
    "deals": "Deals with person, organization, pipeline and stage.",
    "lead_sources": "Which source records each lead is made of.",
    "deal_sources": "Which source records each deal is made of.",
    "notes": "Notes, also shown on the person and organization of their deal or lead.",
    "activities": "Activities, also shown on the person and organization of their deal or lead.",
}
"""The tables that this module builds, with what each holds."""


STEPS = (
    "insert_users",
    "linked_keys",
    "implied_keys",
    "conversions",
    "deal_facts",
    "local_statuses",
    "deal_saves",
    "native_history",
    "deal_versions",
    "inferred_history",
    "configured_stages",
    "insert_pipelines",
    "insert_stages",
    "local_moves",
    "insert_deal_stage_history",
    "insert_deal_value_history",
    "crosswalks",
    "lead_facts",
    "insert_leads",
    "insert_deals",
    "insert_crm_redirects",
    "insert_deal_conflicts",
    "insert_lead_sources",
    "insert_deal_sources",
    "insert_notes",
    "insert_activities",
    "insert_references",
)
"""The SQL files that build the tables, in order."""

SETTINGS_FRAMES = ("rates", "own_stages", "stage_map")
"""Frames that the SQL reads besides tables: what settings add."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What settings add: a base currency (ISO 4217), dated rates into it, pipelines with their stages in order, and
    stages of systems (`source:pipeline:stage`) that are stages of another pipeline (`pipeline:stage`).
    """

    base_currency: str | None = None
    rates: Sequence[Rate] = ()
    pipelines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stage_map: Mapping[str, str] = field(default_factory=dict)


def build_crm_tables(session: Session, setup: Setup) -> None:
    """Replace the content of every CRM table, in the session's transaction. Needs resolved organizations and persons.

    Also replaces `audit.deal_conflicts`, `audit.references` and the redirects of leads and deals.
    """
    for table in CRM_TABLES:
        session.empty(f"main.{table}")
    session.empty("audit.deal_conflicts")
    session.empty("audit.references")
    session.execute("DELETE FROM audit.id_redirects WHERE entity IN ('lead', 'deal')")
    rates = pl.DataFrame(
        [(rate.currency, rate.valid_from, rate.rate) for rate in setup.rates],
        schema={"currency": pl.String, "valid_from": pl.Date, "rate": pl.Float64},
        orient="row",
    )
    stages = pl.DataFrame(
        [(name, stage, place) for name, stages in setup.pipelines.items() for place, stage in enumerate(stages, 1)],
        schema={"pipeline": pl.String, "stage": pl.String, "position": pl.Int32},
        orient="row",
    )
    mapped = pl.DataFrame(
        [(*before.split(":"), *after.split(":")) for before, after in setup.stage_map.items()],
        schema=dict.fromkeys(("source", "pipeline", "stage", "to_pipeline", "to_stage"), pl.String),
        orient="row",
    )
    with (
        session.registered("rates", rates),
        session.registered("own_stages", stages),
        session.registered("stage_map", mapped),
    ):
        _build(session, setup.base_currency)


def _build(session: Session, base_currency: str | None) -> None:
    for step in STEPS:
        session.run(SQL.statement(step), {"base_currency": base_currency} if step == "insert_deals" else None)
