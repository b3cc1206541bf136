"""Imports and the files they brought."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create `imports` and `import_files`."""
    op.create_table(
        "imports",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("import_id", sa.String(40), nullable=False, unique=True),
        sa.Column("received_at", sa.String(40), nullable=False),
        sa.Column("finished_at", sa.String(40)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("imported_by", sa.String(200)),
        sa.Column("options", sa.Text, nullable=False),
    )
    op.create_table(
        "import_files",
        sa.Column("import_id", sa.String(40), sa.ForeignKey("imports.import_id"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("stem", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("records", sa.Integer),
        sa.Column("reason", sa.Text),
    )
    op.create_index("ix_import_files_sha256", "import_files", ["sha256"])
