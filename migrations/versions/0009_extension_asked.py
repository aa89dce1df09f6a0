"""A plant may ask for more time: one more kind of step in the history of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0009_extension_asked"
down_revision = "0008_decisions"
branch_labels = None
depends_on = None

_BEFORE = (
    "'take', 'release', 'hand_over', 'judge', 'return', 'extend', 'correct', 'resubmit', 'recall', 'forward', "
    "'send_back', 'confirm', 'object', 'decide'"
)
_AFTER = _BEFORE.replace("'extend'", "'ask_extension', 'extend'")
_NAME = "ck_decision_deed"


def _table(deeds: str) -> sa.Table:
    """The table as it stands: SQLite cannot change a check in place, and does not tell which there are."""
    return sa.Table(
        "decision",
        sa.MetaData(),
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
        sa.CheckConstraint(f"deed IN ({deeds})", name=op.f(_NAME)),
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


def _allow(deeds: str, *, instead_of: str) -> None:
    with op.batch_alter_table("decision", copy_from=_table(instead_of)) as batch:
        batch.drop_constraint(op.f(_NAME), type_="check")
        batch.create_check_constraint(op.f(_NAME), sa.text(f"deed IN ({deeds})"))


def upgrade() -> None:
    """Forward."""
    _allow(_AFTER, instead_of=_BEFORE)


def downgrade() -> None:
    """Back: what asked for more time has no place in the table as it was."""
    op.execute("DELETE FROM decision WHERE deed = 'ask_extension'")
    _allow(_BEFORE, instead_of=_AFTER)
