"""The vocabulary of headers: words of seven languages and the concepts that they stand for, as data.

`vocabularies/headers/<language>.toml` lists phrases by concept. A concept is a subject (what a header speaks of, such
as `deal` or `user`), an attribute (what it says of it, such as `name` or `amount`) or a qualifier (words that tell
several columns of one attribute apart).

Belongs here: loading the phrases and folding words. Does not belong here: what a whole header means
(`assets.sources.mapping.header_readings`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "vocabularies" / "headers"

SHORTEST_COMPOUND = 5
"""Letters. A shorter word is not looked up as several words written together: `dob` is not `do b`."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z]{2})")
_SIGNS = {"#": "number", "№": "number", "%": "percent", "$": "money", "€": "money", "£": "money"}
_SIGN = re.compile(r"[№%$€£]|(?<=\s)#|#$")
_SUFFIX = re.compile(r"__[cr]$")
_WORD = re.compile(r"[^\W_]+")


class ConceptKind(StrEnum):
    """What a phrase contributes to a header."""

    SUBJECT = "subject"
    ATTRIBUTE = "attribute"
    QUALIFIER = "qualifier"


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning of a phrase in one language."""

    kind: ConceptKind
    name: str
    language: str


@lru_cache(maxsize=65_536)
def fold_words(text: str) -> tuple[str, ...]:
    """The words of a header in lower case, without accents, plural endings and punctuation.

    Words written together in capitals are split. Umlauts and their transcriptions fold alike.

    >>> fold_words("LeadStatus")
    ('lead', 'statu')
    >>> fold_words("Prénoms de l’élève")
    ('prenom', 'de', 'l', 'eleve')
    """
    parted = _SIGN.sub(lambda sign: f" {_SIGNS[sign[0]]} ", _CAMEL.sub(" ", _SUFFIX.sub("", text)))
    decomposed = unicodedata.normalize("NFKD", parted)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
    return tuple(_folded(word) for word in _WORD.findall(bare))


def _folded(word: str) -> str:
    plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u") if len(word) > 4 else word
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain


@dataclass(frozen=True, slots=True)
class HeaderVocabulary:
    """Every phrase with its concepts: as words, and written together.

    `words` are those of all phrases, `longest` counts the words of the longest phrase.
    """

    phrases: dict[tuple[str, ...], tuple[Concept, ...]]
    compounds: dict[str, tuple[Concept, ...]]
    words: frozenset[str]
    longest: int

    def parts(self, word: str) -> tuple[str, ...]:
        """A word cut into two known ones, the second an attribute or subject: `companycity`, `Firmenname`."""
        if len(word) < SHORTEST_COMPOUND or word in self.words or word in self.compounds:
            return (word,)
        for cut in range(len(word) - 2, 2, -1):
            left, right = word[:cut], word[cut:]
            if len(right) < 4 and right != "id":
                continue
            if self._is_named(left, ConceptKind.SUBJECT, ConceptKind.QUALIFIER) and self._is_named(
                right, ConceptKind.ATTRIBUTE, ConceptKind.SUBJECT
            ):
                return (left, right)
        return (word,)

    def _is_named(self, word: str, *kinds: ConceptKind) -> bool:
        return any(concept.kind in kinds for concept in (*self.phrases.get((word,), ()), *self.compounds.get(word, ())))

    def concepts(self, words: tuple[str, ...]) -> tuple[Concept, ...]:
        """The concepts of a phrase; empty if it is unknown."""
        found = self.phrases.get(words)
        if found is None and len(words) == 1 and len(words[0]) >= SHORTEST_COMPOUND:
            found = self.compounds.get(words[0])
        return found or ()


@cache
def header_vocabulary() -> HeaderVocabulary:
    """The shipped vocabulary of all languages."""
    phrases: dict[tuple[str, ...], dict[Concept, None]] = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind in ConceptKind:
            for name, given in table.get(kind.value, {}).items():
                for phrase in given:
                    words = fold_words(phrase)
                    phrases.setdefault(words, {})[Concept(kind, name, path.stem)] = None
    whole = {words: tuple(concepts) for words, concepts in phrases.items()}
    compounds: dict[str, tuple[Concept, ...]] = {}
    for words, concepts in whole.items():
        compounds["".join(words)] = (*compounds.get("".join(words), ()), *concepts)
    known = frozenset(word for phrase in whole for word in phrase)
    return HeaderVocabulary(whole, compounds, known, max(map(len, whole)))


@cache
def known_phrases() -> frozenset[str]:
    """Attribute phrases as plain text in lower case, for telling header rows from data rows.

    Subjects are left out: `lead` and `partner` are cells of many lists.
    """
    found: set[str] = set()
    for path in sorted(_FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found |= {phrase for given in table[ConceptKind.ATTRIBUTE].values() for phrase in given}
    return frozenset(found)
