"""Current records: which of a record's versions counts, and which is cited."""

from __future__ import annotations

import random
from pathlib import Path

from tests.dedup.worlds import row, take
from tests.support import Workplace


def test_of_versions_that_say_the_same_at_the_same_time_the_first_is_cited(
    workplace: Workplace, tmp_path: Path
) -> None:
    # Any of them would do, but it must be the same one after an undo or a rebuild.
    rows = [row(number, seed=3) for number in range(400)]
    for number in range(3):
        random.Random(number).shuffle(rows)
        take(workplace, tmp_path, number, rows)
    workplace.resolve()
    cited = workplace.query("SELECT DISTINCT parse_filename(file) AS file FROM records.current_persons")
    assert cited["file"].to_list() == ["part0.csv"]
