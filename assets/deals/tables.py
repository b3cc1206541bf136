"""The CRM tables: users, pipelines, stages, leads, deals, stage history, notes and activities, from source records.

Each function puts the whole content of its tables in the place of what was there. They share temporary tables of facts and are
called in the order in which this module lists them, within one session and transaction.
"""

from __future__ import annotations

from schemas.warehouse import Session


def build_crm_tables(session: Session, base_currency: str | None) -> None:
    """Build every CRM table. Organizations and persons must be resolved. `base_currency` is an ISO 4217 code or None."""
    for table in (
        "users",
        "pipelines",
        "stages",
        "deal_stage_history",
        "leads",
        "deals",
        "lead_sources",
        "deal_sources",
        "notes",
        "activities",
    ):
        session.empty(f"main.{table}")
    for step in (
        "insert_users",
        "deal_facts",
        "native_history",
        "inferred_history",
        "insert_pipelines",
        "insert_stages",
        "insert_deal_stage_history",
        "crosswalks",
        "lead_facts",
        "insert_leads",
    ):
        session.run(f"steps/{step}")
    session.run("steps/insert_deals", {"base_currency": base_currency})
    for step in ("insert_lead_sources", "insert_deal_sources", "insert_notes", "insert_activities"):
        session.run(f"steps/{step}")
