"""What people did to entities: edits, conversions, moves of deals, the model in use."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create `actions`."""
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
