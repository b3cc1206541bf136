"""Errors of profiles: where in the file a wrong key stands, what is wrong with it, and what is allowed.

Belongs here: lines of keys, and pydantic's errors in words. Does not belong here: what a profile may say
(`schemas.profiles.loader`).
"""

from __future__ import annotations

import json
import tomllib
import types
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

MOST_SHOWN = 20

Path = tuple[str | int, ...]

_WORDS = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "too_short": "must have at least one value",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must begin with a letter and have only a to z, 0 to 9 and _",
}


def wrong(path: Sequence[str | int], reason: str) -> PydanticCustomError:
    """The error of a validator: the key below the validated part, and what is wrong with it."""
    return PydanticCustomError("profile", "{reason}", {"reason": reason, "path": tuple(path)})


def nearest(name: str, known: Sequence[str]) -> str:
    """What a misspelt name may be and what it may have meant, as the end of a sentence."""
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"{meant}It may be one of: {', '.join(known)}" if meant else f"it may be one of: {', '.join(known)}"


def syntax_error(error: tomllib.TOMLDecodeError, text: str, name: str) -> str:
    """A fault of the TOML syntax, as `file:line: reason`."""
    reason, _, place = str(error).partition(" (at line ")
    line = place.partition(",")[0] if place else str(text.rstrip("\n").count("\n") + 1)
    return f"{name}:{line}: not valid TOML: {reason.removesuffix(' (at end of document)')}"


def schema_errors(error: ValidationError, model: type[BaseModel], text: str, name: str) -> list[str]:
    """The faults of a profile's content, each as `file:line: key: reason`, in the order of the file."""
    found: dict[tuple[int, str], str] = {}
    data = tomllib.loads(text)
    for item in error.errors():
        path = tuple(part for part in item["loc"] if part != "[key]") + tuple(item.get("ctx", {}).get("path", ()))
        path = _within(data, path)
        found.setdefault((line_of(text, path), _shown(path)), _reason(item, path, model))
    lines = [f"{name}:{line}: {key}: {reason}" for (line, key), reason in sorted(found.items())]
    more = len(lines) - MOST_SHOWN
    return [*lines[:MOST_SHOWN], *([f"{name}: {more} more faults"] if more > 0 else [])]


def line_of(text: str, path: Path) -> int:
    """The line of a key in TOML text; of the nearest table above a key that is not there.

    A prefix of the lines has a key from the line on at which its statement ends, so the line is found by bisection
    over the prefixes that are valid by themselves.
    """
    lines = text.split("\n")
    path = _present(tomllib.loads(text), path)
    low, high = 0, len(lines)
    while True:
        tried = _first_valid(lines, low, high)
        if tried is None:
            return low + 1
        place, data = tried
        if _present(data, path) == path:
            high = place
        else:
            low = place


def _first_valid(lines: Sequence[str], low: int, high: int) -> tuple[int, dict[str, Any]] | None:
    """A number of lines between two others that are TOML by themselves, from the middle; None if there is none."""
    middle = (low + high) // 2
    for count in (*range(middle, high), *range(middle - 1, low, -1)):
        if count <= low:
            continue
        try:
            return count, tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
    return None


def _present(data: Any, path: Path) -> Path:
    """The beginning of a path that the data has."""
    for depth, part in enumerate(path):
        if not (part in data if isinstance(data, dict) else _is_index(data, part)):
            return path[:depth]
        data = data[part]
    return path


def _is_index(data: Any, part: str | int) -> bool:
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _within(data: Any, path: Path) -> Path:
    """A path with at most one key that the data does not have: a missing one. What follows are pydantic's own words."""
    present = _present(data, path)
    rest = path[len(present) : len(present) + 1]
    holder: Any = data
    for part in present:
        holder = holder[part]
    return (*present, *rest) if isinstance(holder, dict) else present


def _shown(path: Path) -> str:
    """A key as it is written in TOML: `object.deal.fields.title`."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += "" if shown == "object" else f"[{part + 1}]"
        else:
            shown += f".{part}" if shown else part
    return shown or "profile"


def _reason(item: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    kind = item["type"]
    if kind == "profile":
        return str(item["ctx"]["reason"])
    if kind == "extra_forbidden":
        return f"is no key here; {nearest(str(path[-1]), list(_keys_at(model, path[:-1])))}"
    if kind in ("enum", "literal_error"):
        return f"{item['input']!r} is none of: {str(item['ctx']['expected']).replace(' or ', ', ')}"
    if kind == "list_type" and path == ("object",):
        return "write [[object]] with two brackets: a profile may describe several"
    if kind == "list_type":
        return f"must be a list in brackets, such as [{json.dumps(str(item['input']), ensure_ascii=False)}]"
    return _WORDS.get(kind, item["msg"].removeprefix("Value error, "))


def _keys_at(model: type[BaseModel], path: Path) -> Iterator[str]:
    """The keys that may stand in the table at a path."""
    annotation: Any = model
    for part in path:
        annotation = _below(annotation, part)
    for inner in _models_in(annotation):
        yield from (field.alias or name for name, field in inner.model_fields.items())


def _below(annotation: Any, part: str | int) -> Any:
    for model in _models_in(annotation):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
    arguments = get_args(_without_none(annotation))
    return arguments[-1] if arguments else annotation


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    plain = _without_none(annotation)
    return [plain] if isinstance(plain, type) and issubclass(plain, BaseModel) else []


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(one for one in get_args(annotation) if one is not type(None))
    return annotation
