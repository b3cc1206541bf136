"""Word lists: every one says what it holds, and its entries are found as they are looked up."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.contracts.word_lists import word_list

ROOT = Path(__file__).parents[3]
LISTS = sorted(
    path for package in ("schemas", "dedup", "assets") for path in (ROOT / package).rglob("vocabularies/*.txt")
)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_says_what_it_holds_and_holds_each_word_once(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    entries = [line for line in lines if line and not line.startswith("# ")]
    assert len(entries) == len(set(entries))
    # Cells are put into small letters before they are looked up.
    assert entries == [entry.strip().lower() for entry in entries]
    assert word_list(str(path.parent.parent / "any.py"), path.stem) == set(entries)


def test_an_entry_may_begin_with_the_sign_of_comments() -> None:
    (placeholders,) = (path for path in LISTS if path.stem == "placeholders")
    assert "#n/a" in word_list(str(placeholders.parent.parent / "any.py"), "placeholders")
