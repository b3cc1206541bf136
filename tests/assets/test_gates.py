"""Quality gates that need nothing but this checkout: generated labelled lists, and the examples.

With the development data beside the checkout, `test_development_data.py` holds the same gates on data that nobody here
made.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import polars as pl
import pytest

from benchmarks.crm_contacts import COLUMNS as CONTACT_COLUMNS
from benchmarks.crm_contacts import make_contacts
from benchmarks.development_data import BESIDE_CHECKOUT, development_data
from benchmarks.matching_quality import Quality, score
from benchmarks.person_register import COLUMNS as REGISTER_COLUMNS
from benchmarks.person_register import make_register
from schemas.contracts.options import ImportOptions
from schemas.stores.settings import load_settings
from schemas.stores.warehouse import Published
from tests.pipelines.support import ROOT, import_examples
from tests.support import FinishedHomes, Workplace, write_csv

FROZEN = {
    row["data set"]: Quality(0, float(row["precision"]), float(row["recall"]), 0.0)
    for row in csv.DictReader((Path(__file__).parent / "frozen_generated.csv").read_text().splitlines())
}
"""The last run that somebody looked at; a better one is written into the file by hand."""

SLACK = 0.00005
"""What the four figures of the file leave off: the runs themselves are repeatable."""
LISTS = {
    "contacts 2000": (CONTACT_COLUMNS, make_contacts, 2_000),
    "register 1000": (REGISTER_COLUMNS, make_register, 1_000),
}


@pytest.mark.parametrize("name", LISTS)
def test_matching_gets_no_worse_on_generated_lists(workplace: Workplace, tmp_path: Path, name: str) -> None:
    columns, make, count = LISTS[name]
    rows, people = make(count)
    workplace.take(write_csv(tmp_path / "list.csv", [columns, *rows]), options=ImportOptions(source="list"))
    workplace.resolve()
    found = dict(workplace.query("SELECT DISTINCT external_id, person_id FROM person_sources").iter_rows())
    quality = score({row[0]: str(who) for row, who in zip(rows, people, strict=True)}, found, 0.0)
    assert quality.precision >= FROZEN[name].precision - SLACK
    assert quality.f1 >= FROZEN[name].f1 - SLACK


def test_generated_lists_are_the_same_every_time() -> None:
    assert make_register(50) == make_register(50)
    assert make_contacts(50) == make_contacts(50)


COOKBOOK = dict(
    re.findall(
        r"^## (.+?)\n.*?```sql\n(.+?)```", (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8"), re.M | re.S
    )
)
NO_ANSWER = {
    "Which pairs are waiting for review?",
    "Which persons cannot be reached?",
    "What share of closed deals was won in a period?",
    "What was changed by hand in leadsift?",
}
"""Questions that the examples leave open: nobody is in doubt or out of reach, no deal closed in 2026, nobody acted."""


@pytest.fixture(scope="module")
def answers(finished_homes: FinishedHomes) -> dict[str, pl.DataFrame]:
    published = Published(load_settings(finished_homes.get("examples", import_examples)).published_path)
    return {question: published.query(query.rstrip().rstrip(";")) for question, query in COOKBOOK.items()}


def test_the_cookbooks_twenty_questions_are_answered_from_the_examples(answers: dict[str, pl.DataFrame]) -> None:
    assert len(answers) == 20
    assert {question for question, found in answers.items() if found.is_empty()} == NO_ANSWER


ANSWERS: dict[str, tuple[list[str], list[tuple[object, ...]]]] = {
    "Which persons are in several systems?": (
        ["name", "systems"],
        [
            ("Jonas Albrecht", ["hubspot", "pipedrive", "salesforce"]),
            ("Marcus Whitfield", ["hubspot", "salesforce", "trade fair leads"]),
            ("Priya Raman", ["hubspot", "salesforce", "trade fair leads"]),
            ("Rosalind Okafor", ["salesforce", "trade fair leads"]),
        ],
    ),
    "What was rejected, and why?": (
        ["row_number", "column_name", "reason"],
        [
            (9, "Email", "is not an e-mail address"),
            (8, None, "a lead needs a person or an organization, and the row names neither"),
        ],
    ),
    "Which organizations have the most contacts?": (
        ["name", "contacts"],
        [("Atelier Morvan SAS", 2), ("Kestrel Analytics", 2), ("Orchard and Pine Foods", 2), ("Benali Conseil", 1)],
    ),
    "What is in the open pipeline, by stage?": (
        ["stage", "currency", "total_value"],
        [
            ("Qualification", "EUR", 12_000),
            ("Proposal/Price Quote", "EUR", 28_000),
            ("Negotiation/Review", "USD", 39_000),
            ("Appointment Scheduled", None, 9_500),
            ("Contract Sent", None, 48_000),
        ],
    ),
    "Which open deals are overdue?": (
        ["title", "value"],
        [("Cedar Ridge assessment", 39_000), ("Brightwater renewal", 28_000), ("Tamarind loyalty", 12_000)],
    ),
    "Which stages has a deal been through?": (
        ["title", "sequence", "stage"],
        [
            ("Brightwater renewal", 1, "Qualification"),
            ("Brightwater renewal", 2, "Proposal/Price Quote"),
            ("Brightwater tracking", 1, "Qualification"),
            ("Brightwater tracking", 2, "Proposal/Price Quote"),
            ("Brightwater tracking", 3, "Negotiation/Review"),
            ("Brightwater tracking", 4, "Closed Won"),
        ],
    ),
    "Which channels bring leads that convert?": (["channel", "leads", "converted"], [("Web", 2, 1)]),
}
"""The first rows of an answer, in these columns."""


@pytest.mark.parametrize("question", ANSWERS)
def test_what_the_cookbook_answers_is_what_the_examples_hold(answers: dict[str, pl.DataFrame], question: str) -> None:
    columns, rows = ANSWERS[question]
    assert answers[question].select(columns).head(len(rows)).rows() == rows


def test_a_question_that_states_an_order_is_answered_in_it(answers: dict[str, pl.DataFrame]) -> None:
    when = answers["What happened to an organization, newest first?"]["happened_at"]
    assert when.to_list() == when.sort(descending=True, nulls_last=True).to_list()


def test_the_salesforce_export_of_the_examples_arrives_whole(workplace: Workplace) -> None:
    workplace.take(ROOT / "examples" / "salesforce-export.zip")
    workplace.derive()
    sheets = workplace.query("SELECT object, row_count, loaded, rejected FROM audit.import_files")
    assert {name.split(".")[0] for name in sheets["object"]} == {"salesforce"}
    assert sheets["rejected"].sum() == 0
    assert sheets.filter(pl.col("row_count") != pl.col("loaded")).is_empty()
    ended = workplace.query(
        "SELECT count(*) AS n FROM deals JOIN deal_stage_history AS history USING (deal_id) "
        "WHERE history.left_at IS NULL AND history.stage_id = deals.stage_id"
    )
    assert ended.item() == workplace.query("SELECT count(*) FROM deals").item() > 0


def test_messy_organizations_are_all_accounted_for(workplace: Workplace, tmp_path: Path) -> None:
    odd = [
        "Acme, Inc.",
        '"Quoted" & Söhne GmbH & Co. KG',
        "ООО «Ромашка»",
        "株式会社山田",
        "A" * 300,
        "=SUM(A1)",
        "-",
        "O'Neil  Ltd ",
    ]
    names = [f"{name} {number}" if number else name for number in range(40) for name in odd]
    path = write_csv(
        tmp_path / "companies.csv",
        [["id", "Company name", "City"], *([str(n), name, ""] for n, name in enumerate(names))],
    )
    workplace.take(path)
    workplace.resolve()
    row = workplace.query("SELECT row_count, loaded, rejected FROM audit.import_files").row(0)
    assert row == (len(names), len(names), 0)
    assert workplace.query("SELECT count(DISTINCT external_id) FROM organization_sources").item() == len(names)


def test_the_development_data_are_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADSIFT_DATA", str(tmp_path))
    assert development_data() == tmp_path
    monkeypatch.delenv("LEADSIFT_DATA")
    assert development_data() == BESIDE_CHECKOUT
