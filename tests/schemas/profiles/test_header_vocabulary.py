"""The words of headers: how they are folded, and that the vocabulary of every language is in order."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import schemas.profiles
from schemas.contracts.vocabulary import LANGUAGES
from schemas.profiles.header_vocabulary import ConceptKind, fold_words, header_vocabulary
from schemas.profiles.loader import shipped_profile

FOLDER = Path(schemas.profiles.__path__[0]) / "vocabularies" / "headers"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Opportunity_ID", ("opportunity", "id")),
        ("closeDate", ("close", "date")),
        ("Straßenname", ("strassenname",)),
        ("Größe", ("grosse",)),
        ("Loss_Reason__c", ("loss", "reason")),  # Salesforce's custom fields
        ("Invoice #", ("invoice", "number")),
        ("#N/A", ("n", "a")),  # an error cell is no number
        ("Estimated $", ("estimated", "money")),
    ],
)
def test_headers_fold_to_words(header: str, words: tuple[str, ...]) -> None:
    assert fold_words(header) == words


def test_words_written_together_are_cut_into_known_ones() -> None:
    vocabulary = header_vocabulary()
    assert vocabulary.parts("companycity") == ("company", "city")
    assert vocabulary.parts("firmenname") == ("firmen", "name")
    assert vocabulary.parts("anniversary") == ("anniversary",)


def test_every_language_has_a_vocabulary_with_the_concepts_of_the_english_one() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)
    english = tomllib.loads((FOLDER / "en.toml").read_text(encoding="utf-8"))
    for path in FOLDER.glob("*.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(table) == {kind.value for kind in ConceptKind}
        for kind in ConceptKind:
            assert set(table[kind]) <= set(english[kind]), path.name


def test_the_kinds_of_lists_use_known_concepts_only() -> None:
    english = tomllib.loads((FOLDER / "en.toml").read_text(encoding="utf-8"))
    attributes = {*english["attribute"], "whole", "own", "stage_values", "person_values", "company_values"}
    subjects = set(english["subject"])
    generic = shipped_profile("generic")
    for fields in generic.attributes.values():
        assert {name for known in fields.values() for name in known} <= attributes
    for kind in generic.kinds:
        assert set(kind.subjects) <= subjects
        for key in (*kind.supports, *kind.opposes):
            subject, _, attribute = key.rpartition(".")
            assert not subject or subject in subjects, key
            assert attribute in {*attributes, "*"} or attribute in subjects, key
