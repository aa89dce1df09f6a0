"""What managers say to the findings of the data check."""

import sqlalchemy as sa
from alembic import op

revision = "0004_explanations"
down_revision = "0003_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "explanation",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(length=16), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_explanation_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_explanation_saved_by_account")),
        sa.PrimaryKeyConstraint("assessment_id", "rule", name=op.f("pk_explanation")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("explanation")
