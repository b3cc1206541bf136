"""Statuses from words: whether a stage or status says won, lost or archived, in the languages of the vocabulary.

The words are in `schemas/profiles/vocabularies/statuses.toml`. Belongs here: one text. Does not belong here: when the
words count (`assets.sources.mapping.sections`).
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path

import schemas.profiles
from schemas.contracts.vocabulary import DealStatus, Entity, LeadStatus
from schemas.profiles.header_vocabulary import fold_words

_FILE = Path(schemas.profiles.__path__[0]) / "vocabularies" / "statuses.toml"


@cache
def _words(entity: str) -> dict[str, frozenset[tuple[str, ...]]]:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {status: frozenset(fold_words(text) for text in texts) for status, texts in table[entity].items()}


@cache
def _negations() -> frozenset[str]:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return frozenset(word for text in table["negations"] for word in fold_words(text))


@lru_cache(maxsize=16_384)
def deal_status(text: str) -> DealStatus | None:
    """The status that a deal's stage or status says; None if it says neither won nor lost nor open.

    >>> deal_status("6 - Closed Won")
    <DealStatus.WON: 'won'>
    >>> deal_status("Nicht gewonnen")
    <DealStatus.LOST: 'lost'>
    >>> deal_status("Closed") is None
    True
    """
    found = _status("deal", text)
    return DealStatus(found) if found else None


@lru_cache(maxsize=16_384)
def lead_status(text: str) -> LeadStatus | None:
    """The status that a lead's status says; None for words that are not known."""
    found = _status("lead", text)
    return LeadStatus(found) if found else None


def status_of(entity: Entity, text: str) -> str | None:
    """The status that a text says of a record of this entity; None for words that are not known."""
    read = {Entity.DEAL: deal_status, Entity.LEAD: lead_status}.get(entity)
    found = read(text) if read else None
    return found.value if found else None


def _status(entity: str, text: str) -> str | None:
    """The status whose longest phrase is in a text; None if two statuses are equally likely."""
    words = fold_words(text)
    found: dict[str, int] = {}
    for status, phrases in _words(entity).items():
        for phrase in phrases:
            at = _place(words, phrase)
            if at is None:
                continue
            said = status
            if at and words[at - 1] in _negations() and status in ("won", "converted"):
                said = "lost" if entity == "deal" else "archived"
            found[said] = max(found.get(said, 0), len(phrase))
    if not found:
        return None
    longest = max(found.values())
    best = [status for status, length in found.items() if length == longest]
    closing = [status for status in best if status != "open"]
    return closing[0] if len(closing) == 1 else best[0] if len(best) == 1 else None


def _place(words: tuple[str, ...], phrase: tuple[str, ...]) -> int | None:
    for start in range(len(words) - len(phrase) + 1):
        if words[start : start + len(phrase)] == phrase:
            return start
    return None
