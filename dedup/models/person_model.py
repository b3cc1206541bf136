"""The person model: what makes two records one person, and which pairs are compared.

Declarations only. The probabilities come from the general frequency of names, days and numbers, not from a data set.
They are part of the model's version: if you change one, change the version. A match weight depends only on the two
records and this version, never on the number of records.
"""

from __future__ import annotations

from typing import Any

from splink import SettingsCreator

from dedup.features.names import name_frequencies
from dedup.models.blocking_rules import BlockingRule, agreeing_on, sharing_one_of
from dedup.models.levels import Rarity, comparison, level, otherwise, unknown

VERSION = "person-4"

_SAME_PHONE = "list_has_any(phones_l, phones_r)"
_BOTH_NAMES = "given_l IS NOT NULL AND given_r IS NOT NULL AND family_l IS NOT NULL AND family_r IS NOT NULL"
_ONE_GIVEN = "(given_l IS NULL OR given_r IS NULL)"
_ONE_FAMILY = "(family_l IS NULL OR family_r IS NULL)"
_SAME_WHOLE = "coalesce(whole_name_l = whole_name_r AND (full_name_l IS NOT NULL OR full_name_r IS NOT NULL), false)"
"""The same letters, whatever their word boundaries; a given or family name alone does not count."""

_SHORTENED = "(starts_with(given_l, given_r) OR starts_with(given_r, given_l))"
_SAME_NICKNAME = "list_has_any(nicknames_l, nicknames_r)"
_OTHER_GIVEN = (
    "given_l IS NOT NULL AND given_r IS NOT NULL AND jaro_winkler_similarity(given_l, given_r) < 0.75 "
    f"AND NOT {_SHORTENED} AND NOT {_SAME_NICKNAME} "
    "AND (family_l IS NULL OR jaro_winkler_similarity(family_l, given_r) < 0.85) "
    "AND (family_r IS NULL OR jaro_winkler_similarity(given_l, family_r) < 0.85)"
)
_OTHER_FAMILY = f"{_ONE_GIVEN} AND jaro_winkler_similarity(family_l, family_r) < 0.75"
_OTHER_PERSON = f"(({_OTHER_GIVEN}) OR ({_OTHER_FAMILY}))"
"""Two clearly different names: a household or an office shares address and number, so sharing them is no evidence."""

_COLLEAGUES = "coalesce(organization_id_l = organization_id_r, false)"
_TWO_EMPLOYERS = "coalesce(organization_id_l <> organization_id_r, false)"
"""Colleagues share their employer's address, and often its number: one fact would count three times. A new job changes
all of them."""

_OTHER_DAY = "(birth_date_l IS NULL OR birth_date_r IS NULL OR birth_date_l <> birth_date_r)"
_ALIKE_EMAILS = (
    "abs(length(emails_l[1]) - length(emails_r[1])) <= 2 "
    "AND (substr(emails_l[1], 1, 1) = substr(emails_r[1], 1, 1) OR right(emails_l[1], 9) = right(emails_r[1], 9)) "
    "AND regexp_replace(emails_l[1], '[^0-9]', '', 'g') = regexp_replace(emails_r[1], '[^0-9]', '', 'g')"
)
"""What addresses that differ by a typo or two have in common. Digits must be equal: providers use them to distinguish
namesakes. The first two conditions are a cheap filter."""

_SAME_PLACE = "(postal_code_l = postal_code_r OR city_l = city_r)"

NAME_SHARE, GIVEN_SHARE, FAMILY_SHARE = 6e-6, 0.005, 0.0015
"""How often two people share a name by chance, if the name is unknown."""

LEAST_NAME_SHARE = 1.5e-6
"""A name that is rare overall may be common in the family or village of a list."""


