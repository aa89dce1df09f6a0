"""Consultants: firms, mandates, scenarios, the ledger of measures, batches of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0010_consultants"
down_revision = "0009_extension_asked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "firm",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("signatory", sa.String(length=50), nullable=False),
        sa.Column("cover_note", sa.String(length=300), nullable=False),
        sa.Column("logo_key", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
        sa.UniqueConstraint("uscc", name=op.f("uq_firm_uscc")),
    )
    with op.batch_alter_table("report_job") as batch:
        batch.add_column(sa.Column("firm_id", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("is_signed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("revoked_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("revoked_by", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("revoked_why", sa.String(length=300), server_default="", nullable=False))
        batch.create_foreign_key(op.f("fk_report_job_firm_id_firm"), "firm", ["firm_id"], ["id"])
        batch.create_foreign_key(op.f("fk_report_job_revoked_by_account"), "account", ["revoked_by"], ["id"])
        batch.drop_constraint(op.f("ck_report_job_kind"), type_="check")
        batch.create_check_constraint(
            op.f("ck_report_job_kind"), "kind IN ('report', 'notice', 'opinion', 'white_paper', 'package')"
        )

    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("firm_id", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_batch_account_id_account")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_batch_firm_id_firm")),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'cancelled', 'done')", name=op.f("ck_batch_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_account_id"), "batch", ["account_id"], unique=False)
    op.create_table(
        "firm_member",
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("firm_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_firm_member_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firm.id"], name=op.f("fk_firm_member_firm_id_firm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_firm_member")),
    )
    op.create_index(op.f("ix_firm_member_firm_id"), "firm_member", ["firm_id"], unique=False)
    op.create_table(
        "mandate",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("enterprise_id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=True),
        sa.Column("firm_id", sa.String(length=16), nullable=True),
        sa.Column("scopes", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("granted_by", sa.String(length=16), nullable=False),
        sa.Column("granted_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=16), nullable=True),
        sa.CheckConstraint("(account_id IS NULL) <> (firm_id IS NULL)", name=op.f("ck_mandate_one_holder")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_account_id_account")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_mandate_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_mandate_firm_id_firm")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_mandate_granted_by_account")),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"], name=op.f("fk_mandate_revoked_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_account_id"), "mandate", ["account_id"], unique=False)
    op.create_index(op.f("ix_mandate_enterprise_id"), "mandate", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_mandate_firm_id"), "mandate", ["firm_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("enterprise_id", sa.String(length=16), nullable=False),
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("technology", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("budget", sa.String(length=64), nullable=True),
        sa.Column("spent", sa.String(length=64), nullable=True),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("effect", sa.String(length=64), nullable=True),
        sa.Column("effect_unit", sa.String(length=20), nullable=False),
        sa.Column("saving", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("changed_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_measure_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_measure_changed_by_account")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_measure_enterprise_id_enterprise")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'done', 'dropped')", name=op.f("ck_measure_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint(
            "enterprise_id",
            "assessment_id",
            "technology",
            name=op.f("uq_measure_enterprise_id_assessment_id_technology"),
        ),
    )
    op.create_index(op.f("ix_measure_assessment_id"), "measure", ["assessment_id"], unique=False)
    op.create_index(op.f("ix_measure_technology"), "measure", ["technology"], unique=False)
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("technologies", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_scenario_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_scenario_created_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index(op.f("ix_scenario_assessment_id"), "scenario", ["assessment_id"], unique=False)
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("job_id", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_batch_item_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id_batch"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["report_job.id"], name=op.f("fk_batch_item_job_id_report_job")),
        sa.CheckConstraint(
            "state IN ('waiting', 'printed', 'failed', 'refused', 'cancelled')",
            name=op.f("ck_batch_item_state"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_item")),
    )
    op.create_index(op.f("ix_batch_item_job_id"), "batch_item", ["job_id"], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table("batch_item")
    op.drop_table("scenario")
    op.drop_table("measure")
    op.drop_table("mandate")
    op.drop_table("firm_member")
    op.drop_table("batch")
    op.execute("DELETE FROM report_job WHERE kind = 'package'")
    with op.batch_alter_table("report_job") as batch:
        batch.drop_constraint(op.f("ck_report_job_kind"), type_="check")
        batch.create_check_constraint(
            op.f("ck_report_job_kind"), "kind IN ('report', 'notice', 'opinion', 'white_paper')"
        )
        batch.drop_constraint(op.f("fk_report_job_revoked_by_account"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_report_job_firm_id_firm"), type_="foreignkey")
        for column in ("revoked_why", "revoked_by", "revoked_at", "is_signed", "firm_id"):
            batch.drop_column(column)
    op.drop_table("firm")
