"""Folders and archives: what is read, what is skipped, what is refused."""

from __future__ import annotations

import gzip
import io
import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from assets.sources.files.folders import LEADS_NOWHERE, LEADS_OUT, NO_FILE, natural
from assets.sources.files.source_files import source_files_of
from schemas.contracts.errors import InputRefusedError
from tests.pipelines.support import ROOT


def _zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_folder_gives_its_tables_in_natural_order(tmp_path: Path) -> None:
    for name in ("Leads_10.csv", "Leads_2.csv", "LICENSE", ".hidden.csv", "~$open.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    found = list(source_files_of([tmp_path]))
    assert [item.stem for item in found if not item.skipped] == ["Leads_2", "Leads_10"]
    assert [Path(item.path).name for item in found if item.skipped] == ["LICENSE"]


def test_two_lists_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for folder in ("east", "west"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "leads.csv").write_bytes(b"x")
    assert [item.stem for item in source_files_of([tmp_path])] == ["east/leads", "west/leads"]


def test_an_archive_gives_its_members(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "export.zip",
        **{"Account.csv": b"a", "sub/Lead.csv": b"b", "__MACOSX/x.csv": b"c", "README.md": b"d"},
    )
    found = {item.path.split("!")[1]: item for item in source_files_of([path])}
    with found["Account.csv"].open() as handle:
        assert handle.read() == b"a"
    assert found["sub/Lead.csv"].stem == "sub/Lead"
    assert found["README.md"].skipped


def test_folders_of_an_archive_may_be_separated_by_backslashes(tmp_path: Path) -> None:
    path = _zip(tmp_path / "export.zip", **{"sub\\": b"", "sub\\Lead.csv": b"b", "__MACOSX\\x.csv": b"c"})
    (found,) = source_files_of([path])
    assert found.stem == "sub/Lead"
    with found.open() as handle:
        assert handle.read() == b"b"


def test_members_that_point_outside_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "slip.zip", **{"../../etc/x.csv": b"a"})
    assert "points outside" in str(next(source_files_of([path])).refusal)


def test_a_bomb_is_refused_unopened(tmp_path: Path) -> None:
    path = _zip(tmp_path / "bomb.zip", **{"a.csv": b"0" * 50_000_000})
    assert "bomb" in str(next(source_files_of([path])).refusal)


def test_an_archive_within_an_archive_is_refused(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", b"x")
    path = _zip(tmp_path / "outer.zip", **{"inner.zip": inner.getvalue()})
    assert "archive within an archive" in str(next(source_files_of([path])).refusal)


def test_links_and_damage_and_absence_are_named(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "links are refused" in str(next(source_files_of([tmp_path / "link.zip"])).refusal)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 and then nothing")
    assert "damaged archive" in str(next(source_files_of([tmp_path / "broken.zip"])).refusal)
    assert "no such file" in str(next(source_files_of([tmp_path / "none.csv"])).refusal)


def _tar(path: Path, *items: tarfile.TarInfo, data: bytes = b"Name\nAnn\n") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for item in items:
            item.size = len(data) if item.isreg() else 0
            archive.addfile(item, io.BytesIO(data) if item.isreg() else None)
    return path


def test_a_tar_archive_gives_its_members_and_refuses_what_leads_outside(tmp_path: Path) -> None:
    found = list(
        source_files_of([_tar(tmp_path / "a.tar.gz", tarfile.TarInfo("b/Leads.csv"), tarfile.TarInfo("README"))])
    )
    assert [item.stem for item in found if not item.skipped] == ["b/Leads"]
    with found[0].open() as handle:
        assert handle.read() == b"Name\nAnn\n"
    assert "points outside" in str(
        next(source_files_of([_tar(tmp_path / "s.tgz", tarfile.TarInfo("../x.csv"))])).refusal
    )
    link = tarfile.TarInfo("x.csv")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    assert "links are refused" in str(next(source_files_of([_tar(tmp_path / "l.tgz", link)])).refusal)


def test_a_gzipped_file_is_the_file_itself(tmp_path: Path) -> None:
    (tmp_path / "leads.csv.gz").write_bytes(gzip.compress(b"Name\nAnn\n"))
    (found,) = source_files_of([tmp_path / "leads.csv.gz"])
    assert (found.path.split("!")[1], found.stem) == ("leads.csv", "leads")
    with found.open() as handle:
        assert handle.read() == b"Name\nAnn\n"


def test_a_gzip_bomb_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"0" * 50_000_000))
    (found,) = source_files_of([tmp_path / "bomb.csv.gz"])
    with pytest.raises(InputRefusedError, match="possible zip bomb"), found.open() as handle:
        while handle.read(1 << 20):
            pass


