"""What the answers say about the plant: its traits, what concerns it, and its quantities with units."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from portal.core.answers import MISSING, Answers, Chosen, Measured
from portal.core.formula import Formula
from portal.core.levels import GRADES
from portal.core.quantity import Quantity
from portal.core.questionnaire import (
    Activity,
    Condition,
    Indicator,
    Item,
    ItemId,
    Level,
    Questionnaire,
    Trait,
)


class Concern(Enum):
    """Whether an item concerns the plant; undecided while a trait that decides it has no answer."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveLevel:
    """A level as it applies to this plant: chosen by condition, corrected by adjustment."""

    level: Level
    value: Decimal
    is_ahead: bool = False  # the year assessed ends before the level comes into force

    @property
    def is_usable(self) -> bool:
        """Whether it may give points or close a gate."""
        return self.level.verification.is_usable and not self.is_ahead


@dataclass(frozen=True, kw_only=True)
class Plant:
    """One plant as seen through its answers.

    `known` holds every factor, activity and derived quantity with its unit; `amounts` the plain numbers of activities
    and derived quantities in their own units; `absent` what each unknown derived quantity lacks (activity ids).
    `replaced` says for which factors `known` holds the plant's own figure, and which activity gave it. `year` is None
    where the answers are scored without regard to when a limit comes into force.
    """

    questionnaire: Questionnaire
    answers: Answers
    chosen: Mapping[ItemId, tuple[str, ...]]
    concerns: Mapping[ItemId, Concern]
    known: Mapping[str, Quantity]
    amounts: Mapping[str, Decimal]
    absent: Mapping[str, tuple[str, ...]]
    replaced: Mapping[str, ItemId]
    year: int | None

    def concern_of(self, item: Item) -> Concern:
        """Whether the item concerns this plant."""
        return self.concerns[item.id]

    def lacking(self, formula: Formula) -> tuple[str, ...]:
        """The activity items that must still be filled in before the formula can be computed."""
        return _lacking(formula, self.known, self.absent)

    def value_of(self, formula: Formula) -> Quantity | None:
        """The formula's result; None while something lacks or a divisor is zero."""
        if any(name not in self.known for name in formula.names):
            return None
        return formula.value(self.known)

    def levels_of(self, item: Indicator) -> tuple[EffectiveLevel, ...] | None:
        """The levels as they apply here, best first; None while a correction cannot be computed."""
        levels = []
        for grade in GRADES:
            level = next((lv for lv in item.levels if lv.grade is grade and lv.when.holds(self.chosen)), None)
            if level is None:
                continue
            value = self._value_of(level)
            if value is None:
                return None
            levels.append(EffectiveLevel(level=level, value=value, is_ahead=level.is_ahead(self.year)))
        return tuple(levels)

    def _value_of(self, level: Level) -> Decimal | None:
        if level.adjust is None:
            return level.value
        amount = self.amounts.get(level.adjust.quantity)
        return None if amount is None else level.value + level.adjust.step * (amount - level.adjust.origin)


def concern(when: Condition, chosen: Mapping[ItemId, tuple[str, ...]]) -> Concern:
    """Yes, no, or undecided: a trait that is asked but not answered is absent from `chosen`."""
    known = {trait: options for trait, options in when.any_of.items() if trait in chosen}
    if not Condition(any_of=known).holds(chosen):
        return Concern.NO
    return Concern.YES if len(known) == len(when.any_of) else Concern.UNDECIDED


def see(questionnaire: Questionnaire, answers: Answers, year: int | None = None) -> Plant:
    """Look at the answers as a plant in the year that they are about."""
    chosen = _chosen(questionnaire, answers)
    concerns = {
        id: concern(item.when, chosen) if item.when.any_of else Concern.YES
        for id, item in questionnaire.items.items()
    }
    known = dict(questionnaire.factor_quantities)
    amounts: dict[str, Decimal] = {}
    absent: dict[str, tuple[str, ...]] = {}
    for item in questionnaire.items.values():
        if isinstance(item, Activity):
            amount = _amount(item, answers, concerns[item.id])
            if amount is not None:
                amounts[item.id] = amount
                known[item.id] = Quantity.of(amount, item.unit)
    replaced = _replace(questionnaire, answers, concerns, known)
    for derived in questionnaire.derived:
        absent[derived.id] = _lacking(derived.formula, known, absent)
        ready = all(name in known for name in derived.formula.names)
        result = derived.formula.value(known) if ready else None
        if result is not None:
            amounts[derived.id] = result.to(derived.unit)
            known[derived.id] = result
    return Plant(
        questionnaire=questionnaire,
        answers=answers,
        chosen=chosen,
        concerns=concerns,
        known=known,
        amounts=amounts,
        absent=absent,
        replaced=replaced,
        year=year,
    )


def _replace(
    questionnaire: Questionnaire,
    answers: Answers,
    concerns: Mapping[ItemId, Concern],
    known: dict[str, Quantity],
) -> Mapping[str, ItemId]:
    """Put the plant's own figures in place of factors; a blank or a zero leaves the published one."""
    replaced: dict[str, ItemId] = {}
    published = dict(known)
    for item in questionnaire.items.values():
        if not isinstance(item, Activity) or concerns[item.id] is Concern.NO:
            continue
        answer = answers.get(item.id, MISSING)
        if not isinstance(answer, Measured) or answer.value <= 0:
            continue
        for factor, formula in item.replaces.items():
            # Computed from the published factors: one own figure never works on top of another.
            own = formula.value(published) if factor in questionnaire.factors else None
            if own is not None:
                known[factor] = own
                replaced[factor] = item.id
    return replaced


def _lacking(
    formula: Formula, known: Mapping[str, Quantity], absent: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    lacking = (absent.get(name, (name,)) for name in formula.names if name not in known)
    return tuple(dict.fromkeys(name for names in lacking for name in names))


def _chosen(questionnaire: Questionnaire, answers: Answers) -> Mapping[ItemId, tuple[str, ...]]:
    """Options by trait; a trait that does not concern the plant has none, an unanswered one is absent."""
    chosen: dict[ItemId, tuple[str, ...]] = {}
    for item in questionnaire.items.values():
        if isinstance(item, Trait):
            answer = answers.get(item.id, MISSING)
            match concern(item.when, chosen):
                case Concern.NO:
                    chosen[item.id] = ()
                case Concern.YES if isinstance(answer, Chosen):
                    chosen[item.id] = answer.options
    return chosen


def _amount(item: Activity, answers: Answers, concerns: Concern) -> Decimal | None:
    answer = answers.get(item.id, MISSING)
    if concerns is Concern.NO:
        return Decimal(0)
    if isinstance(answer, Measured):
        return answer.value
    return Decimal(0) if item.is_zero_when_blank else None
