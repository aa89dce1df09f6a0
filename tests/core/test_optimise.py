"""The cheapest set of measures: equal to trying every set, and honest about what stands in the way."""

from decimal import Decimal as D
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.advice import advise
from portal.core.answers import Declared, Measured, NotApplicable, Practised
from portal.core.formula import Formula
from portal.core.gaps import find_gaps
from portal.core.levels import Direction, Grade
from portal.core.optimise import Goal, Limit, find_cheapest, is_hopeless, is_reached
from portal.core.questionnaire import Adjustment, Column, Extent
from portal.core.scoring import assess
from portal.core.technology import CostClass, Lowers, Reaches, SavesShare, States
from portal.core.whatif import look, price
from portal.solver import solve
from tests.trade import (
    ELECTRICITY,
    make_activity,
    make_answers,
    make_backing,
    make_derived,
    make_factor,
    make_grade_rules,
    make_indicator,
    make_level,
    make_practice,
    make_questionnaire,
    make_requirement,
    make_technology,
)

CARRIERS = {"electricity": ELECTRICITY}
SAID = make_backing()


def lowers(item, low):
    return Lowers(item=item, low=D(low), high=D(low), backing=SAID)


def reaches(item, value):
    return Reaches(item=item, low=D(value), high=D(value), backing=SAID)


def saves(low):
    return SavesShare(carrier="electricity", low=D(low), high=D(low), of="electricity", backing=SAID)


def plant(extents="nnn", heat="130", power="1500", *, is_met=True, output="10", more=None):
    """Three practices, a binding heat (entered), a power use computed from electricity ÷ output, and one far off."""
    words = {"n": Practised(Extent.NONE), "p": Practised(Extent.PARTIAL, D(40)), "f": Practised(Extent.FULL)}
    questionnaire = make_questionnaire(
        make_requirement("permit"),
        make_activity("electricity", unit="kWh"),
        make_activity("output"),
        make_practice("a"),
        make_practice("b", weight=D(5)),
        make_practice("c", column=Column.CIRCULAR, weight=D(7)),
        make_indicator("heat", is_binding=True),
        make_indicator(
            "power", "100 120 140", unit="kWh/t", formula=Formula.parse("electricity / output"), weight=D(8)
        ),
        # The more output for the same electricity the better: a saving can only hurt it.
        make_indicator(
            "load",
            "140 120 100",
            unit="kWh/t",
            formula=Formula.parse("electricity / output"),
            weight=D(3),
            direction=Direction.LARGER,
        ),
        rulebooks=(
            make_grade_rules(
                {"energy": ("60", {"heat": "50", "power": "50"}), "other": ("40", {"load": "100"})}
            ),
        ),
    )
    answers = make_answers(
        permit=Declared(is_met),
        electricity=Measured(D(power)),
        output=Measured(D(output)),
        heat=Measured(D(heat)),
        **({name: words[sign] for name, sign in zip("abc", extents, strict=True)} | (more or {})),
    )
    return assess(questionnaire, answers)


def measures(assessment, technologies, prices):
    found = advise(assessment, find_gaps(assessment), tuple(technologies), CARRIERS)
    return price(found, {name: D(amount) for name, amount in prices.items()})


def brute(assessment, given, goal):
    """Every set, the cheapest first, then the smallest; unpriced ones count before money, the costly classes first."""
    classes = (CostClass.HIGH, CostClass.MEDIUM, CostClass.LOW)
    best = None
    for size in range(len(given) + 1):
        for taken in combinations(given, size):
            names = {one.id for one in taken}
            if not goal.mandatory & {one.id for one in given} <= names:
                continue
            optional = [one for one in taken if one.id not in goal.mandatory]
            if any(one.id in goal.excluded for one in optional):
                continue
            if not goal.counts_unpriced and any(one.investment is None for one in optional):
                continue
            late = list(CostClass).index(goal.within) if goal.within else 9
            if any(
                list(CostClass).index(one.recommendation.technology.cost_class) > late for one in optional
            ):
                continue
            cost = sum((one.investment.high for one in taken if one.investment), D(0))
            if goal.budget is not None and cost > goal.budget:
                continue
            if not is_reached(goal, look(assessment, taken).after):
                continue
            unpriced = tuple(
                sum(
                    one.investment is None and one.recommendation.technology.cost_class is cls
                    for one in taken
                )
                for cls in classes
            )
            key = (unpriced, cost, size)
            best = key if best is None else min(best, key)
    return best


