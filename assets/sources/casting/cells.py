"""Casts the text of one cell to a typed value.

Every caster takes a text and returns the value, or raises ValueError with the reason. `assets.sources.casting.columns`
applies them to columns. Decisions that need the whole column (date order, decimal sign) are made in
`assets.sources.casting.locale_decisions` and passed in as a `CastContext`. Does not belong here: which column is cast
to what.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from assets.sources.casting.dates import has_time, parse_moment
from schemas.contracts.vocabulary import LANGUAGES, DateOrder, Kind
from schemas.contracts.word_lists import word_list

Value = str | bool | float | Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class CastContext:
    """How to read a column: decided from its values, else by the profile, the list's language, the settings.

    `country_by` says what decided the default country. `is_date_only`: no value has a time of day other than midnight.
    """

    date_order: DateOrder = DateOrder.MDY
    stated_date_order: DateOrder | None = None
    time_zone: str = "UTC"
    default_country: str = "US"
    decimal_sign: str = "."
    is_fraction: bool = False
    is_birth_date: bool = False
    is_date_only: bool = False
    country_by: str = "default_country"


DTYPES: dict[Kind, pl.DataType] = {
    Kind.DATE: pl.Date(),
    Kind.TIMESTAMP: pl.Datetime("us", "UTC"),
    Kind.MONEY: pl.Decimal(18, 2),
    Kind.PERCENT: pl.Float64(),
    Kind.NUMBER: pl.Float64(),
    Kind.BOOLEAN: pl.Boolean(),
}
"""Column types by kind; other kinds are text."""

_EMAIL = re.compile(r"^[^\s@<>,;:\"()\[\]]+@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}$")
_URL = re.compile(r"^(?:[a-z][a-z0-9+.-]*:/*)?(?:[^/@\s]*@)?([^/:?#\s]+)(?::\d+)?(?:[/?#].*)?$", re.IGNORECASE)
_HOST = re.compile(r"^(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62}$")
_SYMBOLS = {
    "$": None,
    "€": "EUR",
    "£": "GBP",
    "¥": None,
    "₹": "INR",
    "₽": "RUB",
    "R$": "BRL",
    "zł": "PLN",
    "₺": "TRY",
}
_MONEY_NOISE = re.compile(r"[\s\u00a0\u202f'’]|[A-Z]{3}\b|\b[A-Z]{3}|R\$|zł|[$€£¥₹₽₺]")


def _text(text: str, _context: CastContext) -> str:
    return text


def _email(text: str, _context: CastContext) -> str:
    address = text.strip().removeprefix("mailto:").strip("<>\"' .,;").casefold()
    if not _EMAIL.match(address) or ".." in address:
        raise ValueError("is not an e-mail address")
    return address


try:
    import rphonenumbers as library
except ImportError:  # the extra `fast` is not installed
    import phonenumbers as library

_E164 = library.PhoneNumberFormat.E164
_EXTENSION = re.compile(r"\b(?:poste|durchwahl|dw|apparat|ramal|interno|toestel)\.?\s*(?=\d)", re.IGNORECASE)
"""Words for an extension that libphonenumber does not know. The extension itself is kept in `custom`."""


def cast_phone(text: str, context: CastContext) -> str:
    """Return E.164 if libphonenumber finds the number valid in the context's country, else the text as given.

    `rphonenumbers`, if it is installed, gives the same answers as `phonenumbers`, ten times faster; a property test
    compares them.
    """
    try:
        number = library.parse(_EXTENSION.sub("ext. ", text), context.default_country)
    except library.NumberParseException:
        number = None
    if number is not None and library.is_valid_number(number):
        if number.italian_leading_zero:
            return str(library.format_number(number, _E164))
        return f"+{number.country_code}{number.national_number}"  # E.164 by definition, three times as fast
    if sum(char.isdigit() for char in text) < 5:
        raise ValueError("is not a phone number")
    return text


def _domain(text: str, _context: CastContext) -> str:
    match = _URL.match(text.strip())
    host = match.group(1).casefold().removeprefix("www.").rstrip(".") if match else ""
    if not _HOST.match(host):
        raise ValueError("is not a web domain")
    return host


def _url(text: str, context: CastContext) -> str:
    _domain(text, context)
    return text


@cache
def _countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes, by code and by name in the languages of the profiles (CLDR, through Babel)."""
    from babel import Locale

    names: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}:
                names.setdefault(name.casefold(), code)
                names.setdefault(code.casefold(), code)
    names |= {
        "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "uk": "GB", "u.k.": "GB",
        "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
        "holland": "NL", "the netherlands": "NL", "republic of ireland": "IE", "korea": "KR", "south korea": "KR",
        "russia": "RU", "russian federation": "RU", "czech republic": "CZ", "viet nam": "VN", "turkey": "TR",
        "deu": "DE", "fra": "FR", "gbr": "GB", "esp": "ES", "ita": "IT", "nld": "NL", "che": "CH", "aut": "AT",
        "bel": "BE", "can": "CA", "aus": "AU", "bra": "BR", "prt": "PT", "mex": "MX", "chn": "CN",
        "jpn": "JP", "ind": "IN",
    }  # fmt: skip
    return names


