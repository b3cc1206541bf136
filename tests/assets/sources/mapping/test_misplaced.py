"""E-mail addresses in the wrong column are still the person's."""

from __future__ import annotations

from schemas.contracts.vocabulary import Entity
from tests.assets.sources.support import of_rows

HEAD = ["Email", "Company Name", "Business Phone", "First Name", "Last Name"]


def test_an_address_that_another_column_refuses_is_the_persons() -> None:
    rows = [["ann@a.example", "Acme", "+33699014622", "Ann", "Lee"]] * 5
    found = of_rows([HEAD, *rows, ["Viggo", "Forde", "viggo@b.example", "", ""]], "contacts")
    assert found.records(Entity.PERSON)[-1]["emails"] == ["viggo@b.example"]
    assert any("'Business Phone'" in decision for decision in found.sheet.mapped.decisions)
    assert {item.column for item in found.sheet.rejections} == {"Email", "Business Phone"}


def test_an_address_does_not_replace_the_one_that_is_there() -> None:
    found = of_rows([HEAD, ["ann@a.example", "Acme", "other@b.example", "Ann", "Lee"]], "contacts")
    assert found.records(Entity.PERSON)[0]["emails"] == ["ann@a.example"]
