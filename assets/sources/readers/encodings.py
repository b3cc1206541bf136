"""Detects the encoding of a text file, with a confidence, and decodes the file in pieces of bounded size.

A byte order mark decides first, then the pattern of zeros (UTF-16 and UTF-32 without a mark), then strict UTF-8 over
the whole file. Anything else is a legacy code page, which cannot be proved: each candidate is scored by whether it
yields words of one language, and charset-normalizer and chardet each have a vote. The guess is doubtful unless it
explains clearly more of the characters in which the next best reading differs. Does not belong here: how plausible a
text is (`assets.sources.readers.code_pages`); delimiters and quotes (`dialects`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.sources.readers.code_pages import CANDIDATES, compare, plausibility, title
from schemas.contracts.errors import InputRefusedError

BLOCK = 4 << 20
"""Bytes that are decoded at a time."""

SAMPLE = 64 * 1024
"""Bytes of lines with non-ASCII characters, from which a legacy encoding is detected."""

STRAY_SHARE = 0.05
"""A file with at most this share of broken non-ASCII sequences is UTF-8 with strays: a line pasted from elsewhere, a
truncated character. Legacy text almost never forms valid UTF-8 sequences by chance."""

DOUBTFUL_BELOW = 0.8

RIVAL_WITHIN = 0.3
"""Encodings whose score is this near to the best are compared with it, character by character."""

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_STRAYS = "leadsift-strays"


@dataclass(frozen=True, slots=True)
class EncodingDecision:
    """The encoding (a Python codec), the confidence from 0 to 1, and a sentence for the user if it is a guess."""

    encoding: str
    confidence: float
    sentence: str | None = None

    def decoder(self) -> codecs.IncrementalDecoder:
        """An incremental decoder: strict, except for strays that were found and counted."""
        is_lenient = self.sentence is not None and self.encoding == "utf-8"
        return codecs.getincrementaldecoder(self.encoding)("strict" if not is_lenient else _STRAYS)


def _replace_stray(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252, in which every byte is a character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAYS, _replace_stray)


def decide_encoding(path: Path, stated: str | None = None) -> EncodingDecision:
    """Detect the encoding of a text file; a `stated` encoding is only checked.

    Raises InputRefusedError if the file is not text, or not in the stated encoding.
    """
    if stated is not None:
        return _stated(path, stated)
    with path.open("rb") as handle:
        head = handle.read(SAMPLE)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            if fault := _fault(path, encoding):
                raise InputRefusedError(f"begins as {encoding} but is not: {fault}; give another with --encoding")
            return EncodingDecision(encoding, 1.0)
    wide = _wide(head)
    if wide and _fault(path, wide) is None:
        return EncodingDecision(
            wide, 0.95, f"read as {wide.upper()}, by the zeros in every character; it has no byte order mark"
        )
    if _looks_binary(head):
        raise InputRefusedError("is binary data, not a table")
    if _fault(path, "utf-8") is None:
        return EncodingDecision("utf-8", 1.0)
    return _legacy(path)


def _stated(path: Path, stated: str) -> EncodingDecision:
    try:
        name = codecs.lookup(stated).name
    except LookupError as error:
        raise InputRefusedError(f"encoding {stated!r} is unknown; use for example utf-8, cp1252 or gb18030") from error
    if fault := _fault(path, name):
        raise InputRefusedError(f"is not written in {stated}: {fault}")
    return EncodingDecision(name, 1.0)


def _fault(path: Path, encoding: str) -> str | None:
    """Why a file cannot be decoded; None if every byte decodes."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
    except LookupError:
        return "it is not a text encoding"
    done = 0
    with path.open("rb") as handle:
        try:
            while block := handle.read(BLOCK):
                decoder.decode(block)
                done += len(block)
            decoder.decode(b"", final=True)
        except (UnicodeError, AssertionError) as error:
            place = done + error.start if isinstance(error, UnicodeDecodeError) else done
            return f"{getattr(error, 'reason', 'not text')} near byte {place:,}"
    return None


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: the codec that yields line ends, spaces and delimiters.

    In the wrong byte order a line feed is U+0A00 and a comma U+2C00, which no list contains.
    """
    if head.count(0) < len(head) // 100:
        return None
    found: dict[str, float] = {}
    for codec in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            text = head[: len(head) // 4 * 4].decode(codec)
        except UnicodeDecodeError:
            continue
        printable = sum(char < "\x80" or char.isprintable() for char in text)
        if text and printable > 0.8 * len(text):
            found[codec] = sum(text.count(char) for char in "\n\r,;\t |") / len(text)
    best = max(found, key=found.__getitem__, default=None)
    return best if best is not None and found[best] > 0.005 else None


def _looks_binary(head: bytes) -> bool:
    """Whether there are more than a few control bytes. A handful of NULs is a known accident."""
    controls = sum(head.count(byte) for byte in (*range(9), *range(14, 27), 28, 29, 30))
    return controls > max(8, len(head) // 100)


# Legacy encodings ---------------------------------------------------------------------------------------------------


def _legacy(path: Path) -> EncodingDecision:
    sample, good, broken = _sample(path)
    if broken <= STRAY_SHARE * (good + broken):
        sentence = f"is UTF-8 except for {broken} places, which are read as Windows-1252"
        return EncodingDecision("utf-8", 0.9, sentence)
    scored = sorted(_scores(sample).items(), key=lambda item: (-item[1], CANDIDATES.index(item[0])))
    votes = _votes(sample)
    for ranked, score in _ranked(scored, votes):
        if _fault(path, ranked) is None:
            # If several decode the text identically, name the most common.
            text = sample.decode(ranked, "replace")
            same = [name for name, _ in scored if sample.decode(name, "replace") == text]
            encoding = min(same, key=CANDIDATES.index)
            return _decision(sample, encoding, score, scored, votes)
    raise InputRefusedError("is neither UTF-8 nor a known legacy encoding; give it with --encoding")


def _sample(path: Path) -> tuple[bytes, int, int]:
    """Lines with non-ASCII bytes from the whole file, and how many UTF-8 sequences are valid and broken."""
    kept: list[bytes] = []
    size = good = broken = 0
    with path.open("rb") as handle:
        for line in _lines(handle.read(BLOCK) for _ in iter(int, 1)):
            if line.isascii():
                continue
            text = line.decode("utf-8", "replace")
            lost = text.count("\ufffd")
            broken += lost
            good += sum(char > "\x7f" for char in text) - lost
            if size < SAMPLE:
                kept.append(line[:2048])
                size += len(kept[-1])
    return b"\n".join(kept), good, broken


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        if not block:
            break
        *lines, rest = (rest + block).splitlines()
        yield from lines
        if len(rest) > BLOCK:  # a file without line ends
            yield rest
            rest = b""
    yield rest


def _scores(sample: bytes) -> dict[str, float]:
    """The score, from 0 to 1, of each candidate that can decode the sample."""
    scores: dict[str, float] = {}
    for encoding in CANDIDATES:
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            # The sample cuts long lines, which may split a multi-byte character.
            text = sample.decode(encoding, "ignore")
            if len(text.encode(encoding, "ignore")) < 0.999 * len(sample) - 4:
                continue
        scores[encoding] = plausibility(text)
    return scores


def _votes(sample: bytes) -> dict[str, str | None]:
    """The votes of two detectors, as Python codecs."""
    import chardet  # imported late: slow to load, and most files are UTF-8
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(CANDIDATES)).best()
    detected = {"charset-normalizer": best.encoding if best else None, "chardet": chardet.detect(sample)["encoding"]}
    return {name: codecs.lookup(vote).name if vote and _exists(vote) else None for name, vote in detected.items()}


def _exists(encoding: str) -> bool:
    try:
        return bool(codecs.lookup(encoding))
    except LookupError:
        return False


def _ranked(scored: list[tuple[str, float]], votes: dict[str, str | None]) -> list[tuple[str, float]]:
    """Candidates, best first; among equal scores, one that both detectors vote for is first."""
    both = set(votes.values())
    agreed = both.pop() if len(both) == 1 else None
    top = scored[0][1] if scored else 0.0

    def place(item: tuple[str, float]) -> tuple[bool, float]:
        encoding, score = item
        is_favoured = score > top - 0.01 and codecs.lookup(encoding).name == agreed
        return (not is_favoured, -score)

    return sorted(scored, key=place)


def _decision(
    sample: bytes, encoding: str, score: float, scored: list[tuple[str, float]], votes: dict[str, str | None]
) -> EncodingDecision:
    text = sample.decode(encoding, "replace")
    rivals = [
        (other, comparison)
        for other, found in scored
        if found > score - RIVAL_WITHIN and (comparison := compare(text, sample.decode(other, "replace"))).differs
    ]
    agreeing = sum(vote == codecs.lookup(encoding).name for vote in votes.values())
    confidence = 0.85 * score + 0.075 * agreeing
    words = list(dict.fromkeys(re.findall(r"\w*[^\x00-\x7f]\w*", text)))[:5]
    sentence = f"not UTF-8; read as {title(encoding)}, with words such as {', '.join(words)}"
    # Detectors confuse code pages of one script; two that agree on another script are right.
    is_doubtful = any(not found.is_clear and (found.is_of_one_script or agreeing < 2) for _, found in rivals)
    for other, comparison in sorted(rivals, key=lambda rival: rival[1].is_clear)[:1]:
        would = ", ".join(f"{theirs} for {mine}" for mine, theirs in comparison.words)
        sentence += f"; {title(other)} would read {would}"
    if is_doubtful:
        confidence = min(0.7 * confidence, DOUBTFUL_BELOW - 0.01)
    if confidence < DOUBTFUL_BELOW:
        sentence += "; doubtful: if the words look wrong, give the encoding with --encoding"
    return EncodingDecision(encoding, round(confidence, 2), sentence)


def decoded(path: Path, decision: EncodingDecision, block: int = BLOCK) -> Iterator[str]:
    """The file's text in pieces, without the byte order mark, with NUL characters."""
    decoder = decision.decoder()
    with path.open("rb") as handle:
        while data := handle.read(block):
            yield decoder.decode(data)
    yield decoder.decode(b"", final=True)
