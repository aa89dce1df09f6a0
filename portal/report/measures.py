"""The chapters on what to do: gaps with their distance, a card for each technology, the road map in three steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from portal import words
from portal.core.advice import ALL, Range, Recommendation, Saving, Step
from portal.core.assessment import Assessment
from portal.core.gaps import Gap, Urgency
from portal.core.interaction import together
from portal.core.levels import Direction, Verification
from portal.core.questionnaire import Indicator, ItemId, Practice, Questionnaire
from portal.core.technology import Backing, Cost, Effect, Lowers, Reaches, Saves, SavesShare, States
from portal.report.citing import Citer
from portal.report.results import Fact, decimals, readable
from portal.report.typography import spaced

# So many technologies get a card; what ranks below stands in a table, with the same words in less room.
FULL_CARDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """One gap: the item, where it stands, the next level, how far away, who set it, and what answers it."""

    number: str
    title: str
    column: str
    urgency: str
    is_gate: bool
    now: str
    next: str
    distance: str
    points: str
    source: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """An effect as a source gives it, and what it means for this plant."""

    said: str
    here: str
    backing: str
    is_unverified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One technology for this plant."""

    number: str
    anchor: str
    title: str
    kind: str
    cost_class: str
    points: str
    closes: str
    figures: tuple[Fact, ...]
    principle: str
    fits: str
    unfit: str
    effects: tuple[EffectLine, ...]
    costs: tuple[EffectLine, ...]
    pitfalls: str
    lacking: str
    doubtful: str
    sources: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """A technology in the road map."""

    number: str
    anchor: str
    title: str
    gaps: str
    figures: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPart:
    """One step of the road map."""

    title: str
    before: str
    after: str
    gain: str
    totals: str
    lines: tuple[StepLine, ...]


def gap_lines(
    assessment: Assessment, gaps: tuple[Gap, ...], recommendations: tuple[Recommendation, ...], citer: Citer
) -> tuple[GapLine, ...]:
    """The gap table; `answer` names the cards that close each gap."""
    cards: dict[ItemId, list[str]] = {}
    for number, recommendation in enumerate(recommendations, 1):
        for gap in recommendation.gaps:
            cards.setdefault(gap.result.item.id, []).append(f"T{number}")
    return tuple(
        _gap_line(f"G{number}", gap, cards.get(gap.result.item.id, []), citer)
        for number, gap in enumerate(gaps, 1)
    )


def _gap_line(number: str, gap: Gap, cards: list[str], citer: Citer) -> GapLine:
    item = gap.result.item
    now, goal, distance, source = _standing(gap, citer)
    return GapLine(
        number=number,
        title=item.title,
        column=words.label(item.column),
        urgency=words.label(gap.urgency),
        is_gate=gap.urgency is Urgency.GATE,
        now=now,
        next=goal,
        distance=distance,
        points=words.points(gap.lost_points),
        source=source,
        answer="、".join(cards) or item.no_technology or "无适用技术",
    )


def _standing(gap: Gap, citer: Citer) -> tuple[str, str, str, str]:
    item = gap.result.item
    if isinstance(item, Practice):
        assert gap.extent is not None
        now = words.label(gap.extent) + (f" {words.percent(gap.share)}" if gap.share is not None else "")
        rest = f"还差 {words.percent(100 - gap.share)}" if gap.share is not None else ""
        return now, "全面实施", rest, citer.places(item.clauses)
    level, value = gap.next_level, gap.result.reading.value if gap.result.reading else None
    assert level is not None
    assert value is not None
    here, there = comparable(value, level.value)
    apart = abs(here - there)
    distance = words.quantity(apart, item.unit)
    if item.unit == "%":
        distance = f"{words.number(apart)} 个百分点"
    elif there:
        distance += f"（{words.number(100 * apart / abs(there), 1)}%）"
    return (
        words.quantity(here, item.unit),
        f"{words.label(level.level.grade)} {words.quantity(there, item.unit)}",
        distance,
        citer.short(level.level.source, level.level.place, Verification.ORIGINAL),
    )


def comparable(value: Decimal, level: Decimal) -> tuple[Decimal, Decimal]:
    """Both rounded alike, as finely as either is read, and finer while that would hide the distance between them."""
    places = max(decimals(readable(value)), decimals(readable(level)))
    while readable(value, places) == readable(level, places) and value != level:
        places += 1
    return readable(value, places), readable(level, places)


def cards(
    assessment: Assessment, gaps: tuple[Gap, ...], recommendations: tuple[Recommendation, ...], citer: Citer
) -> tuple[Card, ...]:
    """One card for each recommended technology, in their rank."""
    numbers = _numbers(gaps)
    return tuple(
        _card(number, recommendation, numbers, assessment, citer)
        for number, recommendation in enumerate(recommendations, 1)
    )


def _numbers(gaps: tuple[Gap, ...]) -> dict[ItemId, str]:
    return {gap.result.item.id: f"G{number}" for number, gap in enumerate(gaps, 1)}


