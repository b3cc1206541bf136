"""The archive: the bytes of every file ever taken, named by their sha256.

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
"""Bytes that are read at a time; what the archive needs of memory, whatever the size of a file."""


def content_hash(data: bytes) -> str:
    """Return the sha256 of `data` as 64 lower-case hexadecimal digits: the identity of a file."""
    return hashlib.sha256(data).hexdigest()


def stream_hash(handle: IO[bytes]) -> tuple[str, int]:
    """The sha256 of what is left in `handle`, and how many bytes that was."""
    hasher, size = hashlib.sha256(), 0
    while block := handle.read(BLOCK):
        hasher.update(block)
        size += len(block)
    return hasher.hexdigest(), size


@dataclass(frozen=True, slots=True)
class Archive:
    """A content-addressed store under `url`; a file lies at `<first two digits>/<sha256>`."""

    url: str

    def put(self, data: bytes) -> str:
        """Keep `data` and return its sha256. Bytes already kept are not written again."""
        digest = content_hash(data)
        self.put_stream(lambda: io.BytesIO(data), digest)
        return digest

    @private_files()
    def put_stream(self, opened: Callable[[], IO[bytes]], digest: str) -> None:
        """Keep what `opened()` yields, which must hash to `digest`; bytes already kept are not written again.

        Raises StoreError when the bytes changed since they were hashed, DiskFullError when there is no space for them.
        """
        with translated_causes(Path(self.url)):
            self._put_stream(opened, digest)

    def _put_stream(self, opened: Callable[[], IO[bytes]], digest: str) -> None:
        fs, root = fsspec.url_to_fs(self.url)
        target = self._place(root, digest)
        if fs.exists(target):
            return
        fs.makedirs(f"{root}/{digest[:2]}", exist_ok=True)
        # A name of its own first: a process killed while it writes leaves no half file under the digest.
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
        """Return the bytes named `digest`. Raises StoreError when they are missing or no longer match it."""
        with self.fetched(digest) as path:
            return path.read_bytes()

    @contextmanager
    def fetched(self, digest: str) -> Iterator[Path]:
        """The bytes named `digest` as a local file to read, while the block runs.

        Raises StoreError when they are missing or no longer match the digest.
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
    """The place of a file on this machine's own disk; None where the archive lies elsewhere."""
    protocols = (fs.protocol,) if isinstance(fs.protocol, str) else fs.protocol
    return Path(target) if "file" in protocols else None
