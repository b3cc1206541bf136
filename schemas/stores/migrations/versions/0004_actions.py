"""What people did to entities, and what became of the entities that were published."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create `actions` and `entity_history`."""
    op.create_table(
        "actions",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("entity", sa.String(20), nullable=False),
        sa.Column("record_key", sa.String(64), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("acted_at", sa.String(40), nullable=False),
        sa.Column("acted_by", sa.String(200)),
        sa.Column("reason", sa.Text),
    )
    op.create_table(
        "entity_history",
        sa.Column("change_id", sa.String(40), primary_key=True),
        sa.Column("changed_at", sa.String(40), nullable=False),
        sa.Column("entity", sa.String(20), nullable=False),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("entity_id", sa.String(40), nullable=False),
        sa.Column("into_id", sa.String(40)),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("import_id", sa.String(40)),
    )
