"""How plausible a text is that was decoded with a guessed code page.

Each non-ASCII character is weighed by what stands beside it: letters of one alphabet inside words of that alphabet are
plausible, symbols where such symbols stand (`5 £`, `Nº 3`, not `£ukasz`). Belongs here: characters and their
neighbours. Does not belong here: bytes, votes and the decision (`assets.sources.readers.encodings`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

CANDIDATES = (
    "cp1252", "iso8859-15", "mac_roman", "cp1250", "cp1251", "cp932", "gb18030",
    "iso8859-2", "cp1254", "cp1253", "koi8-r", "big5", "euc_kr", "euc_jp", "cp850",
)  # fmt: skip
"""Candidate legacy encodings; the earlier wins if two score the same."""

_ALPHABETS = (
    "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíñóúü", "àáâãçéêíóôõúü", "àèéìíîòóùú", "áéëïíóöüèêû", "æøåéèêóòâôü", "åäöéüá",
    "áéíóúýþæðö", "àçèéíïòóúü", "äõöüšž", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű",
    "ăâîșțşţ", "čćđšžäöü", "āčēģīķļņšūž", "ąčęėįšųūž", "çğıİöşüâî", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдђежзијклљмнњопрстћуфхцчџш", "αάβγδεέζηήθιίϊΐκλμνξοόπρσςτυύϋΰφχψωώ",
)  # fmt: skip
"""The lower-case non-ASCII letters of each language. A text mostly uses one language."""

_QUOTES = frozenset("«»„“”‹›「」『』（）、。・：；！？，－～〜")
_CURRENCIES = frozenset("€£¥")
_ORDINALS = frozenset("ªº")
_AFTER_SOMETHING = frozenset("°²³¹®™†‡§©…")
_BEFORE_WORDS = frozenset("¿¡")
_BETWEEN_WORDS = frozenset("–—•·±½¼¾№§©\u00a0\u202f")
_APOSTROPHES = frozenset("’‘·")
_VOWELS = frozenset("aeiouyæœøłrl")
"""With `r` and `l`, which make syllables in Slavic names."""

CLEARLY_LESS = 0.4
"""A reading that explains so much less of the characters in which two readings differ is out of the question."""

MAX_SHOWN_WORDS = 3


def plausibility(text: str) -> float:
    """The share of non-ASCII characters that are plausible in place, from 0 to 1."""
    weights = dict(_weights(text))
    return sum(weights.values()) / len(weights) if weights else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two readings of the same bytes: the words in which they differ, and whether the first explains clearly more."""

    words: tuple[tuple[str, str], ...]
    is_clear: bool
    is_of_one_script: bool = True

    @property
    def differs(self) -> bool:
        """Whether the readings are different texts."""
        return bool(self.words)


def compare(text: str, other: str) -> Comparison:
    """Compare a reading with another one where they differ.

    >>> compare("calle Nº 5", "calle Nş 5")
    Comparison(words=(('Nº', 'Nş'),), is_clear=True, is_of_one_script=True)
    """
    mine, theirs = dict(_weights(text)), dict(_weights(other))
    if len(text) != len(other):  # code pages of several bytes: no character stands for another
        mean = [sum(weights.values()) / max(1, len(weights)) for weights in (mine, theirs)]
        words = _words(text, list(mine)[:1], text) or _words(other, list(theirs)[:1], other)
        pairs = tuple((word, "other characters") for word, _ in words)
        return Comparison(pairs, mean[0] - mean[1] >= CLEARLY_LESS / 2)
    places = [place for place in range(len(text)) if text[place] != other[place]]
    gain = sum(mine.get(place, 0.0) - theirs.get(place, 0.0) for place in places)
    letters = [place for place in places if _is_letter(text[place]) and _is_letter(other[place])]
    same = sum(_name(text[place]).split(" ")[0] == _name(other[place]).split(" ")[0] for place in letters)
    return Comparison(_words(text, places, other), gain >= CLEARLY_LESS * len(places), 2 * same >= len(letters))


def _words(text: str, places: list[int], other: str) -> tuple[tuple[str, str], ...]:
    """The first different words at these places in two texts of equal length."""
    words: dict[str, str] = {}
    for place in places:
        start, end = place, place
        while start and _is_of_word(text[start - 1]):
            start -= 1
        while end < len(text) and _is_of_word(text[end]):
            end += 1
        words.setdefault(text[start:end] or text[place], other[start:end] or other[place])
        if len(words) == MAX_SHOWN_WORDS:
            break
    return tuple(words.items())


