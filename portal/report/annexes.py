"""The annexes: every answer with the points it earns, what to show as evidence, the documents cited."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal import words
from portal.core.answers import MISSING, NotApplicable
from portal.core.assessment import Assessment, ItemResult, Standing
from portal.core.data_check import Explanation, Finding
from portal.core.evidence import Evidence, Links, items_to_prove
from portal.core.plant import Concern, concern
from portal.core.questionnaire import Activity, Item, Practice, Questionnaire, Trait
from portal.report.citing import Citer, book, doubt
from portal.report.results import Fact, answer_words, reached, readable


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One scored item: answer, level or extent, weight, factor, earned."""

    title: str
    column: str
    answer: str
    reached: str
    sum: str
    is_counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPart:
    """The scored items of one section."""

    title: str
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumLine:
    """One column of the score: earned ÷ counted × 100, and its share of the total."""

    column: str
    earned: str
    counted: str
    points: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A document cited."""

    number: str
    name: str
    issuer: str
    status: str
    read: str
    where: str


def traits(assessment: Assessment) -> tuple[Fact, ...]:
    """The features of the plant that decide what concerns it."""
    items = [item for item in assessment.questionnaire.items.values() if isinstance(item, Trait)]
    return tuple(
        Fact(label=item.title, value=answer_words(assessment, item))
        for item in items
        if _concerns(assessment, item)
    )


def activities(assessment: Assessment) -> tuple[Fact, ...]:
    """Activity data and prices; the note says what a blank counts as."""
    lines = []
    for item in assessment.questionnaire.items.values():
        if not isinstance(item, Activity) or not _concerns(assessment, item):
            continue
        if assessment.answers.get(item.id, MISSING) == MISSING and (
            item.is_zero_when_blank or item.is_optional
        ):
            continue
        lines.append(Fact(label=item.title, value=answer_words(assessment, item)))
    return tuple(lines)


def factors(assessment: Assessment, citer: Citer) -> tuple[Fact, ...]:
    """The factors of the formulas and savings: the plant's own figure, or the published one."""
    plant, lines = assessment.plant, []
    for factor in assessment.questionnaire.factors.values():
        value = plant.known[factor.id].to(factor.unit)
        if factor.id in plant.replaced:
            own = assessment.questionnaire.items[plant.replaced[factor.id]]
            note = f"采用企业填报值（{own.title}）"
        else:
            note = f"缺省值{citer.mark(factor.source)}{doubt(factor.verification)}"
        lines.append(Fact(label=factor.title, value=words.quantity(round(value, 6), factor.unit), note=note))
    return tuple(lines)


def _concerns(assessment: Assessment, item: Item) -> bool:
    return concern(item.when, assessment.chosen) is not Concern.NO


def receipt_parts(assessment: Assessment) -> tuple[ReceiptPart, ...]:
    """Every scored item, section by section; what does not concern the plant is left out."""
    results = {result.item.id: result for result in assessment.items}
    parts = []
    for section in assessment.questionnaire.sections:
        lines = tuple(
            _receipt_line(assessment, results[item.id])
            for item in section.items
            if item.id in results and results[item.id].standing is not Standing.NOT_CONCERNED
        )
        if lines:
            parts.append(ReceiptPart(title=section.title, lines=lines))
    return tuple(parts)


def _receipt_line(assessment: Assessment, result: ItemResult) -> ReceiptLine:
    item = result.item
    is_counted = result.standing is Standing.COUNTED
    answer = answer_words(assessment, item)
    if answer == words.NOTHING and result.reading is not None and result.reading.computed is not None:
        answer = words.quantity(readable(result.reading.computed), getattr(item, "unit", "")) + "（计算）"
    if isinstance(item, Practice):
        level = "" if is_counted and item.weight else "不计分" if is_counted else words.label(result.standing)
    else:
        level = reached(result)
    return ReceiptLine(
        title=item.title,
        column=words.label(item.column)[0],
        answer=answer,
        reached=level,
        sum=_sum(result) if is_counted and item.weight else words.NOTHING,
        is_counted=is_counted,
    )


def _sum(result: ItemResult) -> str:
    """6 × 0.60 = 3.60."""
    weight = words.number(result.item.weight)
    return f"{weight} × {words.number(result.factor, 2)} = {words.number(result.earned, 2)}"


