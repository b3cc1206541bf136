"""Escaping: what no terminal, picture or workbook may receive is visible text afterwards."""

from __future__ import annotations

import doctest
import io
import json
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from schemas.contracts import printable as module
from schemas.contracts.printable import json_text, one_line, printable, storable

ANY_TEXT = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\x00\x1b\x7f\x9b\u2028\u202e\u2066\ud800\ufffe\r\n\t")
)


@given(ANY_TEXT)
@example("\x1b]0;title\x07\u202e\udcff\ufffe")
def test_printable_text_has_no_character_that_a_receiver_acts_on(text: str) -> None:
    shown = printable(text)
    assert printable(shown) == shown
    kinds = {unicodedata.category(char) for char in shown} - {unicodedata.category("\n")}
    assert not kinds & {"Cs", "Zl", "Zp"}
    assert not [char for char in shown if unicodedata.category(char) == "Cc" and char not in "\t\n"]
    assert not [
        char
        for char in shown
        if unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]
    assert len(one_line(text).splitlines()) <= 1
    storable(text).encode("utf-8")
    book = Workbook()
    book.worksheets[0].append([f"x{shown}"])  # openpyxl refuses what XML forbids
    book.save(io.BytesIO())


def test_ordinary_text_of_any_script_stays_as_it_is() -> None:
    # Directional marks and joiners belong to how Hebrew, Persian and emoji are written.
    for text in ("naïve", "名前", "שלום\u200f!", "می\u200cخواهم", "👩\u200d💻", "a\tb\nc", r"C:\x1b"):
        assert printable(text) == text


@given(st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=3))
def test_json_keeps_every_text_and_has_no_raw_control(document: dict[str, str]) -> None:
    text = json_text(document)
    assert json.loads(text) == document
    assert printable(text) == text
    text.encode("utf-8")


def test_the_examples_of_the_docstrings() -> None:
    assert doctest.testmod(module).failed == 0