def _country(text: str, _context: CastContext) -> str:
    code = _countries().get(" ".join(text.casefold().split()))
    if code is None:
        raise ValueError("is not a known country")
    return code


def _date(text: str, context: CastContext) -> date:
    moment = parse_moment(text, context.date_order, is_birth_date=context.is_birth_date)
    return moment.date()


def _timestamp(text: str, context: CastContext) -> datetime:
    moment = parse_moment(text, context.date_order)
    if context.is_date_only or not has_time(text, moment):
        # A date has no zone. Midnight in UTC keeps it the same day for every reader.
        return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(context.time_zone))
    return moment.astimezone(UTC)


def parse_number(text: str, decimal_sign: str) -> Decimal:
    """Parse a number with optional currency and thousands separators. Raises ValueError if it is not a number."""
    bare = _MONEY_NOISE.sub("", text)
    negative = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    thousands = "." if decimal_sign == "," else ","
    bare = bare.replace(thousands, "").replace(decimal_sign, ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", bare):
        raise ValueError("is not an amount")
    try:
        number = Decimal(bare)
    except InvalidOperation as error:
        raise ValueError("is not an amount") from error
    return -number if negative else number


def _money(text: str, context: CastContext) -> Decimal:
    number = parse_number(text, context.decimal_sign)
    if abs(number) >= Decimal(10) ** 16:
        raise ValueError("is too large; at most 16 digits are kept")
    return number.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


@cache
def _currency_names() -> dict[str, str]:
    """ISO 4217 codes by the names of currencies in the languages of the profiles (CLDR, through Babel).

    A name that several currencies have is left out.
    """
    from babel.numbers import get_currency_name

    found: dict[str, set[str]] = {"pound sterling": {"GBP"}}
    for language in LANGUAGES:
        for code in _currencies():
            for count in (None, 1, 2):
                found.setdefault(_folded_name(get_currency_name(code, count, language)), set()).add(code)
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1}


def _folded_name(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").replace("’", "'").split())


def currency_in(text: str) -> str | None:
    """The ISO 4217 code in an amount, as a code or an unambiguous symbol, else None.

    A dollar or yen sign is ambiguous: several currencies use it.
    """
    code = re.search(r"\b([A-Z]{3})\b", text)
    if code and code.group(1) in _currencies():
        return code.group(1)
    return next((iso for symbol, iso in _SYMBOLS.items() if iso and symbol in text), None)


def _currency(text: str, _context: CastContext) -> str:
    code = text.strip().upper()
    if code in _currencies():
        return code
    known = _SYMBOLS.get(text.strip()) or _currency_names().get(_folded_name(text))
    if known:
        return known
    raise ValueError("is not an ISO 4217 currency code")


def _percent(text: str, context: CastContext) -> float:
    number = float(parse_number(text.replace("%", ""), context.decimal_sign))
    share = number if context.is_fraction and "%" not in text else number / 100
    if not 0 <= share <= 1:
        raise ValueError("is not between 0 and 100 percent")
    return share


def _number(text: str, context: CastContext) -> float:
    try:
        return float(parse_number(text, context.decimal_sign))
    except ValueError as error:
        raise ValueError("is not a number") from error


def _boolean(text: str, _context: CastContext) -> bool:
    word = text.casefold()
    if word in word_list(__file__, "true_words"):
        return True
    if word in word_list(__file__, "false_words"):
        return False
    raise ValueError("is neither yes nor no")


CASTERS: dict[Kind, Callable[[str, CastContext], Value]] = {
    Kind.TEXT: _text,
    Kind.LABELS: _text,
    Kind.EMAIL: _email,
    Kind.PHONE: cast_phone,
    Kind.DOMAIN: _domain,
    Kind.URL: _url,
    Kind.COUNTRY: _country,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.MONEY: _money,
    Kind.CURRENCY: _currency,
    Kind.PERCENT: _percent,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
}
