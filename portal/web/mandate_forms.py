"""The forms of mandates and firms, and the words of what they allow."""

from collections.abc import Mapping

from wtforms import Form, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.core.mandate import Scope, Wish

SCOPES: Mapping[Scope, str] = {
    Scope.READ: "查看",
    Scope.FILL: "代填",
    Scope.PRINT: "打印报告",
}


class MandateForm(Form):
    """Who may do what, and until when."""

    holder = StringField("咨询人员的电子邮箱或邀请码")
    scopes = SelectMultipleField(
        "授权内容", choices=[SelectChoice(one.value, text) for one, text in SCOPES.items()]
    )
    starts_on = StringField("开始日期")
    ends_on = StringField("结束日期")

    def wish(self) -> Wish:
        """What was typed, as core takes it."""
        return Wish(
            holder=self.holder.data or "",
            scopes=tuple(self.scopes.data or ()),
            starts_on=self.starts_on.data or "",
            ends_on=self.ends_on.data or "",
        )


class FirmForm(Form):
    """A consulting firm as its reports name it."""

    name = StringField("机构名称")
    uscc = StringField("统一社会信用代码")
    address = StringField("地址")
    phone = StringField("电话")
    signatory = StringField("签字人")
    cover_note = TextAreaField("封面说明")


class KindForm(Form):
    """For whom somebody registers."""

    kind = StringField("您是")


def scopes_text(scopes: frozenset[Scope]) -> str:
    """查看、代填."""
    return "、".join(text for scope, text in SCOPES.items() if scope in scopes)
