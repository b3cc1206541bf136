"""Writes the mapping of a file as a profile that users can edit: a skeleton of everything that could be stated.

The profile has the headers of the file under the fields that they fill, every other field as a comment, the first
values beside them, and the values of statuses, stages and owners as tables to translate them. It can be loaded as it
is, and with any of its comments taken away. Belongs here: the text. Does not belong here: which field a column fills
(`assets.sources.mapping.recognition`); reading profiles (`schemas.profiles.loader`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit

from assets.sources.layout.tables import Table
from assets.sources.loading.interpretation import InterpretedSheet
from assets.sources.mapping.assignment import NAMESPACES
from assets.sources.mapping.profile_readings import mapping_of
from assets.sources.mapping.stated_targets import referenced_by
from assets.sources.mapping.status_words import status_of
from pipelines.services.display import shortened
from schemas.contracts.headers import fold_header, without_repeat
from schemas.contracts.printable import one_line
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity
from schemas.profiles.loader import ObjectProfile, Profile, Reference, Section, shipped_profile

TRANSLATED = ("status", "stage", "pipeline", "channel")
"""Fields whose values users often want to translate."""

MOST_VALUES = 40
"""The most distinct values of a field that are listed; more are free text."""

MOST_REQUIRED = 8
LEAST_REQUIRED = 3
"""Headers by which a profile knows its tables: fewer would claim lists of another kind."""

SHOWN_VALUES = 3
VALUE_CHARACTERS = 30

_HEAD = """\
How {name} is read. Headers are compared without case, accents and punctuation.
Move a header to another field, translate values, ignore columns by name. A line such as `title = []` behind a # is
a field that no column fills yet: take the # away and name its column. Then import with --profile THIS_FILE.
Lists with the required headers are recognised from then on. The syntax is in docs/profiles.md.
"""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ID_IN_NAME = re.compile(r"\s*\(\d+\)$")


def profile_text(stem: str, sheets: Sequence[InterpretedSheet]) -> str:
    """The mapping of the tables of a file as TOML text."""
    title = Path(stem).name
    name = re.sub(r"[^a-z0-9]+", "_", fold_header(stem)).strip("_") or "list"
    base = sheets[0].recognition.profile
    lines = [f"# {line}" for line in _HEAD.format(name=one_line(title)).splitlines()]
    # The records keep the source that they have without the profile.
    lines += ["", _entry("name", name if name[0].isalpha() else f"list_{name}"), _entry("title", one_line(title))]
    lines += [_entry("source", sheets[0].source), *_settings(base)]
    names: set[str] = set()
    for sheet in sheets:
        own = sheet.recognition.object.name
        name = own if own not in names else f"{own} {sheet.ordinal + 1}"
        names.add(name)
        lines += ["", *_Skeleton(sheet).lines(name)]
    return "\n".join([*lines, ""])


def _settings(base: Profile) -> Iterator[str]:
    """The options of the base profile that apply to all sheets, and those that could."""
    yield _entry("update", base.update.value, "newest, fill or ignore")
    given = base.model_dump(exclude_defaults=True)
    for name, example, comment in (
        ("date_order", "dmy", "dmy, mdy or ymd"),
        ("decimal_sign", ".", "of amounts"),
        ("time_zone", "Europe/Berlin", "of times that state none"),
        ("default_pipeline", "Pipeline", "the pipeline of deals that name none"),
    ):
        yield _entry(name, given[name], comment) if name in given else _comment(_entry(name, example, comment))
    for name in ("id_form", "id_prefixes"):
        if name in given:
            yield _entry(name, given[name])


class _Skeleton:
    """One table as an object of a profile."""

    def __init__(self, sheet: InterpretedSheet) -> None:
        self.sheet = sheet
        self.table: Table = sheet.table
        self.object: ObjectProfile = sheet.recognition.object
        self.values = sheet.sample.values
        self.spelled = _spellings(self.table.headers)
        self.unused = {column.column for column in sheet.mapped.unmapped}

    def lines(self, name: str) -> Iterator[str]:
        """The object with every section that its kind of record can have."""
        yield from ("[[object]]", _entry("name", name), self._primary())
        yield _entry("required", self._required(), "a table with all of these is read like this")
        columns = list(dict.fromkeys(map(self._first_of_name, self.table.headers)))
        yield _entry("columns", columns, "a table with mostly others is another list")
        yield _entry("ignored", self._present(self.object.ignored), "columns to leave out")
        fill_down = self._present(self.object.fill_down)
        yield self._headers("fill_down", fill_down, "columns whose blank cells repeat the cell above")
        yield from self._columns()
        for entity in self._entities():
            section = self.object.sections.get(entity)
            if section is None:
                empty = Section(object=NAMESPACES.get(entity))
                yield from map(_comment, self._section(entity, empty))
            else:
                yield from self._section(entity, section)

    def _primary(self) -> str:
        return _entry(
            "primary", self.object.primary.value, "for another kind of list: inspect --as KIND --write-profile"
        )

    def _required(self) -> list[str]:
        claimed = list(dict.fromkeys(map(self._first_of_name, self.sheet.recognition.claimed)))
        others = [one for one in dict.fromkeys(map(self._first_of_name, self.table.headers)) if one not in claimed]
        return [*claimed[:MOST_REQUIRED], *others[: max(0, LEAST_REQUIRED - len(claimed))]]

    def _first_of_name(self, header: str) -> str:
        return self.spelled[without_repeat(fold_header(header))]

    def _columns(self) -> Iterator[str]:
        """Every column with its first values and what it fills, as comments."""
        yield "#"
        yield "# The columns, with their first values:"
        targets = mapping_of(self.sheet.recognition, self.table.headers)
        for index, header in enumerate(self.table.headers):
            filled = targets[header] if header not in self.unused else []
            goes = ", ".join(filled) or "kept as custom"
            yield f"#   {one_line(shortened(header))}: {self._seen(index) or 'blank'} -> {goes}"

    def _seen(self, index: int) -> str:
        texts = self.values[index].texts[:SHOWN_VALUES]
        return " | ".join(one_line(shortened(text, VALUE_CHARACTERS)) for text in texts)

    def _entities(self) -> list[Entity]:
        """The entities of the object, then those that a row of its kind can carry as well."""
        kinds = [kind for kind in shipped_profile("generic").kinds if kind.primary == self.object.primary]
        possible = {entity for kind in kinds for entity in kind.sections}
        here = [self.object.primary, *(one for one in self.object.sections if one != self.object.primary)]
        return [*here, *(one for one in Entity if one in possible and one not in here)]

    # Sections ----------------------------------------------------------------------------------------------------

    def _section(self, entity: Entity, section: Section) -> Iterator[str]:
        path = f"object.{entity}"
        yield from ("", f"[{path}]")
        if section.object or entity == self.object.primary:
            yield _entry("object", section.object or self.object.name, "the namespace of the ids")
        yield self._headers("id", self._present(section.id), "the list's own id of the record")
        yield self._headers("key", self._present(section.key), "columns that identify a row without an id")
        plain = section.model_dump(include={"always", "when", "unless", "unpivot"}, exclude_defaults=True)
        yield from (_entry(name, value) for name, value in plain.items())
        fields = {name: found for name, known in section.fields.items() if (found := self._present(known))}
        yield from ("", f"[{path}.fields]")
        for name, spec in CONTRACTS[entity].fields.items():
            yield self._headers(name, fields.get(name, []), spec.comment)
        if section.composed:
            yield from ("", f"[{path}.composed]")
            yield from (_entry(name, self._present(known)) for name, known in section.composed.items())
        for name, values in self._values(entity, section, fields):
            yield from ("", f"[{path}.values.{name}]", *(_entry(value, said) for value, said in values.items()))
        if section.same_as and (same := self._reference(section.same_as)):
            yield from ("", f"[{path}.same_as]", *(_entry(name, value) for name, value in same.items()))
        is_primary = entity == self.object.primary
        for target in CONTRACTS[entity].references if is_primary else tuple(section.references):
            yield from self._pointed(f"{path}.references.{target}", target, section.references.get(target))

    def _headers(self, name: str, found: Sequence[str], meaning: str) -> str:
        """The columns of a field with their first values, or the field as a comment with its meaning."""
        if not found:
            return _comment(_entry(name, [], meaning))
        return _entry(name, list(found), self._seen(self.table.headers.index(found[0])))

    def _pointed(self, path: str, target: Entity, reference: Reference | None) -> Iterator[str]:
        found = self._reference(reference) if reference else {}
        if reference is None or not found:
            lines = [f"[{path}]", *(_entry(by, [], f"columns that hold its {by}") for by in referenced_by(target))]
            lines += [_entry("object", NAMESPACES[target])] if target in NAMESPACES else []
            yield from ("", *map(_comment, lines))
            return
        yield from ("", f"[{path}]")
        for name, value in found.items():
            is_columns = name in referenced_by(target)
            yield self._headers(name, value, "") if is_columns else _entry(name, value)
        owners = self._owners(reference) if target == Entity.USER else []
        if owners or reference.values:
            known = {fold_header(value) for value in reference.values}
            names = {**reference.values, **{one: one for one in owners if fold_header(one) not in known}}
            yield from ("", f"[{path}.values]", *(_entry(name, value) for name, value in names.items()))

    def _reference(self, reference: Reference) -> dict[str, Any]:
        pointed = {by: self._present(getattr(reference, by)) for by in ("id", "email", "domain", "name")}
        pointed = {by: found for by, found in pointed.items() if found}
        if not pointed:
            return {}
        kept = reference.model_dump(include={"object", "prefix", "when", "has_id_in_name"}, exclude_defaults=True)
        return {**pointed, **kept}

    # Values ------------------------------------------------------------------------------------------------------

    def _values(
        self, entity: Entity, section: Section, fields: Mapping[str, list[str]]
    ) -> Iterator[tuple[str, dict[str, str]]]:
        """The translations of the section; every other value of the table translates to itself."""
        base = self.sheet.recognition.profile
        for name in TRANSLATED:
            if name not in fields:
                continue
            translation = dict(section.values.get(name, {}))
            known = {fold_header(value) for value in translation}
            # If two fields share a column, only listed values belong to the field.
            is_shared = any(set(found) & set(fields[name]) for other, found in fields.items() if other != name)
            if name not in section.values or not is_shared:
                by_words = name == "status" and (base.is_generic or base.is_own)
                others = [value for value in self._distinct(fields[name]) if fold_header(value) not in known]
                translation |= {value: (by_words and status_of(entity, value)) or value for value in others}
            if translation:
                yield name, translation

    def _owners(self, reference: Reference) -> list[str]:
        names = self._distinct(self._present(reference.name))
        if reference.has_id_in_name:
            names = [_ID_IN_NAME.sub("", name.partition(";")[0]) for name in names]
        return list(dict.fromkeys(names))

    def _distinct(self, headers: Sequence[str]) -> list[str]:
        """The distinct cells under the first of the headers; none if they are too many to list."""
        if not headers:
            return []
        column, seen = f"c{self.table.headers.index(headers[0])}", set[str]()
        for batch in self.table.cells.batches():
            if column in batch.columns:
                seen.update(batch[column].drop_nulls().unique().to_list())
            if len(seen) > MOST_VALUES:
                return []
        return sorted(seen)

    def _present(self, known: Iterable[str]) -> list[str]:
        """The known headers that the table has, in its spelling."""
        found = (self.spelled.get(fold_header(name)) for name in known)
        return list(dict.fromkeys(header for header in found if header is not None))


def _spellings(headers: Sequence[str]) -> dict[str, str]:
    """The headers of a table by their folded text; those of repeated columns without their number, too."""
    spelled = {fold_header(header): header for header in headers}
    for header in headers:
        spelled.setdefault(without_repeat(fold_header(header)), header)
    return spelled


def _entry(key: str, value: object, comment: str = "") -> str:
    """A line of TOML."""
    written = tomlkit.item(_plain(value), _sort_keys=False)
    text = written.as_string() if not isinstance(value, dict) else _inline(value)
    name = key if _BARE_KEY.fullmatch(key) else _quoted(key)
    return f"{name} = {text}" + (f"  # {comment}" if comment else "")


def _inline(table: Mapping[str, Any]) -> str:
    inline = tomlkit.inline_table()
    inline.update(_plain(table))
    return inline.as_string()


def _quoted(text: str) -> str:
    return tomlkit.string(text).as_string()


def _plain(value: Any) -> Any:
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else value


def _comment(line: str) -> str:
    return line if not line or line.startswith("#") else f"# {line}"
