"""What people do to leads and deals: facts that outlive imports and rebuilds, and what cannot be done."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.deals.actions import Step
from assets.deals.conversion import Request
from pipelines.services import deals as acting
from pipelines.services.doctor import rebuild_derived
from pipelines.services.importing import run_import
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ActionKind, LeadOrder
from schemas.stores.settings import Settings, load_settings
from schemas.stores.warehouse import Published
from tests.pipelines.support import ROOT, run, run_json
from tests.support import write_csv

LEADS = ["Id", "LastName", "FirstName", "Company", "Email", "Status", "LeadSource", "IsConverted", "LastModifiedDate"]
CONTACTS = ["Id", "LastName", "FirstName", "Email", "AccountId", "LastModifiedDate"]
DEALS = ["Id", "AccountId", "Name", "StageName", "Amount", "Probability", "CloseDate", "IsClosed", "IsWon",
         "LastModifiedDate"]  # fmt: skip
STAGES = [("Qualification", "10"), ("Proposal", "60"), ("Closed Won", "100"), ("Closed Lost", "0")]


def _deal(number: int, stage: str, changed: str) -> list[str]:
    closed, won = str("Closed" in stage).lower(), str(stage == "Closed Won").lower()
    chance = dict(STAGES)[stage]
    return [f"006{number}", "001A", f"Deal {number}", stage, "100", chance, "2026-12-01", closed, won, changed]


def _export(folder: Path, deals: list[list[str]], leads: list[list[str]] | None = None) -> Path:
    write_csv(folder / "Opportunity.csv", [DEALS, *deals])
    if leads:
        write_csv(folder / "Lead.csv", [LEADS, *leads])
    return folder


LEAD_ROWS = [
    ["00Q1", "Okafor", "Bob", "Globex", "bob.okafor@globex.example", "Working", "Web", "false", "2026-01-01T00:00:00Z"],
    [
        "00Q2",
        "Whitfield",
        "Dana",
        "Initech",
        "d.whitfield@initech.example",
        "Working",
        "Web",
        "false",
        "2026-01-01T00:00:00Z",
    ],
    ["00Q3", "Lindgren", "Oscar", "Umbrella", "o@umbrella.example", "Working", "Web", "false", "2026-01-01T00:00:00Z"],
]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the exports imported, made once; tests that change it work on a copy."""
    place = tmp_path_factory.mktemp("imported")
    deals = [_deal(number, stage, "2026-01-01T00:00:00Z") for number, (stage, _) in enumerate(STAGES, 1)]
    folder = _export(place / "first", deals, LEAD_ROWS)
    contact = ["0031", "Whitmore", "Dana", "d.whitfield@home.example", "", "2026-01-01T00:00:00Z"]
    write_csv(folder / "Contact.csv", [CONTACTS, contact])
    run_import(load_settings(place / "home"), [folder])
    return place / "home"


@pytest.fixture
def crm(imported: Path, tmp_path: Path) -> Settings:
    shutil.copytree(imported, tmp_path / "home")
    return load_settings(tmp_path / "home")


def _rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    return Published(settings.published_path).query(sql).rows()


def _lead(settings: Settings, number: int) -> tuple[Any, ...]:
    return _rows(
        settings,
        "SELECT status, deal_id, channel FROM leads JOIN lead_sources USING (lead_id) "
        f"WHERE external_id LIKE '00Q{number}%' AND NOT is_stub LIMIT 1",
    )[0]