def _card(
    number: int, one: Recommendation, numbers: dict[ItemId, str], assessment: Assessment, citer: Citer
) -> Card:
    technology, questionnaire = one.technology, assessment.questionnaire
    savings = {id(saving.effect): saving for saving in one.savings}
    return Card(
        number=f"T{number}",
        anchor=f"t{number}",
        title=technology.title,
        kind=technology.cost_class.value,
        cost_class=words.label(technology.cost_class),
        points=gained(one),
        closes="；".join(f"{numbers[gap.result.item.id]} {gap.result.item.title}" for gap in one.gaps),
        figures=_figures(one),
        principle=technology.principle,
        fits=technology.fits,
        unfit=technology.unfit,
        effects=tuple(
            _effect_line(effect, savings.get(id(effect)), one.rest, assessment, citer)
            for effect in technology.effects
            if not _is_surpassed(effect, assessment)
        ),
        costs=tuple(_costs(one, citer)),
        pitfalls="；".join(pitfall.strip().rstrip("。；") for pitfall in technology.pitfalls),
        lacking="、".join(_title(questionnaire, name) for name in one.lacking),
        doubtful="、".join(_title(questionnaire, name) for name in one.doubtful),
        sources="".join(
            citer.mark(source) for source in dict.fromkeys(backing.source for backing in technology.backing)
        ),
    )


def gained(one: Recommendation) -> str:
    """What the technology alone adds to the total; where it adds nothing, why."""
    if one.points_gained:
        return f"单独实施可得 {_plus(one.points_gained)} 分".replace(" 不足", "不足")
    if not any(gap.lost_points for gap in one.gaps):
        return "所补的条目不计分"
    backed = (effect for effect in one.technology.effects if not isinstance(effect, States))
    if any(isinstance(effect, Lowers | Reaches | SavesShare) and _is_usable(effect) for effect in backed):
        return "单独实施还达不到下一级"
    return "来源没有给出可计分的效果"


def _plus(points: Decimal) -> str:
    """+1.2; what would round to nothing is named as little."""
    text = words.points(points)
    return f"+{text}" if text != words.points(Decimal(0)) else "不足 0.1"


def _is_usable(effect: Effect) -> bool:
    return effect.backing.verification is not Verification.UNVERIFIED


def _figures(one: Recommendation) -> tuple[Fact, ...]:
    """The figures at the head of a card: only those that are known."""
    left = _left(one.rest)
    scaled = f"按本厂规模{left}" if one.is_investment_scaled else "来源案例，见下"
    known = (
        (one.money, "年节约", words.range_text(one.money), f"按本厂用量和价格{left}"),
        (one.investment, "投资", words.range_text(one.investment), scaled),
        (
            one.payback,
            "回收期",
            words.range_text(one.payback),
            "来源所述" if one.is_payback_stated else "投资 ÷ 净节约",
        ),
        (one.co2, "年减排 CO2", _tonnes(one.co2), "按节约的能源与物料"),
    )
    return tuple(
        Fact(label=label, value=value, note=note) for span, label, value, note in known if span is not None
    )


def _left(rest: Range) -> str:
    """On which part of the plant a figure is reckoned, where some of it has the measure already."""
    return "" if rest == ALL else f"，只计尚未实施的 {words.range_text(rest)}"


def _tonnes(span: Range | None) -> str:
    if span is None:
        return words.NOTHING
    return words.range_text(Range(low=span.low, high=span.high, unit="t"))


def _title(questionnaire: Questionnaire, name: str) -> str:
    item = questionnaire.items.get(ItemId(name))
    return item.title if item is not None else _derived_title(questionnaire, name)


def _derived_title(questionnaire: Questionnaire, name: str) -> str:
    return next((derived.title for derived in questionnaire.derived if derived.id == name), name)


def _is_surpassed(effect: Effect, assessment: Assessment) -> bool:
    """Whether the plant is already better than the best that was reached elsewhere."""
    if not isinstance(effect, Reaches):
        return False
    value, item = _value_of(effect.item, assessment), assessment.questionnaire.items.get(effect.item)
    if value is None or not isinstance(item, Indicator):
        return False
    best = effect.low if item.direction is Direction.SMALLER else effect.high
    return item.direction.is_reached(value, best)


def _value_of(item: ItemId, assessment: Assessment) -> Decimal | None:
    """What the plant's indicator reads."""
    result = next((one for one in assessment.items if one.item.id == item), None)
    return result.reading.value if result is not None and result.reading is not None else None


def _effect_line(
    effect: Effect, saving: Saving | None, rest: Range, assessment: Assessment, citer: Citer
) -> EffectLine:
    questionnaire = assessment.questionnaire
    match effect:
        case Saves(low=low, high=high, unit=unit, per=per):
            carrier = saving.carrier.title if saving else effect.carrier
            said = f"按{_title(questionnaire, per)}计，节约{carrier} {_span(low, high, unit)}"
            here = _here(saving)
        case SavesShare(low=low, high=high, of=of):
            said = f"{_title(questionnaire, of)}减少 {_span(low, high, '%')}"
            here = _here(saving)
        case Lowers(item=item, low=low, high=high):
            said = f"{_title(questionnaire, item)}下降 {_span(low, high, '%')}"
            here = _lowered(effect, rest, assessment)
        case Reaches(item=item, low=low, high=high):
            target = questionnaire.items.get(item)
            unit = target.unit if isinstance(target, Indicator) else ""
            said = f"来源中{_title(questionnaire, item)}为 {_span(low, high, unit)}"
            here = _within(effect, assessment)
        case States(text=text):
            said, here = text, ""
        case _:
            assert_never(effect)
    return _line(said, here, effect.backing, citer)


