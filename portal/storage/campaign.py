"""Campaigns, the enterprises they invite, and how far each enterprise is: rows ↔ core objects."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from portal.core.campaign import Campaign, CampaignState, Plan, Rung
from portal.core.levels import Grade
from portal.core.participation import Invitee, Participant, Stage, Wanted
from portal.core.roles import CITY
from portal.storage.session import asked_once
from portal.storage.tables import (
    AccountRow,
    AssessmentRow,
    CampaignRow,
    EnterpriseRow,
    InviteeRow,
    MembershipRow,
    ReviewRow,
)
from portal.storage.upsert import add_new, inserting

_CHUNK = 500


def add(session: Session, id: str, plan: Plan, *, by: str, now: datetime) -> bool:
    """Add a draft; False when the year has a campaign already."""
    return add_new(
        session,
        CampaignRow,
        id=id,
        year=plan.year,
        state=CampaignState.DRAFT,
        created_by=by,
        created_at=now,
        changed_at=now,
        **_said(plan),
    )


def change(session: Session, id: str, plan: Plan, now: datetime) -> None:
    """Replace what the campaign says; its year stays."""
    session.execute(update(CampaignRow).where(CampaignRow.id == id).values(changed_at=now, **_said(plan)))


def _said(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "sectors": json.dumps(list(plan.sectors)),
        "opens_on": plan.opens_on,
        "closes_on": plan.closes_on,
        "rungs": json.dumps([_rung_json(rung) for rung in plan.rungs]),
        "notice": plan.notice,
    }


def _rung_json(rung: Rung) -> dict[str, str]:
    grade = rung.grade.value if rung.grade is not None else ""
    return {"id": rung.id, "title": rung.title, "points": f"{rung.points:f}", "grade": grade}


def publish(session: Session, id: str, now: datetime) -> None:
    """Enterprises see it from now on."""
    session.execute(
        update(CampaignRow).where(CampaignRow.id == id).values(state=CampaignState.PUBLISHED, changed_at=now)
    )


def find(session: Session, id: str, *, is_locking: bool = False) -> Campaign | None:
    """One campaign; locked where it is about to change."""
    row = session.get(CampaignRow, id, with_for_update=is_locking or None, populate_existing=is_locking)
    return _campaign(row) if row is not None else None


@asked_once
def of_year(session: Session, year: int) -> Campaign | None:
    """The year's campaign, published or not."""
    row = session.scalars(select(CampaignRow).where(CampaignRow.year == year)).one_or_none()
    return _campaign(row) if row is not None else None


def all_(session: Session, *, is_published: bool = False) -> tuple[Campaign, ...]:
    """Every campaign, newest year first; with `is_published` without drafts."""
    query = select(CampaignRow).order_by(CampaignRow.year.desc())
    if is_published:
        query = query.where(CampaignRow.state == CampaignState.PUBLISHED)
    return tuple(_campaign(row) for row in session.scalars(query))


def _campaign(row: CampaignRow) -> Campaign:
    return Campaign(
        id=row.id,
        year=row.year,
        title=row.title,
        sectors=tuple(json.loads(row.sectors)),
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        rungs=tuple(
            Rung(
                id=one["id"],
                title=one["title"],
                points=Decimal(one["points"]),
                grade=Grade(one["grade"]) if one["grade"] else None,
            )
            for one in json.loads(row.rungs)
        ),
        notice=row.notice,
        state=row.state,
    )


# ── Invitees ─────────────────────────────────────────────────────────────────


def invite(session: Session, campaign_id: str, invitees: Sequence[Invitee]) -> None:
    """Add enterprises to the list; what is there already under the same code is replaced."""
    connection = session.connection()
    statement = inserting(connection.dialect.name, InviteeRow)
    upsert = statement.on_conflict_do_update(
        index_elements=["campaign_id", "uscc"],
        set_={name: statement.excluded[name] for name in ("name", "district", "sector", "mail", "mobile")},
    )
    rows = [{"campaign_id": campaign_id, **asdict(one)} for one in invitees]
    for start in range(0, len(rows), _CHUNK):
        connection.execute(upsert, rows[start : start + _CHUNK])


def withdraw(session: Session, campaign_id: str, uscc: str) -> bool:
    """Take an enterprise off the list; False when it is not on it."""
    statement = delete(InviteeRow).where(InviteeRow.campaign_id == campaign_id, InviteeRow.uscc == uscc)
    return session.execute(statement.returning(InviteeRow.uscc)).one_or_none() is not None


def is_invited(session: Session, campaign_id: str, uscc: str) -> bool:
    """Whether the enterprise with that code is on the list."""
    query = select(InviteeRow.uscc).where(InviteeRow.campaign_id == campaign_id, InviteeRow.uscc == uscc)
    return session.scalar(query) is not None


def invited(session: Session, campaign_id: str) -> int:
    """How many enterprises are on the list."""
    query = select(func.count()).select_from(InviteeRow).where(InviteeRow.campaign_id == campaign_id)
    return session.scalar(query) or 0


# ── How far everybody is ─────────────────────────────────────────────────────


