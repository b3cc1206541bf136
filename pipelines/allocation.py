"""Process settings: keep freed memory for a few seconds, and collect garbage less often.

Lists are read in blocks of a few megabytes, allocated and freed thousands of times. By default the allocators return
each block to the system, and the kernel clears new pages for the next one. That cost a fifth of the CPU time of a
large import (see benchmarks/README.md).

Belongs here: settings of allocators and garbage collector. Only entry points of the program call them: importing a
package must not change the process.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc

KEPT_MS = 3000
"""Milliseconds that the process keeps freed memory."""

LARGEST_KEPT = 32 << 20
"""glibc maps blocks of at least this many bytes separately; this is its maximum."""

TOP_KEPT = 256 << 20
"""Bytes that may stay free at the end of glibc's heap."""

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""With Python's default of 700, the collector runs constantly while lists of cells are built."""


def keep_freed_memory() -> None:
    """Let the process keep freed memory for a while; environment variables win.

    Call it before Polars is imported: its allocator reads its settings once.
    """
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    # Polars on Linux and macOS bundles jemalloc, whose settings have this prefix.
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:{KEPT_MS},muzzy_decay_ms:{KEPT_MS}")
    if not sys.platform.startswith("linux"):
        return
    with suppress(AttributeError, OSError):  # a C library other than glibc has no mallopt
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT)
        libc.mallopt(_M_TRIM_THRESHOLD, TOP_KEPT)
