"""Sections bound to a table: the typed fields, ids and references of one entity in every row of a batch.

Belongs here: one entity by itself. Does not belong here: how the entities of a row are linked, and which rows are
rejected (`assets.sources.mapping.tables`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from assets.sources.casting.cells import currency_in
from assets.sources.mapping.columns import Batch, Columns
from assets.sources.mapping.completed_fields import completed_fields
from assets.sources.mapping.status_words import deal_status, status_of
from dedup.features.records import company_domain
from schemas.contracts.headers import fold_header
from schemas.contracts.keys import salesforce_id
from schemas.contracts.records import CONTRACTS, Contract
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, DealStatus, Entity, LeadStatus
from schemas.profiles.loader import Profile, Reference, Section

_ID_IN_NAME = r"^(.*\S)\s*\((\d+)\)$"
_EMAIL_IN = r"([^\s@<>;,|]+@(?:[\w-]+\.)+\w{2,})"
_DOMAIN_IN = r"^\s*(?:https?://)?(?:www\.)?((?:[\w-]+\.)+\w{2,})(?:[/?#].*)?\s*$"
_SEVERAL_IDS = r"\s*[;,|\n]\s*"


@dataclass(slots=True)
class ReferenceColumns:
    """The records that rows refer to: by `external_id`, `email`, `domain` or `name`, null for none; the cells used, by
    column.
    """

    external_id: pl.Series
    email: pl.Series
    domain: pl.Series
    name: pl.Series
    used: dict[int, pl.Series] = field(default_factory=dict)

    @property
    def is_there(self) -> pl.Series:
        """The rows that refer to a record."""
        return (
            self.external_id.is_not_null()
            | self.email.is_not_null()
            | self.domain.is_not_null()
            | self.name.is_not_null()
        )


@dataclass(slots=True)
class BoundSection:
    """A section of a profile bound to a table: the columns of its ids, key and fields.

    `repeated_ids` are ids that several different rows have, which identify none of them.
    """

    entity: Entity
    section: Section
    namespace: str
    profile: Profile
    columns: Columns
    ids: list[int]
    fields: dict[str, list[int]]
    key: list[str]
    constants: dict[str, str] = field(default_factory=dict)
    repeated_ids: pl.Series | None = None

    @classmethod
    def bind(cls, entity: Entity, section: Section, namespace: str, profile: Profile, columns: Columns) -> BoundSection:
        """Bind a section to the columns of a table and declare the kind of each."""
        contract = CONTRACTS[entity]
        fields: dict[str, list[int]] = {}
        for name, headers in section.fields.items():
            indexes = columns.find(headers)
            if indexes:
                fields[name] = indexes if contract.fields[name].is_list else indexes[:1]
                for index in fields[name]:
                    columns.expect(index, contract.fields[name].kind)
        ids = columns.find(section.id)[:1]
        return cls(entity, section, section.object or namespace, profile, columns, ids, fields, section.key)

    def unpivoted(self) -> list[BoundSection]:
        """Return one section for each column that `unpivot` names; the section itself without `unpivot`."""
        unpivot = self.section.unpivot
        if unpivot is None:
            return [self]
        unpivoted: list[BoundSection] = []
        for index, header in enumerate(self.columns.headers):
            if header.casefold().startswith(unpivot.prefix.casefold()):
                label = header[len(unpivot.prefix) :].strip(" '\"[]")
                self.columns.expect(index, self.contract.fields[unpivot.value].kind)
                fields = {**self.fields, unpivot.value: [index]}
                unpivoted.append(replace(self, fields=fields, constants={unpivot.name: label}))
        return unpivoted

    @property
    def contract(self) -> Contract:
        """The contract of the entity."""
        return CONTRACTS[self.entity]

    @property
    def indexes(self) -> set[int]:
        """The columns that ids and fields are read from."""
        return {*self.ids, *(index for indexes in self.fields.values() for index in indexes)}

    # Fields ------------------------------------------------------------------------------------------------------

    def values(self, batch: Batch) -> pl.DataFrame:
        """Return the typed fields of every row, one column each."""
        countries = self.columns.countries(batch, self.fields.get("country", []))
        found: dict[str, pl.Series] = {}
        for name, indexes in self.fields.items():
            spec = self.contract.fields[name]
            cast = [self._translated(name, self.columns.cast(batch, spec, index, countries)) for index in indexes]
            found[name] = _united(cast) if spec.is_list else cast[0]
        for name, text in self.constants.items():
            filled = found[self.section.unpivot.value].is_not_null() if self.section.unpivot else None
            constant = pl.repeat(text, batch.height, dtype=pl.String, eager=True)
            found[name] = constant if filled is None else constant.set(~filled, None)
        for name, headers in self.section.composed.items():
            found[name] = self._composed(batch, name, headers)
        self._decide_status(found)
        if "value" in found and "currency" not in found:
            found["currency"] = self._currencies_in(batch.cell(self.fields["value"][0]), found["value"])
        frame = (
            pl.DataFrame(found) if found else pl.DataFrame({"_": pl.repeat(None, batch.height, eager=True)}).drop("_")
        )
        return completed_fields(self.entity, frame, self.profile.default_pipeline)

    def _translated(self, name: str, column: pl.Series) -> pl.Series:
        """Apply the profile's value translations.

        A value that is not listed stays as it is, unless another field reads the same column; statuses of lists are
        read by their words.
        """
        translation = self.section.values.get(name)
        if not translation:
            return column.replace(self._statuses_by_words(column)) if name == "status" else column
        known = {fold_header(key): value for key, value in translation.items()}
        others = {index for other, indexes in self.fields.items() if other != name for index in indexes}
        shared = bool(others & set(self.fields[name]))
        texts = column.drop_nulls().unique().to_list()
        left = column.filter(~column.is_in([text for text in texts if fold_header(text) in known]))
        by_words = self._statuses_by_words(left) if name == "status" and not shared else {}
        mapped = {text: known.get(fold_header(text), None if shared else by_words.get(text, text)) for text in texts}
        if not mapped:
            return column
        return column.replace_strict(
            pl.Series(list(mapped), dtype=pl.String),
            pl.Series(list(mapped.values()), dtype=pl.String),
            default=None,
            return_dtype=pl.String,
        )

    # Statuses and titles ------------------------------------------------------------------------------------------

    def _statuses_by_words(self, column: pl.Series) -> dict[str, str]:
        """The statuses that the words of a list's cells say; those that say nothing stay as they are.

        The statuses of a CRM are those that its profile lists, but for leads that its users gave up: every company
        names those in its own words.
        """
        texts = column.drop_nulls().unique().to_list()
        known = {text: found for text in texts if (found := status_of(self.entity, text)) is not None}
        if not (self.profile.is_generic or self.profile.is_own):
            listed = {text.casefold() for text in self.section.values.get("status", {})}
            is_given_up = self.entity == Entity.LEAD
            known = {
                text: found
                for text, found in known.items()
                if is_given_up and found == LeadStatus.ARCHIVED and text.casefold() not in listed
            }
        header = self.columns.headers[self.fields["status"][0]]
        for text, status in sorted(known.items()):
            if text.casefold() != status:
                self.columns.decide(f"{header!r}: {text!r} is read as {status}")
        return known

    def _decide_status(self, found: dict[str, pl.Series]) -> None:
        """Decide the status of deals by the words of their stage, where no column says it."""
        stage = found.get("stage")
        if self.entity != Entity.DEAL or stage is None or found.keys() & {"is_won", "is_closed"}:
            return
        said = {text: deal_status(text) for text in stage.drop_nulls().unique().to_list()}
        closing = {text: str(one) for text, one in said.items() if one not in (None, DealStatus.OPEN)}
        stated = found.get("status")
        if not closing or (stated is not None and not stated.is_null().any()):
            return
        header = self.columns.headers[self.fields["stage"][0]]
        for text, status in sorted(closing.items()):
            self.columns.decide(f"{header!r}: stage {text!r} is read as {status}")
        by_stage = stage.replace_strict(closing, default=None, return_dtype=pl.String)
        found["status"] = by_stage if stated is None else stated.zip_with(stated.is_not_null(), by_stage)

    def _composed(self, batch: Batch, name: str, headers: Sequence[str]) -> pl.Series:
        """Join the cells of several columns for a text field that the list lacks."""
        indexes = self.columns.find(headers)
        frame = pl.DataFrame({f"p{place}": batch.cell(index) for place, index in enumerate(indexes)})
        self.columns.decide(f"the {name} is made from {' and '.join(repr(header) for header in headers)}")
        joined = frame.select(pl.concat_str(pl.all(), separator=" – ", ignore_nulls=True).alias(name)).to_series()
        return joined.set(joined == "", None)

    def _currencies_in(self, cells: pl.Series, values: pl.Series) -> pl.Series:
        """Return the currency that each amount states, null for none."""
        marked = cells.str.contains(r"[^\d\s.,()+-]").fill_null(False)
        codes = {text: currency_in(text) for text in cells.filter(marked).unique().to_list()}
        found = cells.replace_strict(
            pl.Series(list(codes), dtype=pl.String),
            pl.Series(list(codes.values()), dtype=pl.String),
            default=None,
            return_dtype=pl.String,
        )
        if (values.is_not_null() & found.is_null()).any():
            header = self.columns.headers[self.fields["value"][0]]
            self.columns.decide(f"{header!r}: amounts that state no currency have none; none is assumed")
        return found

    # Ids and references ------------------------------------------------------------------------------------------

    def external_ids(self, batch: Batch) -> pl.Series:
        """Return the source's own id of each row's record, null for none; an id that repeats stays in custom."""
        if not self.ids:
            return pl.Series("external_id", [None] * batch.height, dtype=pl.String)
        ids = batch.cell(self.ids[0])
        if self.repeated_ids is not None:
            repeats = ids.is_in(self.repeated_ids.implode()).fill_null(False)
            batch.keep_raw(self.ids[0], repeats)
            ids = ids.set(repeats, None)
        return plain_ids(ids, self.profile)

    def natural_keys(self, batch: Batch) -> pl.Series | None:
        """Return the folded cells of the key columns as one text, null if one is blank; None without a key."""
        indexes = self.columns.find(self.key)
        if not indexes:
            return None
        cells = [batch.cell(index).str.to_lowercase().str.replace_all(r"\s+", " ") for index in indexes]
        frame = pl.DataFrame({f"k{place}": cell for place, cell in enumerate(cells)})
        return frame.select(pl.concat_str(pl.all(), separator="\x1e")).to_series()

    def allowed_rows(self, batch: Batch) -> pl.Series | None:
        """Return the rows whose `when` cells allow the entity; None if every row does."""
        rows = _matches_when(self.columns, batch, self.section.when)
        others = _matches_when(self.columns, batch, self.section.unless)
        if others is None:
            return rows
        return ~others if rows is None else rows & ~others

    def references_in(self, batch: Batch, reference: Reference) -> ReferenceColumns:
        """Return the record that each row refers to: by the first filled cell under the reference's headers."""
        allowed = _matches_when(self.columns, batch, reference.when)
        used: dict[int, pl.Series] = {}
        external = self._first(batch, reference.id, used, reference.prefix, allowed)
        name = self._first(batch, reference.name, used, "", allowed)
        email = self._found_in(batch, reference.email, used, allowed, _EMAIL_IN)
        domain = self._company_domains(batch, reference.domain, used, allowed)
        if reference.has_id_in_name:
            first = name.str.split(";").list.first().str.strip_chars()
            inside = first.str.extract_groups(_ID_IN_NAME).struct.unnest()
            has_id = inside.to_series(0).is_not_null()
            external = external.zip_with(external.is_not_null(), inside.to_series(1))
            several = name.str.contains(";", literal=True) & has_id
            self._keep_used(batch, used, self.columns.find(reference.name), several)
            name = name.zip_with(~has_id, inside.to_series(0))
        if reference.values:
            known = {fold_header(key): value for key, value in reference.values.items()}
            texts = name.drop_nulls().unique().to_list()
            name = name.replace(texts, [known.get(fold_header(text), text) for text in texts]) if texts else name
        if external.str.contains(_SEVERAL_IDS).any():
            # Several associated records: the first one counts, and the whole cell is kept in custom.
            self._keep_used(batch, used, self.columns.find(reference.id), external.str.contains(_SEVERAL_IDS))
            external = external.str.replace(rf"(?s){_SEVERAL_IDS}.*$", "")
        ids = plain_ids(external, self.profile).alias("external_id")
        return ReferenceColumns(ids, email.alias("email"), domain.alias("domain"), name.alias("name"), used)

    def _company_domains(
        self, batch: Batch, headers: Sequence[str], used: dict[int, pl.Series], allowed: pl.Series | None
    ) -> pl.Series:
        """Return the web domains of companies; those of mail services name none and stay in custom."""
        domains = self._found_in(batch, headers, used, allowed, _DOMAIN_IN)
        services = [text for text in domains.drop_nulls().unique().to_list() if company_domain(text) is None]
        if not services:
            return domains
        is_service = domains.is_in(pl.Series(services).implode()).fill_null(False)
        for index in self.columns.find(headers):
            batch.keep_raw(index, used[index] & is_service)
            self.columns.count_mail_services(index, domains.filter(used[index] & is_service))
        return domains.set(is_service, None)

    def _found_in(
        self,
        batch: Batch,
        headers: Sequence[str],
        used: dict[int, pl.Series],
        allowed: pl.Series | None,
        pattern: str,
    ) -> pl.Series:
        """Return the first address in the first filled cell; other text stays in custom."""
        cells = self._first(batch, headers, used, "", allowed)
        if cells.null_count() == len(cells):
            return cells
        found = cells.str.to_lowercase().str.extract(pattern)
        is_more = cells.is_not_null() & (cells.str.strip_chars().str.to_lowercase() != found).fill_null(True)
        self._keep_used(batch, used, self.columns.find(headers), is_more)
        return found

    def _first(
        self,
        batch: Batch,
        headers: Sequence[str],
        used: dict[int, pl.Series],
        prefix: str,
        allowed: pl.Series | None,
    ) -> pl.Series:
        found = pl.Series([None] * batch.height, dtype=pl.String)
        for index in self.columns.find(headers):
            cell = batch.cell(index)
            fits = cell.is_not_null() & found.is_null()
            if prefix:
                fits &= cell.str.starts_with(prefix).fill_null(False)
            if allowed is not None:
                fits &= allowed
            used[index] = used[index] | fits if index in used else fits
            found = found.zip_with(~fits, cell)
        return found

    @staticmethod
    def _keep_used(batch: Batch, used: Mapping[int, pl.Series], indexes: Sequence[int], rows: pl.Series) -> None:
        for index in indexes:
            if index in used:
                batch.keep_raw(index, used[index] & rows)


