"""The organization model: what makes two records one organization, and which pairs are compared.

Declarations only; see `dedup.models.person_model` for the meaning of the probabilities.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from splink import SettingsCreator

from dedup.models.blocking_rules import BlockingRule, agreeing_on, sharing_one_of
from dedup.models.levels import comparison, level, otherwise, unknown

VERSION = "organization-3"

_LONG = "(name_l LIKE '% % %' AND length(name_l) >= 14)"
_OF_TWO = "(name_l LIKE '% %' AND length(name_l) >= 10)"
_SAME_PLACE = "(postal_code_l = postal_code_r OR city_l = city_r)"


def name_comparison() -> Any:
    """The name without legal form; companies rarely share one by chance, branches often share a part of one.

    The more words a name has, the less likely two companies share it: there are many called Delta, some called Delta
    Logistics, and hardly any two share a name of three words.
    """
    return comparison(
        "name",
        unknown("name_l IS NULL OR name_r IS NULL"),
        level("same name of three words or more", f"name_l = name_r AND {_LONG}", 0.40, 2e-8),
        level("same name of two words", f"name_l = name_r AND {_OF_TWO}", 0.22, 2e-7),
        level("same name", "name_l = name_r", 0.10, 5e-7),
        level("same name, blanks apart", "replace(name_l, ' ', '') = replace(name_r, ' ', '')", 0.03, 1e-6),
        level("similar name", "jaro_winkler_similarity(name_l, name_r) >= 0.94", 0.10, 2e-4),
        level(
            "one name the initials of the other",
            "list_has_any(initials_l, initials_r) AND NOT (name_l LIKE '% %' AND name_r LIKE '% %')",
            0.01,
            3e-5,
        ),
        level(
            "one name within the other",
            "least(length(name_l), length(name_r)) >= 6 "
            "AND (starts_with(name_l, name_r) OR starts_with(name_r, name_l))",
            0.05,
            3e-4,
        ),
        otherwise(0.10, 0.9995),
    )


def domain_comparison() -> Any:
    """The web domain; subsidiaries share one, free mail services are already removed."""
    return comparison(
        "domain",
        unknown("domain_l IS NULL OR domain_r IS NULL"),
        level("same web domain", "domain_l = domain_r", 0.80, 4e-5),
        otherwise(0.20, 0.99996),
    )


def phone_comparison() -> Any:
    """The phone number; companies in one building may share a switchboard."""
    return comparison(
        "phone",
        unknown("phone_l IS NULL OR phone_r IS NULL"),
        level("same phone number", "phone_l = phone_r", 0.55, 1e-4),
        otherwise(0.45, 0.9999),
    )


def address_comparison() -> Any:
    """The address; a building holds several companies, a company has several addresses."""
    return comparison(
        "address",
        unknown(
            "(street_l IS NULL OR street_r IS NULL) AND (postal_code_l IS NULL OR postal_code_r IS NULL) "
            "AND (city_l IS NULL OR city_r IS NULL)"
        ),
        level("same street and place", f"street_l = street_r AND {_SAME_PLACE}", 0.45, 4e-4),
        level(
            "similar street, same place",
            f"jaro_winkler_similarity(street_l, street_r) >= 0.9 AND {_SAME_PLACE}",
            0.12,
            4e-4,
        ),
        level("same street or postal code", "street_l = street_r OR postal_code_l = postal_code_r", 0.15, 0.004),
        level("same city", "city_l = city_r", 0.13, 0.03),
        otherwise(0.15, 0.965),
    )


PRIOR_LOG_ODDS = -11.0
"""One pair in 2,048: the same single-word name (17.6 bits) is enough, a similar name alone is not."""

BLOCKING_RULES: dict[str, BlockingRule] = {
    "same_name": agreeing_on("name"),
    "same_name_without_blanks": agreeing_on("replace(name, ' ', '')"),
    "same_domain": agreeing_on("domain"),
    "same_phone": agreeing_on("phone"),
    "same_name_start_and_city": agreeing_on("substr(name, 1, 6)", "city"),
    "same_name_start_and_postal_code": agreeing_on("substr(name, 1, 4)", "postal_code"),
    "same_street_and_postal_code": agreeing_on("street", "postal_code"),
    "same_initials": sharing_one_of("initials", max_block_size=20),
    "same_long_name_start": agreeing_on("substr(name, 1, 10)"),
}


FREQUENCY_COLUMNS: tuple[str, ...] = ()


def term_frequencies(_features: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Empty: no frequencies of company names are known."""
    return {}


def settings(*, explained: bool = False) -> SettingsCreator:
    """The Splink settings of the model; pairs come from `BLOCKING_RULES`.

    The prior is one half, so that `match_weight` excludes it. `explained` also keeps the levels that held.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        probability_two_random_records_match=0.5,
        comparisons=[name_comparison(), domain_comparison(), phone_comparison(), address_comparison()],
        blocking_rules_to_generate_predictions=[],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=explained,
    )
