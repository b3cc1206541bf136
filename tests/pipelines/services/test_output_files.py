"""Files that a user names for output: whole, where the user said, or refused before any work."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipelines.services.output_files import check_output, replacing, write_output
from schemas.contracts.errors import InputRefusedError
from tests.pipelines.support import run


def test_what_cannot_be_written_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    for name, reason in (
        ("nope/x.png", "there is no folder .*nope; create it"),
        ("x.gif", "must end in .png or .svg"),
        ("folder.png", "is not a file"),
    ):
        with pytest.raises(InputRefusedError, match=reason):
            check_output(tmp_path / name, (".png", ".svg"))
    assert not (tmp_path / "nope").exists()
    with pytest.raises(InputRefusedError, match="cannot be written"):
        write_output(tmp_path / f"{'x' * 300}.png", b"")  # a name that no file system takes


def test_a_file_is_replaced_whole_or_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "x.svg", tmp_path / "link.svg"
    write_output(target, "old")
    link.symlink_to(target)
    with pytest.raises(ZeroDivisionError), replacing(target) as part:
        part.write_text("half", encoding="utf-8")
        raise ZeroDivisionError
    assert target.read_text(encoding="utf-8") == "old"
    write_output(link, "new")
    assert target.read_text(encoding="utf-8") == "new"
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.svg", "x.svg"]


def test_a_new_file_has_the_rights_that_the_users_umask_gives(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_output(tmp_path / "x.svg", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x.svg").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "command",
    [
        ("report", "win_rate", "--chart", "{}/x.png"),
        ("report", "--html", "{}/x.html"),
        ("explain", "per_1", "--chart", "{}/x.svg"),
        ("review", "--export", "{}/x.xlsx"),
        ("evaluate", "--labels", "truth.csv", "--chart", "{}/x.png"),
        ("train", "--weights", "{}/x.png"),
        ("inspect", "README.md", "--write-profile", "{}/x.toml"),
    ],
)
def test_every_output_option_refuses_a_folder_that_does_not_exist(command: tuple[str, ...], tmp_path: Path) -> None:
    # Before anything else: the home is empty, and no command says so.
    given = [part.format(tmp_path / "nope") for part in command]
    refused = run(*given, home=tmp_path / "home", expect=3)
    assert "there is no folder" in refused.stderr
    assert not (tmp_path / "nope").exists()
