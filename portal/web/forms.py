"""The hand-written forms: signing in and registering, passwords, the enterprise's profile, an invitation."""

from collections.abc import Sequence

from wtforms import Field, Form, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal import words
from portal.core.enterprise import EnterpriseProfile
from portal.core.errors import Problem
from portal.core.evidence import Particulars
from portal.core.questionnaire import Questionnaire


class SignInForm(Form):
    """Mail or mobile number, and password."""

    login = StringField("邮箱或手机号码")
    password = PasswordField("密码")


class RegisterForm(Form):
    """A new account; an invitation may come with it."""

    name = StringField("姓名")
    mail = StringField("电子邮箱")
    mobile = StringField("手机号码")
    password = PasswordField("密码")
    repeat = PasswordField("再输一次密码")


class ForgotForm(Form):
    """Whose password is forgotten."""

    login = StringField("邮箱或手机号码")


class NewPasswordForm(Form):
    """A new password, twice."""

    password = PasswordField("新密码")
    repeat = PasswordField("再输一次新密码")


class ChangePasswordForm(Form):
    """The old password and, twice, the new one."""

    old = PasswordField("当前密码")
    password = PasswordField("新密码")
    repeat = PasswordField("再输一次新密码")


class InviteForm(Form):
    """A colleague's mail."""

    mail = StringField("同事的电子邮箱")


class EvidenceForm(Form):
    """What is said about a file of the library; `title` stays empty where several come at once."""

    title = StringField("名称")
    kind = SelectField("类别", validate_choice=False)
    issued_on = StringField("文件日期")
    valid_until = StringField("有效期至")

    def offer(self, first: str) -> "EvidenceForm":
        """Fill the list of kinds; `first` stands above them."""
        kinds = [SelectChoice(kind.value, text) for kind, text in words.EVIDENCE_KINDS.items()]
        self.kind.choices = [SelectChoice("", first), *kinds]
        return self

    def particulars(self) -> Particulars:
        """What was typed, as core takes it."""
        return Particulars(**{name: field.data or "" for name, field in self._fields.items()})


class ProfileForm(Form):
    """The enterprise's profile; the checks stand in core.enterprise."""

    uscc = StringField("统一社会信用代码")
    name = StringField("企业名称")
    district = SelectField("所在区、县（市）", validate_choice=False)
    sector = SelectField("行业", validate_choice=False)
    scale = SelectField("企业规模", validate_choice=False)
    products = TextAreaField("主要产品")
    address = StringField("生产地址")
    contact_name = StringField("联系人")
    contact_phone = StringField("联系电话")
    contact_mail = StringField("联系邮箱")

    def offer(self, questionnaires: Sequence[Questionnaire]) -> "ProfileForm":
        """Fill the lists of choices; a questionnaire's id is the sector."""
        self.district.choices = _choices(words.DISTRICTS)
        self.sector.choices = _choices({one.id: one.sector for one in questionnaires})
        self.scale.choices = _choices(words.SCALES)
        return self

    def profile(self) -> EnterpriseProfile:
        """What was typed, as core takes it."""
        return EnterpriseProfile(**{name: field.data or "" for name, field in self._fields.items()})


def _choices(labels: dict[str, str] | object) -> list[SelectChoice]:
    assert isinstance(labels, dict)
    return [SelectChoice("", "请选择"), *(SelectChoice(value, label) for value, label in labels.items())]


def show(form: Form, problems: Sequence[Problem]) -> None:
    """Put each problem beside its field; what belongs to no field stands above the form."""
    for one in problems:
        field: Field | None = form._fields.get(one.place)
        sentence = words.problem(one)
        if field is None:
            form.form_errors.append(sentence)
        else:
            field.errors = (*field.errors, sentence)


def repeats(form: NewPasswordForm | RegisterForm | ChangePasswordForm) -> tuple[Problem, ...]:
    """Whether both passwords are the same."""
    if form.password.data == form.repeat.data:
        return ()
    return (Problem(place="repeat", code="password_repeat"),)
