"""The development data: public lists and CRM exports that benchmarks measure and further tests import.

They are not part of the project. `LEADSIFT_DATA` names their folder; without it, the one beside the checkout is used.
"""

from __future__ import annotations

import os
from pathlib import Path

BESIDE_CHECKOUT = Path(__file__).parents[2] / "shared" / "data"


def development_data() -> Path:
    """The folder of the development data; it may not exist."""
    return Path(os.environ.get("LEADSIFT_DATA") or BESIDE_CHECKOUT)
