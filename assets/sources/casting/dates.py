"""Parses dates and times as people and exporters write them.

Belongs here: reading one text with a known order of day and month. Two-digit years follow POSIX (69–99 are 1969–1999),
birth dates the window 1931–2030. Both are fixed, so that a rebuild years later reads the same.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone
from functools import cache

from schemas.contracts.vocabulary import LANGUAGES, DateOrder

POSIX_PIVOT = 69
BIRTH_PIVOT = 31

_TIME = (
    r"(?:[T\s,]+(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(rf"^(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}$")
_COMPACT = re.compile(rf"^(?P<year>(?:1[6-9]|20|21)\d{{2}})(?P<month>\d{{2}})(?P<day>\d{{2}}){_TIME}$")
_NUMERIC = re.compile(rf"^(?P<first>\d{{1,2}})[-/. ](?P<second_part>\d{{1,2}})[-/. ](?P<year>\d{{2}}|\d{{4}}){_TIME}$")
_DAY_NAME = re.compile(
    rf"^(?:\w+,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?[\s-]+(?:de\s+)?(?P<name>[^\W\d_]+)\.?,?[\s-]+(?:de\s+)?(?P<year>\d{{2}}|\d{{4}}){_TIME}$"
)
_NAME_DAY = re.compile(
    rf"^(?:\w+,\s+)?(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}$"
)
_CLOCK = re.compile(r"\d[:h]\d{2}|[T\s]\d{1,2}\.\d{2}(?:\s|$)|[AaPp]\.?[Mm]\b")
_SERIAL = re.compile(r"^(\d{5})(\.\d+)?$")
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (Excel's serial days have no zone)


@cache
def _months() -> dict[str, int]:
    """Month names and their abbreviations in the languages of the profiles (CLDR, through Babel)."""
    from babel.dates import get_month_names

    names: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                names.setdefault(name.casefold().rstrip("."), number)
                names.setdefault(name.casefold()[:3], number)
    return names


def parse_moment(text: str, order: DateOrder, *, is_birth_date: bool = False) -> datetime:
    """Parse a date or time; it is zone-aware only if the text states an offset.

    Raises ValueError with the reason.

    >>> str(parse_moment("03/04/2025 5:30 pm", DateOrder.DMY))
    '2025-04-03 17:30:00'
    >>> str(parse_moment("12 févr. 2025", DateOrder.DMY))
    '2025-02-12 00:00:00'
    >>> str(parse_moment("2025-02-12T08:00:00+01:00", DateOrder.DMY))
    '2025-02-12 08:00:00+01:00'
    >>> parse_moment("31.02.2025", DateOrder.DMY)
    Traceback (most recent call last):
    ValueError: is not a valid date
    """
    bare = " ".join(text.replace("\u202f", " ").split())
    for pattern in (_ISO, _COMPACT):
        match = pattern.match(bare)
        if match:
            return _build(match, int(match["year"]), int(match["month"]), int(match["day"]))
    pivot = BIRTH_PIVOT if is_birth_date else POSIX_PIVOT
    match = _NUMERIC.match(bare)
    if match:
        return _numeric(match, order, pivot)
    match = _DAY_NAME.match(bare) or _NAME_DAY.match(bare)
    if match and (month := _months().get(match["name"].casefold())):
        return _build(match, _year(match["year"], pivot), month, int(match["day"]))
    match = _SERIAL.match(bare)
    if match and not is_birth_date:
        return EXCEL_EPOCH + timedelta(seconds=round(float(bare) * 86_400))
    raise ValueError("is not a date")


def has_time(text: str, moment: datetime) -> bool:
    """Whether a text that was parsed as `moment` states a time of day; midnight may be stated, too.

    >>> has_time("2025-02-12", datetime(2025, 2, 12)), has_time("2025-02-12 00:00", datetime(2025, 2, 12))
    (False, True)
    """
    return moment.time() != time.min or _CLOCK.search(text) is not None


def _numeric(match: re.Match[str], order: DateOrder, pivot: int) -> datetime:
    first, second = int(match["first"]), int(match["second_part"])
    if order == DateOrder.YMD:  # YMD does not apply if the year is last; read as day first
        order = DateOrder.DMY
    day, month = (first, second) if order == DateOrder.DMY else (second, first)
    return _build(match, _year(match["year"], pivot), month, day)


def _year(text: str, pivot: int) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < pivot else 1900)


def _build(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    half = (match["half"] or "").casefold().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("is not a time of day")
        hour = hour % 12 + (12 if half == "pm" else 0)
    micro = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, int(match["second"] or 0), micro, tzinfo=_zone(match["zone"]))
    except ValueError as error:
        raise ValueError("is not a valid date") from error


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
