"""What-if (假设分析): what a set of measures comes to for this plant, before anybody has spent anything.

Points, grade and gates are those of `scoring` on the answers that `advice.taken_up` leaves; savings follow the rule of
`interaction`: measures on the same energy never save more than is there. Ranges stay ranges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from portal.core.advice import Range, Recommendation, add_up, taken_up
from portal.core.assessment import Assessment
from portal.core.interaction import Together, together
from portal.core.scoring import reassess

ZERO = Decimal(0)


class Pricing(Enum):
    """Where a measure's investment comes from; only the first two are this plant's."""

    OWN = "own"  # typed by the plant: an offer, an estimate
    SCALED = "scaled"  # a source's figure per unit, times this plant's amount
    CASE = "case"  # a source's own case, at its own scale
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A recommended measure with what it costs here; `investment` is None where nobody says."""

    recommendation: Recommendation
    investment: Range | None
    pricing: Pricing

    @property
    def id(self) -> str:
        """The technology's id."""
        return self.recommendation.technology.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A set of measures as one, beside what is there today.

    `investment` adds up the known ones only: `unpriced` names the others, `cases` those priced at another plant's scale.
    `payback` is None unless every investment is known; `is_own_scale` says that all of them are this plant's.
    """

    taken: tuple[Priced, ...]
    before: Assessment
    after: Assessment
    savings: Together
    running: Range | None  # 万元/a
    investment: Range | None  # 万元
    payback: Range | None  # years
    unpriced: tuple[Recommendation, ...]
    cases: tuple[Recommendation, ...]

    @property
    def gain(self) -> Decimal:
        """Points of the total that the measures bring together."""
        return (self.after.points.total or ZERO) - (self.before.points.total or ZERO)

    @property
    def is_own_scale(self) -> bool:
        """Whether every investment is this plant's own."""
        return not self.unpriced and not self.cases


def price(recommendations: Iterable[Recommendation], quotes: Mapping[str, Decimal]) -> tuple[Priced, ...]:
    """Each measure with its investment: the plant's own figure (万元, by technology) goes before any source's."""
    return tuple(_price(one, quotes.get(one.technology.id)) for one in recommendations)


def _price(one: Recommendation, quote: Decimal | None) -> Priced:
    if quote is not None:
        own = Range(low=quote, high=quote, unit="万元")
        return Priced(recommendation=one, investment=own, pricing=Pricing.OWN)
    if one.investment is None:
        return Priced(recommendation=one, investment=None, pricing=Pricing.UNKNOWN)
    pricing = Pricing.SCALED if one.is_investment_scaled else Pricing.CASE
    return Priced(recommendation=one, investment=one.investment, pricing=pricing)


def look(assessment: Assessment, taken: Iterable[Priced]) -> Outlook:
    """What these measures come to together."""
    taken = tuple(taken)
    recommendations = tuple(one.recommendation for one in taken)
    after = reassess(assessment, taken_up(assessment, recommendations))
    savings = together(recommendations, assessment.plant)
    running = add_up(one.running for one in recommendations)
    investment = add_up(one.investment for one in taken)
    unpriced = tuple(one.recommendation for one in taken if one.pricing is Pricing.UNKNOWN)
    return Outlook(
        taken=taken,
        before=assessment,
        after=after,
        savings=savings,
        running=running,
        investment=investment,
        payback=None if unpriced else _payback(investment, savings.money, running),
        unpriced=unpriced,
        cases=tuple(one.recommendation for one in taken if one.pricing is Pricing.CASE),
    )


def _payback(investment: Range | None, money: Range | None, running: Range | None) -> Range | None:
    """Years: investment ÷ (saving − running cost), the widest range; None where nothing is left over."""
    if investment is None or money is None:
        return None
    least = money.low - (running.high if running else ZERO)
    most = money.high - (running.low if running else ZERO)
    if least <= 0:
        return None
    return Range(low=investment.low / most, high=investment.high / least, unit="年")
