"""Statuses from the words of stages and statuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.mapping.status_words import deal_status, lead_status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Closed Won", "won"),
        ("closed-won", "won"),
        ("closedwon", "won"),  # HubSpot's internal name
        ("G. Project Won", "won"),
        ("Gewonnen", "won"),
        ("Cerrado ganado", "won"),
        ("Closed Lost", "lost"),
        ("Dead", "lost"),
        ("Perdue", "lost"),
        ("Nicht gewonnen", "lost"),
        ("In Progress", "open"),
        ("Closed", None),  # neither won nor lost
        ("Negotiation", None),
        ("Wonderland", None),  # not a word of it
    ],
)
def test_stages_say_what_became_of_a_deal(text: str, status: str | None) -> None:
    assert deal_status(text) == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Unqualified", "archived"),
        ("Perdu", "archived"),
        ("Dead", "archived"),
        ("Closed - Not Converted", "archived"),
        ("Closed - Converted", "converted"),
        ("Open - Not Contacted", "open"),
        ("Qualified", "open"),
        ("Mystery", None),
    ],
)
def test_statuses_say_what_became_of_a_lead(text: str, status: str | None) -> None:
    assert lead_status(text) == status


@given(st.text(max_size=80))
def test_any_text_may_be_a_stage(text: str) -> None:
    assert deal_status(text) in (None, "open", "won", "lost")
    assert lead_status(text) in (None, "open", "archived", "converted")
