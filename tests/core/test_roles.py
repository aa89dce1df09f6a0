"""Who a person is to the portal."""

from portal.core.roles import Account, Role


def test_an_account_acts_for_its_enterprises_only() -> None:
    who = Account(id="a", name="王示例", mail="a@b.cn", mobile="", role=Role.MANAGER, enterprises=("e1",))
    assert who.acts_for("e1")
    assert not who.acts_for("e2")
