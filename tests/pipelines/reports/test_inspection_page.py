"""The page of an inspection: it says what was decided, holds what strangers write, and its commands work."""

from __future__ import annotations

import shlex
from html.parser import HTMLParser
from pathlib import Path

from openpyxl import Workbook

from assets.sources.mapping.stated_targets import check_stated
from schemas.profiles.loader import shipped_profiles
from tests.pipelines.support import run, run_json
from tests.support import new_home, write_csv

DEALS = [
    ["acct", "rep", "close_value", "stage", "zonk", "Kontakt"],
    ["Acme Ltd", "Kim Ray", "1,200.50", "Won", "39", "Ann Lee"],
    ["Beta Inc", "Jo Hart", "plenty", "Prospecting", "", "Bob Ray"],
]


class Page(HTMLParser):
    """The elements of a page, its texts, and the options of its first list of fields."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.text += " "

    def handle_data(self, data: str) -> None:
        self.text = f"{self.text}{data}"

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def page_of(tmp_path: Path, path: Path, *options: str) -> Page:
    target = tmp_path / "page.html"
    run("inspect", path, *options, "--html", target, home=new_home(tmp_path / "home"))
    return Page(target)


def test_a_page_says_what_was_decided_and_why(tmp_path: Path) -> None:
    words = page_of(tmp_path, write_csv(tmp_path / "pipe.csv", DEALS)).words
    for said in (
        "encoding utf-8",
        "columns separated by commas",
        "Read as deals. The header is in row 1.",
        "5 of 6 columns understood",
        "Speaks for it: rep close_value stage",
        "acct Acme Ltd Beta Inc 100% organization: name",
        "zonk 39 50% kept, without a field",
        "Each deal belongs to the user whose name is in rep.",
        "Each deal belongs to the organization that the same row names.",
        "the title is made from 'acct'",
        "1 × column close_value: is not an amount",
        "3 close_value plenty is not an amount",
    ):
        assert said in words, said


def test_what_strangers_write_is_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'\x1b[31m\u202e"
    rows = [["Name", "E-mail", evil, "x onload=y"], ["Ann Lee", "a@b.example", evil, evil], [evil, evil, "1", "2"]]
    page = page_of(tmp_path, write_csv(tmp_path / "<img src=x>'.csv", rows))
    assert len(page.of("script")) == 1
    assert not page.of("img")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not any(mark in page.source for mark in ("\x1b", "\u202e", "http:", "https:", 'src="', "url("))
    assert r"<script>alert(1)</script>" in page.words
    assert r"\x1b[31m\u202e" in page.words


def test_the_shown_command_and_every_field_can_be_used(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a b's.csv", DEALS)
    page = page_of(tmp_path, path, "--update", "fill")
    (command,) = (pre["data-base"] for pre in page.of("pre") if "data-base" in pre)
    words = shlex.split(str(command))
    assert words == ["leadsift", "import", str(path), "--update", "fill"]
    selects = page.of("select")
    assert [select["data-header"] for select in selects] == DEALS[0]
    targets = {str(option["value"]) for option in page.of("option") if option["value"]}
    assert {"value", "custom", "organization.name", "user.name", "person.emails"} <= targets
    for target in targets:
        check_stated("deals", {"zonk": target}, shipped_profiles())
    (file,) = run_json(*words[1:], "--map", "zonk=lost_reason", home=tmp_path / "home")["files"]
    assert file["sheets"][0]["unmapped"] == []


def test_a_table_that_an_import_refuses_is_shown_with_its_likeliest_kind(tmp_path: Path) -> None:
    rows = [["zonk", "florp"], ["1", "x"], ["2", "y"]]
    page = page_of(tmp_path, write_csv(tmp_path / "t.csv", rows))
    assert "Not recognised Shown as the likeliest kind, deals." in page.words
    assert "An import does not take this table as it is: not a known kind of list" in page.words
    assert "2 × row names no person" in page.words
    (command,) = (pre["data-base"] for pre in page.of("pre") if "data-base" in pre)
    assert str(command).endswith("--as deals")


def test_a_file_that_cannot_be_read_and_several_tables(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "noise.csv").write_bytes(b"\x00" * 5_000)
    (folder / "readme.md").touch()
    book = Workbook()
    for name, rows in (("Won", DEALS), ("Stars", [["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "1"]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(folder / "book.xlsx")
    target = tmp_path / "page.html"
    run("inspect", folder, "--html", target, home=new_home(tmp_path / "home"), expect=3)  # one file is refused
    page = Page(target)
    assert "2 files with 2 tables" in page.words
    assert "Not imported. is binary data, not a table." in page.words
    assert "Deals in “Won”" in page.words
    assert "Not recognised in “Stars”" in page.words
    # --as and --map would hold for both tables.
    assert not page.of("select")
    assert "To change one of several tables, write a profile" in page.words
    assert "readme.md" in page.words
