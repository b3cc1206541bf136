"""Imports that were taken back, and the records whose ids they leave behind."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create `undone_imports` and `retired_records`."""
    op.create_table(
        "undone_imports",
        sa.Column("import_id", sa.String(40), sa.ForeignKey("imports.import_id"), primary_key=True),
        sa.Column("undone_at", sa.String(40), nullable=False),
        sa.Column("undone_by", sa.String(200)),
        sa.Column("reason", sa.Text),
    )
    op.create_table(
        "retired_records",
        sa.Column("import_id", sa.String(40), sa.ForeignKey("imports.import_id"), primary_key=True),
        sa.Column("entity", sa.String(20), primary_key=True),
        sa.Column("record_key", sa.String(32), primary_key=True),
    )
