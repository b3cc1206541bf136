"""Undo means undo, also under what people did since; no sequence of acts stops a home."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assets.deals.actions import Step, plan_deal, plan_lead
from assets.deals.conversion import Request, plan_conversion, plan_revert
from assets.sources.loading.facts import keep_history
from pipelines.services.edit import plan_edit
from pipelines.services.review import plan_decision
from schemas.contracts.errors import InputRefusedError
from schemas.contracts.vocabulary import ActionKind, Verdict
from schemas.stores.actions import Action
from schemas.stores.decisions import Decision
from schemas.stores.table_checks import table_checks
from schemas.stores.warehouse import Published
from tests.support import Workplace, examples, write_csv

PEOPLE = ["id", "first name", "last name", "email", "company"]
LEADS = ["Id", "LastName", "FirstName", "Company", "Email", "Status", "IsConverted", "OwnerId", "LastModifiedDate"]
DEALS = ["Id", "Name", "StageName", "Amount", "CloseDate", "IsClosed", "IsWon", "OwnerId", "LastModifiedDate"]
USERS = ["Id", "FirstName", "LastName", "Email"]


def _files(folder: Path) -> list[Path]:
    """Three hand-ins: a CRM, the same CRM later with a user and stages of its own, and a list of its contacts."""
    first, later = folder / "first", folder / "later"
    write_csv(
        first / "Lead.csv",
        [
            LEADS,
            [
                "00Q1",
                "Okafor",
                "Bob",
                "Globex",
                "bob@globex.example",
                "Working",
                "false",
                "005A",
                "2026-01-01T00:00:00Z",
            ],
        ],
    )
    write_csv(first / "User.csv", [USERS, ["005A", "Uma", "Owner", "u@crm.example"]])
    write_csv(
        first / "Opportunity.csv",
        [DEALS, ["0061", "Renewal", "Proposal", "10", "2026-12-01", "false", "false", "005A", "2026-01-01T00:00:00Z"]],
    )
    write_csv(
        later / "Lead.csv",
        [
            LEADS,
            [
                "00Q1",
                "Okafor",
                "Robert",
                "Globex Ltd",
                "bob@globex.example",
                "Working",
                "false",
                "005B",
                "2026-02-01T00:00:00Z",
            ],
            [
                "00Q2",
                "Lindgren",
                "Oscar",
                "Umbrella",
                "oscar@umbrella.example",
                "Working",
                "false",
                "005B",
                "2026-02-01T00:00:00Z",
            ],
        ],
    )
    write_csv(later / "User.csv", [USERS, ["005B", "Una", "Other", "o@crm.example"]])
    write_csv(
        later / "Opportunity.csv",
        [
            DEALS,
            ["0061", "Renewal", "Review", "12", "2026-12-01", "false", "false", "005B", "2026-02-01T00:00:00Z"],
            ["0062", "Fleet", "Closed Won", "12", "2026-12-01", "true", "true", "005B", "2026-02-01T00:00:00Z"],
            ["0063", "Fleet", "Negotiation", "12", "2026-12-01", "false", "false", "005B", "2026-02-01T00:00:00Z"],
        ],
    )
    people = write_csv(
        folder / "list.csv",
        [PEOPLE, ["1", "Bob", "Okafor", "bob@globex.example", "Globex"], ["2", "Oscar", "Lindgren", "", "Umbrella"]],
    )
    return [first, later, people]  # fmt: skip


class _Office:
    """A home in which people act, one act after the other; what cannot be done is refused and changes nothing."""

    def __init__(self, home: Path, files: list[Path]) -> None:
        self.place, self.files = Workplace(home), files
        self.published = self.place.publish()

    def derive(self) -> None:
        self.place.load_all()
        self.place.derive()
        with self.place.open() as session:
            # As publishing does in a run: the timeline shows what became of contacts, also after a rebuild.
            keep_history(session, self.place.ledger)
        self.published = self.place.publish()

    def standing(self, number: int) -> str | None:
        """The import that stands of a hand-in."""
        told = [item for item in self.place.ledger.imports() if item.undone_at is None]
        mine = [item.import_id for item in told if Path(item.files[0].path).is_relative_to(self.files[number])]
        return mine[0] if mine else None

    def bring(self, number: int) -> None:
        if self.standing(number) is None:
            self.place.take_again(self.files[number])
            self.derive()

    def undo(self, number: int) -> None:
        if (import_id := self.standing(number)) is not None:
            self.place.take_back(import_id)
            self.derive()

    def act(self, plan: Callable[[Published], tuple[list[Decision], list[Action]]]) -> None:
        try:
            decisions, actions = plan(self.published)
        except InputRefusedError:
            return
        if decisions or actions:
            self.place.ledger.record(decisions, actions)
            self.derive()

    def check(self) -> None:
        with self.place.warehouse.open() as session:
            assert {
                check.name: found for check in table_checks() if (found := check.failures(check.find(session)))
            } == {}

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table and report; not what is kept of ids, and not when changes were found."""
        kept = {"id_redirects", "retired_records", "entity_history", "state"}
        names = self.published.query(
            "SELECT schema_name || '.\"' || name || '\"' AS name FROM ("
            "SELECT schema_name, table_name AS name FROM duckdb_tables() UNION ALL "
            "SELECT schema_name, view_name FROM duckdb_views() WHERE schema_name = 'reports') "
            "WHERE schema_name IN ('main', 'audit', 'reports') AND NOT list_contains($kept, name) ORDER BY ALL",
            {"kept": sorted(kept)},
        )["name"]
        return {name: self.published.query(f"FROM {name} ORDER BY ALL").rows() for name in names}