def name_comparison() -> Any:
    """Given and family name together: they are swapped, shortened, misspelt and missing together.

    A common name says less than a rare one. One given name in 200 and one family name in 700 agree by chance.
    """
    return comparison(
        "name",
        unknown(f"{_ONE_GIVEN} AND {_ONE_FAMILY} AND NOT {_SAME_WHOLE}"),
        level("same name", "full_name_l = full_name_r", 0.52, NAME_SHARE, rarity=Rarity("full_name", LEAST_NAME_SHARE)),
        level("given and family name swapped", "given_l = family_r AND family_l = given_r", 0.03, 1e-6),
        level(
            "same family name, given name abbreviated or a nickname",
            f"{_BOTH_NAMES} AND family_l = family_r AND ({_SHORTENED} OR {_SAME_NICKNAME})",
            0.07,
            1.5e-5,
            rarity=Rarity("family"),
        ),
        level("same name, its words parted otherwise", _SAME_WHOLE, 0.01, 2e-6),
        level(
            "both names similar",
            f"{_BOTH_NAMES} AND jaro_winkler_similarity(given_l, given_r) >= 0.85 "
            "AND jaro_winkler_similarity(family_l, family_r) >= 0.85",
            0.15,
            4e-5,
        ),
        level(
            "same given name or nickname, family names share a part",
            f"{_BOTH_NAMES} AND (given_l = given_r OR {_SAME_NICKNAME}) "
            "AND list_has_any(family_parts_l, family_parts_r)",
            0.02,
            2e-5,
        ),
        level(
            "both names similar, swapped",
            f"{_BOTH_NAMES} AND jaro_winkler_similarity(given_l, family_r) >= 0.85 "
            "AND jaro_winkler_similarity(family_l, given_r) >= 0.85",
            0.01,
            2e-5,
        ),
        level(
            "given name a nickname, similar family name",
            f"{_BOTH_NAMES} AND {_SAME_NICKNAME} AND jaro_winkler_similarity(family_l, family_r) >= 0.85",
            0.015,
            1e-4,
        ),
        level(
            "same family name, one given name missing",
            f"{_ONE_GIVEN} AND family_l = family_r",
            0.04,
            1.5e-4,
            rarity=Rarity("family"),
        ),
        level("same given name, one family name missing", f"{_ONE_FAMILY} AND given_l = given_r", 0.03, 4e-4),
        level(
            "similar family name, one given name missing",
            f"{_ONE_GIVEN} AND jaro_winkler_similarity(family_l, family_r) >= 0.88",
            0.01,
            1e-4,
        ),
        # Firms are run by families.
        level(
            "another of the family at one employer",
            f"family_l = family_r AND {_COLLEAGUES} AND {_OTHER_GIVEN}",
            0.001,
            0.008,
            shared=True,
        ),
        level("same family name at one employer", f"family_l = family_r AND {_COLLEAGUES}", 0.011, 0.002, shared=True),
        # A household shares the family name: weak evidence for one person.
        level("same family name only", "family_l = family_r", 0.015, FAMILY_SHARE, rarity=Rarity("family")),
        level("similar family name only", "jaro_winkler_similarity(family_l, family_r) >= 0.92", 0.012, 0.002),
        # Marriage changes the family name, typing errors garble it.
        level("same given name only", "given_l = given_r", 0.035, GIVEN_SHARE, rarity=Rarity("given")),
        otherwise(0.031, 0.978),
    )


def birth_date_comparison() -> Any:
    """Date of birth; about 22,000 days occur, and typos of one digit or swapped day and month are common."""
    swapped = (
        "substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2) "
        "AND substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)"
    )
    return comparison(
        "birth_date",
        unknown("birth_date_l IS NULL OR birth_date_r IS NULL"),
        level("same birth date", "birth_date_l = birth_date_r", 0.80, 6e-5),
        # American and European dates are confused.
        level(
            "day and month of the birth date swapped",
            f"substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4) AND {swapped}",
            0.01,
            5e-5,
        ),
        level(
            "birth date with one slip",
            "levenshtein(birth_date_l, birth_date_r) <= 1",
            0.09,
            0.0013,
        ),
        level("birth date with two slips", "levenshtein(birth_date_l, birth_date_r) <= 2", 0.05, 0.0155),
        otherwise(0.05, 0.9831),
    )


