"""`--as` and `--map` on the command line: a wrong one stops before anything is recorded, a right one is all it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipelines.support import run, run_json
from tests.support import new_home, write_csv

FOREIGN = [
    ["acct", "rep", "close_value", "stage"],
    ["Acme Ltd", "Kim Ray", "1,200", "Won"],
    ["Beta Inc", "Jo Hart", "300", "Prospecting"],
]


def test_a_foreign_table_is_imported_with_a_kind_and_a_mapping_alone(tmp_path: Path) -> None:
    home, path = new_home(tmp_path / "home"), write_csv(tmp_path / "florp.csv", FOREIGN)
    stated = (
        "--as",
        "deals",
        "--map",
        "acct=organization.name",
        "--map",
        "rep=user.name",
        "--map",
        "close_value=value",
    )
    (file,) = run_json("import", path, *stated, home=home)["files"]
    assert file["sheets"][0]["unmapped"] == []
    rows = run_json(
        "sql",
        "SELECT o.name AS account, u.name AS owner, d.value::VARCHAR AS value, d.status FROM deals d "
        "JOIN organizations o USING (organization_id) JOIN users u ON u.user_id = d.owner_id ORDER BY 1",
        home=home,
    )["rows"]
    assert rows == [
        {"account": "Acme Ltd", "owner": "Kim Ray", "value": "1200.00", "status": "won"},
        {"account": "Beta Inc", "owner": "Jo Hart", "value": "300.00", "status": "open"},
    ]


@pytest.mark.parametrize("command", ["import", "inspect"])
@pytest.mark.parametrize(
    ("stated", "code", "said"),
    [
        (("--as", "contactz"), 2, "did you mean 'contacts'?"),
        (("--as", "hubspot.contactz"), 3, "did you mean 'hubspot.contacts'?"),
        (("--as", "deals", "--map", "close_value=valu"), 2, "did you mean 'value'?"),
        (("--map", "X"), 2, "give a header and a field"),
        (("--map", "=value"), 2, "give a header and a field"),
        (("--map", "rep=title", "--map", "rep=value"), 2, "'rep' is given more than once"),
        (("--as", "deals", "--map", "closevalue=value"), 3, "the columns are: 'acct', 'rep', 'close_value', 'stage'"),
        (("--as", "deals", "--map", "acct=title", "--map", "rep=title"), 3, "gives 'title' to 'acct' and to 'rep'"),
    ],
)
def test_a_wrong_statement_is_named_and_nothing_is_recorded(
    tmp_path: Path, command: str, stated: tuple[str, ...], code: int, said: str
) -> None:
    home, path = tmp_path / "home", write_csv(tmp_path / "florp.csv", FOREIGN)
    done = run(command, path, *stated, home=home, expect=code)
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not home.exists()
