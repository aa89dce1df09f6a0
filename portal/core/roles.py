"""Who a person is to the portal: roles, accounts, and how far each of them sees."""

from dataclasses import dataclass
from enum import StrEnum

CITY = "330100"  # 杭州市; a bureau's jurisdiction is this or one of its districts


class Role(StrEnum):
    """What a person comes for; the values are stored. The last three are three separate powers over the portal."""

    MANAGER = "manager"
    REVIEWER = "reviewer"
    CONSULTANT = "consultant"
    OPERATOR = "operator"  # 系统管理员: accounts
    SECURITY = "security"  # 安全管理员: who may do what
    AUDITOR = "auditor"  # 审计管理员: the audit trail


@dataclass(frozen=True, slots=True)
class Sight:
    """Which enterprises a query may touch: those the account acts for, or all of a jurisdiction.

    A jurisdiction sees what was submitted, never a draft.
    """

    account_id: str
    jurisdiction: str = ""


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

    def acts_for(self, enterprise_id: str) -> bool:
        """Whether the person may see and change what belongs to the enterprise."""
        return enterprise_id in self.enterprises

    @property
    def sight(self) -> Sight:
        """How far the person sees; a reviewer without jurisdiction sees nothing, for he acts for nobody."""
        return Sight(self.id, self.jurisdiction if self.role is Role.REVIEWER else "")

    @property
    def is_city(self) -> bool:
        """Whether a reviewer is the city's (复核) and not a district's (初审)."""
        return self.jurisdiction == CITY
