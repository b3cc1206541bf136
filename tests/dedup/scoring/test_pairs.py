"""Pairs and entities after any sequence of imports and undos are those of resolving everything at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dedup.worlds import SEEDS, person_ids, redirects, row, take
from tests.support import Workplace, examples

IDS = 12
"""Ids come again, so that rows are updates of others and undoing an import brings older values back."""


@examples(12)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, IDS), SEEDS), min_size=1, max_size=9),
        min_size=2, max_size=3, unique_by=repr,
    ),
    st.none() | st.integers(0, 2),
)  # fmt: skip
def test_looking_only_at_what_changed_ends_in_the_tables_of_looking_at_everything(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[tuple[int, int]]], undone: int | None
) -> None:
    last = len(parts) - 1
    undone = None if undone is None else min(undone, last)
    with TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        files = Path(folder) / "in"
        imports: list[str] = []
        published: set[str] = set()
        with Workplace(Path(folder) / "stepwise").held() as stepwise:
            for number, seeds in enumerate(parts):
                imports.append(take(stepwise, files, number, [row(record, seed) for record, seed in seeds]))
                if number == last and undone is not None and undone < last:
                    # An older import goes in the same step in which the last one comes.
                    stepwise.take_back(imports[undone])
                stepwise.resolve(most_changed=1.0)
                published |= person_ids(stepwise)
            if undone == last:
                stepwise.take_back(imports[undone])
                stepwise.resolve(most_changed=1.0)
            now, led = person_ids(stepwise), redirects(stepwise)
            # What was published once resolves, to nobody where its records went with the import that was undone.
            assert all(old in now or led[old] is None or led[old] in now for old in published)
            found = stepwise.tables()
        with Workplace(Path(folder) / "whole").held() as whole:
            for number, seeds in enumerate(parts):
                if number != undone:
                    take(whole, files, number, [row(record, seed) for record, seed in seeds])
            whole.resolve()
            expected = whole.tables()
        for table in expected.keys() - OF_IMPORTS:
            assert _nameless(found[table]) == _nameless(expected[table]), table
        if undone is not None:
            stepwise.warehouse.remove()
            with stepwise.held():
                stepwise.load_all()
                stepwise.resolve()
                assert stepwise.tables() == found


OF_IMPORTS = {"audit.imports", "audit.import_files", "audit.id_redirects"}
"""Tables that know of an import that was undone."""


def _nameless(rows: list[tuple[object, ...]]) -> list[tuple[str, ...]]:
    """Rows without what tells two homes apart: ids of imports and the time they were received."""
    return sorted(tuple(str(value) for value in row if not str(value).startswith(OF_ONE_HOME)) for row in rows)


OF_ONE_HOME = ("imp_", f"{datetime.now(UTC):%Y-}")