def _deal(which: str, kind: ActionKind, stage: str | None = None) -> Callable[[_Office], None]:
    def act(office: _Office) -> None:
        deal_id = which
        if which == "converted":
            rows = office.published.query(
                "SELECT deal_id FROM deals WHERE deal_id NOT IN (SELECT deal_id FROM deal_sources)"
            )
            deal_id = rows["deal_id"][0] if rows.height else "none"

        def plan(published: Published) -> tuple[list[Decision], list[Action]]:
            action, _ = plan_deal(published, deal_id, Step(kind, stage), {})
            return [], [action] if action else []

        office.act(plan)

    return act


def _lead(which: str, kind: ActionKind) -> Callable[[_Office], None]:
    def plan(published: Published) -> tuple[list[Decision], list[Action]]:
        if kind == ActionKind.REVERT:
            action = plan_revert(published, which, None)
        elif kind == ActionKind.CONVERT:
            made = plan_conversion(published, Request(which, person="new", organization="new"), {})
            return made.decisions, made.actions
        else:
            action = plan_lead(published, which, kind, None)
        return [], [action] if action else []

    return lambda office: office.act(plan)


def _decide(left: str, right: str, verdict: Verdict) -> Callable[[_Office], None]:
    return lambda office: office.act(lambda published: ([plan_decision(published, left, right, verdict, None)], []))


def _edit(given: str, change: str) -> Callable[[_Office], None]:
    def act(office: _Office) -> None:
        office.act(lambda published: ([], plan_edit(office.place.settings, published, given, [change], None)))

    return act


