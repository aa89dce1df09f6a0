"""Self-checks, their answers, and every answer that ever was."""

import sqlalchemy as sa
from alembic import op

revision = "0002_assessments"
down_revision = "0001_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "assessment",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("enterprise_id", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by", sa.String(length=16), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("frozen_profile", sa.Text(), nullable=True),
        sa.Column("frozen_answers", sa.Text(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("checksum", sa.String(length=64), nullable=True),
        sa.Column("points", sa.String(length=64), nullable=True),
        sa.Column("completeness", sa.String(length=64), nullable=True),
        sa.Column("grade", sa.String(length=3), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_assessment_created_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_assessment_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_assessment_submitted_by_account")
        ),
        sa.CheckConstraint("state IN ('draft', 'submitted')", name=op.f("ck_assessment_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("enterprise_id", "year", name=op.f("uq_assessment_enterprise_id_year")),
        sa.UniqueConstraint("number", name=op.f("uq_assessment_number")),
    )
    op.create_table(
        "answer",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.String(length=16), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("is_carried_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_answer_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["saved_by"], ["account.id"], name=op.f("fk_answer_saved_by_account")),
        sa.PrimaryKeyConstraint("assessment_id", "item", name=op.f("pk_answer")),
    )
    op.create_table(
        "answer_history",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(length=16), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_answer_history_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["account.id"], name=op.f("fk_answer_history_saved_by_account")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "item", "revision", name=op.f("pk_answer_history")),
    )
    op.create_index(
        op.f("ix_answer_history_assessment_id_saved_at"), "answer_history", ["assessment_id", "saved_at"]
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("answer_history")
    op.drop_table("answer")
    op.drop_table("assessment")
