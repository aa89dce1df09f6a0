"""The form of a campaign: its days, sectors, rungs and notice; and the filters of the list of participants."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import Form, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal import words
from portal.actions.campaign import BEHIND
from portal.core.campaign import MOST_RUNGS, Campaign, TypedPlan, TypedRung
from portal.core.levels import Grade
from portal.core.participation import Stage, Wanted
from portal.core.questionnaire import Questionnaire

LONGEST_SEARCH = 100
_NOT_ASKED = "不要求"


class CampaignForm(Form):
    """What the city says about a year's campaign; rungs without a name are none."""

    year = StringField("年度")
    title = StringField("批次名称")
    sectors = SelectMultipleField("行业", validate_choice=False)
    opens_on = StringField("开始受理日期")
    closes_on = StringField("截止日期")
    notice = TextAreaField("通知正文")

    def offer(self, questionnaires: Sequence[Questionnaire]) -> "CampaignForm":
        """Fill the lists of choices."""
        self.sectors.choices = [SelectChoice(one.id, one.sector) for one in questionnaires]
        return self

    def rungs(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of each rung."""
        return [
            (self[f"rung_title_{n}"], self[f"rung_points_{n}"], self[f"rung_grade_{n}"])
            for n in range(MOST_RUNGS)
        ]

    def plan(self) -> TypedPlan:
        """What was typed, as core takes it."""
        return TypedPlan(
            year=(self.year.data or "").strip(),
            title=self.title.data or "",
            sectors=tuple(self.sectors.data or ()),
            opens_on=self.opens_on.data or "",
            closes_on=self.closes_on.data or "",
            rungs=tuple(
                TypedRung(title=title.data or "", points=points.data or "", grade=grade.data or "")
                for title, points, grade in self.rungs()
            ),
            notice=self.notice.data or "",
        )

    def show_plan(self, campaign: Campaign) -> "CampaignForm":
        """Fill in a campaign as it is kept."""
        self.year.data = str(campaign.year)
        self.title.data = campaign.title
        self.sectors.data = list(campaign.sectors)
        self.opens_on.data = campaign.opens_on.isoformat()
        self.closes_on.data = campaign.closes_on.isoformat()
        self.notice.data = campaign.notice
        return self.show_rungs(campaign)

    def show_rungs(self, campaign: Campaign) -> "CampaignForm":
        """Fill in the rungs alone: last year's, as a proposal."""
        for rung, (title, points, grade) in zip(campaign.rungs, self.rungs(), strict=False):
            title.data, points.data = rung.title, words.number(rung.points)
            grade.data = rung.grade.value if rung.grade is not None else ""
        return self


_GRADES = [SelectChoice("", _NOT_ASKED), *(SelectChoice(g.value, words.GRADES[g]) for g in Grade)]
for _n in range(MOST_RUNGS):
    # A row of three for each rung; their names are the places of core's problems.
    setattr(CampaignForm, f"rung_title_{_n}", StringField(f"第 {_n + 1} 档名称"))
    setattr(CampaignForm, f"rung_points_{_n}", StringField(f"第 {_n + 1} 档最低得分"))
    _field = SelectField(f"第 {_n + 1} 档最低清洁生产等级", choices=_GRADES, validate_choice=False)
    setattr(CampaignForm, f"rung_grade_{_n}", _field)


def asked_of(values: Mapping[str, str]) -> dict[str, str]:
    """The filters as they stand in the address or in a form."""
    asked = {name: values.get(name, "").strip() for name in ("district", "sector", "stage", "words")}
    asked["words"] = asked["words"][:LONGEST_SEARCH]
    return asked


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """The same as core takes it; a stage that there is not narrows nothing."""
    stage = asked["stage"]
    stages = BEHIND if stage == "behind" else (Stage(stage),) if stage in set(Stage) else ()
    return Wanted(
        district=asked["district"], sector=asked["sector"], stages=tuple(stages), words=asked["words"]
    )


def asked_here() -> dict[str, str]:
    """The filters of this request: a form sends them back as it got them."""
    return asked_of(request.form if request.method == "POST" else request.args)
