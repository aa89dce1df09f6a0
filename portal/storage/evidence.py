"""Evidence and what it supports: rows ↔ core objects. Every query says whose files it may touch."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from portal.core.evidence import (
    Evidence,
    EvidenceKind,
    Label,
    MediaType,
    Order,
    Shelf,
    Use,
    Wanted,
)
from portal.core.questionnaire import ItemId
from portal.core.review import ReviewState
from portal.core.roles import Sight
from portal.storage.session import asked_once
from portal.storage.sight import seen_by
from portal.storage.tables import (
    AccountRow,
    AssessmentRow,
    EvidenceLinkRow,
    EvidenceRow,
    FirmRow,
    MeasureEvidenceRow,
    MembershipRow,
    ObjectionRow,
    ReviewRow,
    SubmissionRow,
)
from portal.storage.upsert import add_new

PAGE = 24


@dataclass(frozen=True, slots=True)
class Stored:
    """A file with the place of its content in the store."""

    evidence: Evidence
    store_key: str


def _select() -> Select[EvidenceRow, str]:
    return select(EvidenceRow, AccountRow.name).join(AccountRow, AccountRow.id == EvidenceRow.uploaded_by)


def _evidence(row: EvidenceRow, by: str) -> Evidence:
    return Evidence(
        id=row.id,
        enterprise_id=row.enterprise_id,
        kind=EvidenceKind(row.kind),
        title=row.title,
        original_name=row.original_name,
        media_type=MediaType(row.media_type),
        size=row.size,
        pages=row.pages,
        sha256=row.sha256,
        has_thumbnail=row.has_thumbnail,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        uploaded_by=by,
        uploaded_at=row.uploaded_at,
        is_removed=row.removed_at is not None,
    )


# ── Finding ──────────────────────────────────────────────────────────────────


def find(session: Session, id: str, *, sight: Sight, is_locking: bool = False) -> Stored | None:
    """One file within sight: of one's enterprises, or, for a bureau, shown with a submission it may see."""
    query = _select().where(EvidenceRow.id == id)
    if sight.clients is not None:
        query = query.where(EvidenceRow.enterprise_id.in_(sight.clients))
    elif not sight.jurisdiction:
        query = query.join(MembershipRow, MembershipRow.enterprise_id == EvidenceRow.enterprise_id).where(
            MembershipRow.account_id == sight.account_id
        )
    if is_locking:
        query = query.with_for_update(of=EvidenceRow).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    if found is None or (sight.jurisdiction and not _is_shown(session, found[0], sight)):
        return None
    return Stored(_evidence(*found), found[0].store_key)


def _is_shown(session: Session, row: EvidenceRow, sight: Sight) -> bool:
    """Whether a submission in the jurisdiction names the file, or an objection was made with it."""
    mine = AssessmentRow.enterprise_id == row.enterprise_id
    texts = session.scalars(
        seen_by(
            select(SubmissionRow.evidence).join(
                AssessmentRow, AssessmentRow.id == SubmissionRow.assessment_id
            ),
            sight,
        )
        .where(mine)
        .order_by(SubmissionRow.round)
    )
    if any(row.id in ids for text in texts for ids in json.loads(text).values()):
        return True
    objected = (
        seen_by(
            select(EvidenceLinkRow.evidence_id).join(
                AssessmentRow, AssessmentRow.id == EvidenceLinkRow.assessment_id
            ),
            sight,
        )
        .join(
            ObjectionRow,
            and_(
                ObjectionRow.assessment_id == EvidenceLinkRow.assessment_id,
                ObjectionRow.item == EvidenceLinkRow.item,
            ),
        )
        # Until it is sent, an objection is the plant's own business; the scope of a bureau joins the case.
        .where(ReviewRow.state.in_((ReviewState.OBJECTED, ReviewState.CLOSED)))
        .where(mine, EvidenceLinkRow.evidence_id == row.id)
        .limit(1)
    )
    return session.scalar(objected) is not None


