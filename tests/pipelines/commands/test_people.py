"""Who is who, as people ask: looked up, explained, reviewed, decided and held against labels."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines.services.evaluate import evaluate, read_labels
from pipelines.services.importing import run_import
from pipelines.services.lookup import called, explain_called, explain_cluster
from pipelines.services.match import Description, look_up
from pipelines.services.review import WEAK_BRIDGE, accepted_above, queue, read_workbook, write_workbook
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.options import StatedOptions
from schemas.contracts.vocabulary import Band, Entity, PairRule, Verdict
from schemas.stores.settings import load_settings
from schemas.stores.warehouse import Published
from tests.pipelines.support import ROOT, run, run_json
from tests.support import write_csv

HEADER = ["id", "first name", "last name", "email", "phone", "company", "city"]
ROWS = [
    ["1", "Robert", "Okafor", "bob.okafor@globex.example", "+44 20 7946 0712", "Globex Ltd", "Leeds"],
    ["2", "Bob", "Okafor", "bob.okafor@globex.example", "", "Globex", "Leeds"],
    ["3", "Dana", "Whitfield", "", "", "Acme GmbH", "Leeds"],
    ["4", "Dana", "Whitfeld", "", "", "Initech", "Leeds"],
    ["5", "Chloé", "Lefèvre", "chloe@initech.example", "+44 20 7946 0799", "Initech", "York"],
    ["6", "Oscar", "Lindgren", "oscar@initech.example", "+44 20 7946 0799", "Initech", "York"],
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("people")
    run("import", write_csv(place / "crm.csv", [HEADER, *ROWS]), "--source", "crm", home=place / "home")
    return place / "home"


@pytest.fixture(scope="module")
def published(home: Path) -> Published:
    return Published(load_settings(home).published_path)


def test_somebody_is_found_by_a_nickname_and_an_employer(published: Published) -> None:
    answers = look_up(published, Description(name="Bob Okafor", organization="GLOBEX LIMITED"))
    assert answers[0].name == "Robert Okafor"
    assert answers[0].explanation.band == Band.MATCHED
    assert [answer.name for answer in look_up(published, Description(organization="Globex"))] == ["Globex Ltd"]
    assert look_up(published, Description(name="Zebulon Quark")) == []
    with pytest.raises(InputRefusedError, match="nothing to look for"):
        look_up(published, Description())


def test_an_explanation_adds_up_and_says_in_words_what_spoke(published: Published) -> None:
    pair = explain_called(published, called(published, "crm:1"), called(published, "crm:2"))[0]
    assert pair.match_weight == pytest.approx(sum(step.total for step in pair.steps), abs=1e-4)
    assert pair.sentence().startswith("Very likely one person; for it: an e-mail address in common")
    name = next(step for step in pair.steps if step.comparison == "name")
    assert name.level == "same family name, given name abbreviated or a nickname"
    kept = published.query("SELECT match_weight FROM audit.person_pairs WHERE record_key_l = ? AND record_key_r = ?",
                           [pair.record_key_l, pair.record_key_r])  # fmt: skip
    assert pair.match_weight == pytest.approx(kept.item())


def test_colleagues_who_share_a_number_are_told_apart_and_told_why(published: Published) -> None:
    pair = explain_called(published, called(published, "crm:5"), called(published, "crm:6"))[0]
    assert pair.band == Band.DISTINCT
    assert "against it: different name" in pair.sentence()
    phone = next(step for step in pair.steps if step.comparison == "phone")
    assert (phone.level, phone.total) == ("a number shared by people of other names", 0.0)


def test_a_cluster_shows_what_holds_it_together(published: Published) -> None:
    whole = called(published, called(published, "crm:1").entity_id)
    assert len(whole.record_keys) == 2
    assert len(explain_cluster(published, whole)) == 1


def test_ids_that_mean_nothing_are_named(published: Published) -> None:
    with pytest.raises(InputRefusedError, match="'per_0' is not an id"):
        called(published, "per_0")
    with pytest.raises(InputRefusedError, match="both ids are the same person already"):
        explain_called(published, called(published, "crm:3"), called(published, "crm:3"))
    organization = published.query("SELECT organization_id FROM organizations LIMIT 1").item()
    with pytest.raises(InputRefusedError, match="is a person"):
        explain_called(published, called(published, "crm:3"), called(published, organization))


def test_the_workbook_of_the_queue_brings_decisions_back(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "crm.csv", [HEADER, *ROWS, ["7", "Daniel", "Whitfield", "", "", "", "Leeds"]])
    settings = load_settings(tmp_path / "home")
    run_import(settings, [path], StatedOptions(source="crm"))
    published = Published(settings.published_path)
    rows = queue(published)
    assert rows == sorted(rows, key=lambda row: -row["priority"])
    (recipe,) = re.findall(r"^SELECT[^;]+review_queue[^;]+", (ROOT / "docs" / "cookbook.md").read_text("utf-8"), re.M)
    assert published.query(recipe).height == len(queue(published, Entity.PERSON)) > 0
    assert {row["entity"] for row in rows} <= {"person", "organization"}
    assert all(row["why"].startswith(("Perhaps", "Hardly", "Very")) for row in rows)
    assert accepted_above(rows, 1.0) == []
    workbook = tmp_path / "pairs.xlsx"
    write_workbook(rows, workbook)
    book = openpyxl.load_workbook(workbook)
    sheet = book["Pairs"]
    assert sheet.max_row == len(rows) + 1
    assert sheet.data_validations.dataValidation[0].formula1 == '"same,different,unsure"'
    sheet["A2"] = "Same"
    sheet["G2"] = "asked her"
    book.save(workbook)
    decision = read_workbook(workbook)[0]
    assert (decision.verdict, decision.reason) == (Verdict.SAME, "asked her")
    sheet["A2"] = "perhaps"
    book.save(workbook)
    with pytest.raises(InputRefusedError, match=r"row 2, column 'decision': 'perhaps' is not one of same, different"):
        read_workbook(workbook)


@pytest.mark.parametrize(
    ("header", "rows", "recall"),
    [
        (["id", "cluster"], [["1", "a"], ["2", "a"], ["3", "b"], ["4", "b"]], 0.5),
        (["left", "right", "is_match"], [["1", "2", "yes"], ["3", "4", "yes"], ["5", "6", "no"]], 0.5),
        (["left", "right"], [["crm:1", "crm:2"]], 1.0),
    ],
)
def test_labels_are_held_against_the_clusters(
    tmp_path: Path, published: Published, header: list[str], rows: list[list[str]], recall: float
) -> None:
    found = evaluate(published, read_labels(write_csv(tmp_path / "labels.csv", [header, *rows])), Entity.PERSON)
    assert found.quality.pairwise.recall == recall
    assert found.quality.pairwise.precision == 1.0
    assert len(found.missed) == found.missed_pairs == round(1 / recall) - 1


def test_a_probable_pair_that_waits_is_called_a_weak_bridge(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "published.duckdb"
    shutil.copyfile(load_settings(home).published_path, copy)
    before = queue(Published(copy))[0]
    assert "weak bridge" not in before["why"]
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            f"UPDATE audit.{before['entity']}_pairs SET rule = 'weak bridge', match_probability = 0.99 "
            "WHERE record_key_l = ? AND record_key_r = ?",
            [before["record_key_l"], before["record_key_r"]],
        )
    (why,) = (row["why"] for row in queue(Published(copy)) if row["rule"] == PairRule.WEAK_BRIDGE)
    assert why == f"{before['why']} {WEAK_BRIDGE}"


def test_a_limit_is_one_of_json_too(home: Path) -> None:
    merged = called(Published(load_settings(home).published_path), "crm:1").entity_id
    for command, key in (
        (["leads"], "leads"),
        (["review"], "pairs"),
        (["explain", merged], "pairs"),
        (["match", "--phone", "+44 20 7946 0799"], "matches"),
    ):
        everything = run_json(*command, home=home)[key]
        assert len(run_json(*command, "--limit", "1", home=home)[key]) == min(1, len(everything))


def test_one_is_counted_in_the_singular(tmp_path: Path) -> None:
    lone = write_csv(tmp_path / "one.csv", [HEADER, ROWS[0]])
    home = tmp_path / "home"
    said = run("import", lone, home=home).stdout
    assert "The home now has 1 organization, 1 person, 0 leads, 0 deals." in said
    facts = "\n".join(run_json("doctor", home=home)["facts"])
    assert "archive: 1 file," in facts
    assert "records of 1 loaded file" in facts
    assert "with 1 import" in facts


def test_labels_that_say_nothing_are_refused(tmp_path: Path, published: Published) -> None:
    with pytest.raises(InputRefusedError, match="needs the columns 'id' and 'cluster'"):
        read_labels(write_csv(tmp_path / "a.csv", [["id", "colour"], ["1", "red"]]))
    with pytest.raises(InputRefusedError, match="row 2: 'maybe' is neither yes nor no"):
        read_labels(write_csv(tmp_path / "b.csv", [["left", "right", "match"], ["1", "2", "maybe"]]))
    labels = read_labels(write_csv(tmp_path / "c.csv", [["id", "cluster"], ["x", "1"], ["y", "1"]]))
    with pytest.raises(InputRefusedError, match="none of 2 labelled ids"):
        evaluate(published, labels, Entity.PERSON)


def test_a_whole_that_is_taken_apart_is_told_by_what_each_half_is_now(tmp_path: Path, home: Path) -> None:
    apart = tmp_path / "home"
    shutil.copytree(home, apart)
    whole = called(Published(load_settings(apart).published_path), "crm:1").entity_id
    told = run("explain", "crm:1", "crm:2", home=apart).stdout
    assert told.startswith(f"One person: {whole}")
    shown = run("decide", whole, "crm:1", "different", "--reason", "twins", home=apart).stdout
    now = {
        row["external_id"]: row["person_id"]
        for row in run_json("sql", "SELECT external_id, person_id FROM person_sources", home=apart)["rows"]
    }
    assert now["1"] != now["2"]
    assert f"crm:1 is now {now['1']}. The other records of {whole} are {now['2']}." in shown
    assert (f"The id {whole} now means only crm:1." in shown) == (now["1"] == whole)
    document = run_json("explain", "crm:2", "crm:1", home=apart)
    assert [(item["verdict"], item["reason"]) for item in document["decisions"]] == [("different", "twins")]
    assert (document["outcome"]["left_ids"], document["outcome"]["right_ids"]) == ([now["2"]], [now["1"]])
    assert document["outcome"]["kept_apart_by"][0].startswith("decided different by ")
    told = run("explain", "crm:1", "crm:2", home=apart).stdout
    assert told.index("Decided different by ") < told.index("Separate persons: ") < told.index("Very likely one")


def test_the_commands_of_a_session(tmp_path: Path, home: Path) -> None:
    assert run_json("match", "--name", "Bob Okafor", home=home)["matches"][0]["name"] == "Robert Okafor"
    chart = tmp_path / "pair.svg"
    document = run_json("explain", "crm:3", "crm:4", "--chart", chart, home=home)
    assert document["pairs"][0]["steps"][0]["comparison"] == "name"
    assert chart.read_text().startswith("<svg")
    decided = run_json("decide", "crm:3", "crm:4", "same", "--reason", "asked her", home=home)
    assert decided["entities"]["persons"] == decided["entities_before"]["persons"] - 1
    assert "persons" in run("decide", "crm:1", "crm:2", "different", home=home).stdout
    rows = run_json("sql", "SELECT decision, reason FROM audit.decisions ORDER BY decided_at", home=home)["rows"]
    assert rows == [{"decision": "same", "reason": "asked her"}, {"decision": "different", "reason": None}]
    refused = run("decide", "crm:1", "crm:99", "same", home=home, expect=3)
    assert "'crm:99' is not an id" in refused.stderr
    assert run("decide", "crm:1", "crm:2", "perhaps", home=home, expect=2)


def test_a_decision_about_two_organizations_makes_them_one_and_takes_none_apart(tmp_path: Path) -> None:
    # The pair that was decided came first once: what had become of it left the rest of the smaller group behind.
    header = ["id", "company name", "domain", "phone", "city"]
    large = [[f"a{number}", "Globex Ltd", "globex.example", "+44 20 7946 0712", "Leeds"] for number in range(12)]
    small = [[f"b{number}", "Initech GmbH", "initech.example", "", "York"] for number in range(3)]
    home = tmp_path / "home"
    path = write_csv(tmp_path / "companies.csv", [header, *large, *small])
    run_import(load_settings(home), [path], StatedOptions(source="crm"))
    organizations = "SELECT organization_id, name, source_count FROM organizations ORDER BY organization_id"
    before = run_json("sql", organizations, home=home)["rows"]
    assert len(before) == 2
    ids = [row["organization_id"] for row in before]
    document = run_json("decide", *ids, "same", home=home)
    after = run_json("sql", organizations, home=home)["rows"]
    assert [row["organization_id"] for row in after] == [document["outcome"]["left_ids"][0]]
    assert document["outcome"]["are_one"]
    assert run_json("decide", *ids, "same", home=home)["already_recorded"]
    (swallowed,) = {*ids} - {after[0]["organization_id"]}
    # The id that was swallowed names what it was when that was decided.
    shown = run("decide", after[0]["organization_id"], swallowed, "different", home=home).stdout
    assert "are separate" in shown
    assert run_json("sql", organizations, home=home)["rows"] == before
    assert run_json("sql", "SELECT count(*) AS kept FROM audit.decisions", home=home)["rows"] == [{"kept": 1}]