def _line(said: str, here: str, backing: Backing, citer: Citer) -> EffectLine:
    return EffectLine(
        said=spaced(said) + (f"（{backing.note.rstrip('。')}）" if backing.note else ""),
        here=here,
        backing=citer.backing(backing),
        is_unverified=backing.verification is Verification.UNVERIFIED,
    )


def _span(low: Decimal, high: Decimal, unit: str) -> str:
    return words.range_text(Range(low=low, high=high, unit=unit))


def _here(saving: Saving | None) -> str:
    """What a saving comes to in this plant in a year."""
    if saving is None or saving.amount is None:
        return ""
    parts = [f"每年 {words.range_text(saving.amount)}"]
    if saving.money is not None:
        parts.append(words.range_text(saving.money))
    if saving.standard_coal is not None:
        parts.append(f"{_span(saving.standard_coal.low, saving.standard_coal.high, '吨标准煤')}")
    return "，".join(parts) + _left(saving.rest)


def _lowered(effect: Lowers, rest: Range, assessment: Assessment) -> str:
    value, item = _value_of(effect.item, assessment), assessment.questionnaire.items.get(effect.item)
    if value is None or not isinstance(item, Indicator):
        return ""
    shares = (effect.high * rest.high / 100, effect.low * rest.low / 100)
    least, most = (value * (100 - share) / 100 for share in shares)
    return f"由 {words.short(value)} 降至 {_span(least, most, item.unit)}{_left(rest)}"


def _within(effect: Reaches, assessment: Assessment) -> str:
    """Where the plant stands, when it lies inside the range that others have reached."""
    value, item = _value_of(effect.item, assessment), assessment.questionnaire.items.get(effect.item)
    if value is None or not isinstance(item, Indicator) or not effect.low <= value <= effect.high:
        return ""
    return f"现为 {words.quantity(readable(value), item.unit)}，已在其中"


def _costs(one: Recommendation, citer: Citer) -> Iterable[EffectLine]:
    technology = one.technology
    for cost in technology.investments:
        yield _cost_line("投资", cost, citer)
    for cost in technology.running:
        yield _cost_line("运行", cost, citer)
    for payback in technology.paybacks:
        said = f"回收期：{_span(payback.low, payback.high, '年')}（{payback.basis}）"
        yield _line(said, "", payback.backing, citer)


def _cost_line(kind: str, cost: Cost, citer: Citer) -> EffectLine:
    basis = f"（{cost.basis}）" if cost.basis else ""
    return _line(f"{kind}：{_span(cost.low, cost.high, cost.unit)}{basis}", "", cost.backing, citer)


def step_parts(
    assessment: Assessment,
    gaps: tuple[Gap, ...],
    recommendations: tuple[Recommendation, ...],
    steps: tuple[Step, ...],
) -> tuple[StepPart, ...]:
    """The road map: three steps with the points before and after."""
    gap_numbers = _numbers(gaps)
    numbers = {one.technology.id: number for number, one in enumerate(recommendations, 1)}
    before = assessment.points.total
    done: tuple[Recommendation, ...] = ()
    parts = []
    for step in steps:
        done += step.recommendations
        parts.append(
            StepPart(
                title=words.STEPS[step.cost_class],
                before=words.points(before),
                after=words.points(step.points_after),
                gain=words.points_between(before, step.points_after),
                totals=_totals(done, assessment),
                lines=tuple(
                    _step_line(one, numbers[one.technology.id], gap_numbers) for one in step.recommendations
                ),
            )
        )
        before = step.points_after
    return tuple(parts)


def _totals(done: tuple[Recommendation, ...], assessment: Assessment) -> str:
    """What the steps so far save together; overlaps are taken off by the interaction rule."""
    sums = together(done, assessment.plant)
    parts = [
        f"{label} {words.range_text(span)}"
        for label, span in (
            ("年节约", sums.money),
            ("年节能", sums.standard_coal),
            ("年减排 CO2", sums.co2),
        )
        if span is not None
    ]
    if not parts:
        return ""
    return "，".join(parts) + ("（已扣除重叠部分）" if sums.is_limited else "")


def _step_line(one: Recommendation, number: int, gaps: dict[ItemId, str]) -> StepLine:
    return StepLine(
        number=f"T{number}",
        anchor=f"t{number}",
        title=one.technology.title,
        gaps="、".join(gaps[gap.result.item.id] for gap in one.gaps),
        figures="；".join(f"{fact.label} {fact.value}" for fact in _figures(one)),
        points=_plus(one.points_gained) if one.points_gained else words.NOTHING,
    )
