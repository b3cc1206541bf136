"""The archive: the bytes of every file ever taken, named by their sha256.

Belongs here: putting bytes in and getting them back, checked. Does not belong here: what the bytes mean.
The address is any fsspec URL; a plain path is the default.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import uuid4

import fsspec

from schemas.errors import StoreError


def content_hash(data: bytes) -> str:
    """Return the sha256 of `data` as 64 lower-case hexadecimal digits: the identity of a file."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Archive:
    """A content-addressed store under `url`; a file lies at `<first two digits>/<sha256>`."""

    url: str

    def put(self, data: bytes) -> str:
        """Keep `data` and return its sha256. Bytes already kept are not written again."""
        digest = content_hash(data)
        fs, root = fsspec.url_to_fs(self.url)
        target = self._place(root, digest)
        if not fs.exists(target):
            fs.makedirs(f"{root}/{digest[:2]}", exist_ok=True)
            # A name of its own first: a process killed while it writes leaves no half file under the digest.
            partial = f"{target}.{uuid4().hex}.partial"
            with fs.open(partial, "wb") as handle:
                handle.write(data)
            fs.mv(partial, target)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes named `digest`. Raises StoreError when they are missing or no longer match it."""
        fs, root = fsspec.url_to_fs(self.url)
        target = self._place(root, digest)
        if not fs.exists(target):
            raise StoreError(f"archive {self.url}: file {digest} is missing; restore it from a backup")
        with fs.open(target, "rb") as handle:
            data = bytes(handle.read())
        if content_hash(data) != digest:
            raise StoreError(f"archive {self.url}: file {digest} is damaged; restore it from a backup")
        return data

    @staticmethod
    def _place(root: str, digest: str) -> str:
        return f"{root}/{digest[:2]}/{digest}"
