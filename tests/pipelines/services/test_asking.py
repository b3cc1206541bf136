"""Questions about tables in doubt, wherever they are, and what becomes of the answers."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import Workbook

from assets.sources.files.landing import import_options
from pipelines.services.asking import Answers, questions
from pipelines.services.inspect_files import inspect_paths
from schemas.contracts.options import StatedOptions
from tests.support import Workplace, write_csv

ROWS = [["Name", "Phone"], ["Orion", "+33699014622"], ["Vega", "+33699014623"]]
PLANETS = [["Name", "Mobile", "zonk"], ["Mars", "+33699014624", "red"], ["Venus", "+33699014626", "white"]]


def archive_of_lists(folder: Path) -> Path:
    """A workbook with two tables in doubt and one that is not, and beside it the first of them as a file."""
    book = Workbook()
    people = [["First Name", "Last Name", "E-mail"], ["Ann", "Lee", "a@b.example"]]
    for name, rows in (("Stars", ROWS), ("People", people), ("Planets", PLANETS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(folder / "sky.xlsx")
    with zipfile.ZipFile(folder / "sky.zip", "w") as archive:
        archive.write(folder / "sky.xlsx", "sky.xlsx")
        archive.write(write_csv(folder / "stars.csv", ROWS), "stars.csv")
    return folder / "sky.zip"


def test_every_table_in_doubt_of_a_workbook_in_an_archive_is_asked_about_once(
    workplace: Workplace, tmp_path: Path
) -> None:
    path = archive_of_lists(tmp_path)
    options, answers = import_options(workplace.settings, StatedOptions()), Answers(workplace.settings)
    asked = []
    for question in questions([path], options, answers):
        asked.append((question.found.path.rpartition("!")[2], question.table))
        kinds = {reading.kind: reading for reading in question.readings}
        assert kinds["organizations"].rows[0].startswith("row 2: organization: name ")
        answers.add(question, kinds["organizations" if question.table == "Stars" else "contacts"])
    assert asked == [("sky.xlsx", "Stars"), ("sky.xlsx", "Planets")]  # stars.csv has the headers of the first
    assert not workplace.settings.profiles_dir.exists()
    assert [saved.name for saved in answers.save()] == ["sky_stars.toml", "sky_planets.toml"]
    objects = [
        (sheet["name"], sheet["object"])
        for file in inspect_paths([path], options, workplace.settings)
        for sheet in file["sheets"]
    ]
    assert objects == [
        ("Stars", "sky_stars.organizations"),
        ("People", "generic.contacts"),
        ("Planets", "sky_planets.contacts"),
        ("", "sky_stars.organizations"),
    ]


def test_an_answer_does_not_replace_a_profile_of_the_same_name(workplace: Workplace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "stars.csv", ROWS)
    mine = """name = "stars"
title = "x"
[[object]]
name = "a"
primary = "person"
required = ["Nope"]
[object.person]
"""
    folder = workplace.settings.profiles_dir
    folder.mkdir()
    (folder / "stars.toml").write_text(mine, encoding="utf-8")
    options, answers = import_options(workplace.settings, StatedOptions()), Answers(workplace.settings)
    for question in questions([path], options, answers):
        answers.add(question, question.readings[0])
    assert [saved.name for saved in answers.save()] == ["stars_2.toml"]
    assert (folder / "stars.toml").read_text(encoding="utf-8") == mine


def test_a_stated_field_that_settles_the_doubt_is_not_asked_about(workplace: Workplace, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "planets.csv", PLANETS)
    for stated, asked in ((StatedOptions(), 1), (StatedOptions(map=["zonk=industry"]), 0)):
        options = import_options(workplace.settings, stated)
        assert len(list(questions([path], options, Answers(workplace.settings)))) == asked
