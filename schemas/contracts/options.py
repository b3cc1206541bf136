"""Stated options: what a user says about the files of an import, and the assumptions of the home.

Belongs here: one model for the command line, Dagster's run configuration, the ledger and the interpreter, with the help
text and limits of each option. Does not belong here: settings of a home; passwords (never stored); what options do.
"""

from __future__ import annotations

import codecs
import json
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from schemas.contracts.vocabulary import DateOrder, UpdatePolicy

_RECORDED = {"is_recorded": True}
_LEDGER_NAMES = {"date_order": "stated_date_order", "assumed_date_order": "date_order"}
"""Names in the ledger's JSON that differ: they are those of the first version, so that old ledgers can be read."""


def _not_blank(value: str, info: ValidationInfo) -> str:
    # Early versions accepted a blank source; recorded options are read as they are.
    if not value.strip() and info.context != _RECORDED:
        raise ValueError("it is blank; give a value or omit the option")
    return value


def _known_encoding(value: str, info: ValidationInfo) -> str:
    try:
        codecs.lookup(value)
    except LookupError as error:
        if info.context != _RECORDED:
            raise ValueError("there is no such encoding; use for example utf-8, cp1252 or gb18030") from error
    return value


def _header_and_field(value: str, info: ValidationInfo) -> str:
    header, _, field = value.rpartition("=")
    if info.context != _RECORDED and not (header.strip() and field.strip()):
        raise ValueError("give a header and a field, as in 'close_value=value'")
    return value


def _each_header_once(values: list[str], info: ValidationInfo) -> list[str]:
    headers = [value.rpartition("=")[0].strip() for value in values]
    twice = next((header for header in headers if headers.count(header) > 1), None)
    if info.context != _RECORDED and twice is not None:
        raise ValueError(f"the header {twice!r} is given more than once")
    return values


Text = Annotated[str, AfterValidator(_not_blank)]
Target = Annotated[Text, AfterValidator(_header_and_field)]
Encoding = Annotated[Text, AfterValidator(_known_encoding)]


class StatedOptions(BaseModel):
    """What the user states about files; the files, their profile and the settings decide the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Text | None = Field(
        default=None,
        description="The system or list that the records belong to; ids are unique within it "
        "(default: the CRM, or a list's file name).",
        json_schema_extra={"metavar": "NAME"},
    )
    profile: Text | None = Field(
        default=None,
        description="Read every file with this profile: a built-in one (pipedrive, hubspot, salesforce, zoho, …, "
        "generic) or your own .toml file, which is recognised by its headers from then on.",
        json_schema_extra={"metavar": "NAME"},
    )
    date_order: DateOrder | None = Field(
        default=None,
        description="dmy, mdy or ymd: how to read numeric dates. Overrides the profile, but not values that allow only "
        "one order.",
        json_schema_extra={"metavar": "ORDER"},
    )
    encoding: Encoding | None = Field(
        default=None,
        description="The encoding of delimited text, such as utf-8, cp1250 or gb18030, if the detected one is wrong.",
        json_schema_extra={"metavar": "NAME"},
    )
    update: UpdatePolicy | None = Field(
        default=None,
        description="How rows update known records: newest (default), fill (only blanks) or ignore.",
        json_schema_extra={"metavar": "POLICY"},
    )
    key: list[Text] = Field(
        default_factory=list,
        description="A column that identifies rows in a list without ids, so that its next version updates them. "
        "Can be given more than once.",
        json_schema_extra={"metavar": "COLUMN"},
    )

    kind: Text | None = Field(
        default=None,
        description="What the tables of the files are: leads, contacts, organizations, deals, activities, notes, users "
        "or stage_history; or a CRM's object, such as hubspot.contacts.",
        json_schema_extra={"metavar": "KIND", "option": "--as"},
    )
    map: Annotated[list[Target], AfterValidator(_each_header_once)] = Field(
        default_factory=list,
        description="Which field a column fills: 'HEADER=FIELD', such as 'close_value=value', "
        "'account=organization.name' or 'Remarks=custom'. Can be given more than once.",
        json_schema_extra={"metavar": "HEADER=FIELD"},
    )

    def targets(self) -> dict[str, str]:
        """The stated field of each mapped header."""
        return {header.strip(): target.strip() for header, _, target in (text.rpartition("=") for text in self.map)}

    def stated(self) -> dict[str, Any]:
        """The stated options by name, with JSON values."""
        values = self.model_dump(mode="json", include=set(StatedOptions.model_fields))
        return {name: value for name, value in values.items() if value not in (None, [])}


class ImportOptions(StatedOptions):
    """How to read the files of an import: a recorded fact, so that a rebuild reads them the same way.

    Adds to the stated options: the assumptions of the settings, the archived profile that the user gave
    (`profile_sha256`), and the archived profiles that were saved at that time (`saved_profiles`).
    """

    profile_sha256: str | None = None
    default_country: str = "US"
    time_zone: str = "UTC"
    assumed_date_order: DateOrder = DateOrder.MDY
    decimal_sign: str = "."
    saved_profiles: list[str] = Field(default_factory=list)

    def to_json(self) -> str:
        """The options as one line of JSON with sorted keys; options without a value are omitted."""
        values = self.model_dump(mode="json").items()
        kept = {_LEDGER_NAMES.get(name, name): value for name, value in values if value not in (None, [])}
        return json.dumps(kept, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ImportOptions:
        """Read the JSON of `to_json`, of this or any earlier version."""
        names = {recorded: name for name, recorded in _LEDGER_NAMES.items()}
        values = {names.get(name, name): value for name, value in json.loads(text).items()}
        return cls.model_validate(values, context=_RECORDED)
