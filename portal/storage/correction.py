"""The plant's side of a review: replies beside items sent back, drafts of objections, what each round's receipt was."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.questionnaire import ItemId
from portal.storage.tables import ObjectionRow, ReplyRow
from portal.storage.upsert import inserting


def keep_reply(
    session: Session, assessment_id: str, item: ItemId, *, round: int, text: str, by: str, now: datetime
) -> None:
    """Write what the plant says beside an item in that round; an empty text takes it back."""
    if not text:
        session.execute(
            delete(ReplyRow).where(
                ReplyRow.assessment_id == assessment_id, ReplyRow.item == item, ReplyRow.round == round
            )
        )
        return
    statement = inserting(session.get_bind().dialect.name, ReplyRow).values(
        assessment_id=assessment_id, item=item, round=round, text=text, made_by=by, made_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["assessment_id", "item", "round"],
            set_={"text": text, "made_by": by, "made_at": now},
        )
    )


def keep_objection(
    session: Session, assessment_id: str, item: ItemId, *, text: str, by: str, now: datetime
) -> None:
    """Write an objection that is not sent yet; an empty text takes it back."""
    if not text:
        session.execute(
            delete(ObjectionRow).where(
                ObjectionRow.assessment_id == assessment_id,
                ObjectionRow.item == item,
                ObjectionRow.decided_at.is_(None),
            )
        )
        return
    statement = inserting(session.get_bind().dialect.name, ObjectionRow).values(
        assessment_id=assessment_id, item=item, text=text, made_by=by, made_at=now, answer=""
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["assessment_id", "item"],
            set_={"text": text, "made_by": by, "made_at": now},
            where=ObjectionRow.decided_at.is_(None),
        )
    )
