"""Mandates: rows ↔ core objects, and which of them are in force."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.core.mandate import Scope, widened
from portal.storage.tables import FirmMemberRow, MandateRow


def in_force(session: Session, account_id: str, today: date) -> dict[str, frozenset[Scope]]:
    """What a consultant may do for which enterprise on that day, by own mandates and the firm's."""
    firm = select(FirmMemberRow.firm_id).where(FirmMemberRow.account_id == account_id)
    rows = session.execute(
        select(MandateRow.enterprise_id, MandateRow.scopes)
        .where(
            or_(MandateRow.account_id == account_id, MandateRow.firm_id.in_(firm)),
            MandateRow.revoked_at.is_(None),
            MandateRow.starts_on <= today,
            MandateRow.ends_on >= today,
        )
        .order_by(MandateRow.enterprise_id, MandateRow.id)
    )
    found: dict[str, frozenset[Scope]] = {}
    for enterprise_id, scopes in rows:
        granted = widened(Scope(scope) for scope in scopes.split())
        found[enterprise_id] = found.get(enterprise_id, frozenset()) | granted
    return found
