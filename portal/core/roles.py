"""Who a person is to the portal: roles and accounts."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person comes for; the values are stored."""

    MANAGER = "manager"
    REVIEWER = "reviewer"
    CONSULTANT = "consultant"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who signed in; `enterprises` are the ids of those the person may act for."""

    id: str
    name: str
    mail: str
    mobile: str
    role: Role
    enterprises: tuple[str, ...]

    def acts_for(self, enterprise_id: str) -> bool:
        """Whether the person may see and change what belongs to the enterprise."""
        return enterprise_id in self.enterprises