def reference_only_fields(target: Entity, found: ReferenceColumns) -> pl.DataFrame:
    """Return the fields of a record that is known by its name, e-mail address or web domain only."""
    if target not in (*RESOLVED_ENTITIES, Entity.USER):
        title = found.name.alias("title")
        return title.to_frame() if "title" in CONTRACTS[target].fields else title.to_frame().drop("title")
    frame = completed_fields(target, found.name.alias("name").to_frame(), "")
    if found.email.null_count() < len(found.email):
        is_list = target == Entity.PERSON
        email = pl.concat_list("email") if is_list else pl.col("email")
        emails = found.email.to_frame("email").select(pl.when(pl.col("email").is_not_null()).then(email))
        frame = frame.with_columns(emails.to_series().alias("emails" if is_list else "email"))
    if target == Entity.ORGANIZATION and found.domain.null_count() < len(found.domain):
        frame = frame.with_columns(found.domain.alias("domain"))
    return frame


def plain_ids(ids: pl.Series, profile: Profile) -> pl.Series:
    """Return ids in the spelling under which they are compared."""
    for prefix in profile.id_prefixes:
        ids = ids.str.strip_prefix(prefix)
    if profile.id_form == "guid":
        return ids.str.strip_chars("{}").str.to_lowercase()
    if profile.id_form == "salesforce":
        short = (ids.str.len_bytes() == 15).fill_null(False)
        if short.any():
            texts = ids.filter(short).unique().to_list()
            return ids.replace(texts, [salesforce_id(text) for text in texts])
    return ids


def _matches_when(columns: Columns, batch: Batch, when: Mapping[str, Sequence[str]]) -> pl.Series | None:
    """Return the rows in which each header's cell has one of its values, ignoring case."""
    if not when:
        return None
    rows = pl.repeat(True, batch.height, dtype=pl.Boolean, eager=True)
    for header, values in when.items():
        indexes = columns.find([header])
        if not indexes:
            return pl.repeat(False, batch.height, dtype=pl.Boolean, eager=True)
        wanted = pl.Series([value.lower() for value in values]).implode()
        rows &= batch.cell(indexes[0]).str.to_lowercase().is_in(wanted).fill_null(False)
    return rows


def _united(lists: Sequence[pl.Series]) -> pl.Series:
    """Merge several list columns into one, each value once, null if there is none."""
    if len(lists) == 1:
        return lists[0]
    frame = pl.DataFrame({f"l{place}": column for place, column in enumerate(lists)})
    whole = pl.concat_list([pl.col(name).fill_null([]) for name in frame.columns])
    united = frame.select(whole.list.unique(maintain_order=True).alias("united"))
    return united.select(pl.when(pl.col("united").list.len() > 0).then(pl.col("united"))).to_series()