def email_comparison() -> Any:
    """E-mail addresses; a common one is almost proof, but people have several, and offices share some."""
    return comparison(
        "email",
        unknown(
            "(emails_l IS NULL OR emails_r IS NULL) "
            "AND NOT coalesce(list_has_any(shared_emails_l, shared_emails_r), false)"
        ),
        level(
            "an address shared by people of other names",
            f"list_has_any(emails_l, emails_r) AND {_OTHER_PERSON}",
            0.02,
            8e-5,
            shared=True,
        ),
        level("an e-mail address in common", "list_has_any(emails_l, emails_r)", 0.50, 5e-7),
        level(
            "e-mail addresses that differ by a slip",
            f"{_ALIKE_EMAILS} AND damerau_levenshtein(emails_l[1], emails_r[1]) <= 1 AND NOT {_OTHER_PERSON}",
            0.08,
            4e-6,
        ),
        level(
            "e-mail addresses that differ by two slips",
            f"{_ALIKE_EMAILS} AND damerau_levenshtein(emails_l[1], emails_r[1]) <= 2 AND NOT {_OTHER_PERSON}",
            0.04,
            4e-5,
        ),
        # The part before the @ is made of the name, which already counted.
        level(
            "same name in the e-mail address, as in the names",
            "family_l = family_r AND list_has_any(email_names_l, email_names_r)",
            0.07,
            0.05,
            shared=True,
        ),
        level("same name in the e-mail address", "list_has_any(email_names_l, email_names_r)", 0.02, 0.001),
        # info@ is an office, not a person.
        level(
            "an office's address in common", "list_has_any(shared_emails_l, shared_emails_r)", 0.03, 0.003, shared=True
        ),
        level("e-mail addresses at two employers", _TWO_EMPLOYERS, 0.14, 0.20, shared=True),
        otherwise(0.10, 0.745),
    )


def phone_comparison() -> Any:
    """Phone numbers; an office shares a switchboard, so a common number is no proof."""
    return comparison(
        "phone",
        unknown("phones_l IS NULL OR phones_r IS NULL"),
        level(
            "a number shared by people of other names", f"{_SAME_PHONE} AND {_OTHER_PERSON}", 0.01, 0.01, shared=True
        ),
        level("a number in common at one employer", f"{_COLLEAGUES} AND {_SAME_PHONE}", 0.30, 0.20, shared=True),
        level("a number in common at one address", f"street_l = street_r AND {_SAME_PHONE}", 0.08, 0.005, shared=True),
        level("a phone number in common", _SAME_PHONE, 0.26, 1e-4),
        otherwise(0.35, 0.7849),
    )


def organization_comparison() -> Any:
    """The resolved employer; people change jobs, so a different one is weak evidence."""
    return comparison(
        "organization",
        unknown("organization_id_l IS NULL OR organization_id_r IS NULL"),
        level("same organization", "organization_id_l = organization_id_r", 0.75, 5e-4),
        otherwise(0.25, 0.9995),
    )


def address_comparison() -> Any:
    """Address; households share it, people move, and everybody misspells it."""
    return comparison(
        "address",
        unknown(
            "(street_l IS NULL OR street_r IS NULL) AND (postal_code_l IS NULL OR postal_code_r IS NULL) "
            "AND (city_l IS NULL OR city_r IS NULL)"
        ),
        level(
            "an address shared by people of other names",
            f"(street_l = street_r OR postal_code_l = postal_code_r) AND {_OTHER_DAY} AND {_OTHER_PERSON}",
            0.01,
            0.01,
            shared=True,
        ),
        # Twins, or one person under another name: in sales data the second is slightly more likely.
        level(
            "an address shared by people of other names born on one day",
            f"(street_l = street_r OR postal_code_l = postal_code_r) AND {_OTHER_PERSON}",
            0.01,
            3e-4,
            shared=True,
        ),
        level(
            "the address of a common employer",
            f"{_COLLEAGUES} AND (street_l = street_r OR postal_code_l = postal_code_r OR city_l = city_r)",
            0.15,
            0.12,
            shared=True,
        ),
        level("same street and place", f"street_l = street_r AND {_SAME_PLACE}", 0.27, 3e-4),
        level(
            "similar street, same place",
            f"jaro_winkler_similarity(street_l, street_r) >= 0.85 AND {_SAME_PLACE}",
            0.17,
            3e-4,
        ),
        level("same street or postal code", "street_l = street_r OR postal_code_l = postal_code_r", 0.11, 0.004),
        level("same or similar city", "jaro_winkler_similarity(city_l, city_r) >= 0.9", 0.10, 0.03),
        level("addresses of two employers", _TWO_EMPLOYERS, 0.08, 0.10, shared=True),
        otherwise(0.10, 0.736),
    )