def _is_letter(char: str) -> bool:
    return char.isalpha() and char not in _ORDINALS


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char > "\x7f" or char in "-'."


def _weights(text: str) -> Iterator[tuple[int, float]]:
    """The place of each non-ASCII character and how plausible it is there."""
    letters: list[tuple[int, str]] = []
    for match in re.finditer(r"[^\x00-\x7f]", text):
        char, place = match.group(), match.start()
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        if not _is_letter(char):
            yield place, float(_is_symbol_in_place(char, before, after))
        elif _is_misplaced(char, before, after) or not _has_vowel(text, place):
            yield place, 0.0
        else:
            letters.append((place, char.lower()))
    spoken = _spoken(Counter(char for _, char in letters))
    yield from ((place, spoken[char]) for place, char in letters)


def _is_symbol_in_place(char: str, before: str, after: str) -> bool:
    """Whether a symbol stands where people write it."""
    if char in _APOSTROPHES and before.isalpha() and after.isalpha():
        return True
    if char in _CURRENCIES:
        return not after.isalpha() or before.isdigit()
    if char in _ORDINALS:
        return (before.isalnum() or before == ".") and not after.isalpha()
    if char in _AFTER_SOMETHING and not before.isspace():
        return not (before.isalpha() and after.isalpha())
    if char in _BEFORE_WORDS:
        return not before.isalnum()
    if char in _QUOTES | _APOSTROPHES | _BETWEEN_WORDS | _AFTER_SOMETHING:
        return not (before.isalpha() and before.isascii() and after.isalpha())
    return False


def _is_misplaced(char: str, before: str, after: str) -> bool:
    """A capital after a lower-case letter or beside a digit, or a letter of another script beside a Latin one."""
    if char.isupper() and (before.islower() or before.isdigit() or after.isdigit()):
        return True
    is_latin = "LATIN" in _name(char)
    return not is_latin and any(near.isascii() and near.isalpha() for near in (before, after))


def _has_vowel(text: str, place: int) -> bool:
    """Whether a Latin letter is in a word with a vowel, or alone: no word is `Nş`."""
    if "LATIN" not in _name(text[place]):
        return True
    start, end = place, place + 1
    while start and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    word = unicodedata.normalize("NFD", text[start:end].lower())
    return end - start == 1 or not _VOWELS.isdisjoint(word) or "ı" in word


def _spoken(letters: Counter[str]) -> dict[str, float]:
    """How plausible each letter is beside the others: 1 for those of the best-fitting language.

    Customer lists mix languages: letters of another language count half. Rare ideographs count little.
    """
    narrow = {char: count for char, count in letters.items() if char < "\u2e80"}
    best = max(_ALPHABETS, key=lambda known: sum(count for char, count in narrow.items() if char in known))
    return {
        char: _commonness(char)
        if char >= "\u2e80"
        else 1.0
        if char in best
        else 0.5 * any(char in known for known in _ALPHABETS)
        for char in letters
    }


@cache
def _name(char: str) -> str:
    return unicodedata.name(char, "")


@cache
def _commonness(char: str) -> float:
    """1 for kana and hangul, 0.9 for ideographs of level 1 of GB 2312 or JIS X 0208, 0.3 for rarer ones."""
    name = _name(char)
    if name.startswith(("HIRAGANA", "KATAKANA", "HANGUL SYLLABLE", "FULLWIDTH")):
        return 1.0
    if name.startswith("HALFWIDTH"):
        return 0.3
    for codec, last in (("gb2312", 0xD7), ("euc_jp", 0xCF), ("big5", 0xC6)):
        try:
            if char.encode(codec)[0] <= last:
                return 0.9
        except UnicodeEncodeError:
            continue
    return 0.3


def title(encoding: str) -> str:
    """What people call an encoding, with the languages it is for."""
    return _TITLES.get(encoding, encoding)


_TITLES = {
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp932": "Shift-JIS (Japanese)",
    "gb18030": "GB18030 (Chinese)",
    "iso8859-15": "ISO-8859-15 (Western Europe)",
    "iso8859-2": "ISO-8859-2 (Central Europe)",
    "mac_roman": "MacRoman",
}
