"""The chapters on the result: what was asked, how it was weighed, what came out, column by column."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal import words
from portal.core.advice import Step
from portal.core.answers import MISSING, Chosen, Declared, Measured, Missing, NotApplicable, Practised
from portal.core.assessment import Assessment, GateState, ItemResult, Standing, Verdict
from portal.core.levels import GRADES, Grade
from portal.core.plant import EffectiveLevel
from portal.core.questionnaire import Activity, Column, Extent, Indicator, Practice, Requirement, Trait
from portal.core.rulebook import PointsRulebook
from portal.report import figures
from portal.report.citing import Citer, doubt

TONES: Mapping[Column, figures.Tone] = {
    Column.CLEAN: figures.Tone.CLEAN,
    Column.CIRCULAR: figures.Tone.CIRCULAR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label with its value."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One gate and how it stands; `is_alarm` while it is open."""

    kind: str
    title: str
    basis: str
    state: str
    is_alarm: bool
    is_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One level of the cleaner-production index."""

    grade: str
    index: str
    threshold: str
    verdict: str
    is_reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """One measured indicator with its ruler."""

    title: str
    value: str
    origin: str
    levels: str
    ruler: str
    reached: str
    is_short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPart:
    """One section of the result: points, measured indicators, and which practices stand where."""

    title: str
    points: str
    answered: str
    indicators: tuple[IndicatorLine, ...]
    practices: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The figures of the summary page and of the chapter on results, worded."""

    total: str
    total_exact: str
    columns: tuple[Fact, ...]
    completeness: str
    is_provisional: bool
    grade: str
    is_graded: bool
    is_official: bool
    grade_title: str
    grade_basis: str
    ungraded: str
    index: tuple[IndexLine, ...]
    gates: tuple[GateLine, ...]
    gates_held: tuple[Fact, ...]
    gates_passed: str
    gates_open: int
    has_badge: bool
    gauge: str
    radar: str
    columns_chart: str
    sections_chart: str
    sections: tuple[SectionPart, ...]


def scores(assessment: Assessment, citer: Citer) -> Scores:
    """Everything that came out."""
    points, grade, gates = assessment.points, assessment.grade, gate_lines(assessment, citer)
    rated = [section for section in assessment.sections if section.counted]
    is_rated = grade is not None and grade.is_rated
    return Scores(
        total=words.points(points.total),
        total_exact=words.number(points.total, 2),
        columns=tuple(
            Fact(
                label=words.label(column.column),
                value=words.points(column.points),
                note=f"占总分 {words.number(column.share)}%",
            )
            for column in points.columns
        ),
        completeness=words.percent(points.completeness),
        is_provisional=points.is_provisional,
        grade=words.grade(grade.grade if grade else None, is_rated),
        is_graded=is_rated,
        is_official=grade is not None and grade.is_official,
        grade_title=grade.title if grade else "",
        grade_basis=grade.basis if grade else "",
        ungraded="" if is_rated else _ungraded(assessment),
        index=_index(assessment),
        gates=tuple(gate for gate in gates if not gate.is_passed),
        gates_held=_held(gates),
        gates_passed=f"{sum(gate.is_passed for gate in gates)} / {len(gates)}",
        gates_open=sum(gate.is_alarm for gate in gates),
        has_badge=assessment.may_show_badge,
        gauge=figures.gauge("综合得分", points.total, tone=tone_of(assessment)),
        radar=figures.radar(
            "各章节得分雷达图",
            [figures.Spoke(label=section.title, value=section.points) for section in rated],
        ),
        columns_chart=figures.bars(
            "两个栏目的得分",
            [
                figures.Bar(
                    label=words.label(column.column),
                    value=column.points,
                    tone=TONES[column.column],
                    note=f"已计 {words.short(column.counted)} / 适用 {words.short(column.applicable)}",
                )
                for column in points.columns
            ],
        ),
        sections_chart=section_bars(assessment),
        sections=tuple(_sections(assessment, citer)),
    )


def section_bars(assessment: Assessment, *, is_narrow: bool = False) -> str:
    """The points of the sections; the narrow drawing, for a phone, leaves out how much of each is filled in."""
    rows = [
        figures.Bar(
            label=section.title,
            value=section.points,
            note="" if is_narrow else f"已填 {section.answered}/{section.asked}",
        )
        for section in assessment.sections
        if section.counted
    ]
    return figures.bars("各章节的得分", rows, wide=figures.NARROW if is_narrow else figures.WIDE)


