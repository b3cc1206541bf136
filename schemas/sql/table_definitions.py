"""The definition of every table, as SQL.

Most tables have a file of their own in `tables/<schema>`. Tables that several entities share are made from one file
in `tables/by_entity`; tables of source records take their fields and references from the record contracts.

Belongs here: which tables there are, and the text of their definitions. Does not belong here: reading
definitions (`schemas.sql.table_contracts`); creating the tables (`schemas.stores.warehouse_tables`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from schemas.contracts.records import CONTRACTS, RECORD_TABLES, Contract, Field
from schemas.contracts.vocabulary import RESOLVED_ENTITIES, Entity, Kind
from schemas.sql.files import SHARED, Expression, sql_names, sql_text

TABLE_SCHEMAS = ("records", "main", "audit")
"""Schemas that hold tables, in the order in which they are made."""

_BY_ENTITY = {
    "main.{}_lineage": RESOLVED_ENTITIES,
    "main.{}_sources": (*RESOLVED_ENTITIES, Entity.LEAD, Entity.DEAL),
    "audit.{}_members": RESOLVED_ENTITIES,
    "audit.{}_pairs": RESOLVED_ENTITIES,
}
"""Tables that several entities share. The file is named after the last word."""

_TYPES = {
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMPTZ",
    Kind.MONEY: "DECIMAL(18,2)",
    Kind.PERCENT: "DOUBLE",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
}
"""Column types by kind; every other kind is text."""

_OF_CURRENT = (
    "    first_seen STRUCT(import_sequence INTEGER, file_ordinal INTEGER, sheet_ordinal INTEGER, row_number INTEGER) "
    "NOT NULL,  -- Where the ledger first saw the record",
    "    content HUGEINT NOT NULL,  -- Checksum of all source rows of the record; it differs if the record changed",
)
"""Columns that only the current version of a record has."""


@cache
def table_definitions() -> dict[str, str]:
    """The CREATE TABLE statement of every table (`schema.name`), by schema and name, each column with its comment."""
    found = {
        f"{schema}.{name.rsplit('/', 1)[1]}": sql_text(name)
        for schema in TABLE_SCHEMAS
        for name in sql_names(f"tables/{schema}")
    }
    found |= dict(_tables_by_entity())
    found |= {table: _source_table(CONTRACTS[entity]) for entity, table in RECORD_TABLES.items()}
    found |= {f"records.current_{entity}s": _current_table(CONTRACTS[entity]) for entity in RESOLVED_ENTITIES}
    return dict(sorted(found.items(), key=lambda item: _place(item[0])))


def _place(table: str) -> tuple[int, str]:
    schema, name = table.split(".")
    return TABLE_SCHEMAS.index(schema), name


def _tables_by_entity() -> Iterator[tuple[str, str]]:
    for pattern, entities in _BY_ENTITY.items():
        file = f"tables/by_entity/{pattern.rsplit('_', 1)[1]}"
        for entity in entities:
            yield pattern.format(entity), SHARED.statement(file, entity=entity).text


def _source_table(contract: Contract) -> str:
    is_stage = contract.entity is Entity.STAGE
    table = RECORD_TABLES[contract.entity]
    about = "the stages of their pipelines" if is_stage else table.split("_", 1)[1].replace("_", " ")
    newest = "A" if is_stage else "The newest version of a record_key counts; a"
    return _record_table(
        table,
        f"Source records of {about}: one row for each time that a file contains a record, unchanged. "
        f"{newest} row with is_stub is a reference-only record, known because another record refers to it.",
        _columns(contract),
    )


def _current_table(contract: Contract) -> str:
    entity = contract.entity
    return _record_table(
        f"records.current_{entity}s",
        f"The current version of each {entity} record, combined from all its versions in source_{entity}s (macro "
        "current_version), deleted records included. Stored, so that an import derives again only what it changed.",
        [*_columns(contract), *_OF_CURRENT],
    )


def _record_table(table: str, comment: str, columns: list[str]) -> str:
    parts = {"comment": Expression(comment), "table": Expression(table), "columns": Expression("\n".join(columns))}
    return SHARED.statement("tables/by_entity/records", **parts).text


def _columns(contract: Contract) -> list[str]:
    """The lines of a definition for the fields and references of a contract."""
    lines = [f"    {field.name} {_type(field)},  -- {field.comment}" for field in contract.columns]
    lines += [_reference(entity) for entity in contract.references]
    if contract.entity in RESOLVED_ENTITIES:
        lines.append("    same_as_key VARCHAR,  -- Key of the record that the source states to be the same")
    return lines


def _type(field: Field) -> str:
    return _TYPES.get(field.kind, "VARCHAR") + ("[]" if field.is_list else "")


def _reference(entity: Entity) -> str:
    if entity is Entity.USER:
        return "    user_key VARCHAR,  -- Key of the user who owns or made it"
    return f"    {entity}_key VARCHAR USING COMPRESSION uncompressed,  -- Key of the {entity} record that it refers to"