def find_same(session: Session, enterprise_id: str, sha256: str) -> Stored | None:
    """The enterprise's file with that content, removed or not."""
    found = session.execute(
        _select().where(EvidenceRow.enterprise_id == enterprise_id, EvidenceRow.sha256 == sha256)
    ).one_or_none()
    return Stored(_evidence(*found), found[0].store_key) if found else None


def by_id(session: Session, ids: Collection[str]) -> Mapping[str, Evidence]:
    """Files by id, removed ones too; scope: whoever came by the ids through something within sight."""
    return _by_id(session, tuple(sorted(set(ids)))) if ids else {}


@asked_once
def _by_id(session: Session, ids: tuple[str, ...]) -> Mapping[str, Evidence]:
    query = _select().where(EvidenceRow.id.in_(ids)).order_by(EvidenceRow.id)
    return {row.id: _evidence(row, by) for row, by in session.execute(query)}


def store_keys(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The place of each file in the store, by id; scope as for `by_id`."""
    query = select(EvidenceRow.id, EvidenceRow.store_key).where(EvidenceRow.id.in_(sorted(set(ids))))
    rows = session.execute(query.order_by(EvidenceRow.id)) if ids else ()
    return {row.id: row.store_key for row in rows}


def listed(
    session: Session, enterprise_id: str, wanted: Wanted, today: date
) -> tuple[tuple[Evidence, ...], int, int]:
    """A page of the library: its files, how many there are in all, and the page that was shown."""
    conditions = [EvidenceRow.enterprise_id == enterprise_id, EvidenceRow.removed_at.is_(None)]
    conditions += _narrowed(wanted, today)
    total = session.scalar(select(func.count()).select_from(EvidenceRow).where(*conditions)) or 0
    page = min(max(wanted.page, 1), max(1, -(-total // PAGE)))
    query = _select().where(*conditions).order_by(*_sorted(wanted.order), EvidenceRow.id)
    rows = session.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return tuple(_evidence(*row) for row in rows), total, page


def _narrowed(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            func.lower(EvidenceRow.title).contains(word, autoescape=True),
            func.lower(EvidenceRow.original_name).contains(word, autoescape=True),
        )
        for word in wanted.text.lower().split()[:8]
    ]
    if wanted.kind is not None:
        conditions.append(EvidenceRow.kind == wanted.kind)
    if wanted.shelf is Shelf.EXPIRED:
        conditions.append(EvidenceRow.valid_until < today)
    elif wanted.shelf is Shelf.UNUSED:
        conditions.append(~exists().where(EvidenceLinkRow.evidence_id == EvidenceRow.id))
        conditions.append(~exists().where(MeasureEvidenceRow.evidence_id == EvidenceRow.id))
    return conditions


def _sorted(order: Order) -> list[ColumnElement[Any]]:
    match order:
        case Order.TITLE:
            return [EvidenceRow.title.asc()]
        case Order.VALID:
            return [EvidenceRow.valid_until.is_(None).asc(), EvidenceRow.valid_until.asc()]
        case Order.LARGEST:
            return [EvidenceRow.size.desc()]
    return [EvidenceRow.uploaded_at.desc()]


def used_bytes(session: Session, enterprise_id: str) -> int:
    """What the library holds; removed files do not count."""
    return int(
        session.scalar(
            select(func.coalesce(func.sum(EvidenceRow.size), 0)).where(
                EvidenceRow.enterprise_id == enterprise_id, EvidenceRow.removed_at.is_(None)
            )
        )
        or 0
    )


def known_keys(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the store's keys that a row points to."""
    wanted = sorted(keys)
    files = select(EvidenceRow.store_key).where(EvidenceRow.store_key.in_(wanted))
    logos = select(FirmRow.logo_key).where(FirmRow.logo_key.in_(wanted))
    return {*session.scalars(files), *session.scalars(logos)}


def all_keys(session: Session) -> tuple[str, ...]:
    """The place of every file in the store, removed ones too."""
    files = select(EvidenceRow.store_key)
    logos = select(FirmRow.logo_key).where(FirmRow.logo_key != "")
    return tuple(sorted({*session.scalars(files), *session.scalars(logos)}))


# ── Changing ─────────────────────────────────────────────────────────────────


def add(
    session: Session,
    id: str,
    *,
    enterprise_id: str,
    label: Label,
    original_name: str,
    media_type: MediaType,
    size: int,
    pages: int | None,
    sha256: str,
    store_key: str,
    has_thumbnail: bool,
    by: str,
    now: datetime,
) -> bool:
    """Add a file; False when the enterprise has that content already."""
    return add_new(
        session,
        EvidenceRow,
        id=id,
        enterprise_id=enterprise_id,
        kind=label.kind,
        title=label.title,
        original_name=original_name,
        media_type=media_type,
        size=size,
        pages=pages,
        sha256=sha256,
        store_key=store_key,
        has_thumbnail=has_thumbnail,
        issued_on=label.issued_on,
        valid_until=label.valid_until,
        uploaded_by=by,
        uploaded_at=now,
    )


def change(session: Session, id: str, label: Label) -> None:
    """Write what is said about a file."""
    session.execute(
        update(EvidenceRow)
        .where(EvidenceRow.id == id)
        .values(title=label.title, kind=label.kind, issued_on=label.issued_on, valid_until=label.valid_until)
    )


def remove(session: Session, id: str, now: datetime | None) -> None:
    """Take a file out of the library, or (None) put it back."""
    session.execute(update(EvidenceRow).where(EvidenceRow.id == id).values(removed_at=now))


# ── What it supports ─────────────────────────────────────────────────────────


def link(session: Session, assessment_id: str, item: ItemId, id: str, *, by: str, now: datetime) -> bool:
    """Let a file support an item; False when it does already."""
    return add_new(
        session,
        EvidenceLinkRow,
        assessment_id=assessment_id,
        item=item,
        evidence_id=id,
        linked_by=by,
        linked_at=now,
    )


def unlink(session: Session, assessment_id: str, item: ItemId, id: str) -> bool:
    """Let it support the item no longer; False when it did not."""
    gone = session.execute(
        delete(EvidenceLinkRow)
        .where(
            EvidenceLinkRow.assessment_id == assessment_id,
            EvidenceLinkRow.item == item,
            EvidenceLinkRow.evidence_id == id,
        )
        .returning(EvidenceLinkRow.evidence_id)
    )
    return gone.one_or_none() is not None


@asked_once
def links(session: Session, assessment_id: str) -> dict[ItemId, list[str]]:
    """Item → ids of its files as they stand, in the order of linking; removed files are left out."""
    rows = session.execute(
        select(EvidenceLinkRow.item, EvidenceLinkRow.evidence_id)
        .join(EvidenceRow, EvidenceRow.id == EvidenceLinkRow.evidence_id)
        .where(EvidenceLinkRow.assessment_id == assessment_id, EvidenceRow.removed_at.is_(None))
        .order_by(EvidenceLinkRow.item, EvidenceLinkRow.linked_at, EvidenceRow.uploaded_at, EvidenceRow.id)
    )
    found: dict[ItemId, list[str]] = {}
    for item, id in rows:
        found.setdefault(ItemId(item), []).append(id)
    return found


def uses(session: Session, ids: Collection[str]) -> dict[str, tuple[Use, ...]]:
    """What each file supports, newest year first."""
    rows = session.execute(
        select(
            EvidenceLinkRow.evidence_id,
            EvidenceLinkRow.assessment_id,
            AssessmentRow.year,
            EvidenceLinkRow.item,
        )
        .join(AssessmentRow, AssessmentRow.id == EvidenceLinkRow.assessment_id)
        .where(EvidenceLinkRow.evidence_id.in_(sorted(set(ids))))
        .order_by(AssessmentRow.year.desc(), EvidenceLinkRow.item)
    )
    found: dict[str, list[Use]] = {}
    for id, assessment_id, year, item in rows:
        found.setdefault(id, []).append(Use(assessment_id=assessment_id, year=year, item=ItemId(item)))
    return {id: tuple(some) for id, some in found.items()}
