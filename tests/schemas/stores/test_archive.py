"""The archive gives back what it was given, and says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contracts.errors import StoreError
from schemas.stores.archive import Archive, content_hash


@given(st.binary(max_size=2_000))
def test_bytes_come_back(tmp_path: Path, data: bytes) -> None:
    archive = Archive(str(tmp_path))
    digest = archive.put(data)
    assert digest == content_hash(data)
    assert archive.get(digest) == data
    assert archive.put(data) == digest


def test_a_damaged_file_is_found_out(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    digest = archive.put(b"leads")
    (tmp_path / digest[:2] / digest).write_bytes(b"leeds")
    with pytest.raises(StoreError, match="damaged"):
        archive.get(digest)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"{content_hash(b'x')} is missing"):
        Archive(str(tmp_path)).get(content_hash(b"x"))


def test_a_write_that_was_cut_off_leaves_no_file_under_the_digest(tmp_path: Path) -> None:
    archive = Archive(str(tmp_path))
    digest = content_hash(b"leads")
    folder = tmp_path / digest[:2]
    folder.mkdir()
    (folder / f"{digest}.abc.partial").write_bytes(b"le")
    with pytest.raises(StoreError, match="is missing"):
        archive.get(digest)
    archive.put(b"leads")
    assert archive.get(digest) == b"leads"


def test_an_fsspec_url_is_as_good_as_a_folder() -> None:
    archive = Archive("memory://archive")
    assert archive.get(archive.put(b"leads")) == b"leads"
