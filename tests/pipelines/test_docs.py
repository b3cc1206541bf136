"""The docs say what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from benchmarks.make_docs import PAGES
from pipelines import __version__
from pipelines.commands.app import app
from schemas.contracts.errors import ProfileError
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import (
    ObjectProfile,
    Profile,
    Reference,
    Section,
    Unpivot,
    parse_profile,
    shipped_profiles,
)
from schemas.sql.report_catalog import reports
from tests.assets.sources.support import interpreted
from tests.pipelines.support import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = tuple(str(command.name) for command in app.registered_commands)


@pytest.mark.parametrize("page", PAGES)
def test_made_pages_are_up_to_date(page: str) -> None:
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == PAGES[page](), "run python -m benchmarks.make_docs"


def test_every_command_has_help_with_an_example_and_json(tmp_path: Path) -> None:
    listed = run("--help", home=tmp_path).stdout
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", listed)
        text = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "140"}).output
        assert f"leadsift {command}" in text
        assert "Example" in text
        assert "--json" in text
        unboxed = " ".join(text.replace("│", " ").split())
        assert "stores (default:" in unboxed, "a default must not be swallowed as markup"


def test_the_readme_names_no_command_that_is_not_there() -> None:
    used = set(re.findall(r"\.venv/bin/leadsift ([\w-]+)", README))
    assert used <= set(COMMANDS)
    assert set(COMMANDS) == used


def test_every_report_is_documented() -> None:
    text = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^## (\w+)$", text, re.MULTILINE))
    assert set(reports()) <= described


def test_the_example_of_a_profile_reads_its_list() -> None:
    text = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    listed, profile = (re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("text", "toml"))
    assert listed is not None
    assert profile is not None
    own = parse_profile(profile[1], "projects.toml").model_copy(update={"is_own": True})
    found = interpreted(listed[1].encode(), "projects", (own,))
    deals = found.records(Entity.DEAL)
    assert [(deal["title"], deal["stage"], str(deal["value"])) for deal in deals] == [
        ("Dach", "Won", "12500.00"),
        ("Heizung", "Proposal", "7300.50"),
    ]
    assert [deal.get("status") for deal in deals] == ["won", None]
    assert all(deal["organization_key"] and deal["person_key"] and deal["user_key"] for deal in deals)
    assert {user["name"] for user in found.records(Entity.USER, stubs=True)} == {"Kim Ray", "Jo Hart"}
    assert found.sheet.mapped.unmapped == []


@pytest.mark.parametrize("misspelt", [("value =", "valeu ="), ("values.stage", "valuse.stage")])
def test_the_errors_of_a_profile_are_those_shown(misspelt: tuple[str, str]) -> None:
    text = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    profile = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert profile is not None
    with pytest.raises(ProfileError) as refused:
        parse_profile(profile[1].replace(*misspelt), "projects.toml")
    (reason,) = refused.value.args
    assert f"{reason.partition('It may be one of')[0]}It may be one of: …" in text


@pytest.mark.parametrize(
    ("heading", "model"),
    [("the profile", Profile), ("`[[object]]`", ObjectProfile), ("a section", Section), ("a reference", Reference),
     ("`unpivot`", Unpivot)],
)  # fmt: skip
def test_every_key_of_a_profile_is_documented(heading: str, model: type[BaseModel]) -> None:
    text = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
    table = text.partition(f"## Keys of {heading}\n")[2].partition("\n## ")[0]
    documented = {
        key for cells in re.findall(r"^\| (.*?) \|", table, re.MULTILINE) for key in re.findall(r"`(\w+)`", cells)
    }
    internal = {"is_generic", "is_own", "attributes", "kind"}  # of the profiles that ship
    assert documented == {field.alias or name for name, field in model.model_fields.items()} - internal


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
        name = re.split(r"[\[<>=]", requirement)[0]
        assert name in text or name.removeprefix("pytest-") in text, name
        assert "<" in requirement or name == "tzdata", f"{requirement} has no upper bound"


def test_links_within_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_lock_names_an_index() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE), "a lock holds pins and hashes, no options"
        assert text.count("--hash=sha256:") > 100


def test_modules_have_charters_and_stay_small() -> None:
    for package in ("schemas", "dedup", "assets", "pipelines"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert text.startswith('"""'), path
            assert len(text.splitlines()) <= 420, path


def test_the_version_is_written_in_one_place(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == "pipelines/__init__.py"
    assert run("--version", home=tmp_path).stdout.strip() == f"leadsift {__version__}"


def test_the_changelog_has_the_usual_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert versions[0] == "Unreleased" or versions[0].startswith(f"{__version__} - ")
    released = [version for version in versions if version != "Unreleased"]
    assert released[0].startswith(f"{__version__} - "), "the program's version is the newest released one"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", version) for version in released)
    groups = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert groups <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_profile_and_every_option_of_import_is_told() -> None:
    text = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    for profile in shipped_profiles():
        assert f"`{profile.name}`" in text, profile.name
    help_text = run("import", "--help", home=ROOT / "unused").stdout
    options = set(re.findall(r"--[a-z-]+", help_text)) - {"--help", "--home", "--json", "--dry-run"}
    for option in options:
        assert option in text, option


def test_the_examples_of_reports_are_those_that_a_test_recomputes() -> None:
    from tests.pipelines.reports.test_reports import WORLD

    text = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    for deal, (value, moves) in WORLD.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {deal} |"))
        assert f"| {value} |" in row
        assert [part.strip().rsplit(" ", 2)[0] for part in row.split("|")[3].split(",")] == [
            stage for stage, _ in moves
        ]


PAGES_TO_READ = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *(
        page
        for page in sorted((ROOT / "docs").glob("*.md"))
        if page.name not in {*PAGES} - {"reports.md", "profiles.md"}
    ),
]


@pytest.mark.parametrize("page", PAGES_TO_READ, ids=lambda page: page.name)
def test_prose_keeps_to_short_lines_and_plain_words(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line for line in prose.splitlines() if not line.startswith("|")]
    assert [line for line in lines if len(line) > 120] == []
    odd = r"\b(anew|whatever|is told|are told|of which|so many|passed over|mended|stands? in)\b"
    assert [line for line in lines if re.search(odd, line)] == [], (
        "see docs/glossary.md and write it as you would say it"
    )
