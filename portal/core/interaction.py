"""What several technologies save together: two measures on one energy use never save more than is there.

The rule: shares of the same amount multiply (10 % and 20 % leave 0.9 × 0.8), amounts per unit of output add, and the
sum for a carrier stops at what the plant uses of it, where the questionnaire asks for that use. Ranges stay ranges.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.core.advice import Range, Recommendation, Saving, add_up, within_use
from portal.core.plant import Plant
from portal.core.technology import Carrier, SavesShare

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A set of measures as one: the carriers saved, and their money (万元/a), coal (tce/a) and CO₂ (tCO2/a).

    `is_limited` says that the rule took something off the plain sum; what cannot be computed is None.
    """

    amounts: tuple[tuple[Carrier, Range], ...]
    money: Range | None
    standard_coal: Range | None
    co2: Range | None
    is_limited: bool


def together(recommendations: Iterable[Recommendation], plant: Plant) -> Together:
    """The savings of the measures in common."""
    by_carrier: dict[str, list[Saving]] = {}
    for recommendation in recommendations:
        for saving in recommendation.counted:
            if saving.amount is not None:
                by_carrier.setdefault(saving.carrier.id, []).append(saving)
    amounts: list[tuple[Carrier, Range]] = []
    parts: list[tuple[Saving, Range]] = []
    is_limited = False
    for savings in by_carrier.values():
        plain = _plain(savings)
        amount = _limited(savings, plant)
        amounts.append((savings[0].carrier, amount))
        is_limited |= amount != plain
        parts.append((savings[0], amount))
    return Together(
        amounts=tuple(amounts),
        money=add_up(_scaled(saving.money, saving, amount) for saving, amount in parts),
        standard_coal=add_up(_scaled(saving.standard_coal, saving, amount) for saving, amount in parts),
        co2=add_up(_scaled(saving.co2, saving, amount) for saving, amount in parts),
        is_limited=is_limited,
    )


def _plain(savings: list[Saving]) -> Range:
    """The plain sum of one carrier's savings."""
    there = [saving.amount for saving in savings if saving.amount is not None]
    low, high = sum((one.low for one in there), ZERO), sum((one.high for one in there), ZERO)
    return Range(low=low, high=high, unit=there[0].unit)


def _limited(savings: list[Saving], plant: Plant) -> Range:
    """Shares of the same amount multiplied, the rest added, no more than the plant uses."""
    unit = savings[0].carrier.unit
    low = high = ZERO
    left: dict[str, tuple[Decimal, Decimal]] = {}
    for saving in savings:
        assert saving.amount is not None
        effect = saving.effect
        if isinstance(effect, SavesShare):
            least, most = left.get(effect.of, (ONE, ONE))
            # Only the rest of the plant that lacks the measure saves its share.
            low_share, high_share = effect.low * saving.rest.low / 100, effect.high * saving.rest.high / 100
            left[effect.of] = (least * (1 - low_share / 100), most * (1 - high_share / 100))
        else:
            low, high = low + saving.amount.low, high + saving.amount.high
    for of, (least, most) in left.items():
        base = plant.known[of].to(unit)
        low, high = low + base * (1 - least), high + base * (1 - most)
    return within_use(savings[0].carrier, plant, low, high)


def _scaled(one: Range | None, saving: Saving, amount: Range) -> Range | None:
    """Money, coal or CO₂ for `amount`, at the rate at which the saving of one measure was turned into them."""
    assert saving.amount is not None
    if one is None or not saving.amount.high:
        return None
    return Range(
        low=one.high * amount.low / saving.amount.high,
        high=one.high * amount.high / saving.amount.high,
        unit=one.unit,
    )
