"""Builders with honest defaults: a small questionnaire, profiles with a right check digit, a settings folder."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from portal.catalog.library import load
from portal.config import HOME, Settings
from portal.core.answers import Answer, Chosen, Declared, Measured, Practised
from portal.core.enterprise import EnterpriseProfile, check_digit
from portal.core.filing import Change
from portal.core.levels import Verification
from portal.core.library import Library
from portal.core.package import Blank, Frame, FrameChapter, Group, Holds, Known
from portal.core.questionnaire import (
    Citation,
    Column,
    Extent,
    ItemId,
    Option,
    Questionnaire,
    Section,
    Source,
    SourceId,
    Trait,
    UsualRange,
)
from portal.core.technology import CostClass
from tests import trade

SOURCE = SourceId("example_standard")
KILN, COAL, HEAT, SNCR, WASTE, PERMIT = map(
    ItemId, ("kiln", "coal", "kiln_heat", "sncr", "waste_burning", "permit")
)
_codes = count(1)


@cache
def library() -> Library:
    """Everything that is published, read once a process."""
    return load(HOME / "questionnaires")


def make_uscc(serial: int | None = None) -> str:
    """A code with a right check digit; a new one each time."""
    first = f"913301{next(_codes) if serial is None else serial:011d}"
    return first + check_digit(first)


def make_profile(**changes: Any) -> EnterpriseProfile:
    """A cement plant that is obviously an example."""
    profile = EnterpriseProfile(
        name="示例水泥有限公司",
        uscc="",
        district="330111",
        sector="cement",
        scale="medium",
        products="通用硅酸盐水泥",
        address="杭州市富阳区示例路 1 号",
        contact_name="示例联系人",
        contact_phone="0571-87654321",
        contact_mail="contact@example.cn",
    )
    changes.setdefault("uscc", make_uscc() if "uscc" not in changes else "")
    return replace(profile, **changes)


def make_questionnaire(version: str = "2026-1", **changes: Any) -> Questionnaire:
    """Six items in two sections: one of each kind, and a second practice that counts for the other column."""
    clause = (Citation(source=SOURCE, place="1"),)
    extents = {extent: f"an example that is {extent.value}" for extent in Extent}
    levels = (("I", "94"), ("II", "100"), ("III", "108"))
    plant = Section(
        id="plant",
        title="工厂",
        items=(
            Trait(
                id=KILN,
                title="生产线",
                options=(Option(id="kiln", title="熟料"), Option(id="mill", title="粉磨")),
            ),
            trade.make_activity(COAL, title="原煤"),
            trade.make_requirement(PERMIT, title="排污许可"),
        ),
    )
    measures = Section(
        id="measures",
        title="措施",
        items=(
            trade.make_indicator(
                HEAT,
                title="熟料综合煤耗",
                clauses=clause,
                usual=UsualRange(low=Decimal(80), high=Decimal(150), basis="example"),
                levels=tuple(
                    trade.make_level(grade, value, "original", source=SOURCE) for grade, value in levels
                ),
            ),
            trade.make_practice(SNCR, title="SNCR 脱硝", weight=Decimal(5), clauses=clause, extents=extents),
            trade.make_practice(
                WASTE,
                title="协同处置",
                column=Column.CIRCULAR,
                weight=Decimal(5),
                clauses=clause,
                extents=extents,
            ),
        ),
    )
    parts: dict[str, Any] = {
        "id": "cement",
        "version": version,
        "sector": "水泥",
        "title": "水泥企业自评价",
        "sections": (plant, measures),
        "factors": {},
        "rulebooks": (trade.make_points_rules(title="得分"),),
    }
    return Questionnaire(**(parts | changes))


def make_library(*questionnaires: Questionnaire) -> Library:
    """A library of one small questionnaire and one technology card."""
    card = trade.make_technology(
        "precise_sncr",
        [SNCR],
        title="精准 SNCR",
        principle="按烟气中氮氧化物的变化调节还原剂用量",
        fits="新型干法窑",
        cost_class=CostClass.LOW,
        backing=(trade.make_backing(source=SOURCE),),
    )
    found = questionnaires or (make_questionnaire(),)
    return Library(
        questionnaires={(one.id, one.version): one for one in found},
        technologies=(card,),
        sources={SOURCE: Source(id=SOURCE, title="示例标准", status="reference", read=Verification.ORIGINAL)},
        factors={},
        carriers={},
        checksum="example",
        frames=(make_frame(),),
    )


def make_frame(**changes: Any) -> Frame:
    """A frame of an application in which everything of `make_questionnaire` has its place."""
    parts: dict[str, Any] = {
        "id": "frame",
        "title": "示例框架",
        "form": "绿色工厂自评价报告",
        "since": "2018",
        "source": SOURCE,
        "verification": Verification.SECONDHAND,
        "note": "示例。",
        "cover": (Blank(title="申报单位", known=Known.NAME),),
        "fields": (Blank(title="邮编"),),
        "pledge": "本单位承诺材料真实。",
        "groups": (
            Group(id="plant", title="工厂", sections=("plant",)),
            Group(id="measures", title="措施", sections=("measures",)),
        ),
        "chapters": (
            FrameChapter(
                id="one", number="一", title="情况", holds=Holds.GROUPS, groups=("plant", "measures")
            ),
            FrameChapter(id="two", number="二", title="证明材料", holds=Holds.EVIDENCE),
        ),
    }
    return Frame(**(parts | changes))


def make_answers() -> dict[ItemId, Answer]:
    """An answer to every item of `make_questionnaire`."""
    return {
        KILN: Chosen(("kiln",)),
        COAL: Measured(Decimal("120000")),
        PERMIT: Declared(True),
        HEAT: Measured(Decimal("103.5")),
        SNCR: Practised(Extent.PARTIAL, Decimal(40)),
        WASTE: Practised(Extent.FULL),
    }


def make_changes(answers: dict[ItemId, Answer], revision: int | None = 0) -> tuple[Change, ...]:
    """A change for each answer, from somebody who saw that revision."""
    return tuple(Change(item, answer, revision) for item, answer in answers.items())


def make_settings(folder: Path, **changes: Any) -> Settings:
    """Settings on an empty folder."""
    return Settings.of_folder(folder, secret="example-secret-" * 3, **changes)
