"""Folds column headers, so that a header is recognised in any typography.

Ignores case, accents, apostrophes, dashes, asterisks of required columns and repeated spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´ʹ"), None)
_DASHES = dict.fromkeys(map(ord, "-‐‑‒–—―−_"), " ")
_REPEAT = re.compile(r"\s*\((\d+)\)$")


@lru_cache(maxsize=65_536)
def fold_header(text: str) -> str:
    """Fold a header for comparison.

    >>> fold_header("Activité – Date d’ajout*")
    'activite date dajout'
    """
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    plain = bare.translate(_APOSTROPHES).translate(_DASHES).replace("*", " ").replace("\ufeff", "")
    return " ".join(plain.casefold().split())


def without_repeat(folded: str) -> str:
    """The folded header without the number of a repeated column: `phone (2)` becomes `phone`.

    >>> without_repeat("phone (2)")
    'phone'
    """
    return _REPEAT.sub("", folded)
