"""The city may send items back to the plant itself: one more state of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0012_returned_by_city"
down_revision = "0011_tally_cover"
branch_labels = None
depends_on = None

_BEFORE = "'waiting', 'reviewing', 'returned', 'forwarded', 'rechecking', 'confirmed', 'objected', 'closed'"
_AFTER = _BEFORE.replace("'confirmed'", "'returned_by_city', 'confirmed'")
_NAME = "ck_review_state"


def _table(states: str) -> sa.Table:
    """The table as it stands: SQLite cannot change a check in place, and does not tell which there are."""
    accounts = ("holder", "district_by", "city_by")
    return sa.Table(
        "review",
        sa.MetaData(),
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("holder", sa.String(length=16), nullable=True),
        sa.Column("waiting_since", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("district_opinion", sa.Text(), nullable=False),
        sa.Column("district_by", sa.String(length=16), nullable=True),
        sa.Column("district_at", sa.DateTime(), nullable=True),
        sa.Column("city_opinion", sa.Text(), nullable=False),
        sa.Column("city_by", sa.String(length=16), nullable=True),
        sa.Column("city_at", sa.DateTime(), nullable=True),
        sa.Column("verified_answers", sa.Text(), nullable=True),
        sa.Column("verified_receipt", sa.Text(), nullable=True),
        sa.Column("verified_checksum", sa.String(length=64), nullable=True),
        sa.Column("verified_points", sa.String(length=64), nullable=True),
        sa.Column("verified_grade", sa.String(length=3), nullable=True),
        sa.CheckConstraint(f"state IN ({states})", name=op.f(_NAME)),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_review_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint([name], ["account.id"], name=op.f(f"fk_review_{name}_account"))
            for name in accounts
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_review")),
        sa.Index(op.f("ix_review_district_state"), "district", "state"),
        sa.Index(op.f("ix_review_holder"), "holder"),
    )


def _allow(states: str, *, instead_of: str) -> None:
    with op.batch_alter_table("review", copy_from=_table(instead_of)) as batch:
        batch.drop_constraint(op.f(_NAME), type_="check")
        batch.create_check_constraint(op.f(_NAME), sa.text(f"state IN ({states})"))


def upgrade() -> None:
    """Forward."""
    _allow(_AFTER, instead_of=_BEFORE)


def downgrade() -> None:
    """Back: what the city sent back waits for the plant as if the district had done it."""
    op.execute("UPDATE review SET state = 'returned' WHERE state = 'returned_by_city'")
    _allow(_BEFORE, instead_of=_AFTER)
