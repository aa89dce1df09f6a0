"""The confirmed result in words: declared and verified side by side, what was lowered and why, who said what."""

from dataclasses import dataclass
from decimal import Decimal

from portal import words, words_bureau
from portal.core.answers import MISSING
from portal.core.assessment import Assessment
from portal.core.questionnaire import Item
from portal.core.review import ReviewState
from portal.core.roles import CITY
from portal.core.verified import LoweredItem, Verified
from portal.report.results import answer_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One figure as declared and as verified."""

    label: str
    declared: str
    verified: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredLine:
    """One lowered item; `objection` says what became of it, a dash when there was none."""

    item: Item
    title: str
    declared: str
    counted: str
    reason: str
    objection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPart:
    """Everything that page and print show of the confirmed result."""

    confirmed: str
    note: str
    total: str
    sides: tuple[Side, ...]
    lowered: tuple[LoweredLine, ...]
    district_opinion: str
    city_opinion: str
    answered: str  # by whom and when the objections were answered
    answer_opinion: str  # what was said to them as a whole
    checksum: str


def part(declared: Assessment, verified: Verified) -> VerifiedPart:
    """The confirmed result beside the declared one, worded."""
    return VerifiedPart(
        confirmed=words.long_day(verified.confirmed.city_at),
        note=_note(verified),
        total=words.points(verified.assessment.points.total),
        sides=sides(declared, verified.assessment),
        lowered=tuple(lowered_line(declared, verified.assessment, one) for one in verified.lowered),
        district_opinion=verified.confirmed.district_opinion,
        city_opinion=verified.confirmed.city_opinion,
        answered=_answered(verified),
        answer_opinion=verified.answered.remark if verified.answered is not None else "",
        checksum=verified.checksum,
    )


def _note(verified: Verified) -> str:
    if verified.is_final:
        return "异议已答复，为最终结果"
    return "企业已提出异议，处理中" if verified.state is ReviewState.OBJECTED else ""


def _answered(verified: Verified) -> str:
    if verified.answered is None:
        return ""
    # Only the city answers objections, so that no district is wanted for the name.
    bureau = words_bureau.office(verified.answered.party, CITY)
    return f"{bureau}于 {words.long_day(verified.answered.at)}答复异议"


def sides(declared: Assessment, verified: Assessment) -> tuple[Side, ...]:
    """The total, each column and the grade."""
    rows = [_points("综合得分", declared.points.total, verified.points.total)]
    rows += [
        _points(words.label(one.column), one.points, other.points)
        for one, other in zip(declared.points.columns, verified.points.columns, strict=True)
    ]
    grades = (_grade(declared), _grade(verified))
    same = "相同" if grades[0] == grades[1] else "不同"
    rows.append(Side(label="清洁生产等级", declared=grades[0], verified=grades[1], difference=same))
    return tuple(rows)


def _points(label: str, declared: Decimal | None, verified: Decimal | None) -> Side:
    return Side(
        label=label,
        declared=words.points(declared),
        verified=words.points(verified),
        difference=words_bureau.difference(declared, verified),
    )


def _grade(assessment: Assessment) -> str:
    grade = assessment.grade
    return words.grade(grade.grade, grade.is_rated) if grade is not None else words.NOT_RATED


def lowered_line(declared: Assessment, verified: Assessment, one: LoweredItem) -> LoweredLine:
    """A lowered item in words."""
    counted = "按未填报计" if one.counted == MISSING else answer_words(verified, one.item)
    said = words_bureau.REASONS[one.verdict.reason] if one.verdict.reason is not None else ""
    return LoweredLine(
        item=one.item,
        title=one.item.title,
        declared=answer_words(declared, one.item),
        counted=counted,
        reason="：".join(text for text in (said, one.verdict.comment) if text),
        objection=_objection(one, counted),
    )


def _objection(one: LoweredItem, counted: str) -> str:
    if one.objection is None:
        return words.NOTHING
    said = words_bureau.ruling(one.objection)
    if one.objection.is_granted is None:
        return said
    result = counted if one.counted == MISSING else f"核定为{counted}"
    return f"{said}，{result}：{one.objection.answer}"
