"""What a person says about an item, whether it can be accepted, and its JSON form."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

from portal.core.errors import PortalError, Problem
from portal.core.questionnaire import (
    Activity,
    Citation,
    Extent,
    Indicator,
    Item,
    ItemId,
    Practice,
    Questionnaire,
    Requirement,
    Trait,
)

MOST_DIGITS = 15
MOST_DECIMALS = 6
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """A value in the item's own unit."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Practised:
    """How far a practice is in place; `share` is the per cent covered and only stands with PARTIAL."""

    extent: Extent
    share: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The options chosen for a trait."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """Whether a requirement is met."""

    is_met: bool


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The item does not concern this plant, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing was said yet."""


MISSING = Missing()
Answer = Measured | Practised | Chosen | Declared | NotApplicable | Missing
Answers = Mapping[ItemId, Answer]


class AnswersError(PortalError):
    """A file of answers cannot be read; `problems` says where."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(*(f"{p.place}: {p.code} {' '.join(p.details)}" for p in problems))
        self.problems = problems


def check(item: Item, answer: Answer) -> tuple[Problem, ...]:
    """What stands against accepting `answer` for `item`: problems that must be mended before it counts."""
    match item, answer:
        case _, Missing():
            return ()
        case Indicator(), Measured(value=value) if any(level.value < 0 for level in item.levels):
            # Some processes give off more energy than they take in: their limits are negative (sulphuric acid).
            return _check_number(item.id, abs(value)) or _check_most(item, value)
        case ((Indicator() | Activity()), Measured(value=value)):
            return _check_number(item.id, value) or _check_most(item, value)
        case Practice(), Practised(extent=extent, share=share):
            return _check_share(item.id, extent, share)
        case Indicator(binding=Citation()), NotApplicable():
            # Binding limits hold for everyone whom the plant's traits concern (scoring-rules 1.6).
            return (Problem(place=item.id, code="binding_not_applicable"),)
        case ((Indicator() | Practice()), NotApplicable(reason=reason)):
            return _check_reason(item.id, reason)
        case Trait(), Chosen(options=options):
            known = {option.id for option in item.options}
            if not set(options) <= known or not options or (len(options) > 1 and not item.is_many):
                return (Problem(place=item.id, code="not_an_option"),)
            return ()
        case Requirement(), Declared():
            return ()
        case _:
            return (Problem(place=item.id, code="wrong_kind"),)


def _check_number(place: str, value: Decimal) -> tuple[Problem, ...]:
    if not value.is_finite():
        return (Problem(place=place, code="not_a_number"),)
    if value < 0:
        return (Problem(place=place, code="negative"),)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # only a number that is not finite has another kind of exponent
    if value.adjusted() >= MOST_DIGITS:
        return (Problem(place=place, code="too_large", details=(str(MOST_DIGITS),)),)
    if exponent < -MOST_DECIMALS:
        return (Problem(place=place, code="too_many_decimals", details=(str(MOST_DECIMALS),)),)
    return ()


def _check_most(item: Indicator | Activity, value: Decimal) -> tuple[Problem, ...]:
    if item.most is None or value <= item.most:
        return ()
    return (Problem(place=item.id, code="above_most", details=(str(item.most), item.unit)),)


def _check_share(place: str, extent: Extent, share: Decimal | None) -> tuple[Problem, ...]:
    if extent is not Extent.PARTIAL:
        return () if share is None else (Problem(place=place, code="share_without_partial"),)
    if share is None:
        return (Problem(place=place, code="share_missing"),)
    if not share.is_finite() or not 0 < share < 100 or _check_number(place, share):
        return (Problem(place=place, code="share_out_of_range"),)
    return ()


def _check_reason(place: str, reason: str) -> tuple[Problem, ...]:
    if not reason.strip():
        return (Problem(place=place, code="reason_missing"),)
    if len(reason) > LONGEST_REASON:
        return (Problem(place=place, code="reason_too_long", details=(str(LONGEST_REASON),)),)
    return ()


def usual_range_warning(item: Item, answer: Answer) -> Problem | None:
    """A warning (never a refusal) when a value is likely a slip of the pen or of the unit.

    Ten times outside its usual range, or more than the whole where it is a share in per cent.
    """
    if not isinstance(item, Indicator | Activity) or not isinstance(answer, Measured):
        return None
    if (
        item.most is not None and answer.value > item.most
    ):  # only a computed value gets here: `check` refuses it
        return Problem(place=item.id, code="above_most", details=(str(item.most), item.unit))
    if item.unit == "%" and answer.value > 100:
        return Problem(place=item.id, code="above_whole")
    if item.usual is None:
        return None
    low, high, value = item.usual.low, item.usual.high, answer.value
    if 0 < value * 10 <= low or 0 < high * 10 <= value:
        return Problem(place=item.id, code="unusual", details=(str(low), str(high), item.unit))
    return None


def is_usual(item: Item, value: Decimal) -> bool:
    """Whether a value lies within its usual range, or there is none."""
    usual = item.usual if isinstance(item, Indicator | Activity) else None
    return usual is None or usual.low <= value <= usual.high


def to_json(answer: Answer) -> dict[str, Any]:
    """The stored and exchanged form; decimals are strings."""
    match answer:
        case Measured(value=value):
            return {"kind": "measured", "value": format(value, "f")}
        case Practised(extent=extent, share=None):
            return {"kind": "practised", "extent": extent.value}
        case Practised(extent=extent, share=share):
            return {"kind": "practised", "extent": extent.value, "share": format(share, "f")}
        case Chosen(options=options):
            return {"kind": "chosen", "options": list(options)}
        case Declared(is_met=is_met):
            return {"kind": "declared", "is_met": is_met}
        case NotApplicable(reason=reason):
            return {"kind": "not_applicable", "reason": reason}
        case Missing():
            return {"kind": "missing"}
    assert_never(answer)


def from_json(value: Any) -> Answer:
    """Read `to_json`'s form back; raises ValueError when it is anything else."""
    match value:
        case {"kind": "measured", "value": str(text), **rest} if not rest:
            return Measured(_decimal(text))
        case {"kind": "practised", "extent": str(extent), "share": str(share), **rest} if not rest:
            return Practised(Extent(extent), _decimal(share))
        case {"kind": "practised", "extent": str(extent), **rest} if not rest:
            return Practised(Extent(extent))
        case {"kind": "chosen", "options": list(options), **rest} if not rest and all(
            isinstance(option, str) for option in options
        ):
            return Chosen(tuple(options))
        case {"kind": "declared", "is_met": bool(is_met), **rest} if not rest:
            return Declared(is_met)
        case {"kind": "not_applicable", "reason": str(reason), **rest} if not rest:
            return NotApplicable(reason)
        case {"kind": "missing", **rest} if not rest:
            return MISSING
    raise ValueError(value)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise ValueError(text) from error


def read_answers(questionnaire: Questionnaire, raw: Any) -> Answers:
    """Answers from a decoded JSON object {item id: answer}; raises AnswersError with every problem at once."""
    problems: list[Problem] = []
    answers: dict[ItemId, Answer] = {}
    if not isinstance(raw, dict):
        raise AnswersError((Problem(place="answers", code="not_an_object"),))
    for name, value in raw.items():
        item = questionnaire.items.get(ItemId(name))
        if item is None:
            problems.append(Problem(place=name, code="unknown_item"))
            continue
        try:
            answer = from_json(value)
        except ValueError:
            problems.append(Problem(place=name, code="unreadable"))
            continue
        problems += check(item, answer)
        answers[item.id] = answer
    if problems:
        raise AnswersError(tuple(problems))
    return answers
