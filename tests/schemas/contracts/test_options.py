"""One model of what users state: its limits, and what ledgers of earlier versions recorded."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from schemas.contracts.options import ImportOptions, StatedOptions
from schemas.contracts.vocabulary import DateOrder, UpdatePolicy

EVERYTHING = StatedOptions(
    source="fair",
    profile="generic",
    date_order=DateOrder.DMY,
    encoding="cp1250",
    update=UpdatePolicy.FILL,
    key=["Code"],
)


@pytest.mark.parametrize("blank", ["", "  ", "\t\n"])
@pytest.mark.parametrize("name", ["source", "profile", "encoding", "key"])
def test_a_blank_value_is_refused(name: str, blank: str) -> None:
    with pytest.raises(ValidationError, match="it is blank"):
        StatedOptions.model_validate({name: [blank] if name == "key" else blank})


@pytest.mark.parametrize(
    ("stated", "loc"),
    [({"date_order": "dym"}, "date_order"), ({"update": "sometimes"}, "update"), ({"sourcee": "x"}, "sourcee")],
)
def test_other_words_are_refused_by_name(stated: dict[str, str], loc: str) -> None:
    with pytest.raises(ValidationError) as refused:
        StatedOptions.model_validate(stated)
    assert refused.value.errors()[0]["loc"] == (loc,)


def test_the_ledger_gives_back_what_it_was_given() -> None:
    options = ImportOptions(**EVERYTHING.stated(), assumed_date_order=DateOrder.YMD, saved_profiles=["ab" * 32])
    assert ImportOptions.from_json(options.to_json()) == options
    assert ImportOptions.from_json(ImportOptions().to_json()) == ImportOptions()


def test_ledgers_of_earlier_versions_are_read_as_recorded() -> None:
    # As version 0.1 wrote it: `date_order` is what the settings assumed, and a blank source was accepted.
    recorded = {
        "date_order": "mdy", "decimal_sign": ",", "default_country": "DE", "encoding": "cp1252", "key": ["Code"],
        "source": "", "stated_date_order": "dmy", "time_zone": "Europe/Berlin", "update": "ignore",
    }  # fmt: skip
    read = ImportOptions.from_json(json.dumps(recorded))
    assert (read.assumed_date_order, read.date_order, read.source) == (DateOrder.MDY, DateOrder.DMY, "")
    assert (read.update, read.key, read.decimal_sign) == (UpdatePolicy.IGNORE, ["Code"], ",")
    assert json.loads(read.to_json()) == recorded
