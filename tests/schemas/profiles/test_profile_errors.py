"""The line of a key in a profile, wherever it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.profiles.loader import PROFILES_DIR
from schemas.profiles.profile_errors import line_of

SHIPPED = sorted(PROFILES_DIR.glob("*.toml"))


def test_a_key_of_several_lines_begins_where_it_is_named() -> None:
    text = 'a = [\n  "x",\n]\n# b = 1\nb = """\nb = 2\n"""\n\n[c]\n"d e".f = 1\n'
    assert [line_of(text, path) for path in (("a",), ("a", 0), ("b",), ("c",), ("c", "d e", "f"))] == [1, 1, 5, 9, 10]
    assert line_of(text, ("c", "nope")) == 9
    assert line_of(text, ("nope",)) == 1


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
@given(st.data())
def test_the_line_of_any_key_of_a_profile_names_it(path: Any, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    lines, place, here = text.split("\n"), tomllib.loads(text), ()
    while isinstance(place, dict) and place and (not here or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(place)))
        here, place = (*here, key), place[key]
        if isinstance(place, list) and place and isinstance(place[0], dict):
            index = data.draw(st.integers(0, len(place) - 1))
            here, place = (*here, index), place[index]
    name = str(next(part for part in reversed(here) if isinstance(part, str)))
    assert name in lines[line_of(text, here) - 1]
