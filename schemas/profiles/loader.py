"""CRM profiles: which columns of which export mean what, as TOML data read into typed objects.

A profile describes one system; each of its objects describes one kind of sheet; each section of an object
describes one entity that a row of that sheet carries. Belongs here: the shape of a profile and loading it with
errors that name file, line, key and reason. Does not belong here: recognising a sheet or mapping its rows
(`assets.sources`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.contracts.errors import ProfileError
from schemas.contracts.headers import fold_header
from schemas.contracts.records import CONTRACTS
from schemas.contracts.vocabulary import Entity, Kind, UpdatePolicy
from schemas.profiles.profile_errors import nearest, schema_errors, syntax_error, wrong

PROFILES_DIR = Path(__file__).parent


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reference(_Part):
    """A pointer at another record: by the source's id within `object`, or by name within the source.

    With a `prefix` only ids that begin with it point there: one column may point at several kinds of record. With
    `when` a row points there only where the cells under these headers say one of the values: a column that holds ids
    of several kinds beside one that names the kind. `has_id_in_name` says that a name cell is `Name (id)`;
    `values` translates names.
    """

    id: list[str] = Field(default_factory=list)
    object: str | None = None
    prefix: str = ""
    email: list[str] = Field(default_factory=list)
    domain: list[str] = Field(default_factory=list)
    name: list[str] = Field(default_factory=list)
    when: dict[str, list[str]] = Field(default_factory=dict)
    has_id_in_name: bool = False
    values: dict[str, str] = Field(default_factory=dict)


class Unpivot(_Part):
    """Columns that are rows: their headers begin with `prefix`; what follows is the field `name`, the cell `value`."""

    prefix: str = Field(min_length=1)
    name: str
    value: str


class Section(_Part):
    """One entity that a row of the sheet carries.

    `fields` lists the headers of each field, the first that is present wins; a list field takes all of them. `common`
    adds the fields that the profile's `[common.<entity>]` lists for every sheet. `values` translates what a
    text field says; where the field shares its column with another, values that are not listed are none of its
    own. `object` is the namespace of the ids (default: the object's own name). `always` makes a record of every
    row that names a person or organization, even when no field of the section is filled. `key` lists headers whose
    cells together tell the records apart where the source has no ids: next week's row of the same key is an update.
    With `when` only rows whose cells under these headers say one of the values carry the entity, with `unless` only the
    others. `unpivot` makes a record of every filled cell under headers that begin alike (`Date entered <stage>`).
    `composed` joins the cells under several headers for a text field that is blank: a title from account and product.
    """

    id: list[str] = Field(default_factory=list)
    key: list[str] = Field(default_factory=list)
    when: dict[str, list[str]] = Field(default_factory=dict)
    unless: dict[str, list[str]] = Field(default_factory=dict)
    unpivot: Unpivot | None = None
    object: str | None = None
    always: bool = False
    common: bool = False
    fields: dict[str, list[str]] = Field(default_factory=dict)
    references: dict[Entity, Reference] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    same_as: Reference | None = None
    composed: dict[str, list[str]] = Field(default_factory=dict)


class ObjectProfile(_Part):
    """One kind of sheet. `required` headers must all be there (a list within it: any of them).

    `signature` headers are written by this CRM alone, mapped or not. `unique_records` says that no two records of one
    source are one person or organization: its owner keeps it clean. Among the alternatives `@file` stands for a file
    name that begins with one of `files`. `columns` are all headers of the list: a table most of whose columns are
    others is another list that shares the required ones. Under the headers of `fill_down` a blank cell says what the
    one above it says: merged cells of workbooks have their value on top only.
    """

    name: str
    primary: Entity
    required: list[str | list[str]] = Field(min_length=1)
    columns: list[str] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list)
    ignored: list[str] = Field(default_factory=list)
    signature: list[str] = Field(default_factory=list)
    fill_down: list[str] = Field(default_factory=list)
    unique_records: bool = False
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    organization: Section | None = None
    person: Section | None = None
    lead: Section | None = None
    deal: Section | None = None
    stage: Section | None = None
    stage_change: Section | None = None
    note: Section | None = None
    activity: Section | None = None
    user: Section | None = None

    @property
    def sections(self) -> dict[Entity, Section]:
        """The entities a row carries, organizations and persons first so that the others can point at them."""
        found = {entity: getattr(self, entity.value) for entity in Entity}
        return {entity: section for entity, section in found.items() if section is not None}

    @model_validator(mode="after")
    def _primary_is_described(self) -> ObjectProfile:
        if self.primary not in self.sections:
            raise wrong(("primary",), f"is {self.primary.value!r}, but there is no [object.{self.primary}] section")
        for entity, section in self.sections.items():
            _check_section(entity, section)
        return self


class ListKind(_Part):
    """A kind of list that no CRM wrote. One without `primary` is recognised to be refused by its `title`.

    `subjects` are the words for its records. An attribute without a subject belongs to the first of `homes` that has a
    field for it, those in `person_first` to the person. `needs` are groups of fields of which one each must be found
    (`organization` and `person`: the row names one; `reference`: it refers to another record; `evidence`: one of the
    attributes in `evidence`, or `file`, the name of the file). `supports` and `opposes` weigh attributes in units of
    log odds.
    """

    name: str
    title: str
    primary: Entity | None = None
    subjects: list[str] = Field(default_factory=list)
    files: list[str] = Field(default_factory=list)
    homes: list[Entity] = Field(default_factory=list)
    sections: list[Entity] = Field(default_factory=list)
    person_first: list[str] = Field(default_factory=list)
    needs: list[list[str]] = Field(default_factory=list)
    evidence: list[str] = Field(default_factory=list)
    supports: dict[str, float] = Field(default_factory=dict, alias="for")
    opposes: dict[str, float] = Field(default_factory=dict, alias="against")


class Profile(_Part):
    """One system's exports. `is_generic` marks the fallback for lists that no CRM wrote, `is_own` one that a user
    wrote: it outranks those that ship. `source` is what its records belong to (default: its name).

    The generic profile has `kinds` of lists instead of objects, and the `attributes` that fill the fields of each
    entity.
    `id_form` says how two writings of one id are the same (Salesforce's 15 and 18 characters, GUIDs in braces);
    `id_prefixes` are left out of ids. `update` says what a later version of a record does to an earlier one.
    """

    name: str = Field(pattern="^[a-z][a-z0-9_]*$")
    title: str
    is_generic: bool = False
    is_own: bool = False
    source: str | None = None
    time_zone: str | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal_sign: Literal[".", ","] | None = None
    default_pipeline: str = "Pipeline"
    id_form: Literal["text", "salesforce", "guid"] = "text"
    id_prefixes: list[str] = Field(default_factory=list)
    update: UpdatePolicy = UpdatePolicy.NEWEST
    common: dict[Entity, dict[str, list[str]]] = Field(default_factory=dict)
    objects: list[ObjectProfile] = Field(default_factory=list, alias="object")
    attributes: dict[Entity, dict[str, list[str]]] = Field(default_factory=dict)
    kinds: list[ListKind] = Field(default_factory=list, alias="kind")

    @model_validator(mode="before")
    @classmethod
    def _with_common_fields(cls, data: Any) -> Any:
        """Write the common fields into each section that asks for them; the section's own come first."""
        if not isinstance(data, dict) or not isinstance(data.get("common"), dict):
            return data
        objects = data.get("object")
        for entity, fields in data["common"].items():
            if entity in list(Entity) and isinstance(fields, dict):
                _check_known(("common", entity), fields, Entity(entity))
            for item in objects if isinstance(objects, list) else []:
                section = item.get(entity)
                if isinstance(section, dict) and section.get("common") and isinstance(fields, dict):
                    section["fields"] = {**fields, **section.get("fields", {})}
        return data

    @model_validator(mode="after")
    def _names_are_unique(self) -> Profile:
        names = [item.name for item in self.objects]
        if not names and not self.kinds:
            raise wrong(("object",), "is missing: the profile describes no table; add an [[object]] section")
        for index, name in enumerate(names):
            if name in names[:index]:
                raise wrong(("object", index, "name"), f"object {name!r} is described twice")
        return self


def _check_section(entity: Entity, section: Section) -> None:
    contract = CONTRACTS[entity]
    _check_fields(entity, section)
    if section.unpivot:
        for key in ("name", "value"):
            _check_known((entity, "unpivot", key), [getattr(section.unpivot, key)], entity, of_values=True)
    for target in section.references:
        if target not in contract.references:
            known = ", ".join(contract.references) or "nothing"
            raise wrong(
                (entity, "references", target), f"a {entity} does not point at a {target}; it may point at {known}"
            )
    for name in ("values", "composed"):
        _check_known((entity, name), getattr(section, name), entity)
        for field in getattr(section, name):
            if contract.fields[field].kind != Kind.TEXT:
                raise wrong(
                    (entity, name, field), f"is for text fields only, and {field} is a {contract.fields[field].kind}"
                )


def _check_known(path: Sequence[str], fields: Iterable[str], entity: Entity, *, of_values: bool = False) -> None:
    """Raise an error for the first field that the entity does not have."""
    known = CONTRACTS[entity].fields
    for field in fields:
        if field not in known:
            key = path if of_values else (*path, field)
            raise wrong(key, f"{field} is no field of {entity}; {nearest(field, sorted(known))}")


def _check_fields(entity: Entity, section: Section) -> None:
    contract = CONTRACTS[entity]
    seen: dict[str, str] = {}
    _check_known((entity, "fields"), section.fields, entity)
    for field, headers in section.fields.items():
        for header in headers:
            other = seen.setdefault(fold_header(header), field)
            # Two fields may read one column in different ways: as a day and as a time, as it stands and translated.
            differ = contract.fields[field].kind != contract.fields[other].kind
            if other != field and not differ and not {field, other} & section.values.keys():
                raise wrong((entity, "fields", field), f"header {header!r} is claimed by both {other} and {field}")


def parse_profile(text: str, name: str) -> Profile:
    """Read a profile from TOML text; `name` is what errors call the file.

    Raises ProfileError with a reason for each fault, as `file:line: key: reason`.
    """
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(syntax_error(error, text, name)) from error
    except ValidationError as error:
        raise ProfileError(*schema_errors(error, Profile, text, name)) from error


def profile_from_bytes(data: bytes, name: str) -> Profile:
    """Read a profile from the bytes of a file. Raises ProfileError like `parse_profile`."""
    try:
        return parse_profile(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ProfileError(f"{name}:{line}: is not UTF-8; save the file in this encoding") from error


@cache
def shipped_profiles() -> tuple[Profile, ...]:
    """Every profile in `schemas/profiles`, sorted by name."""
    paths = sorted(PROFILES_DIR.glob("*.toml"))
    return tuple(parse_profile(path.read_text(encoding="utf-8"), str(path)) for path in paths)


def shipped_profile(name: str) -> Profile:
    """The shipped profile called `name`. Raises ProfileError listing the known names."""
    for profile in shipped_profiles():
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in shipped_profiles())
    raise ProfileError(f"there is no profile {name!r}; known: {known}, or give the path of a .toml file")
