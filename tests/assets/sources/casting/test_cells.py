"""Casting cells: values, refusals, and amounts as people write them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.casting.cells import CASTERS, CastContext, currency_in, library
from assets.sources.casting.columns import Caster, common_formats
from assets.sources.casting.locale_decisions import Evidence
from schemas.contracts.vocabulary import DateOrder, Entity, Kind
from tests.assets.sources.support import interpreted
from tests.pipelines.support import ROOT


def cast(kind: Kind, *texts: str, context: CastContext | None = None) -> tuple[list[Any], dict[str, str]]:
    column = pl.Series("c", list(texts), dtype=pl.String)
    evidence = Evidence(kind)
    evidence.add(column)
    decided, _ = evidence.decide(context or CastContext())
    values, refused = Caster(kind, decided).cast(column)
    return values.to_list(), dict(refused)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.EMAIL, " Ann@Example.COM ".strip(), "ann@example.com"),
        (Kind.EMAIL, "mailto:ann@example.com", "ann@example.com"),
        (Kind.EMAIL, "josé@exämple.com", "josé@exämple.com"),  # internationalised addresses are real
        (Kind.PHONE, "(512) 757-6000", "+15127576000"),
        (Kind.PHONE, "+33 6 99 01 46 22", "+33699014622"),
        (Kind.PHONE, "3865286", "3865286"),  # not valid anywhere: kept as given
        (Kind.DOMAIN, "https://www.Acme.example/x", "acme.example"),
        (Kind.COUNTRY, "Allemagne", "DE"),
        (Kind.COUNTRY, "USA", "US"),
        (Kind.COUNTRY, "fr", "FR"),
        (Kind.CURRENCY, "eur", "EUR"),
        (Kind.CURRENCY, "€", "EUR"),
        (Kind.CURRENCY, "US Dollar", "USD"),
        (Kind.CURRENCY, "US-Dollar", "USD"),
        (Kind.CURRENCY, "Canadian dollars", "CAD"),
        (Kind.CURRENCY, "Schweizer Franken", "CHF"),
        (Kind.CURRENCY, "Pound Sterling", "GBP"),
        (Kind.CURRENCY, "livres sterling", "GBP"),
        (Kind.PERCENT, "75", 0.75),
        (Kind.PERCENT, "75 %", 0.75),
        (Kind.BOOLEAN, "TRUE", True),
        (Kind.BOOLEAN, "Non", False),
        (Kind.MONEY, "12 500,50", Decimal("12500.50")),  # French
        (Kind.MONEY, "$1,234.50", Decimal("1234.50")),
        (Kind.MONEY, "€ 20.000,00", Decimal("20000.00")),  # German, Dutch
        (Kind.MONEY, "(1,200.00)", Decimal("-1200.00")),  # bookkeeping
        (Kind.MONEY, "CHF 1'250.00", Decimal("1250.00")),  # Swiss
        (Kind.TIMESTAMP, "2025-01-01 10:00", datetime(2025, 1, 1, 10, tzinfo=UTC)),
    ],
)
def test_values(kind: Kind, text: str, value: Any) -> None:
    assert cast(kind, text) == ([value], {})


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (Kind.EMAIL, "b.levy@expressl&t.net", "is not an e-mail address"),
        (Kind.EMAIL, "yuki@@acme.example", "is not an e-mail address"),
        (Kind.PHONE, "n/a", "is not a phone number"),
        (Kind.DATE, "19371233", "is not a valid date"),
        (Kind.MONEY, "about ten", "is not an amount"),
        (Kind.MONEY, "1" * 17, "is too large; at most 16 digits are kept"),
        (Kind.CURRENCY, "dollars", "is not an ISO 4217 currency code"),
        (Kind.PERCENT, "140", "is not between 0 and 100 percent"),
        (Kind.BOOLEAN, "perhaps", "is neither yes nor no"),
        (Kind.COUNTRY, "Atlantis", "is not a known country"),
        (Kind.DOMAIN, "No", "is not a web domain"),
    ],
)
def test_refusals(kind: Kind, text: str, reason: str) -> None:
    assert cast(kind, text) == ([None], {text: reason})


def test_one_bad_cell_costs_no_other() -> None:
    values, refused = cast(Kind.EMAIL, "a@b.example", "nonsense", "c@d.example")
    assert values == ["a@b.example", None, "c@d.example"]
    assert list(refused) == ["nonsense"]


def test_local_times_are_kept_in_utc() -> None:
    values, _ = cast(Kind.TIMESTAMP, "2025-07-01 12:00", context=CastContext(time_zone="Europe/Paris"))
    assert values == [datetime(2025, 7, 1, 10, tzinfo=UTC)]


@pytest.mark.parametrize("text", ["2025-07-01", "01.07.2025", "1 July 2025", "45839"])
def test_a_date_without_a_time_is_that_day_for_every_reader(text: str) -> None:
    # In Paris the first of July began on the thirtieth of June in UTC: reports by month would count it there.
    context = CastContext(time_zone="Europe/Paris", date_order=DateOrder.DMY)
    assert cast(Kind.TIMESTAMP, text, context=context)[0] == [datetime(2025, 7, 1, tzinfo=UTC)]


def test_a_column_of_midnights_is_a_column_of_dates() -> None:
    # Workbooks write dates with a time of zero.
    context = CastContext(time_zone="Europe/Paris")
    midnights = ("2025-07-01 00:00:00", "2025-07-02T00:00:00+02:00")
    assert cast(Kind.TIMESTAMP, *midnights, context=context)[0] == [
        datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 7, 2, tzinfo=UTC)
    ]  # fmt: skip
    timed, _ = cast(Kind.TIMESTAMP, *midnights, "2025-07-03 08:00:00", context=context)
    assert timed[0] == datetime(2025, 6, 30, 22, tzinfo=UTC)


def test_shares_and_percents_are_told_apart_by_the_column() -> None:
    assert cast(Kind.PERCENT, "0.1", "0.75", "1")[0] == [0.1, 0.75, 1.0]
    assert cast(Kind.PERCENT, "10", "75", "1")[0] == [0.1, 0.75, 0.01]


def test_a_dollar_sign_is_no_currency() -> None:
    assert currency_in("$ 20") is None
    assert currency_in("€ 20") == "EUR"
    assert currency_in("20 CHF") == "CHF"


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1), st.sampled_from(["fr", "us", "de"]))
def test_amounts_in_one_style_come_back(amounts: list[Decimal], style: str) -> None:
    signs = {"fr": (" ", ","), "us": (",", "."), "de": (".", ",")}[style]
    texts = [f"{amount:,.2f}".translate({ord(","): signs[0], ord("."): signs[1]}) for amount in amounts]
    context = CastContext(decimal_sign=signs[1])
    assert cast(Kind.MONEY, *texts, context=context)[0] == amounts


TEXTS = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"[\w.+-]{1,8}@[\w-]{1,8}\.[a-z]{1,4}", fullmatch=True),
    st.from_regex(r"(https?://)?(www\.)?[\w.-]{1,12}\.[a-z]{1,4}(/\S{0,4})?", fullmatch=True),
    st.from_regex(r"-?[$€ ]?\d{1,6}([.,]\d{1,3}){0,2}", fullmatch=True),
    st.from_regex(
        r"\d{2,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?", fullmatch=True
    ),
)


@given(
    st.sampled_from([Kind.EMAIL, Kind.DOMAIN, Kind.URL, Kind.DATE, Kind.TIMESTAMP, Kind.MONEY]),
    st.lists(TEXTS, min_size=1, max_size=5),
    st.sampled_from([",", "."]),
    st.sampled_from(list(DateOrder)),
    st.booleans(),
)
def test_a_column_is_cast_as_each_of_its_texts(
    kind: Kind, texts: list[str], sign: str, order: DateOrder, is_date_only: bool
) -> None:
    context = CastContext(decimal_sign=sign, date_order=order, time_zone="Europe/Paris", is_date_only=is_date_only)
    usual = common_formats(pl.Series(texts, dtype=pl.String), kind, context)
    assert usual is not None
    for text, value in zip(texts, usual.to_list(), strict=True):
        if value is not None:
            assert CASTERS[kind](text, context) == value


@given(
    st.one_of(st.from_regex(r"[+(]?\d[\d ().-]{3,16}( ?x\d{1,4})?", fullmatch=True), st.text(max_size=15)),
    st.sampled_from(["US", "FR", "DE", "GB", "BR", "IT", "CH", "JP", "IN", "AU"]),
)
def test_phones_are_read_as_libphonenumber_reads_them(text: str, country: str) -> None:
    try:
        number = phonenumbers.parse(text, country)
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        is_valid = phonenumbers.is_valid_number(number)
    except phonenumbers.NumberParseException:
        is_valid, expected = False, text
    try:
        cast_to = CASTERS[Kind.PHONE](text, CastContext(default_country=country))
    except ValueError:
        cast_to = None
    assert cast_to == (expected if is_valid else text) or (not is_valid and cast_to is None)


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("(212) 555-0100 x450", "US", "+12125550100"),
        ("212-555-0100x450", "US", "+12125550100"),
        ("04 72 11 22 33 poste 12", "FR", "+33472112233"),
        ("030 123456 Durchwahl 12", "DE", "+4930123456"),
    ],
)
def test_an_extension_costs_no_number_and_is_kept(text: str, country: str, number: str) -> None:
    data = f"First name,Last name,Phone,Country\nAnn,Lee,{text},{country}\n".encode()
    (person,) = interpreted(data).records(Entity.PERSON)
    assert person["phones"] == [number]
    assert person["custom"]["Phone"] == text


WITHOUT_RUST = """
import json, sys
sys.modules["rphonenumbers"] = None  # as if the extra were not installed
from assets.sources.casting.cells import CASTERS, CastContext, library, library
from schemas.contracts.vocabulary import Kind
assert library.__name__ == "phonenumbers"
print(json.dumps([CASTERS[Kind.PHONE](*pair) for pair in [(t, CastContext(default_country=c)) for t, c in json.loads(sys.argv[1])]]))
"""


def test_phones_are_the_same_without_the_rust_library() -> None:
    pairs = [
        ("(212) 555-0100 x450", "US"),
        ("06 6982 1234", "IT"),
        ("030 123456", "DE"),
        ("12345", "FR"),
        ("call 555 0100", "GB"),
    ]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_RUST, json.dumps(pairs)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    with_rust = [CASTERS[Kind.PHONE](text, CastContext(default_country=country)) for text, country in pairs]
    assert library.__name__ == "rphonenumbers"
    assert json.loads(done.stdout) == with_rust


def test_a_stated_date_order_outranks_the_profile_and_not_the_values() -> None:
    stated = CastContext(date_order=DateOrder.MDY, stated_date_order=DateOrder.DMY)
    assert cast(Kind.DATE, "03/04/2025", context=stated)[0] == [date(2025, 4, 3)]
    assert cast(Kind.DATE, "03/14/2025", context=stated)[0] == [date(2025, 3, 14)]
    # Where both occur, what was stated decides; what it cannot read is refused.
    assert cast(Kind.DATE, "03/14/2025", "14/03/2025", context=stated)[0] == [None, date(2025, 3, 14)]