def tone_of(assessment: Assessment) -> figures.Tone:
    """The colour of the total: green only when nothing stands against it."""
    found = assessment.gate_verdict
    if found.verdict is Verdict.OPEN:
        return figures.Tone.WARNING
    return figures.Tone.CLEAN if found.is_met else figures.Tone.QUIET


def gate_lines(assessment: Assessment, citer: Citer) -> tuple[GateLine, ...]:
    """Vetoes, basic requirements and binding indicators, with how they stand."""
    lines = []
    for gate in assessment.gates:
        item = gate.item
        if isinstance(item, Requirement):
            kind = "否决项" if item.is_veto else "基本要求"
            basis = citer.places(item.clauses)
        else:
            kind = "限定性指标"
            basis = citer.place(item.binding) if item.binding else ""
        lines.append(
            GateLine(
                kind=kind,
                title=item.title,
                basis=basis,
                state=words.label(gate.state),
                is_alarm=gate.state is GateState.OPEN,
                is_passed=gate.state is GateState.PASSED,
            )
        )
    return tuple(lines)


def _held(gates: tuple[GateLine, ...]) -> tuple[Fact, ...]:
    """The gates that are passed, kind by kind: what is in order takes little room."""
    kinds = dict.fromkeys(gate.kind for gate in gates if gate.is_passed)
    facts = []
    for kind in kinds:
        mine = [gate for gate in gates if gate.kind == kind]
        passed = [gate.title for gate in mine if gate.is_passed]
        facts.append(Fact(label=kind, value="、".join(passed), note=f"满足 {len(passed)} / {len(mine)}"))
    return tuple(facts)


def _index(assessment: Assessment) -> tuple[IndexLine, ...]:
    result = assessment.grade
    if result is None or not result.is_rated:
        return ()
    lines = []
    for grade in GRADES:
        index, threshold = result.index.get(grade), result.thresholds[grade]
        blockers = [assessment.questionnaire.items[item].title for item in result.blockers.get(grade, ())]
        is_enough = index is not None and index >= threshold
        if blockers:
            more = f"等 {len(blockers)} 项" if len(blockers) > 3 else ""
            verdict = "限定性指标未达到：" + "、".join(blockers[:3]) + more
        elif index is None:
            verdict = "没有可用的级别"
        else:
            verdict = "满足" if is_enough else "指数低于要求"
        sign = "=" if threshold == 100 else "≥"
        lines.append(
            IndexLine(
                grade=words.label(grade),
                index=words.number(index, 2),
                threshold=f"{sign} {words.number(threshold)}",
                verdict=verdict,
                is_reached=is_enough and not blockers,
            )
        )
    return tuple(lines)


def _ungraded(assessment: Assessment) -> str:
    """Why there is no grade, and which indicators have usable levels all the same."""
    rated = [
        result.item.title
        for result in assessment.items
        if isinstance(result.item, Indicator) and any(level.is_usable for level in result.levels)
    ]
    why = "参与定级的指标没有可用级别" if assessment.grade else "本行业没有可用的清洁生产评价指标体系"
    if not rated:
        return f"{why}，不作等级判定。"
    named = "；".join(rated)
    return f"{why}，不作等级判定。有可用级别的定量指标 {len(rated)} 项（{named}），按达到的级别计入得分。"


def _sections(assessment: Assessment, citer: Citer) -> Iterable[SectionPart]:
    results = {result.item.id: result for result in assessment.items}
    for section, summary in zip(assessment.questionnaire.sections, assessment.sections, strict=True):
        mine = [results[item.id] for item in section.items if item.id in results]
        if not mine or not summary.counted:
            continue
        yield SectionPart(
            title=section.title,
            points=words.points(summary.points),
            answered=f"已填 {summary.answered} / {summary.asked} 项",
            indicators=tuple(
                indicator_line(result, result.item, citer)
                for result in mine
                if isinstance(result.item, Indicator) and _has_value(result)
            ),
            practices=tuple(_practices(assessment, mine)),
        )


def _has_value(result: ItemResult) -> bool:
    concerns = result.standing in (Standing.COUNTED, Standing.UNRATED)
    return concerns and result.reading is not None and result.reading.value is not None


