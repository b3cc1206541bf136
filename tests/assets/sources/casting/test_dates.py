"""Dates and times as exporters write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.casting.cells import CastContext
from assets.sources.casting.dates import parse_moment
from assets.sources.casting.locale_decisions import Evidence
from schemas.contracts.vocabulary import DateOrder, Kind


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("02/24/26 02:18 AM", DateOrder.MDY, datetime(2026, 2, 24, 2, 18)),  # Salesforce, US locale
        ("02/23/26 08:55 PM", DateOrder.MDY, datetime(2026, 2, 23, 20, 55)),
        ("12/31/26 12:00 AM", DateOrder.MDY, datetime(2026, 12, 31)),  # midnight is 12 AM
        ("12/31/26 12:30 PM", DateOrder.MDY, datetime(2026, 12, 31, 12, 30)),
        ("15/11/2026", DateOrder.DMY, datetime(2026, 11, 15)),  # French user file
        ("2025-10-13 09:14", DateOrder.MDY, datetime(2025, 10, 13, 9, 14)),  # HubSpot
        ("2024-05-06T08:30:00.250Z", DateOrder.MDY, datetime(2024, 5, 6, 8, 30, 0, 250_000, tzinfo=UTC)),  # Data Loader
        ("2024-05-06T08:30:00+02:00", DateOrder.MDY, datetime(2024, 5, 6, 8, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("19081209", DateOrder.MDY, datetime(1908, 12, 9)),  # FEBRL's compact form
        ("45631.0", DateOrder.MDY, datetime(2024, 12, 5)),  # an Excel serial in Pipedrive's own sample
        ("3 mars 2025", DateOrder.MDY, datetime(2025, 3, 3)),
        ("Feb 24, 2026", DateOrder.DMY, datetime(2026, 2, 24)),
        ("24.02.2026", DateOrder.DMY, datetime(2026, 2, 24)),
        ("1/2/99", DateOrder.MDY, datetime(1999, 1, 2)),  # POSIX window
    ],
)
def test_forms_met_in_exports(text: str, order: DateOrder, expected: datetime) -> None:
    assert parse_moment(text, order) == expected


@pytest.mark.parametrize(
    "text", ["19371233", "31/02/2025", "soon", "2025-13-01", "13/13/2025", "99:99", "1/1/25 13:00 PM"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_moment(text, DateOrder.DMY)


def test_two_digit_birth_years_lie_in_the_past() -> None:
    assert parse_moment("01/02/45", DateOrder.DMY, is_birth_date=True).year == 1945
    assert parse_moment("01/02/45", DateOrder.DMY).year == 2045


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["/", "-", "."]))
def test_a_date_written_in_a_known_order_comes_back(day: date, sign: str) -> None:
    assert parse_moment(f"{day.day:02}{sign}{day.month:02}{sign}{day.year}", DateOrder.DMY).date() == day
    assert parse_moment(f"{day.month}{sign}{day.day}{sign}{day.year}", DateOrder.MDY).date() == day
    assert parse_moment(day.isoformat(), DateOrder.MDY).date() == day


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_one_day_after_the_twelfth_decides_the_column(days: list[date], form: str) -> None:
    evidence = Evidence(Kind.DATE)
    evidence.add(pl.Series([day.strftime(form) for day in days]))
    context, said = evidence.decide(CastContext(date_order=DateOrder.MDY))
    order = context.date_order
    if any(day.day > 12 for day in days):
        assert order == (DateOrder.DMY if form == "%d/%m/%Y" else DateOrder.MDY)
        assert said is not None
        assert "allow nothing else" in said
    else:
        assert order == DateOrder.MDY
        # A day that is the number of its month reads alike both ways.
        assert said is None if all(day.day == day.month for day in days) else str(said).startswith("ambiguous")
