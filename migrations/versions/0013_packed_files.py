"""What the portal made inside an application package is known by its checksum, so that each file can be verified."""

import sqlalchemy as sa
from alembic import op

revision = "0013_packed_files"
down_revision = "0012_returned_by_city"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "packed_file",
        sa.Column("job_id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["report_job.id"], name=op.f("fk_packed_file_job_id_report_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "name", name=op.f("pk_packed_file")),
    )
    op.create_index(op.f("ix_packed_file_sha256"), "packed_file", ["sha256"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index(op.f("ix_packed_file_sha256"), table_name="packed_file")
    op.drop_table("packed_file")
