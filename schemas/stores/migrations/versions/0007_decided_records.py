"""All records that a decision about two entities is about; earlier decisions are about two records."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add `records_l` and `records_r`, lists of record keys as JSON, to `match_decisions`."""
    op.add_column("match_decisions", sa.Column("records_l", sa.Text))
    op.add_column("match_decisions", sa.Column("records_r", sa.Text))
