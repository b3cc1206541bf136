"""The person model: what makes two records one person, and which pairs are looked at.

Declarations only. The probabilities are set from the general frequency of names, days and numbers, not from any
data set, and are part of the model's version: change one and the version must change. A pair's evidence depends
on its two records alone; how many records there are enters in `dedup.bands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splink import SettingsCreator

from dedup.levels import BlockingRule, comparison, level, otherwise, unknown

VERSION = "person-1"

_SAME_PHONE = "list_has_any(phones_l, phones_r)"
_BOTH_NAMES = "given_l IS NOT NULL AND given_r IS NOT NULL AND family_l IS NOT NULL AND family_r IS NOT NULL"
_ONE_GIVEN = "(given_l IS NULL OR given_r IS NULL)"
_ONE_FAMILY = "(family_l IS NULL OR family_r IS NULL)"
_OTHER_GIVEN = (
    "given_l IS NOT NULL AND given_r IS NOT NULL AND jaro_winkler_similarity(given_l, given_r) < 0.75 "
    "AND NOT starts_with(given_l, given_r) AND NOT starts_with(given_r, given_l) "
    "AND (family_l IS NULL OR jaro_winkler_similarity(family_l, given_r) < 0.85) "
    "AND (family_r IS NULL OR jaro_winkler_similarity(given_l, family_r) < 0.85)"
)
"""Two given names of which neither could be the other: a household or an office shares address, number and family
name, so what they share says nothing about the two being one."""

_SAME_PLACE = "(postal_code_l = postal_code_r OR city_l = city_r)"


def name_comparison() -> Any:
    """Given and family name together: they are swapped, shortened, misspelt and missing together.

    One given name in 200 and one family name in 1,000 agree by chance.
    """
    return comparison(
        "name",
        unknown(f"({_ONE_GIVEN} AND {_ONE_FAMILY})"),
        level("same name", "given_l = given_r AND family_l = family_r", 0.56, 6e-6),
        level("given and family name swapped", "given_l = family_r AND family_l = given_r", 0.03, 1e-6),
        level(
            "same family name, given name shortened",
            f"{_BOTH_NAMES} AND family_l = family_r "
            "AND (starts_with(given_l, given_r) OR starts_with(given_r, given_l))",
            0.04,
            2e-5,
        ),
        level(
            "both names similar",
            f"{_BOTH_NAMES} AND jaro_winkler_similarity(given_l, given_r) >= 0.85 "
            "AND jaro_winkler_similarity(family_l, family_r) >= 0.85",
            0.18,
            8e-5,
        ),
        level(
            "both names similar, swapped",
            f"{_BOTH_NAMES} AND jaro_winkler_similarity(given_l, family_r) >= 0.85 "
            "AND jaro_winkler_similarity(family_l, given_r) >= 0.85",
            0.01,
            2e-5,
        ),
        level("same family name, one given name missing", f"{_ONE_GIVEN} AND family_l = family_r", 0.04, 5e-5),
        level("same given name, one family name missing", f"{_ONE_FAMILY} AND given_l = given_r", 0.03, 1.8e-4),
        level(
            "similar family name, one given name missing",
            f"{_ONE_GIVEN} AND jaro_winkler_similarity(family_l, family_r) >= 0.88",
            0.01,
            1e-4,
        ),
        # A household shares the family name: weak evidence for one person.
        level("same family name only", "family_l = family_r", 0.015, 0.0015),
        # Marriage changes the family name, typing errors garble it.
        level("same given name only", "given_l = given_r", 0.035, 0.005),
        otherwise(0.05, 0.99),
    )


def birth_date_comparison() -> Any:
    """Date of birth; about 22,000 days are in use, and slips of one digit or of day and month are common."""
    swapped = (
        "substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2) "
        "AND substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)"
    )
    return comparison(
        "birth_date",
        unknown("birth_date_l IS NULL OR birth_date_r IS NULL"),
        level("same birth date", "birth_date_l = birth_date_r", 0.80, 6e-5),
        level(
            "birth date with one slip",
            "levenshtein(birth_date_l, birth_date_r) <= 1 "
            f"OR (substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4) AND {swapped})",
            0.10,
            0.002,
        ),
        level("birth date with two slips", "levenshtein(birth_date_l, birth_date_r) <= 2", 0.05, 0.03),
        otherwise(0.05, 0.968),
    )


def email_comparison() -> Any:
    """E-mail addresses; one in common is near proof, but a person has several, and offices share some."""
    return comparison(
        "email",
        unknown("emails_l IS NULL OR emails_r IS NULL"),
        level("an e-mail address in common", "list_has_any(emails_l, emails_r)", 0.62, 2e-6),
        level(
            "e-mail addresses that differ by a slip",
            "levenshtein(emails_l[1], emails_r[1]) <= 2",
            0.10,
            4e-5,
        ),
        # The part before the @ is made of the name, which has been weighed already.
        level("same name in the e-mail address", "list_has_any(email_names_l, email_names_r)", 0.08, 0.002),
        otherwise(0.20, 0.998),
    )


def phone_comparison() -> Any:
    """Phone numbers; a switchboard is shared by an office, so a number in common is no proof."""
    return comparison(
        "phone",
        unknown("phones_l IS NULL OR phones_r IS NULL"),
        level("a number shared by people of other given names", f"{_OTHER_GIVEN} AND {_SAME_PHONE}", 0.01, 0.01),
        level("a phone number in common", _SAME_PHONE, 0.60, 2e-4),
        otherwise(0.39, 0.9898),
    )


def organization_comparison() -> Any:
    """The employer, resolved before; people change jobs, so a different one says little."""
    return comparison(
        "organization",
        unknown("organization_id_l IS NULL OR organization_id_r IS NULL"),
        level("same organization", "organization_id_l = organization_id_r", 0.75, 0.003),
        otherwise(0.25, 0.997),
    )


def address_comparison() -> Any:
    """Address; a household shares it, a mover changes it, and everybody misspells it."""
    return comparison(
        "address",
        unknown(
            "(street_l IS NULL OR street_r IS NULL) AND (postal_code_l IS NULL OR postal_code_r IS NULL) "
            "AND (city_l IS NULL OR city_r IS NULL)"
        ),
        level(
            "an address shared by people of other given names",
            f"{_OTHER_GIVEN} AND (street_l = street_r OR postal_code_l = postal_code_r)",
            0.01,
            0.01,
        ),
        level("same street and place", f"street_l = street_r AND {_SAME_PLACE}", 0.40, 3e-4),
        level(
            "similar street, same place",
            f"jaro_winkler_similarity(street_l, street_r) >= 0.85 AND {_SAME_PLACE}",
            0.22,
            3e-4,
        ),
        level("same street or postal code", "street_l = street_r OR postal_code_l = postal_code_r", 0.14, 0.004),
        level("same or similar city", "jaro_winkler_similarity(city_l, city_r) >= 0.9", 0.12, 0.03),
        otherwise(0.11, 0.956),
    )


def national_id_comparison() -> Any:
    """A number that a state gives to one person."""
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


BLOCKING_RULES: dict[str, BlockingRule] = {
    "same_national_id": BlockingRule("national_id"),
    "same_email": BlockingRule(explode="emails"),
    "same_phone": BlockingRule(explode="phones"),
    "same_name": BlockingRule("given", "family"),
    "swapped_name": BlockingRule(sql="l.given = r.family AND l.family = r.given AND l.given <> l.family"),
    "same_birth_date_and_given_initial": BlockingRule("birth_date", "substr(given, 1, 1)"),
    "same_birth_date_and_family_initial": BlockingRule("birth_date", "substr(family, 1, 1)"),
    "same_birth_date_and_city": BlockingRule("birth_date", "city"),
    "same_family_and_postal_code": BlockingRule("family", "postal_code"),
    "same_given_and_postal_code": BlockingRule("given", "postal_code"),
    "same_family_and_city": BlockingRule("family", "city"),
    "same_given_and_city": BlockingRule("given", "city"),
    "same_street_and_given": BlockingRule("street", "given"),
    "same_street_and_birth_year": BlockingRule("street", "substr(birth_date, 1, 4)"),
    "same_family_and_organization": BlockingRule("family", "organization_id"),
    "same_given_and_organization": BlockingRule("given", "organization_id"),
    "same_email_name": BlockingRule(explode="email_names"),
    "same_family_and_birth_year": BlockingRule("family", "substr(birth_date, 1, 4)"),
}


def settings(blocking_rules: Sequence[Any] = ()) -> SettingsCreator:
    """The Splink settings of the model with the given blocking rules, else all of its own.

    The prior is one half, so that `match_weight` is the evidence alone.
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
        blocking_rules_to_generate_predictions=list(blocking_rules)
        or [rule.for_splink() for rule in BLOCKING_RULES.values()],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
    )
