"""The bureau: reviewers and their jurisdiction, evidence, campaigns, review, audit trail, statistics."""

import sqlalchemy as sa
from alembic import op

revision = "0006_bureau"
down_revision = "0005_answer_tab"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("jurisdiction", sa.String(length=6), server_default="", nullable=False))
        batch.add_column(sa.Column("office", sa.String(length=100), server_default="", nullable=False))
        batch.add_column(sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.drop_constraint(op.f("ck_account_role"), type_="check")
        batch.create_check_constraint(
            op.f("ck_account_role"),
            "role IN ('manager', 'reviewer', 'consultant', 'operator', 'security', 'auditor')",
        )
    with op.batch_alter_table("report_job") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=20), server_default="report", nullable=False))
        batch.add_column(sa.Column("subject", sa.String(length=200), server_default="", nullable=False))
        batch.alter_column("assessment_id", existing_type=sa.String(length=16), nullable=True)
        batch.create_check_constraint(
            op.f("ck_report_job_kind"), "kind IN ('report', 'notice', 'opinion', 'white_paper')"
        )

    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_previous")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_deed"), "audit", ["deed"], unique=False)
    op.create_index(
        op.f("ix_audit_subject_kind_subject_id"), "audit", ["subject_kind", "subject_id"], unique=False
    )
    op.create_index(op.f("ix_audit_who"), "audit", ["who"], unique=False)
    op.create_table(
        "tally",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", "district", "sector", "kind", "key", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_year_kind_key"), "tally", ["year", "kind", "key"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("sectors", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("rungs", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_by", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_campaign_created_by_account")),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_campaign_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("year", name=op.f("uq_campaign_year")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("enterprise_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("original_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("store_key", sa.String(length=100), nullable=False),
        sa.Column("has_thumbnail", sa.Boolean(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("uploaded_by", sa.String(length=16), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_evidence_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["account.id"], name=op.f("fk_evidence_uploaded_by_account")
        ),
        sa.CheckConstraint(
            "kind IN ('licence', 'certificate', 'test_report', 'ledger', 'invoice', 'contract', 'rules', 'photo', 'drawing', 'other')",
            name=op.f("ck_evidence_kind"),
        ),
        sa.CheckConstraint(
            "media_type IN ('pdf', 'jpeg', 'png', 'docx', 'xlsx')", name=op.f("ck_evidence_media_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("enterprise_id", "sha256", name=op.f("uq_evidence_enterprise_id_sha256")),
        sa.UniqueConstraint("store_key", name=op.f("uq_evidence_store_key")),
    )
    op.create_index(op.f("ix_evidence_enterprise_id"), "evidence", ["enterprise_id"], unique=False)
    op.create_table(
        "phrase",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_phrase_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index(op.f("ix_phrase_account_id"), "phrase", ["account_id"], unique=False)
    op.create_table(
        "evidence_link",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("evidence_id", sa.String(length=16), nullable=False),
        sa.Column("linked_by", sa.String(length=16), nullable=False),
        sa.Column("linked_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_evidence_link_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_link_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["linked_by"], ["account.id"], name=op.f("fk_evidence_link_linked_by_account")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "item", "evidence_id", name=op.f("pk_evidence_link")),
    )
    op.create_index(op.f("ix_evidence_link_evidence_id"), "evidence_link", ["evidence_id"], unique=False)
    op.create_table(
        "invitee",
        sa.Column("campaign_id", sa.String(length=16), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("district", sa.String(length=6), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_invitee_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "uscc", name=op.f("pk_invitee")),
    )
    op.create_index(op.f("ix_invitee_district"), "invitee", ["district"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("occasion", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.String(length=16), nullable=True),
        sa.Column("campaign_id", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_letter_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_letter_enterprise_id_enterprise")
        ),
        sa.CheckConstraint("channel IN ('mail', 'sms')", name=op.f("ck_letter_channel")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed')", name=op.f("ck_letter_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("occasion", name=op.f("uq_letter_occasion")),
    )
    op.create_index(op.f("ix_letter_campaign_id"), "letter", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_letter_enterprise_id"), "letter", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_letter_state_created_at"), "letter", ["state", "created_at"], unique=False)
    op.create_table(
        "objection",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("counted", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=16), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_objection_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_objection_decided_by_account")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_objection_made_by_account")),
        sa.PrimaryKeyConstraint("assessment_id", "item", name=op.f("pk_objection")),
    )
    op.create_table(
        "outcome",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=True),
        sa.Column("verified", sa.Integer(), nullable=True),
        sa.Column("is_gap", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_outcome_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", "item", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_item"), "outcome", ["item"], unique=False)
    op.create_table(
        "recommended",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("technology", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("investment_low", sa.BigInteger(), nullable=True),
        sa.Column("investment_high", sa.BigInteger(), nullable=True),
        sa.Column("saving_low", sa.BigInteger(), nullable=True),
        sa.Column("saving_high", sa.BigInteger(), nullable=True),
        sa.Column("co2_low", sa.BigInteger(), nullable=True),
        sa.Column("co2_high", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_recommended_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", "technology", name=op.f("pk_recommended")),
    )
    op.create_index(op.f("ix_recommended_technology"), "recommended", ["technology"], unique=False)
    op.create_table(
        "reply",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_reply_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_reply_made_by_account")),
        sa.PrimaryKeyConstraint("assessment_id", "item", "round", name=op.f("pk_reply")),
    )
    op.create_table(
        "review",
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
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_review_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["city_by"], ["account.id"], name=op.f("fk_review_city_by_account")),
        sa.ForeignKeyConstraint(["district_by"], ["account.id"], name=op.f("fk_review_district_by_account")),
        sa.ForeignKeyConstraint(["holder"], ["account.id"], name=op.f("fk_review_holder_account")),
        sa.CheckConstraint(
            "state IN ('waiting', 'reviewing', 'returned', 'forwarded', 'rechecking', 'confirmed', 'objected', 'closed')",
            name=op.f("ck_review_state"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_district_state"), "review", ["district", "state"], unique=False)
    op.create_index(op.f("ix_review_holder"), "review", ["holder"], unique=False)
    op.create_table(
        "submission",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=False),
        sa.Column("submitted_by", sa.String(length=16), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("points", sa.String(length=64), nullable=True),
        sa.Column("completeness", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=3), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_submission_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_submission_submitted_by_account")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "round", name=op.f("pk_submission")),
    )
    op.create_table(
        "verdict",
        sa.Column("assessment_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("counted", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_verdict_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_verdict_made_by_account")),
        sa.CheckConstraint("party IN ('enterprise', 'district', 'city')", name=op.f("ck_verdict_party")),
        sa.CheckConstraint("kind IN ('confirmed', 'lowered', 'returned')", name=op.f("ck_verdict_kind")),
        sa.CheckConstraint(
            "reason IN ('no_evidence', 'evidence_expired', 'evidence_unclear', 'not_covered', 'wrong_period', 'wrong_figure', 'not_in_place', 'not_applicable', 'other')",
            name=op.f("ck_verdict_reason"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", "item", "round", "party", name=op.f("pk_verdict")),
    )
    _open_cases()


def _open_cases() -> None:
    """What was submitted before there were reviewers comes into their queue."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO submission (assessment_id, round, submitted_at, submitted_by, profile, answers, evidence,"
            " receipt, checksum, points, completeness, grade, is_provisional)"
            " SELECT id, 1, submitted_at, submitted_by, frozen_profile, frozen_answers, '{}',"
            " receipt, checksum, points, completeness, grade, is_provisional"
            " FROM assessment WHERE state = 'submitted'"
        )
    )
    connection.execute(
        sa.text(
            "INSERT INTO review (assessment_id, state, round, district, waiting_since, is_extended, findings,"
            " revision, district_opinion, city_opinion)"
            " SELECT assessment.id, 'waiting', 1, enterprise.district, submitted_at, :no, 0, 1, '', ''"
            " FROM assessment JOIN enterprise ON enterprise.id = assessment.enterprise_id"
            " WHERE assessment.state = 'submitted'"
        ),
        {"no": False},
    )


def downgrade() -> None:
    """Back. Papers and people that the older tables cannot hold are removed."""
    op.drop_table("verdict")
    op.drop_table("submission")
    op.drop_table("review")
    op.drop_table("reply")
    op.drop_table("recommended")
    op.drop_table("outcome")
    op.drop_table("objection")
    op.drop_table("letter")
    op.drop_table("invitee")
    op.drop_table("evidence_link")
    op.drop_table("phrase")
    op.drop_table("evidence")
    op.drop_table("campaign")
    op.drop_table("tally")
    op.drop_table("audit")
    op.execute("DELETE FROM report_job WHERE assessment_id IS NULL OR kind <> 'report'")
    with op.batch_alter_table("report_job") as batch:
        batch.drop_constraint(op.f("ck_report_job_kind"), type_="check")
        batch.alter_column("assessment_id", existing_type=sa.String(length=16), nullable=False)
        batch.drop_column("subject")
        batch.drop_column("kind")
    op.execute("UPDATE account SET role = 'operator' WHERE role IN ('security', 'auditor')")
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(op.f("ck_account_role"), type_="check")
        batch.create_check_constraint(
            op.f("ck_account_role"), "role IN ('manager', 'reviewer', 'consultant', 'operator')"
        )
        batch.drop_column("is_active")
        batch.drop_column("office")
        batch.drop_column("jurisdiction")