ACTS: dict[str, Callable[[_Office], None]] = {
    **{f"bring {number}": partial(_Office.bring, number=number) for number in range(3)},
    **{f"undo {number}": partial(_Office.undo, number=number) for number in range(3)},
    **{
        f"{kind} {lead}": _lead(f"salesforce:{lead}", kind)
        for lead in ("00Q1", "00Q2")
        for kind in (ActionKind.CONVERT, ActionKind.REVERT, ActionKind.ARCHIVE, ActionKind.RESTORE)
    },
    **{
        f"{kind} {deal}": _deal(deal, kind, "Negotiation" if kind == ActionKind.MOVE else None)
        for deal in ("salesforce:0061", "salesforce:0062", "converted")
        for kind in (ActionKind.MOVE, ActionKind.WIN, ActionKind.LOSE, ActionKind.REOPEN)
    },
    **{f"{verdict} 1 2": _decide("list:1", "list:2", verdict) for verdict in Verdict},
    "edit 1": _edit("list:1", "job_title=Buyer"),
}  # fmt: skip
"""Everything that people can do, by name; each does nothing where it cannot be done."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files, and a home that has them all."""
    folder = tmp_path_factory.mktemp("begun")
    office = _Office(folder / "home", _files(folder))
    for number in range(3):
        office.bring(number)
    return folder


def _again(begun: Path, target: Path) -> _Office:
    shutil.copytree(begun / "home", target / "home")
    return _Office(target / "home", [begun / "first", begun / "later", begun / "list.csv"])


@examples(6, in_ci=10)
@example(names=["same 1 2", "bring 2"])
@given(names=st.lists(st.sampled_from(sorted(ACTS)), min_size=2, max_size=4))
def test_no_sequence_of_acts_makes_deriving_fail(
    begun: Path, tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    office = _again(begun, tmp_path_factory.mktemp("office"))
    for name in names:
        ACTS[name](office)
        office.check()
    before = office.everything()
    office.place.settings.warehouse_path.unlink()
    office.derive()
    assert office.everything() == before


@pytest.mark.parametrize(
    "names",
    [
        ["convert 00Q2", "move converted", "undo 1"],  # the lead, its owner and the stage are gone
        ["convert 00Q1", "undo 1", "revert 00Q1"],  # its owner is gone
        ["move salesforce:0061", "undo 1"],  # the stage is gone
    ],
)
def test_what_depends_on_an_undone_import_waits_for_it(begun: Path, tmp_path: Path, names: list[str]) -> None:
    office = _again(begun, tmp_path)
    for name in names:
        ACTS[name](office)
        office.check()


def test_a_conversion_comes_back_with_its_lead(begun: Path, tmp_path: Path) -> None:
    office = _again(begun, tmp_path)
    ACTS["convert 00Q2"](office)
    # Not the contact: its id is that of the record that the ledger saw first of those that are here.
    deals_of = "SELECT * EXCLUDE (person_id, organization_id, custom) FROM deals ORDER BY deal_id"
    deals = office.published.query(deals_of).rows()
    assert len(deals) == 4
    office.undo(1)
    assert office.published.query("SELECT action FROM audit.actions WHERE is_suspended").rows() == [("convert",)]
    assert office.published.query("SELECT count(*) FROM deals").item() == 1
    office.bring(1)
    assert office.published.query(deals_of).rows() == deals
    assert office.published.query("SELECT count(*) FROM audit.actions WHERE is_suspended").item() == 0


def test_an_undone_import_is_in_no_report_and_no_audit_table(tmp_path: Path) -> None:
    # Two contacts are one as soon as the lead of the later export has the name of one and the address of the other.
    rows = [["1", "Oscar", "Lindgren", "", "Umbrella"], ["2", "O.", "Lindgren", "oscar@umbrella.example", ""]]
    files = [*_files(tmp_path), write_csv(tmp_path / "halves.csv", [PEOPLE, *rows])]
    office = _Office(tmp_path / "home", files)
    office.bring(0)
    office.bring(3)
    before = office.everything()
    office.bring(1)
    changed = {name for name, rows in office.everything().items() if rows != before[name]}
    assert {'reports."timeline"', 'audit."imports"', 'main."deals"', 'main."persons"'} <= changed
    merges = "SELECT entity FROM audit.entity_history WHERE change = 'merged'"
    assert ("person",) in office.published.query(merges).rows()
    office.undo(1)
    # What happened stays known: the undone merge, and its taking back.
    assert office.published.query("SELECT count(*) FROM audit.entity_history").item() > 0
    assert office.everything() == before
