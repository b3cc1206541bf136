"""Writes the detected mapping of a file as a profile that users can edit.

The profile has the headers of the file, the field of each, and the values of statuses, stages and owners as tables to
translate them. Does not belong here: reading profiles
(`schemas.profiles.loader`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import tomlkit
from tomlkit.items import Table as TomlTable

from assets.sources.loading.interpretation import InterpretedFile, InterpretedSheet
from assets.sources.mapping.results import RecordSet
from schemas.contracts.headers import fold_header, without_repeat
from schemas.contracts.printable import one_line
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import Profile, Reference, Section

TRANSLATED = ("status", "stage", "pipeline", "channel")
"""Fields whose values users often want to translate."""

MOST_VALUES = 40
"""The most distinct values of a field that are listed; more are free text."""


class ValuesSeen:
    """Collects the distinct values of the fields that a profile translates."""

    def __init__(self) -> None:
        self.values: dict[tuple[int, Entity, str], set[str]] = {}

    def collect(self, ordinal: int, records: RecordSet, frame: pl.DataFrame) -> None:
        """Collect values from the records of a sheet (a `SheetSink`)."""
        names = TRANSLATED if not records.is_stub else ("name",) if records.entity == Entity.USER else ()
        for name in names:
            if name in frame.columns:
                seen = self.values.setdefault((ordinal, records.entity, name), set())
                if len(seen) <= MOST_VALUES:
                    seen.update(frame[name].drop_nulls().unique().to_list())

    def of(self, ordinal: int, entity: Entity, name: str) -> list[str]:
        """The values of a field; none if there are too many."""
        seen = self.values.get((ordinal, entity, name), set())
        return sorted(seen) if len(seen) <= MOST_VALUES else []


def profile_text(stem: str, file: InterpretedFile, seen: ValuesSeen) -> str:
    """The detected mapping of a file as TOML text."""
    base = file.sheets[0].recognition.profile
    document = tomlkit.document()
    document.add(
        tomlkit.comment(
            f"How {one_line(Path(stem).name)} is read. Headers are compared without case, accents and punctuation."
        )
    )
    document.add(tomlkit.comment("Move a header to another field, translate values, or ignore columns by name;"))
    document.add(
        tomlkit.comment("then import with --profile THIS_FILE. Lists with these headers are recognised from then on.")
    )
    document["name"] = re.sub(r"[^a-z0-9]+", "_", fold_header(stem)).strip("_") or "list"
    if not document["name"][0].isalpha():
        document["name"] = f"list_{document['name']}"
    document["title"] = Path(stem).name
    # Keep the source that the records have without the profile.
    document["source"] = file.sheets[0].source
    for key, value in _settings(base).items():
        document[key] = value
    objects = tomlkit.aot()
    names: set[str] = set()
    for sheet in file.sheets:
        objects.append(_object(sheet, seen, names))
    document["object"] = objects
    return tomlkit.dumps(document)


def _settings(base: Profile) -> dict[str, Any]:
    """The options of the base profile that apply to all sheets."""
    kept = base.model_dump(
        include={"time_zone", "date_order", "decimal_sign", "default_pipeline", "id_form", "id_prefixes"},
        exclude_defaults=True,
    )
    return {**kept, "update": base.update.value}


def _object(sheet: InterpretedSheet, seen: ValuesSeen, names: set[str]) -> TomlTable:
    item, headers = sheet.recognition.object, sheet.table.headers
    table = tomlkit.table()
    name = item.name if item.name not in names else f"{item.name} {sheet.ordinal + 1}"
    names.add(name)
    table["name"] = name
    table["primary"] = item.primary.value
    table["required"] = list(sheet.recognition.claimed[:8])
    table["ignored"] = _present(item.ignored, headers)
    if item.fill_down:
        table["fill_down"] = _present(item.fill_down, headers)
    for column in sheet.mapped.unmapped:
        table.add(tomlkit.comment(f"kept as custom: {column.column!r}, for example {column.example!r}"))
    for entity, section in item.sections.items():
        written = _section(section, headers, (sheet, entity, seen))
        if written is not None:
            table[entity.value] = written
    return table


def _section(
    section: Section, headers: Sequence[str], where: tuple[InterpretedSheet, Entity, ValuesSeen]
) -> TomlTable | None:
    sheet, entity, seen = where
    table = tomlkit.table()
    fields = {name: found for name, known in section.fields.items() if (found := _present(known, headers))}
    references = {
        target: pointed
        for target, reference in section.references.items()
        if (pointed := _reference(reference, headers))
    }
    if not fields and not references and entity != sheet.recognition.object.primary:
        return None
    table["object"] = section.object or sheet.recognition.object.name
    plain = section.model_dump(include={"id", "key", "always", "when", "unless", "unpivot"}, exclude_defaults=True)
    for name, value in plain.items():
        table[name] = _present(value, headers) if name in {"id", "key"} else value
    if fields:
        table["fields"] = fields
    if references:
        table["references"] = {
            target.value: _with_owners(
                found, seen.of(sheet.ordinal, Entity.USER, "name") if target == Entity.USER else []
            )
            for target, found in references.items()
        }
    values = _values(section, fields, [(name, seen.of(sheet.ordinal, entity, name)) for name in TRANSLATED])
    if values:
        table["values"] = values
    if section.same_as and (same := _reference(section.same_as, headers)):
        table["same_as"] = same
    return table


def _with_owners(reference: dict[str, Any], owners: Sequence[str]) -> dict[str, Any]:
    if not owners or "name" not in reference:
        return reference
    return {**reference, "values": {owner: owner for owner in owners}}


def _values(
    section: Section, fields: Mapping[str, list[str]], seen: Sequence[tuple[str, list[str]]]
) -> dict[str, dict[str, str]]:
    """The translations of the section; every other value translates to itself."""
    found: dict[str, dict[str, str]] = {}
    for name, values in seen:
        if name in fields:
            translation = dict(section.values.get(name, {}))
            known = {fold_header(key) for key in translation}
            others = {value: value for value in values if fold_header(value) not in known | set(translation.values())}
            # If two fields share a column, only listed values belong to the field.
            if name not in section.values or not _is_shared(name, fields):
                translation |= others
            if translation:
                found[name] = translation
    return found


def _is_shared(name: str, fields: Mapping[str, list[str]]) -> bool:
    return any(set(headers) & set(fields[name]) for other, headers in fields.items() if other != name)


def _reference(reference: Reference, headers: Sequence[str]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, known in (("id", reference.id), ("name", reference.name)):
        if found := _present(known, headers):
            written[name] = found
    if not written:
        return {}
    kept = reference.model_dump(include={"object", "prefix", "when", "has_id_in_name"}, exclude_defaults=True)
    return {**written, **kept}


def _present(known: Sequence[str], headers: Sequence[str]) -> list[str]:
    """The known headers that the sheet has, in the sheet's spelling."""
    spelled: dict[str, str] = {}
    for header in headers:
        spelled.setdefault(without_repeat(fold_header(header)), header)
    found = (spelled.get(fold_header(name)) for name in known)
    return list(dict.fromkeys(header for header in found if header is not None))