def participants(
    session: Session,
    campaign: Campaign,
    jurisdiction: str,
    wanted: Wanted,
    *,
    offset: int = 0,
    limit: int = 0,
) -> tuple[Participant, ...]:
    """Invited enterprises and registered ones of the campaign's sectors, within the jurisdiction."""
    everybody = _everybody(campaign)
    query = (
        select(everybody)
        .where(*_narrowed(everybody, jurisdiction, wanted))
        .order_by(everybody.c.district, everybody.c.sector, everybody.c.name, everybody.c.uscc)
        .offset(offset)
    )
    if limit:
        query = query.limit(limit)
    return tuple(
        Participant(
            uscc=row.uscc,
            name=row.name,
            district=row.district,
            sector=row.sector,
            stage=Stage(row.stage),
            enterprise_id=row.enterprise_id or "",
            assessment_id=row.assessment_id or "",
            is_invited=bool(row.is_invited),
            mail=row.mail or "",
            mobile=row.mobile or "",
            submitted_at=row.submitted_at,
        )
        for row in session.execute(query)
    )


def counts(
    session: Session, campaign: Campaign, jurisdiction: str, wanted: Wanted
) -> tuple[tuple[str, str, Stage, int], ...]:
    """How many there are by district, sector and stage."""
    everybody = _everybody(campaign)
    keys = (everybody.c.district, everybody.c.sector, everybody.c.stage)
    query = (
        select(*keys, func.count())
        .where(*_narrowed(everybody, jurisdiction, wanted))
        .group_by(*keys)
        .order_by(*keys)
    )
    return tuple((district, sector, Stage(stage), n) for district, sector, stage, n in session.execute(query))


def _everybody(campaign: Campaign) -> Subquery:
    """One row for each enterprise: the registered, then those on the list that have not registered."""
    on_list = exists().where(InviteeRow.campaign_id == campaign.id, InviteeRow.uscc == EnterpriseRow.uscc)
    is_here = exists().where(EnterpriseRow.uscc == InviteeRow.uscc)
    return union_all(_registered(campaign, on_list), _unregistered(campaign, is_here)).subquery()


def _registered(campaign: Campaign, on_list: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    stage = func.coalesce(type_coerce(AssessmentRow.state, String), literal(Stage.NOT_BEGUN.value))
    return (
        select(
            EnterpriseRow.uscc,
            EnterpriseRow.name,
            # An enterprise that has moved since belongs to the district that has its case.
            func.coalesce(ReviewRow.district, EnterpriseRow.district).label("district"),
            EnterpriseRow.sector,
            EnterpriseRow.contact_mail.label("mail"),
            EnterpriseRow.contact_phone.label("mobile"),
            EnterpriseRow.id.label("enterprise_id"),
            AssessmentRow.id.label("assessment_id"),
            AssessmentRow.submitted_at,
            stage.label("stage"),
            on_list.label("is_invited"),
        )
        .outerjoin(
            AssessmentRow,
            (AssessmentRow.enterprise_id == EnterpriseRow.id) & (AssessmentRow.year == campaign.year),
        )
        .outerjoin(ReviewRow, ReviewRow.assessment_id == AssessmentRow.id)
        .where(or_(EnterpriseRow.sector.in_(campaign.sectors), on_list))
    )


def _unregistered(campaign: Campaign, is_here: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        InviteeRow.uscc,
        InviteeRow.name,
        InviteeRow.district,
        InviteeRow.sector,
        InviteeRow.mail,
        InviteeRow.mobile,
        null().label("enterprise_id"),
        null().label("assessment_id"),
        null().label("submitted_at"),
        literal(Stage.UNREGISTERED.value).label("stage"),
        literal(True).label("is_invited"),
    ).where(InviteeRow.campaign_id == campaign.id, ~is_here)


def _narrowed(everybody: Subquery, jurisdiction: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = []
    if jurisdiction != CITY:
        conditions.append(everybody.c.district == jurisdiction)
    if wanted.district:
        conditions.append(everybody.c.district == wanted.district)
    if wanted.sector:
        conditions.append(everybody.c.sector == wanted.sector)
    if wanted.stages:
        conditions.append(everybody.c.stage.in_([stage.value for stage in wanted.stages]))
    if wanted.words:
        pattern = "%" + wanted.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(
            everybody.c.name.like(pattern, escape="\\") | everybody.c.uscc.like(pattern.upper(), escape="\\")
        )
    return conditions


def people_of(session: Session, enterprise_ids: Sequence[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Who acts for the enterprises and can sign in: account id, mail, mobile number, in the order of joining."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for start in range(0, len(enterprise_ids), _CHUNK):
        rows = session.execute(
            select(MembershipRow.enterprise_id, AccountRow.id, AccountRow.mail, AccountRow.mobile)
            .join(AccountRow, AccountRow.id == MembershipRow.account_id)
            .where(
                MembershipRow.enterprise_id.in_(enterprise_ids[start : start + _CHUNK]),
                AccountRow.is_active,
            )
            .order_by(MembershipRow.created_at, AccountRow.id)
        )
        for enterprise_id, account_id, mail, mobile in rows:
            found.setdefault(enterprise_id, []).append((account_id, mail, mobile or ""))
    return found