def test_a_cut_off_gzip_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(bytes(range(256)) * 400)[:-40])
    (found,) = source_files_of([tmp_path / "cut.csv.gz"])
    with pytest.raises(InputRefusedError, match="cannot be unpacked"), found.open() as handle:
        while handle.read(1 << 20):
            pass


def test_natural_order() -> None:
    assert sorted(["a10", "a2", "A1"], key=natural) == ["A1", "a2", "a10"]


def test_a_home_within_the_folder_is_not_imported_into_itself(tmp_path: Path) -> None:
    for name in ("leads.csv", "leadsift-home/ledger.sqlite", "leadsift-home/inbox/old.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [item.stem for item in source_files_of([tmp_path])] == ["leads"]
    assert [item.stem for item in source_files_of([tmp_path / "leadsift-home" / "inbox"])] == ["old"]


def _refusals(folder: Path) -> dict[str, str | None]:
    return {Path(item.path).name: item.refusal for item in source_files_of([folder]) if not item.skipped}


def test_links_that_leave_the_folder_are_refused_by_name(tmp_path: Path) -> None:
    outside, inbox = tmp_path / "outside", tmp_path / "inbox"
    outside.mkdir()
    inbox.mkdir()
    (outside / "secret.csv").write_bytes(b"x")
    (inbox / "own.csv").write_bytes(b"x")
    (inbox / "file.csv").symlink_to(outside / "secret.csv")
    (inbox / "relative.csv").symlink_to("../outside/secret.csv")
    (inbox / "folder").symlink_to(outside, target_is_directory=True)
    (inbox / "chain.csv").symlink_to(inbox / "file.csv")
    (inbox / "README").symlink_to(outside / "secret.csv")  # no table by its name: skipped as every other
    assert _refusals(inbox) == {
        "own.csv": None, "file.csv": LEADS_OUT, "relative.csv": LEADS_OUT, "folder": LEADS_OUT, "chain.csv": LEADS_OUT,
    }  # fmt: skip
    # What the user names himself is his own choice, and so is a folder that he reaches by a link.
    assert next(source_files_of([inbox / "file.csv"])).refusal is None
    (tmp_path / "link").symlink_to(inbox, target_is_directory=True)
    assert _refusals(tmp_path / "link") == _refusals(inbox)


def test_links_within_the_folder_loops_and_dead_ends(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.csv").write_bytes(b"x")
    (tmp_path / "latest.csv").symlink_to(tmp_path / "sub" / "a.csv")
    (tmp_path / "sub" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (tmp_path / "one.csv").symlink_to(tmp_path / "two.csv")
    (tmp_path / "two.csv").symlink_to(tmp_path / "one.csv")
    assert _refusals(tmp_path) == {
        "a.csv": None, "latest.csv": None, "gone.csv": LEADS_NOWHERE, "one.csv": LEADS_NOWHERE, "two.csv": LEADS_NOWHERE,
    }  # fmt: skip


@pytest.mark.timeout(10)
def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        listener.bind("s.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    assert _refusals(tmp_path) == {"pipe.csv": NO_FILE, "s.csv": NO_FILE, "zero.csv": LEADS_OUT}
    for path in (tmp_path / "pipe.csv", Path("/dev/zero")):
        assert next(source_files_of([path])).refusal == NO_FILE


AS_NOBODY = """
import os, sys
from pathlib import Path
from assets.sources.files.folders import entries_in
if os.geteuid() == 0:
    os.setuid(65534)  # root may read every folder
print([(entry.path.name, entry.refusal) for entry in entries_in(Path(sys.argv[1]))])
"""


def test_a_folder_that_cannot_be_read_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.csv").write_bytes(b"x")
        (folder / "locked").mkdir(mode=0)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", AS_NOBODY, name]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == "[('a.csv', None), ('locked', 'cannot be read: Permission denied')]", done.stderr