def test_a_conversion_outlives_imports_and_a_rebuild_and_can_be_taken_back(crm: Settings, tmp_path: Path) -> None:
    request = Request(
        "salesforce:00Q1", value="1250.50", currency="eur", visibility="team", expected_close_date="2027-01-31"
    )
    (deal,) = acting.convert(crm, {"": request})["deals"]
    assert (str(deal["value"]), deal["currency"], deal["title"]) == ("1250.50", "EUR", "Bob Okafor – Globex")
    assert deal["person_id"] is not None
    assert deal["organization_id"] is not None
    status, deal_id, _ = _lead(crm, 1)
    assert (status, deal_id) == ("converted", deal["deal_id"])
    history = (
        f"SELECT stages.name, origin FROM deal_stage_history JOIN stages USING (stage_id) WHERE deal_id = '{deal_id}'"
    )
    assert _rows(crm, history) == [("Qualification", "conversion")]
    newer = [*LEAD_ROWS[0][:6], "Trade fair", "false", "2026-03-01T00:00:00Z"]
    run_import(crm, [_export(tmp_path / "newer", [_deal(1, "Qualification", "2026-03-01T00:00:00Z")], [newer])])
    assert _lead(crm, 1) == ("converted", deal_id, "Trade fair")
    before = _rows(crm, "SELECT * EXCLUDE (custom) FROM deals ORDER BY deal_id")
    rebuild_derived(crm)
    assert _rows(crm, "SELECT * EXCLUDE (custom) FROM deals ORDER BY deal_id") == before
    again = acting.convert(crm, {"": request})
    assert (again["already_recorded"], again["deals"][0]["deal_id"]) == (True, deal_id)
    for other in (replace(request, value="9"), Request("salesforce:00Q1", value="9"), replace(request, stage="None")):
        with pytest.raises(InputRefusedError, match="was converted into"):
            acting.convert(crm, {"": other})
    assert acting.act_on_lead(crm, "salesforce:00Q1", ActionKind.REVERT, "wrong lead")["status"] == "open"
    assert _rows(crm, f"SELECT count(*) FROM deals WHERE deal_id = '{deal_id}'") == [(0,)]
    redirect = f"SELECT current_id FROM audit.id_redirects WHERE retired_id = '{deal_id}'"
    assert _rows(crm, redirect) == [(None,)]
    assert acting.act_on_lead(crm, "salesforce:00Q1", ActionKind.REVERT, None)["already_recorded"]
    assert _rows(crm, "SELECT count(*) FROM audit.actions") == [(2,)]
    with pytest.raises(InputRefusedError, match="no conversion here"):
        acting.act_on_lead(crm, "salesforce:00Q3", ActionKind.REVERT, None)


def test_a_contact_that_may_be_here_is_asked_about_and_the_answer_is_a_decision(crm: Settings) -> None:
    made = acting.plan(crm, Request("salesforce:00Q2"))
    (found,) = made.duplicates
    assert found.candidates[0]["name"] == "Dana Whitmore"
    with pytest.raises(InputRefusedError, match="may already exist"):
        acting.convert(crm, {"": Request("salesforce:00Q2")})
    refused = run("convert", "salesforce:00Q2", "--yes", home=crm.home, expect=3)
    assert "--person ID or --person new" in refused.stderr
    persons = _rows(crm, "SELECT count(*) FROM persons")
    acting.convert(crm, {"": Request("salesforce:00Q2", person=str(found.candidates[0]["id"]))})
    assert _rows(crm, "SELECT count(*) FROM persons") == [(persons[0][0] - 1,)]
    assert _rows(crm, "SELECT decision, reason FROM audit.decisions") == [("same", "chosen when a lead was converted")]


