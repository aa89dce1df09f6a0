"""What each submission counts as in the statistics."""

import sqlalchemy as sa
from alembic import op

revision = "0007_standing"
down_revision = "0006_bureau"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What was submitted before is counted by `portal statistics rebuild`."""
    op.create_table(
        "standing",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("scale", sa.String(length=10), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("verified", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=3), nullable=False),
        sa.Column("verified_grade", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_standing_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_standing")),
    )
    op.create_index(op.f("ix_standing_year_sector_district"), "standing", ["year", "sector", "district"])


def downgrade() -> None:
    """Back."""
    op.drop_table("standing")
