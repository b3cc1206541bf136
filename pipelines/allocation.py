"""How this process gives memory back to the system: not at once; and how often Python looks for garbage: less.

Lists are worked on in blocks of a few megabytes each, taken and freed thousands of times. By default the allocators
hand every such block back and the kernel clears new pages for the next one, which took a fifth of the CPU time
of a large import (measured in benchmarks/README.md). Belongs here: the allocators' settings. Must be imported before
Polars, whose allocator reads its settings once.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc

KEPT_MS = 3000
"""Milliseconds for which freed memory stays with the process."""

LARGEST_KEPT = 32 << 20
"""Bytes from which glibc asks the system for each block by itself; the largest value that it takes."""

TOP_KEPT = 256 << 20
"""Bytes that may lie free at the end of glibc's heap."""

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's default of 700 has it walk through all modules again and again while lists of cells are made."""


def keep_freed_memory() -> None:
    """Let freed memory stay with the process for a while; settings that the user has made in the environment stay."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    # Polars on Linux and macOS brings jemalloc, whose names carry this prefix.
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:{KEPT_MS},muzzy_decay_ms:{KEPT_MS}")
    if not sys.platform.startswith("linux"):
        return
    with suppress(AttributeError, OSError):  # a C library other than glibc has its own ways
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT)
        libc.mallopt(_M_TRIM_THRESHOLD, TOP_KEPT)
