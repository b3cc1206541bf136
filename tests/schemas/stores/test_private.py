"""A home is for its owner alone, whatever the mask of the process, and the doctor says when it is not."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.contracts.errors import SettingsError
from schemas.stores.private import exposed, make_home, make_private, private_files
from schemas.stores.settings import load_settings
from tests.pipelines.support import run, run_json


@pytest.fixture
def permissive() -> Iterator[None]:
    """A mask that takes no right from anybody."""
    before = os.umask(0)
    yield
    os.umask(before)


def _others_may(home: Path) -> list[str]:
    return [
        f"{path.relative_to(home)} {stat.filemode(path.stat().st_mode)}"
        for path in (home, *home.rglob("*"))
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]


def test_every_file_of_a_home_is_for_its_owner_alone(tmp_path: Path, permissive: None) -> None:
    home = tmp_path / "deep" / "home"
    (tmp_path / "list.csv").write_text("Name,Email\nAnn Lee,nonsense\nBob Moe,bob@moe.example\n")
    run("import", tmp_path / "list.csv", home=home)
    assert _others_may(home) == []
    assert (home / "rejects").is_dir()
    assert run_json("doctor", home=home)["healthy"] is True
    assert _others_may(home) == []

    (home / "archive").chmod(0o755)
    (home / "ledger.sqlite").chmod(0o644)
    home.chmod(0o755)
    found = run_json("doctor", home=home, expect=3)
    assert len(found["problems"]) == 1
    for name in ("archive", "ledger.sqlite", "chmod -R go-rwx"):
        assert name in found["problems"][0]
    assert run_json("doctor", "--rebuild", home=home)["healthy"] is True
    assert _others_may(home) == []


@pytest.mark.slow
def test_the_demo_leaves_nothing_to_others(tmp_path: Path, permissive: None) -> None:
    run("demo", "--home", tmp_path / "home", home=tmp_path / "unused")
    assert _others_may(tmp_path / "home") == []


def test_a_folder_made_for_a_home_becomes_private_and_one_in_use_is_reported(tmp_path: Path, permissive: None) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "leadsift.toml").touch()  # the user's own file is theirs to share
    make_home(home)
    assert exposed(home) == []

    (home / "notes.txt").touch()
    home.chmod(0o755)
    make_home(home)
    (home / "ledger.sqlite").touch()
    make_home(home)
    assert exposed(home) == [home, home / "ledger.sqlite"]
    make_private(home)
    assert exposed(home) == []
    assert stat.S_IMODE((home / "leadsift.toml").stat().st_mode) == 0o666
    assert stat.S_IMODE((home / "notes.txt").stat().st_mode) == 0o666


@pytest.mark.parametrize("command", [["imports"], ["doctor"], ["doctor", "--rebuild"], ["import", "list.csv"]])
def test_a_folder_of_other_things_is_no_home(tmp_path: Path, permissive: None, command: list[str]) -> None:
    (tmp_path / "thesis.txt").touch()
    (tmp_path / "archive.zip").touch()
    before = _others_may(tmp_path)
    said = run(*command, home=tmp_path, expect=3).stderr
    assert f"{tmp_path}: not a leadsift home and not empty" in said
    assert _others_may(tmp_path) == before
    assert "not a folder" in run(*command, home=tmp_path / "thesis.txt", expect=3).stderr


def test_a_command_that_only_reads_makes_no_home(tmp_path: Path) -> None:
    run("imports", home=tmp_path / "home")
    assert list(tmp_path.iterdir()) == []


def test_a_blank_home_is_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["imports", "--home", ""], ["--home", " ", "imports"]):
        assert "is blank" in run(*command, home=tmp_path / "home", expect=2).stderr
    assert "is blank" in run("imports", home=" ", expect=2).stderr  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="blank"):
        monkeypatch.setenv("LEADSIFT_HOME", "")
        load_settings()
    assert list(tmp_path.iterdir()) == []


def test_a_link_out_of_the_home_is_left_alone(tmp_path: Path, permissive: None) -> None:
    (tmp_path / "elsewhere").touch()
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(tmp_path / "elsewhere")
    make_private(home)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o666


def test_the_mask_is_restored_when_the_last_block_ends(permissive: None) -> None:
    inside, ended = threading.Event(), threading.Event()

    def other() -> None:
        with private_files():
            inside.set()
            ended.wait(10)

    thread = threading.Thread(target=other)
    with private_files():
        thread.start()
        inside.wait(10)
    kept = os.umask(0o077)
    ended.set()
    thread.join()
    restored = os.umask(0)
    assert kept == 0o077
    assert restored == 0
