"""What runs of the import job did."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create `runs`."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(40), primary_key=True),
        sa.Column("import_id", sa.String(40), index=True),
        sa.Column("ended_at", sa.String(40), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
    )