def indicator_line(result: ItemResult, item: Indicator, citer: Citer) -> IndicatorLine:
    """An indicator's value beside its levels; unverified levels are named but not drawn."""
    reading = result.reading
    assert reading is not None and reading.value is not None
    usable = [level for level in result.levels if level.is_usable]
    marks = [
        figures.Mark(label=f"{words.label(level.level.grade)} {words.short(level.value)}", value=level.value)
        for level in usable
    ]
    levels = "　".join(
        f"{words.label(level.level.grade)} {words.short(level.value)}{_caveat(level)}"
        for level in result.levels
        if not level.is_usable
    )
    return IndicatorLine(
        title=item.title,
        value=words.quantity(readable(reading.value), item.unit),
        origin="计算" if reading.entered is None else "填报",
        levels=levels or ("" if usable else "没有可用级别"),
        ruler=figures.ruler(
            f"{item.title}与各级别的位置",
            reading.value,
            marks,
            is_smaller_better=item.direction.value == "smaller",
        )
        if marks
        else "",
        reached=reached(result),
        is_short=result.standing is Standing.COUNTED and result.reached is not Grade.I,
    )


def _caveat(level: EffectiveLevel) -> str:
    """Why a level does not count: not yet in force in the year assessed, or not verified."""
    return f"（自 {level.level.since} 起实施）" if level.is_ahead else doubt(level.level.verification)


def reached(result: ItemResult) -> str:
    """The level that an item reaches, or why it has none."""
    if result.standing is not Standing.COUNTED:
        return "不计分" if result.standing is Standing.UNRATED else words.label(result.standing)
    return words.grade(result.reached)


def _practices(assessment: Assessment, results: Iterable[ItemResult]) -> Iterable[Fact]:
    """Which practices stand where, one line for each extent."""
    titles: dict[str, list[str]] = {}
    for result in results:
        if isinstance(result.item, Practice):
            answer = assessment.answers.get(result.item.id, MISSING)
            if result.standing is Standing.NOT_CONCERNED:
                continue
            if isinstance(answer, Practised):
                share = f"（{words.percent(answer.share)}）" if answer.share is not None else ""
                titles.setdefault(words.label(answer.extent), []).append(result.item.title + share)
            else:
                titles.setdefault(words.label(result.standing), []).append(result.item.title)
    order = [words.label(extent) for extent in Extent]
    order += [words.label(Standing.NOT_APPLICABLE), words.label(Standing.MISSING)]
    for label in order:
        if label in titles:
            yield Fact(label=label, value="；".join(titles[label]), note=f"{len(titles[label])} 项")


def answer_words(assessment: Assessment, item: Indicator | Practice | Activity | Trait | Requirement) -> str:
    """What was answered, as one says it."""
    match assessment.answers.get(item.id, MISSING):
        case Measured(value=value):
            return words.quantity(value, getattr(item, "unit", ""))
        case Practised(extent=extent, share=share):
            return words.label(extent) + (f" {words.percent(share)}" if share is not None else "")
        case Chosen(options=options) if isinstance(item, Trait):
            return "；".join(option.title for option in item.options if option.id in options)
        case Declared(is_met=is_met):
            return "符合" if is_met else "不符合"
        case NotApplicable(reason=reason):
            return f"不适用：{reason}"
        case Missing() | Chosen():
            return words.NOTHING


def readable(value: Decimal, places: int | None = None) -> Decimal:
    """A figure as one would write it: four decimals below one, two above, or `places`; never more than it has."""
    most = places if places is not None else 4 if abs(value) < 1 else 2
    return value.quantize(Decimal(1).scaleb(-min(decimals(value), most)), ROUND_HALF_UP)


def decimals(value: Decimal) -> int:
    """How many decimals a figure has, trailing zeros left aside."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def staircase(assessment: Assessment, steps: tuple[Step, ...], year: int, *, wide: int = figures.WIDE) -> str:
    """Points today and after each step of the road map."""
    stairs = [figures.Stair(label="现状", value=assessment.points.total, note=f"{year} 年度")]
    when = ("立即", "一年内", "三年内")
    for step, moment in zip(steps, when, strict=True):
        stairs.append(
            figures.Stair(
                label=words.label(step.cost_class),
                value=step.points_after,
                note=f"{moment}，{len(step.recommendations)} 项",
            )
        )
    return figures.staircase("逐步实施后的得分", stairs, wide=wide)


def rules_of(assessment: Assessment) -> PointsRulebook:
    """The points rulebook of the questionnaire."""
    return next(book for book in assessment.questionnaire.rulebooks if isinstance(book, PointsRulebook))
