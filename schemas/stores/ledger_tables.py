"""The ledger's tables. Their history is in `schemas/stores/migrations`; a test holds the two together."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

imports_table = sa.Table(
    "imports",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("import_id", sa.String(40), nullable=False, unique=True),
    sa.Column("received_at", sa.String(40), nullable=False),
    sa.Column("finished_at", sa.String(40)),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("imported_by", sa.String(200)),
    sa.Column("options", sa.Text, nullable=False),
)

import_files_table = sa.Table(
    "import_files",
    metadata,
    sa.Column("import_id", sa.String(40), sa.ForeignKey("imports.import_id"), primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("stem", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("records", sa.Integer),
    sa.Column("reason", sa.Text),
)

undone_imports_table = sa.Table(
    "undone_imports",
    metadata,
    sa.Column("import_id", sa.String(40), sa.ForeignKey("imports.import_id"), primary_key=True),
    sa.Column("undone_at", sa.String(40), nullable=False),
    sa.Column("undone_by", sa.String(200)),
    sa.Column("reason", sa.Text),
)

retired_records_table = sa.Table(
    "retired_records",
    metadata,
    sa.Column("import_id", sa.String(40), sa.ForeignKey("imports.import_id"), primary_key=True),
    sa.Column("entity", sa.String(20), primary_key=True),
    sa.Column("record_key", sa.String(32), primary_key=True),
)

match_decisions_table = sa.Table(
    "match_decisions",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entity", sa.String(20), nullable=False),
    sa.Column("record_key_l", sa.String(32), nullable=False),
    sa.Column("record_key_r", sa.String(32), nullable=False),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("decided_at", sa.String(40), nullable=False),
    sa.Column("decided_by", sa.String(200)),
    sa.Column("reason", sa.Text),
    sa.Column("records_l", sa.Text),
    sa.Column("records_r", sa.Text),
)

actions_table = sa.Table(
    "actions",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("entity", sa.String(20), nullable=False),
    sa.Column("record_key", sa.String(64), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("acted_at", sa.String(40), nullable=False),
    sa.Column("acted_by", sa.String(200)),
    sa.Column("reason", sa.Text),
)

journal_outbox_table = sa.Table(
    "journal_outbox",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("line", sa.Text, nullable=False),
)
"""Lines of the latest facts until the journal has them; no facts themselves."""

entity_history_table = sa.Table(
    "entity_history",
    metadata,
    sa.Column("change_id", sa.String(40), primary_key=True),
    sa.Column("changed_at", sa.String(40), nullable=False),
    sa.Column("entity", sa.String(20), nullable=False),
    sa.Column("change", sa.String(20), nullable=False),
    sa.Column("entity_id", sa.String(40), nullable=False),
    sa.Column("into_id", sa.String(40)),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("import_id", sa.String(40)),
)

runs_table = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.String(40), primary_key=True),
    sa.Column("import_id", sa.String(40), index=True),
    sa.Column("ended_at", sa.String(40), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
)