EFFECTS = st.one_of(
    st.builds(lowers, st.sampled_from(["heat", "power"]), st.integers(1, 20)),
    st.builds(reaches, st.sampled_from(["heat", "power"]), st.integers(95, 130)),
    st.builds(saves, st.integers(1, 30)),
)
TECHNOLOGIES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["a", "b", "c", "heat", "power"]), min_size=1, max_size=3, unique=True),
        st.lists(EFFECTS, max_size=2),
        st.sampled_from(CostClass),
        st.one_of(st.none(), st.integers(0, 60)),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=120, deadline=None)
@given(
    data=st.data(),
    drawn=TECHNOLOGIES,
    extents=st.text("npf", min_size=3, max_size=3),
    heat=st.integers(95, 140),
    power=st.integers(900, 1600),
)
def test_the_cheapest_set_is_that_of_trying_every_set(data, drawn, extents, heat, power):
    assessment = plant(extents, str(heat), str(power))
    technologies = [
        make_technology(f"t{n}", closes, effects=tuple(effects), cost_class=cost_class)
        for n, (closes, effects, cost_class, _) in enumerate(drawn)
    ]
    prices = {f"t{n}": cost for n, (*_, cost) in enumerate(drawn) if cost is not None}
    given_ = measures(assessment, technologies, prices)
    names = st.frozensets(st.sampled_from([f"t{n}" for n in range(len(drawn))]), max_size=2)
    mandatory = data.draw(names)
    goal = Goal(
        points=data.draw(st.one_of(st.none(), st.integers(20, 100).map(D))),
        grade=data.draw(st.one_of(st.none(), st.sampled_from(Grade))),
        needs_gates=data.draw(st.booleans()),
        budget=data.draw(st.one_of(st.none(), st.integers(0, 200).map(D))),
        within=data.draw(st.one_of(st.none(), st.sampled_from(CostClass))),
        mandatory=mandatory,
        excluded=data.draw(names) - mandatory,
        counts_unpriced=data.draw(st.booleans()),
    )
    found = find_cheapest(assessment, given_, goal, solve)
    expected = brute(assessment, given_, goal)
    if expected is None:
        assert found.ways == () and found.obstacles is not None
        return
    way = found.ways[0]
    assert is_reached(goal, way.after)
    assert (way.investment.high, len(way.taken)) == expected[1:]
    assert len(way.unpriced) == sum(expected[0])
    assert len({frozenset(one.id for one in each.taken) for each in found.ways}) == len(found.ways)
    assert [each.investment.high for each in found.ways] == sorted(
        each.investment.high for each in found.ways
    ) or goal.counts_unpriced


def test_measures_for_one_item_count_once():
    assessment = plant("nff", "90", "900")
    technologies = [make_technology("dear", ["a"]), make_technology("cheap", ["a"])]
    given_ = measures(assessment, technologies, {"dear": 50, "cheap": 20})
    found = find_cheapest(assessment, given_, Goal(points=D(99), needs_gates=False), solve)
    ways = [(tuple(one.id for one in way.taken), way.investment.high) for way in found.ways]
    assert ways == []
    assert found.obstacles.losing[0].result.item.id == "load"
    target = look(assessment, given_[:1]).after.points.total
    found = find_cheapest(assessment, given_, Goal(points=target), solve)
    ways = [(tuple(one.id for one in way.taken), way.investment.high) for way in found.ways]
    assert ways == [(("cheap",), D(20)), (("dear",), D(50))]


def test_a_measure_without_a_price_is_not_free():
    assessment = plant("nnf", "90", "900")
    technologies = [make_technology("known", ["a"]), make_technology("unknown", ["b"])]
    given_ = measures(assessment, technologies, {"known": 20})
    target = look(assessment, given_).after.points.total
    found = find_cheapest(assessment, given_, Goal(points=target), solve)
    assert found.ways == ()
    assert [one.technology.id for one in found.left_out] == ["unknown"]
    assert [one.limit for one in found.obstacles.relaxed] == [Limit.UNPRICED]
    way = find_cheapest(assessment, given_, Goal(points=target, counts_unpriced=True), solve).ways[0]
    assert way.investment.high == 20
    assert [one.technology.id for one in way.unpriced] == ["unknown"]


