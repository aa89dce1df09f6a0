"""The sums are read from their index alone: a panel of a whole city reads some ten thousand of them."""

from alembic import op

revision = "0011_tally_cover"
down_revision = "0010_consultants"
branch_labels = None
depends_on = None

COLUMNS = ["year", "kind", "key", "sector", "district", "count", "total"]


def upgrade() -> None:
    """Forward."""
    op.create_index(op.f("ix_tally_year_kind_key_sector_district_count_total"), "tally", COLUMNS)
    op.drop_index(op.f("ix_tally_year_kind_key"), "tally")


def downgrade() -> None:
    """Back."""
    op.create_index(op.f("ix_tally_year_kind_key"), "tally", COLUMNS[:3])
    op.drop_index(op.f("ix_tally_year_kind_key_sector_district_count_total"), "tally")
