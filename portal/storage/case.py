"""A case in the bureau's hands: its row → core object, beside whatever it was read with."""

from portal.core.review import OUT, Case, Party, ReviewState, bureau_of
from portal.core.roles import CITY, Role
from portal.storage.tables import AccountRow, ReviewRow

# The states in which somebody of the bureau works on a case, or waits for the plant.
_TAKEN = OUT | {ReviewState.REVIEWING, ReviewState.RECHECKING}


def as_case(row: ReviewRow, holder: AccountRow | None) -> Case:
    """The row as a core object; `holder` is the account that holds it."""
    return Case(
        assessment_id=row.assessment_id,
        state=ReviewState(row.state),
        round=row.round,
        district=row.district,
        holder_id=row.holder or "",
        holder=holder.name if holder else "",
        waiting_since=row.waiting_since,
        due_at=row.due_at,
        is_extended=row.is_extended,
        revision=row.revision,
        is_orphaned=row.state in _TAKEN and not _may_work(row, holder),
    )


def _may_work(row: ReviewRow, holder: AccountRow | None) -> bool:
    wanted = CITY if bureau_of(row.state) is Party.CITY else row.district
    return (
        holder is not None
        and holder.is_active
        and holder.role is Role.REVIEWER
        and holder.jurisdiction == wanted
    )
