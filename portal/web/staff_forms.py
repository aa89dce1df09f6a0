"""The forms of the staff: a new account, and what it is for."""

from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal import words, words_bureau
from portal.core.roles import CITY, STAFF


class StaffForm(Form):
    """Somebody of the bureau or of the portal's administration."""

    name = StringField("姓名")
    mail = StringField("电子邮箱")
    mobile = StringField("手机号码")
    office = StringField("单位和科室")


class GrantForm(Form):
    """A role and, for reviewers, a jurisdiction."""

    role = SelectField("身份", validate_choice=False)
    jurisdiction = SelectField("管辖范围", validate_choice=False)

    def offer(self) -> "GrantForm":
        """Fill the lists of choices."""
        roles = [(role, words_bureau.ROLES[role]) for role in words_bureau.ROLES if role in STAFF]
        self.role.choices = [SelectChoice("", "请选择"), *(SelectChoice(r.value, text) for r, text in roles)]
        places = {CITY: words_bureau.jurisdiction(CITY)} | dict(words.DISTRICTS)
        self.jurisdiction.choices = [
            SelectChoice("", "没有（管理员）"),
            *(SelectChoice(code, text) for code, text in places.items()),
        ]
        return self
