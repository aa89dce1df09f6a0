"""The people of the tests: a manager with a colleague, a stranger, and what each of them may act for."""

from dataclasses import dataclass

from argon2 import PasswordHasher

from portal.actions import account, enterprise
from portal.actions.passwords import hash_of
from portal.actions.work import Door, new_id
from portal.core.roles import Account, Role
from portal.storage import account as stored_account
from tests.make import make_profile

PASSWORD = "绿色工厂-example-1"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the portal's own is slow on purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account with its enterprise."""

    account: Account
    enterprise: str

    @property
    def mail(self) -> str:
        """What the person signs in with, together with PASSWORD."""
        return self.account.mail


def enrol(door: Door, name: str, mail: str, /, **profile: str) -> Person:
    """Register somebody with an enterprise of their own."""
    with door.writing() as work:
        who, problems = account.register(work, name=name, mail=mail, mobile="", password=PASSWORD)
        assert who is not None, problems
        id, problems = enterprise.create(work, who, make_profile(**profile))
        assert id is not None, problems
        known = account.stored.find(work.session, who.id)
        assert known is not None
    return Person(account=known, enterprise=id)


def make_manager(door: Door) -> Person:
    """The manager of one plant."""
    return enrol(door, "王示例", "manager@example.cn", name="示例水泥有限公司")


def make_stranger(door: Door) -> Person:
    """Somebody who manages another plant and must see nothing of the first."""
    return enrol(door, "李示例", "stranger@example.cn", name="示例造纸有限公司")


def make_colleague(door: Door, manager: Person) -> Person:
    """A second person in the manager's enterprise."""
    with door.writing() as work:
        who, problems = account.register(
            work, name="赵示例", mail="colleague@example.cn", mobile="13800000000", password=PASSWORD
        )
        assert who is not None, problems
        account.stored_enterprise.add_member(work.session, who.id, manager.enterprise, work.now)
        known = account.stored.find(work.session, who.id)
        assert known is not None
    return Person(account=known, enterprise=manager.enterprise)


def make_reviewer(door: Door, jurisdiction: str = "330111", mail: str = "reviewer@example.cn") -> Account:
    """A reviewer of a district, of the manager's unless said otherwise; CITY is the city's."""
    return make_staff(door, Role.REVIEWER, mail, jurisdiction)


def make_staff(door: Door, role: Role, mail: str, jurisdiction: str = "") -> Account:
    """Somebody of the bureau or of the portal's administration, who signs in with PASSWORD."""
    account_ = Account(
        id=new_id(),
        name="审核示例",
        mail=mail,
        mobile="",
        role=role,
        enterprises=(),
        jurisdiction=jurisdiction,
        office="示例局",
    )
    with door.writing() as work:
        assert stored_account.add(work.session, account_, hash_of(PASSWORD), work.now)
    return account_


def make_consultant(door: Door, mail: str = "consultant@example.cn", name: str = "钱示例") -> Person:
    """A consultant without firm and mandates, who signs in with PASSWORD."""
    with door.writing() as work:
        who, problems = account.register(
            work, name=name, mail=mail, mobile="", password=PASSWORD, role=Role.CONSULTANT
        )
        assert who is not None, problems
    return Person(account=who, enterprise="")
