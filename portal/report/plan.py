"""The chapter 下一步工作: the measures of the chosen plan with owner, day and cost, and when each is to be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal import words
from portal.core.advice import Recommendation
from portal.core.planning import Measure, MeasureState, Scenario
from portal.core.whatif import Outlook, Priced, Pricing
from portal.report.figures import Tone, Track, timeline
from portal.report.results import Fact

TONES: Mapping[MeasureState, Tone] = {
    MeasureState.PLANNED: Tone.CLEAN,
    MeasureState.RUNNING: Tone.CIRCULAR,
    MeasureState.DONE: Tone.QUIET,
    MeasureState.DROPPED: Tone.QUIET,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One measure of the plan; `number` is that of its card."""

    number: str
    anchor: str
    title: str
    cost_class: str
    owner: str
    due: str
    cost: str
    points: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """The chapter: `notes` say what the sums leave out."""

    title: str
    lines: tuple[PlanLine, ...]
    totals: tuple[Fact, ...]
    chart: str
    notes: tuple[str, ...]


def plan_part(
    scenario: Scenario,
    outlook: Outlook,
    ledger: Mapping[str, Measure],
    recommendations: tuple[Recommendation, ...],
    start: date,
) -> PlanPart:
    """The plan in words; `ledger` are its lines by technology, bars begin at `start` where nothing was begun."""
    numbers = {one.technology.id: number for number, one in enumerate(recommendations, 1)}
    lines = tuple(_line(one, numbers[one.id], ledger.get(one.id)) for one in outlook.taken)
    tracks = [
        track
        for one in outlook.taken
        if (track := _track(one, f"T{numbers[one.id]}", ledger.get(one.id), start)) is not None
    ]
    return PlanPart(
        title=scenario.title,
        lines=lines,
        totals=_totals(outlook),
        chart=timeline("各项措施的实施时间", tracks) if tracks else "",
        notes=tuple(_notes(outlook, ledger)),
    )


def _line(one: Priced, number: int, measure: Measure | None) -> PlanLine:
    technology = one.recommendation.technology
    return PlanLine(
        number=f"T{number}",
        anchor=f"t{number}",
        title=technology.title,
        cost_class=words.label(technology.cost_class),
        owner=measure.owner if measure is not None and measure.owner else "待定",
        due=words.day(measure.finished_on or measure.due_on) if measure is not None else words.NOTHING,
        cost=_cost(one, measure),
        points=f"+{words.points(one.recommendation.points_gained)}",
        state=words.MEASURE_STATES[measure.state] if measure is not None else words.NOTHING,
    )


def _cost(one: Priced, measure: Measure | None) -> str:
    if measure is not None and measure.spent is not None:
        return f"{words.money(measure.spent)}（实际）"
    if measure is not None and measure.budget is not None:
        return f"{words.money(measure.budget)}（预算）"
    if one.pricing is Pricing.UNKNOWN:
        return words.PRICINGS[Pricing.UNKNOWN]
    return f"{words.range_text(one.investment)}（{words.PRICINGS[one.pricing]}）"


def _track(one: Priced, number: str, measure: Measure | None, start: date) -> Track | None:
    if measure is None or measure.state is MeasureState.DROPPED:
        return None
    end = measure.finished_on or measure.due_on
    if end is None:
        return None
    begin = measure.started_on or min(start, end)
    return Track(
        label=f"{number}　{one.recommendation.technology.title}",
        start=begin,
        end=end,
        tone=TONES[measure.state],
        note=measure.owner,
    )


def _totals(outlook: Outlook) -> tuple[Fact, ...]:
    before, after = outlook.before, outlook.after
    facts = [
        Fact(label="措施", value=f"{len(outlook.taken)} 项"),
        Fact(
            label="得分",
            value=f"{words.points(before.points.total)} → {words.points(after.points.total)}",
        ),
    ]
    if before.grade is not None and after.grade is not None:
        grades = [words.grade(one.grade, one.is_rated) for one in (before.grade, after.grade)]
        facts.append(Fact(label="清洁生产等级", value=" → ".join(grades)))
    facts.append(Fact(label="门槛", value=words.verdict(after.gate_verdict)))
    for label, span in (
        ("投资", outlook.investment),
        ("年节约", outlook.savings.money),
        ("年节能", outlook.savings.standard_coal),
        ("年减排 CO2", outlook.savings.co2),
        ("回收期", outlook.payback),
    ):
        if span is not None:
            facts.append(Fact(label=label, value=words.range_text(span)))
    return tuple(facts)


def _notes(outlook: Outlook, ledger: Mapping[str, Measure]) -> list[str]:
    notes = []
    if outlook.unpriced:
        count = len(outlook.unpriced)
        notes.append(f"{count} 项措施的来源和方案里没有投资，投资合计不含它们，也不计算回收期。")
    entered = [ledger[one.id] for one in outlook.taken if one.id in ledger]
    if any(one.spent is not None or one.budget is not None for one in entered):
        notes.append("注明“预算”“实际”的费用取自整改台账。")
    if outlook.cases:
        notes.append(f"{len(outlook.cases)} 项措施的投资是来源案例的规模，不是本厂的。")
    if outlook.savings.is_limited:
        notes.append("同一用量上的节约已扣除重叠部分，不超过本厂用量。")
    notes.append(
        "节约和减排只含能按本厂数据折算的效果；得分按全部措施落实重新计算，各项单独的得分之和可以更大。"
    )
    return notes
