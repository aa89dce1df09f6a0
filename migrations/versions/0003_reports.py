"""The queue of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0003_reports"
down_revision = "0002_assessments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "report_job",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_report_job_asked_by_account")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_report_job_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_report_job_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_job")),
        sa.UniqueConstraint("content_key", name=op.f("uq_report_job_content_key")),
    )
    op.create_index(op.f("ix_report_job_assessment_id"), "report_job", ["assessment_id"])
    op.create_index(op.f("ix_report_job_state_asked_at"), "report_job", ["state", "asked_at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("report_job")
