"""Who a person is to the portal: roles, accounts, and how far each of them sees."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.core.enterprise import DISTRICTS
from portal.core.errors import Problem
from portal.core.mandate import Scope

CITY = "330100"  # 杭州市; a bureau's jurisdiction is this or one of its districts


class Role(StrEnum):
    """What a person comes for; the values are stored. The last three are three separate powers over the portal."""

    MANAGER = "manager"
    REVIEWER = "reviewer"
    CONSULTANT = "consultant"
    OPERATOR = "operator"  # 系统管理员: accounts
    SECURITY = "security"  # 安全管理员: who may do what
    AUDITOR = "auditor"  # 审计管理员: the audit trail


# Whose accounts the portal's administration makes; the others register themselves.
STAFF = frozenset({Role.REVIEWER, Role.OPERATOR, Role.SECURITY, Role.AUDITOR})
# Without one of each nobody could ever be let in again.
INDISPENSABLE = frozenset({Role.OPERATOR, Role.SECURITY})


@dataclass(frozen=True, slots=True)
class Sight:
    """Which enterprises a query may touch: those the account acts for, or all of a jurisdiction.

    A jurisdiction sees what was submitted, never a draft.
    """

    account_id: str
    jurisdiction: str = ""
    clients: tuple[str, ...] | None = None  # a consultant's: the enterprises whose mandate allows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who signed in; `enterprises` are the ids of those the person may act for.

    `jurisdiction` is a district's code or CITY, for reviewers only. An account that is not active opens nothing.
    """

    id: str
    name: str
    mail: str
    mobile: str
    role: Role
    enterprises: tuple[str, ...]
    jurisdiction: str = ""
    office: str = ""
    is_active: bool = True
    mandates: Mapping[str, frozenset[Scope]] = field(default_factory=dict)  # a consultant's, in force now

    def acts_for(self, enterprise_id: str) -> bool:
        """Whether the person may see and change what belongs to the enterprise."""
        return enterprise_id in self.enterprises

    def may_fill(self, enterprise_id: str) -> bool:
        """Whether answers of an enterprise that is within sight may be written: a mandate may allow reading only."""
        return self.role is not Role.CONSULTANT or Scope.FILL in self.mandates.get(enterprise_id, frozenset())

    def may_print(self, enterprise_id: str) -> bool:
        """Whether reports of an enterprise that is within sight may be printed."""
        return self.role is not Role.CONSULTANT or Scope.PRINT in self.mandates.get(
            enterprise_id, frozenset()
        )

    @property
    def is_granted(self) -> bool:
        """Whether a role was granted: a new account of the staff is a reviewer of nowhere."""
        return self.role is not Role.REVIEWER or self.jurisdiction != ""

    @property
    def sight(self) -> Sight:
        """How far the person sees; a reviewer without jurisdiction sees nothing, for he acts for nobody."""
        return self._sight(Scope.READ)

    @property
    def writing_sight(self) -> Sight:
        """Where the person may fill in: nowhere for the bureau."""
        return Sight(self.id) if self.role is Role.REVIEWER else self._sight(Scope.FILL)

    @property
    def printing_sight(self) -> Sight:
        """Whose reports the person may ask for and fetch."""
        return self._sight(Scope.PRINT)

    def _sight(self, scope: Scope) -> Sight:
        match self.role:
            case Role.REVIEWER:
                return Sight(self.id, self.jurisdiction)
            case Role.CONSULTANT:
                clients = sorted(client for client, scopes in self.mandates.items() if scope in scopes)
                return Sight(self.id, clients=tuple(clients))
        return Sight(self.id)

    @property
    def is_city(self) -> bool:
        """Whether a reviewer is the city's (复核) and not a district's (初审)."""
        return self.jurisdiction == CITY


def check_grant(role: str, jurisdiction: str) -> tuple[Problem, ...]:
    """Whether the staff may be granted that role: reviewers with a jurisdiction, nobody else with one."""
    if role not in STAFF:
        return (Problem(place="role", code="not_an_option"),)
    if role != Role.REVIEWER:
        return (Problem(place="jurisdiction", code="jurisdiction_unwanted"),) if jurisdiction else ()
    if not jurisdiction:
        return (Problem(place="jurisdiction", code="jurisdiction_missing"),)
    is_known = jurisdiction == CITY or jurisdiction in DISTRICTS
    return () if is_known else (Problem(place="jurisdiction", code="not_an_option"),)
