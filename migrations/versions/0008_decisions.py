"""Every step of a case's way through the bureau, with what was said."""

import sqlalchemy as sa
from alembic import op

revision = "0008_decisions"
down_revision = "0007_standing"
branch_labels = None
depends_on = None

_DEEDS = (
    "'take', 'release', 'hand_over', 'judge', 'return', 'extend', 'correct', 'resubmit', 'recall', 'forward', "
    "'send_back', 'confirm', 'object', 'decide'"
)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "decision",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("towards", sa.String(length=16), nullable=True),
        sa.CheckConstraint(f"deed IN ({_DEEDS})", name=op.f("ck_decision_deed")),
        sa.CheckConstraint("party IN ('enterprise', 'district', 'city')", name=op.f("ck_decision_party")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_decision_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_decision_made_by_account")),
        sa.ForeignKeyConstraint(["towards"], ["account.id"], name=op.f("fk_decision_towards_account")),
        sa.PrimaryKeyConstraint("assessment_id", "revision", name=op.f("pk_decision")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("decision")
