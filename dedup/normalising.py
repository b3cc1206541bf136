"""Comparable forms: what is left of a value when only the differences that mean something count.

Belongs here: folding names, numbers, domains and addresses, vectorised over frames of current records. Does not
belong here: casting what a cell says (`assets.sources.casting`) or weighing agreement (the model modules).
Vocabularies are data in `dedup/vocabularies`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl

_VOCABULARIES = Path(__file__).parent / "vocabularies"
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’ʼ`](?=\w)")


@cache
def vocabulary(name: str) -> frozenset[str]:
    """The entries of `dedup/vocabularies/<name>.txt`, without comments."""
    lines = (_VOCABULARIES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def fold_words(text: str) -> str:
    """Words in lower case without accents and punctuation, one blank between: `O'Brien-Smith` is `obrien smith`."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text)).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(_WORD.findall(bare.replace("ß", "ss").replace("ø", "o").replace("ł", "l")))


def organization_core(name: str) -> str:
    """A company's name without legal form and article: `The Siemens Aktiengesellschaft` is `siemens`.

    A name that is nothing but a legal form stays as it is.
    """
    whole = fold_words(name.replace("&", " and ").replace("+", " and "))
    dotted = fold_words(re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?=\s|$)", "", name.replace("&", " and ")))
    words = (dotted or whole).split()
    forms = vocabulary("legal_forms")
    longest = max(len(form.split()) for form in forms)
    stripped = True
    while stripped and len(words) > 1:
        stripped = False
        for length in range(min(longest, len(words) - 1), 0, -1):
            if " ".join(words[-length:]) in forms:
                words = words[:-length]
                stripped = True
                break
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] == "and":
        words = words[:-1]
    return " ".join(words)


def fold_phone(number: str) -> str | None:
    """The last nine digits of a phone number: what is left when country and trunk prefixes are written or not.

    None for fewer than seven digits.
    """
    digits = "".join(char for char in number if char.isdigit())
    return digits[-9:] if len(digits) >= 7 else None


def company_domain(host: str) -> str | None:
    """A domain that can stand for a company: without `www`, None for free mail services."""
    domain = host.casefold().removeprefix("www.")
    return None if domain in vocabulary("free_mail_domains") else domain


def website_domain(website: str) -> str | None:
    """The domain of a web address, None where it has none."""
    match = re.match(r"^(?:[a-z][a-z0-9+.-]*:/*)?(?:[^/@]*@)?([^/:?#\s]+)", website.strip(), re.IGNORECASE)
    return company_domain(match.group(1)) if match else None


def _mapped(column: pl.Series, function: Callable[[str], str | None]) -> pl.Series:
    """Apply `function` once to each distinct text."""
    distinct = column.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    forms = pl.Series([function(text) or None for text in distinct], dtype=pl.String)
    return column.replace_strict(distinct, forms, default=None, return_dtype=pl.String)


def _mapped_list(column: pl.Series, function: Callable[[str], str | None]) -> pl.Series:
    """Apply `function` to the members of a list column; empty lists become null."""
    if not column.explode(empty_as_null=True).drop_nulls().len():
        return pl.Series(column.name, [None] * len(column), dtype=pl.List(pl.String))
    forms = {text: function(text) for text in column.explode(empty_as_null=True).drop_nulls().unique()}
    values = [
        sorted({form for text in texts if (form := forms[text])}) or None if texts is not None else None
        for texts in column.to_list()
    ]
    return pl.Series(column.name, values, dtype=pl.List(pl.String))


def organization_forms(records: pl.DataFrame) -> pl.DataFrame:
    """Comparable forms of organization records.

    Takes `record_key, name, domain, website, email, phone, street, city, postal_code`; returns
    `record_key, name, domain, phone, street, city, postal_code`, all text, null where there is nothing to compare.
    """
    own = _mapped(records["domain"], company_domain)
    web = _mapped(records["website"], website_domain)
    mail = _mapped(records["email"], lambda address: company_domain(address.rpartition("@")[2]))
    return pl.DataFrame(
        {
            "record_key": records["record_key"],
            "name": _mapped(records["name"], organization_core),
            "domain": own.fill_null(web).fill_null(mail),
            "phone": _mapped(records["phone"], fold_phone),
            "street": _mapped(records["street"], fold_words),
            "city": _mapped(records["city"], fold_words),
            "postal_code": _mapped(records["postal_code"], lambda code: fold_words(code).replace(" ", "")),
        }
    )


def person_forms(records: pl.DataFrame) -> pl.DataFrame:
    """Comparable forms of person records.

    Takes `record_key, name, first_name, last_name, birth_date, emails, phones, national_id, street, city, postal_code,
    organization_id`; returns `record_key, given, family, birth_date, emails, email_names, phones, national_id, street,
    city, postal_code, organization_id`. Lists and texts are null where there is nothing to compare.
    """
    family = _mapped(records["last_name"], fold_words)
    given = _mapped(records["first_name"], fold_words)
    alone = _mapped(records["name"], fold_words)
    # A name of one word is taken as a family name: it has nothing else to be compared with.
    family = pl.select(pl.when(given.is_null() & family.is_null()).then(alone).otherwise(family)).to_series()
    return pl.DataFrame(
        {
            "record_key": records["record_key"],
            "given": given,
            "family": family,
            "birth_date": records["birth_date"].cast(pl.String),
            "emails": _mapped_list(records["emails"], str.casefold),
            "email_names": _mapped_list(records["emails"], lambda address: address.partition("@")[0].casefold()),
            "phones": _mapped_list(records["phones"], fold_phone),
            "national_id": _mapped(records["national_id"], lambda text: fold_words(text).replace(" ", "")),
            "street": _mapped(records["street"], fold_words),
            "city": _mapped(records["city"], fold_words),
            "postal_code": _mapped(records["postal_code"], lambda code: fold_words(code).replace(" ", "")),
            "organization_id": records["organization_id"],
        }
    )
