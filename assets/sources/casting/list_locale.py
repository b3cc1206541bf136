"""How a list is written where its cells leave it open: decided by the list itself, before the settings.

The language of its headers decides the order of ambiguous dates, the decimal sign and the country of phone numbers
without a country code; a column of countries decides the latter first. Belongs here: defaults for a whole list. Does
not belong here: what the values of one column say (`assets.sources.casting.locale_decisions`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from assets.sources.casting.cells import CASTERS, CastContext
from assets.sources.casting.locale_decisions import WORDS
from schemas.contracts.vocabulary import DateOrder, Kind
from schemas.profiles.header_vocabulary import fold_words, header_vocabulary

COUNTRIES = {
    "de": ("DE", "AT", "CH"),
    "es": ("ES", "MX", "AR", "CO", "CL", "PE"),
    "fr": ("FR", "BE", "CH", "CA"),
    "it": ("IT", "CH"),
    "nl": ("NL", "BE"),
    "pt": ("BR", "PT"),
}
"""Where lists in a language come from, the most frequent country first. English is written everywhere."""

LOOK_ROWS = 2_000
"""Rows from which the country is told."""

_PHONES = frozenset({"phone", "mobile", "fax"})


def list_context(headers: Sequence[str], cells: pl.DataFrame, base: CastContext) -> tuple[CastContext, str | None]:
    """The context for a list with these headers over `cells` (`c0` …), and a sentence for the user if it is another.

    `base` has the defaults of the settings.
    """
    languages = languages_of(headers)
    sample = cells.head(LOOK_ROWS)
    found = [_concepts(header) for header in headers]
    country = _usual_country(sample, [place for place, names in enumerate(found) if "country" in names])
    written_in = [code for language in languages for code in COUNTRIES[language]]
    reason = "its column of countries" if country else f"the language of its headers ({', '.join(languages)})"
    if country is None and written_in:
        phones = [place for place, names in enumerate(found) if names & _PHONES]
        country = _country_of_phones(sample, phones, sorted(written_in, key=lambda code: code != base.default_country))
    context = base
    if country:
        context = replace(context, default_country=country, country_by=reason)
    if languages:
        order, sign = _customs(languages[0], country)
        context = replace(context, date_order=order, decimal_sign=sign)
    return context, _sentence(base, context, languages)


def languages_of(headers: Sequence[str]) -> list[str]:
    """The languages other than English that most of a list's headers are written in; several if they cannot be told.

    >>> languages_of(["Nom", "Prénom", "Email", "Téléphone"])
    ['fr']
    >>> languages_of(["Name", "Email", "Phone"])
    []
    """
    spoken = [languages for header in headers if (languages := _languages(header))]
    counts = Counter(language for languages in spoken if "en" not in languages for language in languages)
    most = max(counts.values(), default=0)
    best = sorted(language for language, count in counts.items() if count == most and language in COUNTRIES)
    english = sum(languages == {"en"} for languages in spoken)
    return best if most > english else []


def _languages(header: str) -> frozenset[str]:
    words = fold_words(header)
    vocabulary = header_vocabulary()
    concepts = vocabulary.concepts(words) or [each for word in words for each in vocabulary.concepts((word,))]
    return frozenset(concept.language for concept in concepts)


def _concepts(header: str) -> frozenset[str]:
    return frozenset(concept.name for concept in header_vocabulary().concepts(fold_words(header)))


def _texts(sample: pl.DataFrame, places: Sequence[int]) -> list[str]:
    return [text for place in places for text in sample[f"c{place}"].drop_nulls().to_list()]


def _usual_country(sample: pl.DataFrame, places: Sequence[int]) -> str | None:
    """The country of more than half of the filled cells."""
    counts: Counter[str] = Counter()
    texts = _texts(sample, places)
    for text, count in Counter(texts).items():
        try:
            counts[str(CASTERS[Kind.COUNTRY](text, CastContext()))] += count
        except ValueError:
            continue
    country, count = counts.most_common(1)[0] if counts else (None, 0)
    return country if 2 * count > len(texts) else None


def _country_of_phones(sample: pl.DataFrame, places: Sequence[int], countries: Sequence[str]) -> str:
    """The first of the countries in which most of the national numbers are valid."""
    national = [text for text in _texts(sample, places) if not text.lstrip().startswith(("+", "00"))]

    def valid(country: str) -> int:
        context = CastContext(default_country=country)
        return sum(_cast_phone(text, context).startswith("+") for text in national)

    return max(countries, key=valid)


def _cast_phone(text: str, context: CastContext) -> str:
    try:
        return str(CASTERS[Kind.PHONE](text, context))
    except ValueError:
        return ""


def _customs(language: str, country: str | None) -> tuple[DateOrder, str]:
    """How dates and amounts are written in a language and, if it is written there, a country (CLDR, through Babel)."""
    from babel import Locale
    from babel.numbers import get_decimal_symbol

    locale = Locale(language, country) if country in COUNTRIES[language] else Locale(language)
    pattern = locale.date_formats["short"].pattern
    order = DateOrder.MDY if pattern.index("M") < pattern.index("d") < pattern.index("y") else DateOrder.DMY
    return order, "," if get_decimal_symbol(locale) == "," else "."


def _sentence(base: CastContext, context: CastContext, languages: Sequence[str]) -> str | None:
    parts = []
    if context.default_country != base.default_country:
        parts.append(f"phone numbers without a country as {context.default_country}, by {context.country_by}")
    by = f", by the language of its headers ({', '.join(languages)})"
    if context.date_order != base.date_order:
        parts.append(f"ambiguous dates as {WORDS[context.date_order]}{by}")
    if context.decimal_sign != base.decimal_sign:
        parts.append(f"ambiguous amounts with a decimal {'comma' if context.decimal_sign == ',' else 'point'}{by}")
    return f"the list decides before the settings: {'; '.join(parts)}" if parts else None
