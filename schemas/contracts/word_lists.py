"""Word lists: text files of one entry a line, in a folder `vocabularies` beside the module that uses them.

Belongs here: reading them. Does not belong here: what their words mean.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def word_list(module_file: str, name: str) -> frozenset[str]:
    """The entries of `vocabularies/<name>.txt` beside a module (its `__file__`), without comments (`# …`)."""
    path = Path(module_file).parent / "vocabularies" / f"{name}.txt"
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return frozenset(line for line in lines if line and not line.startswith("# "))