def _at_a_terminal(crm: Settings, *answers: str) -> tuple[int, str]:
    """Run `convert` as somebody at a terminal does, typing answers one after the other."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "--home", str(crm.home), "convert", "salesforce:00Q2"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "TERM": "dumb", "COLUMNS": "200"},
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    waiting, shown = list(answers), ""
    while True:
        try:
            part = os.read(terminal, 4096).decode("utf-8", errors="replace")
        except OSError:  # the program has ended
            break
        if not part:
            break
        shown += part
        if waiting and shown.count("Which:") == len(answers) - len(waiting) + 1:
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
    os.close(terminal)
    return process.wait(60), shown


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_at_a_terminal_the_user_is_asked_and_may_cancel(crm: Settings) -> None:
    code, shown = _at_a_terminal(crm, "7", "c")
    assert (code, "cancelled; nothing was changed" in shown) == (3, True), shown
    assert "1  Dana Whitmore" in shown
    assert "d.whitfield@home.example" in shown
    assert _lead(crm, 2)[0] == "open"
    code, shown = _at_a_terminal(crm, "n")
    assert (code, "is now the deal" in shown) == (0, True), shown
    assert _rows(crm, "SELECT decision FROM audit.decisions") == [("different",)]


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (Request("salesforce:00Q9"), "there is no lead"),
        (Request("salesforce:00Q1", pipeline="Nowhere"), "there is no pipeline 'Nowhere'; the pipelines are"),
        (Request("salesforce:00Q1", stage="Closed Won"), "is a stage of won deals; `leadsift win` closes"),
        (Request("salesforce:00Q1", stage="Nowhere"), "has no stage 'Nowhere'; it has Qualification"),
        (Request("salesforce:00Q1", value="-5", currency="EUR"), "worth nothing or more"),
        (Request("salesforce:00Q1", value="much", currency="EUR"), "not a number"),
        (Request("salesforce:00Q1", value="NaN", currency="EUR"), "worth nothing or more"),
        (Request("salesforce:00Q1", value="1e17", currency="EUR"), "and less than"),
        (Request("salesforce:00Q1", value="12.345", currency="EUR"), "more than two decimals"),
        (Request("salesforce:00Q1", value="5"), "needs its --currency"),
        (Request("salesforce:00Q1", value="5", currency="XXQ"), "currency 'XXQ'"),
        (Request("salesforce:00Q1", visibility="everybody"), "owner, team, all"),
        (Request("salesforce:00Q1", expected_close_date="soon"), "not a date"),
        (Request("salesforce:00Q1", owner="Nobody"), "there is no user"),
        (Request("salesforce:00Q1", person="per_0"), "there is no person 'per_0'"),
    ],
)
def test_what_cannot_be_converted_says_why(imported: Path, request_: Request, told: str) -> None:
    with pytest.raises(InputRefusedError, match=told):
        acting.plan(load_settings(imported), request_)


def test_many_are_converted_from_a_file_or_none(crm: Settings, tmp_path: Path) -> None:
    header = ["lead_id", "pipeline", "value", "currency"]
    bad = write_csv(
        tmp_path / "bad.csv", [header, ["salesforce:00Q1", "", "", ""], ["salesforce:00Q3", "", "-1", "EUR"]]
    )
    with pytest.raises(InputRefusedError, match="row 3: value"):
        acting.convert(crm, acting.requests_in(bad))
    good = write_csv(
        tmp_path / "good.csv", [header, ["salesforce:00Q1", "", "", ""], ["salesforce:00Q3", "", "9", "EUR"]]
    )
    assert len(acting.convert(crm, acting.requests_in(good))["deals"]) == 2
    with pytest.raises(InputRefusedError, match="repeated column 'colour'"):
        acting.requests_in(write_csv(tmp_path / "odd.csv", [["lead_id", "colour"], ["salesforce:00Q1", "red"]]))


def test_a_file_of_conversions_may_be_of_excel_and_ragged(imported: Path, tmp_path: Path) -> None:
    # As Excel saves it where the comma is a decimal mark; a short row and a blank one.
    text = "lead_id;Title;value;currency\r\nsalesforce:00Q1;Büro;5;EUR\r\n\r\nsalesforce:00Q3\r\n"
    (tmp_path / "list.csv").write_bytes(text.encode("utf-8-sig"))
    assert acting.requests_in(tmp_path / "list.csv") == {
        f"{tmp_path / 'list.csv'}, row 2": Request("salesforce:00Q1", title="Büro", value="5", currency="EUR"),
        f"{tmp_path / 'list.csv'}, row 4": Request("salesforce:00Q3"),
    }
    header = ["lead_id", "value"]
    for rows, told in (
        ([header, ["salesforce:00Q1", "5", "more"]], "row 2: has 3 cells under 2 headers"),
        ([header, ["", "5"]], "row 2: has no lead_id"),
        ([["lead_id", "colour"], ["salesforce:00Q1", "red"]], "column 'colour'"),
        ([["lead_id", "value", "value"], ["salesforce:00Q1", "1", "2"]], "column 'value'"),
        ([header], "at least one row"),
        ([["a"], ["b"]], "needs the column lead_id"),
    ):
        with pytest.raises(InputRefusedError, match=told):
            acting.requests_in(write_csv(tmp_path / "odd.csv", rows))
    (tmp_path / "legacy.csv").write_bytes(text.encode("cp1252"))
    assert (
        "cannot be read as UTF-8" in run("convert", "--file", tmp_path / "legacy.csv", home=imported, expect=3).stderr
    )


def test_each_row_that_cannot_be_converted_has_a_line_of_its_own(imported: Path, tmp_path: Path) -> None:
    unknown = write_csv(tmp_path / "many.csv", [["lead_id"], ["salesforce:00Q8"], ["salesforce:00Q2"], ["lead_9"]])
    lines = run("convert", "--file", unknown, home=imported, expect=3).stderr.splitlines()
    told = [line for line in lines if line.startswith("leadsift: ")]
    assert [line.split("row ")[1][0] for line in told] == ["2", "3", "4"]
    document = run_json("convert", "--file", unknown, home=imported, expect=3)
    assert len(document["reasons"]) == 3
    assert document["status"] == "refused"


def test_open_deals_are_limited_and_leads_never_count(crm: Settings) -> None:
    (crm.home / "leadsift.toml").write_text('[open_deal_limits]\n"*" = 3\n')
    limited = load_settings(crm.home)
    made = acting.plan(limited, Request("salesforce:00Q1"))
    assert made.warnings == ["3 of 3 deals are open in all pipelines"]
    acting.convert(limited, {"": Request("salesforce:00Q1")})
    with pytest.raises(InputRefusedError, match="3 deals are open in all pipelines, and the limit is 3"):
        acting.plan(limited, Request("salesforce:00Q3"))
    with pytest.raises(InputRefusedError, match="the limit is 3"):
        acting.act_on_deal(limited, "salesforce:0063", Step(ActionKind.REOPEN))


def test_a_file_of_conversions_stays_within_the_limit_of_the_pipeline_it_leaves_out(
    crm: Settings, tmp_path: Path
) -> None:
    ((pipeline,),) = _rows(crm, "SELECT name FROM pipelines")
    (crm.home / "leadsift.toml").write_text(f'[open_deal_limits]\n"{pipeline}" = 3\n')
    limited = load_settings(crm.home)
    both = write_csv(tmp_path / "both.csv", [["lead_id"], ["salesforce:00Q1"], ["salesforce:00Q3"]])
    # Two deals are open: one more is allowed, two are not.
    with pytest.raises(InputRefusedError, match="the limit is 3"):
        acting.convert(limited, acting.requests_in(both))


def test_the_inbox_is_sorted(imported: Path) -> None:
    published = Published(load_settings(imported).published_path)
    by_person = acting.open_leads(published, "open", None, None, LeadOrder.PERSON)["person"].to_list()
    assert by_person == ["Bob Okafor", "Dana Whitfield", "Oscar Lindgren"]
    run("leads", "--sort", "colour", home=imported, expect=2)


def test_leads_are_archived_and_restored_whatever_the_source_says(crm: Settings, tmp_path: Path) -> None:
    assert acting.act_on_lead(crm, "salesforce:00Q3", ActionKind.ARCHIVE, "no budget")["status"] == "archived"
    newer = [*LEAD_ROWS[2][:8], "2026-03-01T00:00:00Z"]
    run_import(crm, [_export(tmp_path / "newer", [_deal(1, "Proposal", "2026-03-01T00:00:00Z")], [newer])])
    assert _lead(crm, 3)[0] == "archived"
    assert acting.act_on_lead(crm, "salesforce:00Q3", ActionKind.ARCHIVE, None)["already_recorded"]
    with pytest.raises(InputRefusedError, match="is archived; `restore` it first"):
        acting.convert(crm, {"": Request("salesforce:00Q3")})
    with pytest.raises(InputRefusedError, match="is open; only a lead that is archived"):
        acting.act_on_lead(crm, "salesforce:00Q1", ActionKind.RESTORE, None)
    assert acting.act_on_lead(crm, "salesforce:00Q3", ActionKind.RESTORE, None)["status"] == "open"


def test_moves_of_both_sides_merge_in_the_order_of_time_and_conflicts_are_told(crm: Settings, tmp_path: Path) -> None:
    told = acting.act_on_deal(crm, "salesforce:0061", Step(ActionKind.MOVE, stage="Proposal", at="2026-02-01"))
    assert (told["stage"], [row["winner"] for row in told["conflicts"]]) == ("Proposal", ["local"])
    # The source says the same later: one move, and no conflict any more.
    run_import(crm, [_export(tmp_path / "same", [_deal(1, "Proposal", "2026-03-01T00:00:00Z")])])
    history = (
        "SELECT stages.name, origin FROM deal_stage_history JOIN stages USING (stage_id) "
        "WHERE deal_id IN (SELECT deal_id FROM deal_sources WHERE external_id LIKE '0061%') ORDER BY sequence"
    )
    assert _rows(crm, history) == [("Qualification", "inferred"), ("Proposal", "manual")]
    assert _rows(crm, "SELECT count(*) FROM audit.deal_conflicts") == [(0,)]
    # The source closes it later: the later statement stands.
    run_import(crm, [_export(tmp_path / "won", [_deal(1, "Closed Won", "2026-04-01T00:00:00Z")])])
    assert _rows(crm, history)[-1] == ("Closed Won", "inferred")
    assert _rows(crm, "SELECT status FROM deals JOIN deal_sources USING (deal_id) WHERE external_id LIKE '0061%'")[
        0
    ] == ("won",)
    assert _rows(crm, "SELECT field, winner FROM audit.deal_conflicts") == [("stage", "source")]


def test_a_deal_is_won_lost_and_reopened(crm: Settings) -> None:
    lost = acting.act_on_deal(crm, "salesforce:0062", Step(ActionKind.LOSE, lost_reason="too expensive"))
    assert (lost["status"], lost["stage"], lost["lost_reason"]) == ("lost", "Closed Lost", "too expensive")
    with pytest.raises(InputRefusedError, match="is lost; `reopen` it first"):
        acting.act_on_deal(crm, "salesforce:0062", Step(ActionKind.WIN))
    opened = acting.act_on_deal(crm, "salesforce:0062", Step(ActionKind.REOPEN))
    assert (opened["status"], opened["stage"], opened["closed_at"]) == ("open", "Proposal", None)
    won = acting.act_on_deal(crm, "salesforce:0062", Step(ActionKind.WIN))
    assert (won["status"], won["stage"]) == ("won", "Closed Won")
    for how, told in (
        ({"stage": "Nowhere"}, "has no stage"),
        ({"stage": "Proposal", "at": "2999-01-01"}, "in the future"),
        ({"stage": "Qualification"}, "is in the stage"),
        ({"stage": "Closed Won"}, "is a stage of won deals; `leadsift win` closes"),
        ({"stage": "closed lost"}, "is a stage of lost deals; `leadsift lose` closes"),
    ):
        with pytest.raises(InputRefusedError, match=told):
            acting.act_on_deal(crm, "salesforce:0061", Step(ActionKind.MOVE, **how))
    assert _rows(crm, "SELECT count(*) FROM audit.actions") == [(3,)]


def test_a_value_is_converted_at_the_rate_of_its_day_and_never_at_one_to_one(crm: Settings) -> None:
    write_csv(
        crm.home / "rates.csv",
        [["date", "currency", "rate"], ["2020-01-01", "EUR", "1.10"], ["2021-01-01", "EUR", "1.20"]],
    )
    (crm.home / "leadsift.toml").write_text('base_currency = "USD"\nrates_file = "rates.csv"\n')
    rated = load_settings(crm.home)
    requests = [
        Request("salesforce:00Q1", value="10", currency="EUR"),
        Request("salesforce:00Q3", value="10", currency="JPY"),
    ]
    acting.convert(rated, {request.lead_id: request for request in requests})
    found = dict(_rows(rated, "SELECT currency, value_base FROM deals WHERE currency IS NOT NULL ORDER BY 1"))
    assert (str(found["EUR"]), found["JPY"]) == ("12.00", None)


def test_a_pipeline_that_was_just_named_in_the_settings_can_be_used(crm: Settings) -> None:
    (crm.home / "leadsift.toml").write_text('[pipelines]\nSales = ["New", "Offer"]\n')
    named = load_settings(crm.home)
    with pytest.raises(InputRefusedError, match="name a pipeline with --pipeline; the pipelines are salesforce:Opport"):
        acting.plan(named, Request("salesforce:00Q1"))
    (deal,) = acting.convert(named, {"": Request("salesforce:00Q1", pipeline="sales", stage="offer")})["deals"]
    found = _rows(
        named,
        "SELECT pipelines.name, stages.name, position FROM deals JOIN stages USING (stage_id) "
        f"JOIN pipelines ON pipelines.pipeline_id = stages.pipeline_id WHERE deal_id = '{deal['deal_id']}'",
    )
    assert found == [("Sales", "Offer", 2)]


def test_two_crms_and_what_was_done_here_are_one_history(tmp_path: Path) -> None:
    salesforce, hubspot = tmp_path / "salesforce", tmp_path / "hubspot"
    write_csv(
        salesforce / "Contact.csv",
        [CONTACTS, ["0031", "Okafor", "Bob", "bob@globex.example", "", "2026-01-01T00:00:00Z"]],
    )
    write_csv(salesforce / "Opportunity.csv", [[*DEALS, "ContactId", "CreatedDate"],
        [*_deal(1, "Proposal", "2026-02-01T00:00:00Z"), "0031", "2026-01-01T00:00:00Z"]])  # fmt: skip
    write_csv(salesforce / "OpportunityHistory.csv", [["Id", "OpportunityId", "StageName", "CreatedDate", "Amount", "CloseDate"],
        ["0081", "0061", "Qualification", "2026-01-01T00:00:00Z", "80", "2026-12-01"], ["0082", "0061", "Proposal", "2026-02-01T00:00:00Z", "100", "2026-12-01"]])  # fmt: skip
    people = ["Record ID", "First Name", "Last Name", "Email", "Associated Deal IDs"]
    write_csv(hubspot / "contacts.csv", [people, ["501", "Bob", "Okafor", "bob@globex.example", "9001"]])
    deals = ["Record ID", "Deal Name", "Deal Stage", "Amount", "Associated Contact IDs", "Create Date"]
    write_csv(hubspot / "deals.csv", [deals, ["9001", "Renewal", "Demo", "50", "501", "2026-01-10 09:00"]])
    settings = load_settings(tmp_path / "home")
    run_import(settings, [salesforce])
    run_import(settings, [hubspot])
    assert _rows(settings, "SELECT count(*), max(source_count) FROM persons") == [(1, 2)]
    assert _rows(settings, "SELECT count(*) FROM deals JOIN persons USING (person_id)") == [(2,)]

    acting.act_on_deal(settings, "salesforce:0061", Step(ActionKind.MOVE, stage="Qualification", at="2026-02-10"))
    acting.act_on_deal(settings, "salesforce:0061", Step(ActionKind.MOVE, stage="Proposal", at="2026-02-20"))
    # The CRM goes on, and its next export tells of it.
    write_csv(salesforce / "Opportunity.csv", [[*DEALS, "ContactId", "CreatedDate"],
        [*_deal(1, "Closed Won", "2026-03-01T00:00:00Z"), "0031", "2026-01-01T00:00:00Z"]])  # fmt: skip
    write_csv(salesforce / "OpportunityHistory.csv", [["Id", "OpportunityId", "StageName", "CreatedDate", "Amount", "CloseDate"],
        ["0083", "0061", "Closed Won", "2026-03-01T00:00:00Z", "100", "2026-12-01"]])  # fmt: skip
    run_import(settings, [salesforce])
    write_csv(hubspot / "deals.csv", [deals, ["9001", "Renewal", "Contract", "60", "501", "2026-01-10 09:00"]])
    run_import(settings, [hubspot / "deals.csv"])
    acting.act_on_deal(settings, "hubspot:9001", Step(ActionKind.MOVE, stage="Demo"))
    steps = (
        "SELECT stages.name, strftime(entered_at, '%m-%d'), origin FROM deal_stage_history JOIN stages USING (stage_id) "
        "WHERE deal_id IN (SELECT deal_id FROM deal_sources WHERE external_id = '{}') ORDER BY sequence"
    )
    history = [
        ("Qualification", "01-01", "native"),
        ("Proposal", "02-01", "native"),
        ("Qualification", "02-10", "manual"),
        ("Proposal", "02-20", "manual"),
        ("Closed Won", "03-01", "native"),
    ]
    assert _rows(settings, steps.format("0061")) == history
    assert [(name, origin) for name, _, origin in _rows(settings, steps.format("9001"))] == [
        ("Demo", "inferred"),
        ("Contract", "inferred"),
        ("Demo", "manual"),
    ]
    worth = "SELECT CAST(value AS INTEGER), origin FROM deal_value_history JOIN deals USING (deal_id, value) ORDER BY 1"
    assert _rows(settings, worth) == [(60, "inferred"), (100, "native")]
    both = _rows(
        settings, "SELECT event, count(DISTINCT deal_id) FROM reports.timeline WHERE person_id IS NOT NULL GROUP BY 1"
    )
    assert dict(both)["stage"] == 2
    open_then = "SELECT stage FROM reports.open_pipeline_at('2026-02-15', of_pipeline := 'Opportunities')"
    assert _rows(settings, open_then) == [("Qualification",)]
    assert _rows(settings, "SELECT count(*) FROM audit.deal_conflicts WHERE winner = 'local'") == [(1,)]
    before = {
        table: _rows(settings, f"SELECT * FROM {table} ORDER BY ALL")
        for table in ("deal_stage_history", "deal_value_history")
    }
    rebuild_derived(settings)
    for table, rows in before.items():
        assert _rows(settings, f"SELECT * FROM {table} ORDER BY ALL") == rows


KILLED_AFTER = [1.8, 3.4, *(pytest.param(seconds, marks=pytest.mark.slow) for seconds in (1.0, 2.6, 4.2))]


@pytest.mark.parametrize("seconds", KILLED_AFTER)
def test_killed_while_acting_the_fact_is_whole_or_was_never_there(crm: Settings, seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", "--home", str(crm.home), "convert", "salesforce:00Q1", "--yes"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert _lead(crm, 1)[0] in {"open", "converted"}  # whatever was published is whole
    run_import(crm)
    recorded = _rows(crm, "SELECT count(*) FROM audit.actions WHERE action = 'convert'")[0][0]
    status, deal_id, _ = _lead(crm, 1)
    assert (status == "converted") == (recorded == 1)
    assert _rows(crm, f"SELECT count(*) FROM deals WHERE deal_id = '{deal_id}'") == [(recorded,)]
    assert _rows(crm, "SELECT count(*) FROM deals") == [(4 + recorded,)]
    run("doctor", home=crm.home)