def on_behalf_lines(questionnaire: Questionnaire, firms: Mapping[str, str]) -> tuple[Fact, ...]:
    """Consulting firm → the items it filled in for the enterprise, in the questionnaire's order."""
    filled: dict[str, list[str]] = {}
    for item in questionnaire.items.values():
        if item.id in firms:
            filled.setdefault(firms[item.id], []).append(item.title)
    return tuple(
        Fact(label=firm, value="、".join(titles), note=str(len(titles))) for firm, titles in filled.items()
    )


def sums(assessment: Assessment) -> tuple[SumLine, ...]:
    """How the columns add up."""
    return tuple(
        SumLine(
            column=words.label(column.column),
            earned=words.number(column.earned, 2),
            counted=words.number(column.counted, 2),
            points=words.number(column.points, 2),
            share=f"{words.number(column.share)}%",
        )
        for column in assessment.points.columns
    )


def left_out(assessment: Assessment) -> tuple[Fact, ...]:
    """What the manager says does not apply, with the reason."""
    lines = []
    for result in assessment.items:
        answer = assessment.answers.get(result.item.id, MISSING)
        if isinstance(answer, NotApplicable) and result.standing is Standing.NOT_APPLICABLE:
            lines.append(Fact(label=result.item.title, value=answer.reason))
    return tuple(lines)


def missing(assessment: Assessment) -> tuple[str, ...]:
    """Titles of scored items that nobody answered yet."""
    return tuple(result.item.title for result in assessment.items if result.standing is Standing.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """An item that claims something: what is usually shown for it, and the files that are."""

    label: str
    value: str
    files: tuple[str, ...]


def evidence(assessment: Assessment, links: Links) -> tuple[EvidenceLine, ...]:
    """Every item that claims something, or has files beside it: a value, a declaration, a practice in place."""
    claims = {item.id for item in items_to_prove(assessment)}
    return tuple(
        EvidenceLine(
            label=item.title,
            value="、".join(item.evidence),
            files=tuple(_file_words(one) for one in links.get(item.id, ())),
        )
        for item in assessment.questionnaire.items.values()
        if item.id in claims or links.get(item.id)
    )


def _file_words(one: Evidence) -> str:
    """“废气检测报告”，检测报告，2026-05-01，有效期至 2027-04-30，校验值 1a2b3c4d."""
    parts = [f"“{settable(one.title)}”", words.EVIDENCE_KINDS[one.kind]]
    if one.issued_on is not None:
        parts.append(words.day(one.issued_on))
    if one.valid_until is not None:
        parts.append(f"有效期至 {words.day(one.valid_until)}")
    return "，".join([*parts, f"校验值 {one.sha256[:8]}"])


def settable(text: str) -> str:
    """A title without the little pictures of telephones, which no typeface of print has: they must not stop it."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"So", "Cf", "Cn", "Co", "Mn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding of the data check: what it is about, the figures, what to look at, what the manager says."""

    title: str
    figures: str
    look_at: str
    explanation: str


def finding_lines(checked: Sequence[tuple[Finding, Explanation | None]]) -> tuple[FindingLine, ...]:
    """The findings in the order of the questionnaire."""
    return tuple(
        FindingLine(
            title=finding.check.title,
            figures=words.finding(finding),
            look_at=finding.check.look_at,
            explanation=explanation.text if explanation else "",
        )
        for finding, explanation in checked
    )


def source_lines(citer: Citer) -> tuple[SourceLine, ...]:
    """The documents in the order of their numbers."""
    lines = []
    for number, id in enumerate(citer.cited, 1):
        source = citer.sources[id]
        lines.append(
            SourceLine(
                number=str(number),
                name=f"{book(source.title)}{f'（{source.number}）' if source.number else ''}",
                issuer="，".join(part for part in (source.issuer, source.date) if part),
                status=words.SOURCE_STATUSES.get(source.status, source.status),
                read=words.label(source.read),
                where=source.where,
            )
        )
    return tuple(lines)


def version_of(questionnaire: Questionnaire) -> str:
    """The questionnaire as it is cited on the cover."""
    return f"{questionnaire.title}　{questionnaire.version} 版"
