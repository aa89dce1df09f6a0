"""The cheapest way to a goal, and what a choice of measures comes to."""

import time
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from portal.core.advice import advise
from portal.core.answers import Answer, Measured, Practised
from portal.core.assessment import Assessment
from portal.core.gaps import find_gaps
from portal.core.levels import Grade
from portal.core.optimise import Goal, find_cheapest
from portal.core.questionnaire import Column, Extent, Item
from portal.core.scoring import assess
from portal.core.technology import Effect, Lowers
from portal.core.whatif import Priced, look, price
from portal.solver import solve
from tests import trade
from tests.benchmarks.measuring import Line, absolute, each

PRACTICES, INDICATORS, MEASURES = 40, 15, 60


def lines() -> Iterator[Line]:
    """The plans' part of the table."""
    assessment, measures = plant()
    all_ = look(assessment, measures).after.points.total or Decimal(0)
    now = assessment.points.total or Decimal(0)
    find_cheapest(assessment, measures, Goal(points=now, needs_gates=False), solve)  # loads the solver
    goals = {
        "half of what is to be gained": Goal(points=(now + all_) / 2),
        "nine tenths, grade Ⅲ": Goal(points=now + (all_ - now) * 9 / 10, grade=Grade.III),
        "out of reach, with the reasons": Goal(points=Decimal(100), budget=Decimal(500)),
    }
    for said, goal in goals.items():
        start = time.process_time()
        find_cheapest(assessment, measures, goal, solve, most_ways=1)
        yield absolute(f"cheapest of {MEASURES}: {said}", time.process_time() - start, "s", 2)
    start = time.process_time()
    find_cheapest(assessment, measures, goals["nine tenths, grade Ⅲ"], solve)
    yield absolute("the same with two alternatives", time.process_time() - start, "s", 4)
    yield absolute(
        f"what {MEASURES} measures come to",
        1000 * each(lambda: look(assessment, measures), count=2),
        "ms",
        200,
    )


def plant() -> tuple[Assessment, tuple[Priced, ...]]:
    """A plant with 55 gaps and sixty measures that overlap; always the same."""
    random = Random(5)
    practices = [f"p{n}" for n in range(PRACTICES)]
    indicators = [f"i{n}" for n in range(INDICATORS)]
    items: list[Item] = []
    answers: dict[str, Answer] = {}
    for n, id in enumerate(practices):
        column = Column.CIRCULAR if n % 3 == 0 else Column.CLEAN
        items.append(trade.make_practice(id, column=column, weight=Decimal(random.randint(1, 8))))
        answers[id] = Practised(Extent.NONE)
    for id in indicators:
        items.append(trade.make_indicator(id, weight=Decimal(random.randint(2, 9)), is_binding=id == "i0"))
        answers[id] = Measured(Decimal(random.randint(112, 128)))
    weights = dict.fromkeys(indicators, str(100 // INDICATORS))
    rules = trade.make_grade_rules({"all": ("100", weights)})
    assessment = assess(trade.make_questionnaire(*items, rulebooks=(rules,)), trade.make_answers(**answers))
    technologies = []
    quotes: dict[str, Decimal] = {}
    for n in range(MEASURES):
        closes = random.sample(practices, random.randint(1, 3)) + random.sample(indicators, 2)
        low = Decimal(random.randint(1, 8))
        effects: tuple[Effect, ...] = tuple(
            Lowers(item=id, low=low, high=low, backing=trade.make_backing())
            for id in closes
            if id in indicators
        )
        technologies.append(trade.make_technology(f"t{n}", closes, effects=effects))
        quotes[f"t{n}"] = Decimal(random.randint(5, 900))
    found = advise(assessment, find_gaps(assessment), tuple(technologies), {})
    assert len(found) == MEASURES
    return assessment, price(found, quotes)
