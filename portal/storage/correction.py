"""The plant's side of a review: replies beside items sent back, drafts of objections, what each round's receipt was."""

import json
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from portal.core.questionnaire import ItemId
from portal.core.verified import Opinions
from portal.storage.session import asked_once
from portal.storage.tables import AccountRow, ObjectionRow, ReplyRow, ReviewRow
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


@asked_once
def opinions(session: Session, assessment_id: str) -> Opinions | None:
    """The opinions on a submission; None before the city has confirmed it."""
    first, last = aliased(AccountRow), aliased(AccountRow)
    query = (
        select(ReviewRow, first.name, last.name)
        .outerjoin(first, first.id == ReviewRow.district_by)
        .outerjoin(last, last.id == ReviewRow.city_by)
        .where(ReviewRow.assessment_id == assessment_id, ReviewRow.verified_answers.is_not(None))
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, district_by, city_by = found
    return Opinions(
        district=row.district_opinion,
        district_by=district_by or "",
        district_at=row.district_at,
        city=row.city_opinion,
        city_by=city_by or "",
        city_at=row.city_at,
        receipt=json.loads(row.verified_receipt) if row.verified_receipt else None,
    )
