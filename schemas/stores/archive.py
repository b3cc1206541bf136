"""The archive: the bytes of every file ever imported, named by their sha256.

Belongs here: putting bytes in and getting them back, checked, without holding a file in memory. Does not belong here:
what the bytes mean. The address is any fsspec URL; a plain path is the default.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import fsspec

from schemas.contracts.errors import StoreError
from schemas.stores.failures import translated_causes
from schemas.stores.private import private_files

BLOCK = 1 << 20
"""Bytes read at a time. The memory that the archive uses does not grow with the size of a file."""


def content_hash(data: bytes) -> str:
    """Return the sha256 of `data` as 64 lower-case hexadecimal digits: the identity of a file."""
    return hashlib.sha256(data).hexdigest()


def stream_hash(handle: IO[bytes]) -> tuple[str, int]:
    """Return the sha256 of the rest of `handle`, and its size in bytes."""
    hasher, size = hashlib.sha256(), 0
    while block := handle.read(BLOCK):
        hasher.update(block)
        size += len(block)
    return hasher.hexdigest(), size


@dataclass(frozen=True, slots=True)
class Archive:
    """A content-addressed store under `url`; a file is stored at `<first two digits>/<sha256>`."""

    url: str

    def put(self, data: bytes) -> str:
        """Store `data` and return its sha256. Bytes already stored are not written again.

        Raises DiskFullError if there is no space for them.
        """
        digest = content_hash(data)
        self.put_stream(lambda: io.BytesIO(data), digest)
        return digest

    @private_files()
    def put_stream(self, opened: Callable[[], IO[bytes]], digest: str) -> None:
        """Store the content of `opened()`, whose sha256 must be `digest`. Bytes already stored are not written again.

        Raises StoreError if the bytes changed since they were hashed, DiskFullError if there is no space for them.
        """
        with translated_causes(Path(self.url)):
            self._put_stream(opened, digest)

    def _put_stream(self, opened: Callable[[], IO[bytes]], digest: str) -> None:
        fs, root = fsspec.url_to_fs(self.url)
        target = self._place(root, digest)
        if fs.exists(target):
            return
        fs.makedirs(f"{root}/{digest[:2]}", exist_ok=True)
        # Written under a temporary name: a process killed while it writes leaves no partial file under the digest.
        partial = f"{target}.{uuid4().hex}.partial"
        hasher = hashlib.sha256()
        with opened() as source, fs.open(partial, "wb") as sink:
            while block := source.read(BLOCK):
                hasher.update(block)
                sink.write(block)
        if hasher.hexdigest() != digest:
            fs.rm(partial)
            raise StoreError("the file changed while it was being read; import it again when nothing writes to it")
        fs.mv(partial, target)

    def get(self, digest: str) -> bytes:
        """Return the bytes named `digest`. Raises StoreError if they are missing or damaged."""
        with self.fetched(digest) as path:
            return path.read_bytes()

    @contextmanager
    def fetched(self, digest: str) -> Iterator[Path]:
        """The bytes named `digest` as a local file to read, while the block runs.

        Raises StoreError if they are missing or no longer match the digest.
        """
        fs, root = fsspec.url_to_fs(self.url)
        target = self._place(root, digest)
        if not fs.exists(target):
            raise StoreError(f"archive {self.url}: file {digest} is missing; restore it from a backup")
        with tempfile.TemporaryDirectory(prefix="leadsift-") as folder:
            local = _local_path(fs, target)
            if local is None:
                local = Path(folder) / digest
                with fs.open(target, "rb") as source, local.open("wb") as sink:
                    shutil.copyfileobj(source, sink, BLOCK)
            with local.open("rb") as handle:
                found, _ = stream_hash(handle)
            if found != digest:
                raise StoreError(f"archive {self.url}: file {digest} is damaged; restore it from a backup")
            yield local

    @staticmethod
    def _place(root: str, digest: str) -> str:
        return f"{root}/{digest[:2]}/{digest}"


def _local_path(fs: Any, target: str) -> Path | None:
    """Return the path of a file on a local disk; None if the archive is remote."""
    protocols = (fs.protocol,) if isinstance(fs.protocol, str) else fs.protocol
    return Path(target) if "file" in protocols else None
