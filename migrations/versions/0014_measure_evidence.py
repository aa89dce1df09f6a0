"""A line of the ledger bears evidence; the questionnaire is printed to be filled in by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0014_measure_evidence"
down_revision = "0013_packed_files"
branch_labels = None
depends_on = None

_BEFORE = "kind IN ('report', 'notice', 'opinion', 'white_paper', 'package')"
_AFTER = _BEFORE.replace("'package'", "'package', 'blank'")


def _allow(kinds: str) -> None:
    with op.batch_alter_table("report_job") as batch:
        batch.drop_constraint(op.f("ck_report_job_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_report_job_kind"), sa.text(kinds))


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "measure_evidence",
        sa.Column("measure_id", sa.String(length=16), nullable=False),
        sa.Column("evidence_id", sa.String(length=16), nullable=False),
        sa.Column("linked_by", sa.String(length=16), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measure.id"],
            name=op.f("fk_measure_evidence_measure_id_measure"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_measure_evidence_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["linked_by"], ["account.id"], name=op.f("fk_measure_evidence_linked_by_account")
        ),
        sa.PrimaryKeyConstraint("measure_id", "evidence_id", name=op.f("pk_measure_evidence")),
    )
    op.create_index(
        op.f("ix_measure_evidence_evidence_id"), "measure_evidence", ["evidence_id"], unique=False
    )
    _allow(_AFTER)


def downgrade() -> None:
    """Back."""
    op.execute("DELETE FROM report_job WHERE kind = 'blank'")
    _allow(_BEFORE)
    op.drop_index(op.f("ix_measure_evidence_evidence_id"), table_name="measure_evidence")
    op.drop_table("measure_evidence")