def test_what_stands_in_the_way_is_named():
    assessment = plant("nnn", "130", "900", is_met=False, more={"b": NotApplicable("none here")})
    given_ = measures(assessment, [make_technology("t", ["a"])], {"t": 30})
    goal = Goal(points=assessment.points.total + 1, grade=Grade.II, budget=D(10))
    found = find_cheapest(assessment, given_, goal, solve)
    assert found.ways == ()
    assert [gate.item.id for gate in found.obstacles.gates] == ["permit", "heat"]
    assert [is_hopeless(gate) for gate in found.obstacles.gates] == [True, False]
    assert [item.id for item in found.obstacles.blockers] == ["heat"]
    plain = Goal(points=goal.points, budget=D(10), needs_gates=False)
    assert [one.limit for one in find_cheapest(assessment, given_, plain, solve).obstacles.relaxed] == [
        Limit.BUDGET
    ]


def test_time_lets_in_only_what_it_allows():
    assessment = plant("nff", "90", "900")
    technologies = [
        make_technology("slow", ["a"], cost_class=CostClass.HIGH),
        make_technology("quick", ["a"], cost_class=CostClass.LOW),
    ]
    given_ = measures(assessment, technologies, {"slow": 1, "quick": 5})
    target = look(assessment, given_).after.points.total
    found = find_cheapest(assessment, given_, Goal(points=target, within=CostClass.LOW), solve)
    assert [[one.id for one in way.taken] for way in found.ways] == [["quick"]]
    excluded = Goal(points=target, within=CostClass.LOW, excluded=frozenset({"quick"}))
    relaxed = find_cheapest(assessment, given_, excluded, solve).obstacles.relaxed
    assert [one.limit for one in relaxed] == [Limit.TIME, Limit.EXCLUDED]


def test_a_measure_that_makes_a_value_disappear_is_left_out():
    questionnaire = make_questionnaire(
        make_activity("electricity", unit="kWh"),
        make_practice("a"),
        make_indicator("yield", unit="1", formula=Formula.parse("electricity / electricity")),
    )
    assessment = assess(questionnaire, make_answers(electricity=Measured(D(5)), a=Practised(Extent.NONE)))
    given_ = measures(assessment, [make_technology("all", ["a"], effects=(saves(100),))], {"all": 1})
    found = find_cheapest(assessment, given_, Goal(points=D(1), needs_gates=False), solve)
    assert [one.technology.id for one in found.unsettling] == ["all"]


@pytest.mark.parametrize("points", [None, D(0)])
def test_nothing_is_cheapest_where_everything_is_reached(points):
    assessment = plant("fff", "90", "900")
    found = find_cheapest(assessment, (), Goal(points=points), solve)
    assert [way.taken for way in found.ways] == [()]
    assert found.ways[0].investment.high == 0


def test_there_are_three_ways_at_most():
    assessment = plant("nff", "90", "900")
    technologies = [make_technology(f"t{n}", ["a"]) for n in range(5)]
    given_ = measures(assessment, technologies, {f"t{n}": n + 1 for n in range(5)})
    target = look(assessment, given_[:1]).after.points.total
    found = find_cheapest(assessment, given_, Goal(points=target), solve)
    assert [way.investment.high for way in found.ways] == [1, 2, 3]
    forced = Goal(points=target, mandatory=frozenset({"t4"}))
    assert [way.investment.high for way in find_cheapest(assessment, given_, forced, solve).ways] == [5]


def test_a_proposal_that_is_not_true_is_never_shown():
    """A solver in floating point may let a set through that just misses the goal."""
    assessment = plant("nff", "90", "900")
    given_ = measures(assessment, [make_technology("t", ["a"])], {"t": 1})
    target = look(assessment, given_).after.points.total
    asked = []

    def careless(program):
        asked.append(program)
        return frozenset() if len(asked) == 1 else solve(program)

    found = find_cheapest(assessment, given_, Goal(points=target), careless)
    assert [[one.id for one in way.taken] for way in found.ways] == [["t"]]
    assert len(asked[1].rows) == len(asked[0].rows) + 1


