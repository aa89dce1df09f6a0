"""Answers remember the browser tab that saved them."""

import sqlalchemy as sa
from alembic import op

revision = "0005_answer_tab"
down_revision = "0004_explanations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("answer") as batch:
        batch.add_column(sa.Column("saved_from", sa.String(length=32), server_default="", nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("saved_from")
