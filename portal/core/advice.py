"""Which technologies close a plant's gaps, and what they would bring this plant in money, energy and CO₂."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.core.answers import Answer, Answers, Measured, Practised, is_usual
from portal.core.assessment import Assessment, Standing
from portal.core.gaps import Gap, Urgency
from portal.core.levels import Direction, Verification
from portal.core.plant import Plant
from portal.core.quantity import Quantity
from portal.core.questionnaire import Activity, Extent, Indicator, ItemId, Practice
from portal.core.scoring import reassess
from portal.core.technology import (
    Backing,
    Carrier,
    Carriers,
    Cost,
    CostClass,
    Effect,
    Lowers,
    Reaches,
    Saves,
    SavesShare,
    Technologies,
    Technology,
)

ZERO, WHOLE = Decimal(0), Decimal(100)
COST_CLASSES = tuple(CostClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Low to high of something, in one unit; ranges stay ranges."""

    low: Decimal
    high: Decimal
    unit: str


ALL = Range(low=WHOLE, high=WHOLE, unit="%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What one effect saves here in a year: amount of the carrier, money, standard coal and CO₂.

    What cannot be computed is None, and `lacking` names the items the plant has not filled in. No money is made of a
    price outside its usual range; `doubtful` names it. `rest` is the part of the plant, in per cent, on which it saves.
    """

    effect: Effect
    carrier: Carrier
    rest: Range
    amount: Range | None
    money: Range | None  # 万元/a
    standard_coal: Range | None  # tce/a
    co2: Range | None  # tCO2/a
    lacking: tuple[str, ...]
    doubtful: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One technology for this plant, with the gaps that it closes.

    `points_gained` are points of the total when this technology alone is taken up. `investment` is scaled to this
    plant where the source gives it per unit (`is_investment_scaled`), else it is the source's own case. `payback` is
    computed where investment and money are this plant's, else as a source states it (`is_payback_stated`).
    `rest` is the part of the plant that still lacks it: what is in place already neither saves nor costs again.
    """

    technology: Technology
    gaps: tuple[Gap, ...]
    points_gained: Decimal
    savings: tuple[Saving, ...]
    money: Range | None  # 万元/a, one saving per carrier
    standard_coal: Range | None  # tce/a
    co2: Range | None  # tCO2/a
    running: Range | None  # 万元/a
    investment: Range | None  # 万元
    is_investment_scaled: bool
    payback: Range | None  # years
    is_payback_stated: bool
    rest: Range  # %
    lacking: tuple[str, ...]
    doubtful: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[Saving, ...]:
        """The savings that are added up: the first of each carrier, for further figures are other cases of it."""
        return _one_per_carrier(self.savings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the road map (无低费, 中费, 高费) and the total points once it and those before are done."""

    cost_class: CostClass
    recommendations: tuple[Recommendation, ...]
    points_after: Decimal | None


def advise(
    assessment: Assessment, gaps: tuple[Gap, ...], technologies: Technologies, carriers: Carriers
) -> tuple[Recommendation, ...]:
    """Ranked recommendations: a technology appears once, and its conditions of use hold for this plant.

    Gate gaps come first, then large and small ones; within them the most points, then the least costly class.
    """
    plant = assessment.plant
    recommendations = []
    for technology in technologies:
        closed = tuple(gap for gap in gaps if gap.result.item.id in technology.closes)
        if closed and _fits(technology, plant) and not _is_in_place(technology, assessment, closed):
            recommendations.append(_recommend(technology, closed, assessment, plant, carriers))
    return tuple(sorted(recommendations, key=_rank))


def _one_per_carrier(savings: tuple[Saving, ...]) -> tuple[Saving, ...]:
    first: dict[str, Saving] = {}
    for saving in savings:
        first.setdefault(saving.carrier.id, saving)
    return tuple(first.values())


def _rank(recommendation: Recommendation) -> tuple[int, Decimal, int, str]:
    urgency = min(list(Urgency).index(gap.urgency) for gap in recommendation.gaps)
    technology = recommendation.technology
    return (
        urgency,
        -recommendation.points_gained,
        COST_CLASSES.index(technology.cost_class),
        technology.id,
    )


def _fits(technology: Technology, plant: Plant) -> bool:
    barred = technology.unless is not None and technology.unless.holds(plant.chosen)
    return technology.when.holds(plant.chosen) and not barred


def _is_in_place(technology: Technology, assessment: Assessment, closed: tuple[Gap, ...]) -> bool:
    """Whether the plant has it already or has no use for it: none of its practices is a gap, one is answered."""
    if any(isinstance(gap.result.item, Practice) for gap in closed):
        return False
    return any(
        isinstance(result.item, Practice)
        and result.item.id in technology.closes
        and result.standing in (Standing.COUNTED, Standing.NOT_APPLICABLE)
        for result in assessment.items
    )


def _recommend(
    technology: Technology, closed: tuple[Gap, ...], assessment: Assessment, plant: Plant, carriers: Carriers
) -> Recommendation:
    rest = rest_of(closed)
    savings = tuple(
        _saving(effect, carriers[effect.carrier], plant, rest)
        for effect in technology.effects
        if isinstance(effect, Saves | SavesShare) and _is_usable(effect.backing)
    )
    counted = _one_per_carrier(savings)
    money = add_up(saving.money for saving in counted)
    running = add_up(_yearly(cost, plant, rest) for cost in technology.running[:1])
    investment, is_scaled = _investment(technology, plant, rest)
    payback, is_stated = _payback(technology, investment if is_scaled else None, money, running)
    return Recommendation(
        technology=technology,
        gaps=closed,
        points_gained=_gain(assessment, technology, closed),
        savings=savings,
        money=money,
        standard_coal=add_up(saving.standard_coal for saving in counted),
        co2=add_up(saving.co2 for saving in counted),
        running=running,
        investment=investment,
        is_investment_scaled=is_scaled,
        payback=payback,
        is_payback_stated=is_stated,
        rest=rest,
        lacking=tuple(dict.fromkeys(name for saving in savings for name in saving.lacking)),
        doubtful=tuple(dict.fromkeys(name for saving in savings for name in saving.doubtful)),
    )


# ── savings ──────────────────────────────────────────────────────────────────


def _is_usable(backing: Backing) -> bool:
    return backing.verification is not Verification.UNVERIFIED


def rest_of(closed: Iterable[Gap]) -> Range:
    """The part of the plant, in per cent, that the practices among the gaps leave to do; all of it where there is none.

    Practices that stand differently far make a range: which of them the effect follows is not known.
    """
    left = [WHOLE - (gap.share or ZERO) for gap in closed if isinstance(gap.result.item, Practice)]
    return Range(low=min(left, default=WHOLE), high=max(left, default=WHOLE), unit="%")


def _saving(effect: Saves | SavesShare, carrier: Carrier, plant: Plant, rest: Range) -> Saving:
    base = effect.per if isinstance(effect, Saves) else effect.of
    if base not in plant.known:
        lacking = plant.absent.get(base, (base,))
        return Saving(
            effect=effect,
            carrier=carrier,
            rest=rest,
            amount=None,
            money=None,
            standard_coal=None,
            co2=None,
            lacking=lacking,
        )
    unit = effect.unit if isinstance(effect, Saves) else "%"
    least, most = (Quantity.of(bound, unit) * plant.known[base] for bound in (effect.low, effect.high))
    amount = within_use(carrier, plant, least.to(carrier.unit), most.to(carrier.unit), rest)
    low, high = (Quantity.of(bound, carrier.unit) for bound in (amount.low, amount.high))
    has_price = not carrier.price or carrier.price in plant.known
    doubtful = (carrier.price,) if _is_doubtful(carrier.price, plant) else ()
    return Saving(
        effect=effect,
        carrier=carrier,
        rest=rest,
        amount=amount,
        money=None if doubtful else _times(low, high, carrier.price, "万元", plant),
        standard_coal=_times(low, high, carrier.standard_coal, "tce", plant),
        co2=_times(low, high, carrier.co2, "tCO2", plant),
        lacking=() if has_price else (carrier.price,),
        doubtful=doubtful,
    )


def within_use(carrier: Carrier, plant: Plant, low: Decimal, high: Decimal, rest: Range = ALL) -> Range:
    """From `low` to `high` of a carrier on the rest of the plant: never below nothing, nor above what the plant uses."""
    low, high = max(ZERO, low * rest.low / WHOLE), max(ZERO, high * rest.high / WHOLE)
    used = plant.known.get(carrier.id)
    if used is not None:
        most = used.to(carrier.unit)
        low, high = min(low, most), min(high, most)
    return Range(low=low, high=high, unit=carrier.unit)


def _is_doubtful(price: str, plant: Plant) -> bool:
    """Whether the plant's price is so far from what is paid that money made of it would mislead."""
    item = plant.questionnaire.items.get(ItemId(price))
    amount = plant.amounts.get(price)
    return item is not None and amount is not None and not is_usual(item, amount)


def _times(low: Quantity, high: Quantity, name: str, unit: str, plant: Plant) -> Range | None:
    """The range times the price or factor called `name`; as it stands when it is in that unit's dimension already."""
    if not name:
        probe = Quantity.of(Decimal(1), unit)
        if low.unit.dimension != probe.unit.dimension:
            return None
        return Range(low=low.to(unit), high=high.to(unit), unit=unit)
    factor = plant.questionnaire.factors.get(name)
    is_doubtful = factor is not None and not factor.verification.is_usable and name not in plant.replaced
    if name not in plant.known or is_doubtful:
        return None
    rate = plant.known[name]
    return Range(low=(low * rate).to(unit), high=(high * rate).to(unit), unit=unit)


def add_up(ranges: Iterable[Range | None]) -> Range | None:
    """The sum of the ranges there are, in the first one's unit; None when there is none."""
    there = [one for one in ranges if one is not None]
    if not there:
        return None
    low, high = sum((one.low for one in there), ZERO), sum((one.high for one in there), ZERO)
    return Range(low=low, high=high, unit=there[0].unit)


# ── costs ────────────────────────────────────────────────────────────────────


def _yearly(cost: Cost, plant: Plant, rest: Range) -> Range | None:
    """A cost in 万元 for the rest of this plant: scaled where it is given per unit of an activity, else None."""
    if not cost.per or cost.per not in plant.known:
        return None
    full = (Quantity.of(bound, cost.unit) * plant.known[cost.per] for bound in (cost.low, cost.high))
    low, high = (bound.to("万元") for bound in full)
    return Range(low=low * rest.low / WHOLE, high=high * rest.high / WHOLE, unit="万元")


def _investment(technology: Technology, plant: Plant, rest: Range) -> tuple[Range | None, bool]:
    usable = [cost for cost in technology.investments if _is_usable(cost.backing)]
    for cost in usable:
        scaled = _yearly(cost, plant, rest)
        if scaled is not None:
            return scaled, True
    for cost in usable:
        if not cost.per:
            low, high = (Quantity.of(bound, cost.unit).to("万元") for bound in (cost.low, cost.high))
            return Range(low=low, high=high, unit="万元"), False
    return None, False


def _payback(
    technology: Technology, investment: Range | None, money: Range | None, running: Range | None
) -> tuple[Range | None, bool]:
    """Years: investment ÷ (saving − running cost), widest range; else what a source states."""
    if investment is not None and money is not None:
        least = money.low - (running.high if running else ZERO)
        most = money.high - (running.low if running else ZERO)
        if least > 0:
            return Range(low=investment.low / most, high=investment.high / least, unit="年"), False
    for stated in technology.paybacks:
        if _is_usable(stated.backing):
            return Range(low=stated.low, high=stated.high, unit="年"), True
    return None, False


# ── points ───────────────────────────────────────────────────────────────────


def _gain(assessment: Assessment, technology: Technology, closed: tuple[Gap, ...]) -> Decimal:
    answers = _after(assessment, assessment.answers, technology, closed)
    after = reassess(assessment, answers)
    return (after.points.total or ZERO) - (assessment.points.total or ZERO)


def _after(
    assessment: Assessment, answers: Answers, technology: Technology, closed: tuple[Gap, ...]
) -> Answers:
    """The answers once the technology is in place.

    Its practices are fully in place; its effects move indicators and consumptions by their cautious end, and only
    ever towards the better. A share works on that part of the plant only which the answers leave to do.
    """
    rest = rest_of(closed).low / WHOLE
    changed: dict[ItemId, Answer] = dict(answers)
    for gap in closed:
        if isinstance(gap.result.item, Practice):
            changed[gap.result.item.id] = Practised(Extent.FULL)
    for effect in technology.effects:
        match effect:
            case SavesShare(of=of, low=low, backing=backing) if _is_usable(backing):
                item = assessment.questionnaire.items.get(ItemId(of))
                present = changed.get(ItemId(of))
                if isinstance(item, Activity) and isinstance(present, Measured):
                    changed[item.id] = Measured(present.value * (WHOLE - low * rest) / WHOLE)
            case Lowers(item=id) | Reaches(item=id) if _is_usable(effect.backing):
                _move(assessment, changed, id, effect, rest)
            case _:
                pass
    return changed


def _move(
    assessment: Assessment, changed: dict[ItemId, Answer], id: ItemId, effect: Lowers | Reaches, rest: Decimal
) -> None:
    result = next((one for one in assessment.items if one.item.id == id), None)
    if result is None or result.reading is None or result.reading.value is None:
        return
    assert isinstance(result.item, Indicator)
    present = changed.get(id)
    value = present.value if isinstance(present, Measured) else result.reading.value
    if isinstance(effect, Lowers):
        moved = value * (WHOLE - effect.low * rest) / WHOLE
    else:
        moved = effect.high if result.item.direction is Direction.SMALLER else effect.low
    if result.item.direction.distance(value, moved) > 0:
        changed[id] = Measured(moved)


def taken_up(assessment: Assessment, recommendations: Iterable[Recommendation]) -> Answers:
    """The answers once these measures are in place, taken up in the order given."""
    answers = assessment.answers
    for one in recommendations:
        answers = _after(assessment, answers, one.technology, one.gaps)
    return answers


def plan(assessment: Assessment, recommendations: tuple[Recommendation, ...]) -> tuple[Step, ...]:
    """The road map in three steps, 无低费 at once, 中费 within a year, 高费 within three, with the points after each."""
    answers = assessment.answers
    steps = []
    for cost_class in COST_CLASSES:
        mine = tuple(one for one in recommendations if one.technology.cost_class is cost_class)
        for recommendation in mine:
            answers = _after(assessment, answers, recommendation.technology, recommendation.gaps)
        after = reassess(assessment, answers)
        steps.append(Step(cost_class=cost_class, recommendations=mine, points_after=after.points.total))
    return tuple(steps)