def test_without_a_rulebook_no_grade_can_be_a_goal():
    assessment = assess(make_questionnaire(make_practice("a")), make_answers(a=Practised(Extent.NONE)))
    given_ = measures(assessment, [make_technology("t", ["a"])], {"t": 1})
    found = find_cheapest(assessment, given_, Goal(grade=Grade.III), solve)
    assert found.obstacles.is_grade_unknown
    assert not found.obstacles.is_index_low


def test_a_grade_follows_own_figures_corrected_levels_and_levels_that_are_missing():
    """A plant with its own factor, a limit that moves with its output, and no grade Ⅰ for one indicator."""
    lasting = make_level("II", "70", adjust=Adjustment(quantity="spread", origin=D(10), step=D(1)))
    questionnaire = make_questionnaire(
        make_activity("electricity", unit="kWh"),
        make_activity("output"),
        make_activity("own_factor", unit="kgce/kWh", replaces={"ce": Formula.parse("own_factor")}),
        make_indicator("coal", "1 11 14", formula=Formula.parse("spread * ce + electricity / output * ce")),
        make_indicator("moving", (lasting, make_level("III", "200")), unit="kWh/t"),
        make_indicator("absent", "1 2 3"),
        factors=(make_factor("ce", "0.1", "kgce/kWh"),),
        derived=(make_derived("spread", "kWh/t", "electricity / output"),),
        rulebooks=(
            make_grade_rules(
                {"all": ("50", {"coal": "50", "moving": "30"}), "gone": ("50", {"absent": "20"})}
            ),
        ),
    )
    answers = make_answers(
        electricity=Measured(D(800)),
        output=Measured(D(10)),
        own_factor=Measured(D("0.1")),
        moving=Measured(D(175)),
        absent=NotApplicable("none"),
    )
    assessment = assess(questionnaire, answers)
    technologies = [
        make_technology("saves", ["coal"], effects=(saves(15),)),
        make_technology("lowers", ["moving"], effects=(lowers("moving", 20),)),
        make_technology("stated", ["moving"], effects=(States(text="good", backing=SAID),)),
    ]
    given_ = measures(assessment, technologies, {"saves": 4, "lowers": 3, "stated": 1})
    for grade in (Grade.III, Grade.II, Grade.I):
        goal = Goal(grade=grade)
        found = find_cheapest(assessment, given_, goal, solve)
        expected = brute(assessment, given_, goal)
        got = [way.investment.high for way in found.ways[:1]]
        assert got == ([expected[1]] if expected else [])
    assert find_cheapest(assessment, given_, Goal(grade=Grade.III), solve).ways[0].investment.high == 4


def test_a_weaker_grade_that_nobody_published_asks_for_nothing():
    questionnaire = make_questionnaire(
        make_indicator("heat", "100 107 -"), rulebooks=(make_grade_rules({"all": ("100", {"heat": "100"})}),)
    )
    assessment = assess(questionnaire, make_answers(heat=Measured(D(110))))
    given_ = measures(assessment, [make_technology("t", ["heat"], effects=(lowers("heat", 5),))], {"t": 2})
    found = find_cheapest(assessment, given_, Goal(grade=Grade.II), solve)
    assert [way.investment.high for way in found.ways] == [2]


def test_money_in_parts_of_a_yuan_is_compared_all_the_same():
    assessment = plant("nff", "90", "900")
    given_ = measures(
        assessment,
        [make_technology("a1", ["a"]), make_technology("a2", ["a"])],
        {"a1": "1.23456789", "a2": "1.23456788"},
    )
    target = look(assessment, given_[:1]).after.points.total
    found = find_cheapest(assessment, given_, Goal(points=target), solve)
    assert [way.investment.high for way in found.ways][:1] == [D("1.23456788")]


def test_lowering_what_should_be_large_helps_nothing():
    assessment = plant("nff", "90", "1100")
    hurting = make_technology("t", ["load", "a"], effects=(lowers("load", 10),))
    given_ = measures(assessment, [hurting], {"t": 1})
    found = find_cheapest(assessment, given_, Goal(points=D(100), needs_gates=False), solve)
    assert "load" in [gap.result.item.id for gap in found.obstacles.losing]