def national_id_comparison() -> Any:
    """A number that a state issues to one person."""
    return comparison(
        "national_id",
        unknown("national_id_l IS NULL OR national_id_r IS NULL"),
        level("same national id", "national_id_l = national_id_r", 0.90, 1e-7),
        level(
            "national id with one slip",
            "length(national_id_l) >= 6 AND damerau_levenshtein(national_id_l, national_id_r) <= 1",
            0.06,
            1e-5,
        ),
        otherwise(0.04, 0.99999),
    )


FEW = 60
"""The most records that may share an almost unique value: more are namesakes or colleagues."""

RARE = 10
"""The most records that may share a weak value: only rare ones count in a large list."""

PRIOR_LOG_ODDS = -12.0
"""One pair in 4,096: the best for lists of 1,000 to 100,000 records together (decision 0004)."""

BLOCKING_RULES: dict[str, BlockingRule] = {
    "same_national_id": agreeing_on("national_id"),
    "same_email": sharing_one_of("emails"),
    # Hundreds of colleagues share a switchboard; a match must also share the start of a name, in either order.
    "same_phone_and_name_start": sharing_one_of("phone_keys", max_block_size=FEW),
    "swapped_name": agreeing_on("least(given, family)", "greatest(given, family)", max_block_size=FEW),
    "same_whole_name": agreeing_on("whole_name", max_block_size=FEW),
    "same_birth_date_and_given_initial": agreeing_on("birth_date", "substr(given, 1, 1)"),
    "same_birth_date_and_family_initial": agreeing_on("birth_date", "substr(family, 1, 1)"),
    "same_birth_date_and_city": agreeing_on("birth_date", "city"),
    "same_birth_date_and_postal_code": agreeing_on("birth_date", "postal_code"),
    "same_family_and_postal_code": agreeing_on("family", "postal_code"),
    "same_given_postal_code_and_family_initial": agreeing_on("given", "postal_code", "substr(family, 1, 1)"),
    "same_family_city_and_given_initial": agreeing_on("family", "city", "substr(given, 1, 1)", max_block_size=FEW),
    "same_street_given_and_family_initial": agreeing_on("street", "given", "substr(family, 1, 1)"),
    "same_street_and_birth_year": agreeing_on("street", "substr(birth_date, 1, 4)"),
    "same_family_and_organization": agreeing_on("family", "organization_id"),
    "same_given_organization_and_family_initial": agreeing_on("given", "organization_id", "substr(family, 1, 1)"),
    "same_family_and_birth_year": agreeing_on("family", "substr(birth_date, 1, 4)"),
    "same_nickname": sharing_one_of("nickname_keys", max_block_size=RARE),
    "same_given_city_and_family_initial": agreeing_on("given", "city", "substr(family, 1, 1)", max_block_size=RARE),
    "same_email_name": sharing_one_of("email_names", max_block_size=RARE),
}


FREQUENCY_COLUMNS: tuple[str, ...] = ("given", "family", "full_name")
term_frequencies = name_frequencies
"""Name frequencies for the levels with term-frequency adjustment."""


def settings(*, explained: bool = False) -> SettingsCreator:
    """The Splink settings of the model; pairs come from `BLOCKING_RULES`.

    The prior is one half, so that `match_weight` excludes it. `explained` also keeps the levels that held.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        probability_two_random_records_match=0.5,
        comparisons=[
            name_comparison(),
            birth_date_comparison(),
            email_comparison(),
            phone_comparison(),
            organization_comparison(),
            address_comparison(),
            national_id_comparison(),
        ],
        blocking_rules_to_generate_predictions=[],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=explained,
    )
