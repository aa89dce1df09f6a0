"""The cheapest set of measures that reaches a goal (最省投入达到…), as a 0/1 program for an exact solver.

**Decisions.** x_j ∈ {0, 1}: measure j is taken up. The objective is Σ c_j x_j with c_j the high end of its investment.

**Why the points are linear.** `scoring` gives 100 · Σ_c share_c · (Σ_i w_i f_i / W_c) / Σ_c share_c, where W_c is the
weight of the counted items of column c. A measure changes extents and values of items that are answered; it answers
nothing that is missing and makes nothing (in)applicable, for these hang on traits, reasons and missing data, which no
measure touches. So which items count, and with them every W_c, stay as they are, and the points are a constant plus
Σ_i worth_i · f_i. (The one exception would be a measure that saves all of an amount that something is divided by:
`_Model` tries every measure alone and leaves such a one out.) The factors f_i are not linear in x, but they are few
facts about one item each: a practice is in place as soon as *one* of the measures that close it is taken (the best
counts, not the sum: y_i ≤ Σ_j x_j); an indicator reaches a level or not (a_ir ≤ a_i,r+1, f_i = Σ_r δ_r a_ir). Grades
(index and blockers) and binding gates are linear in the same facts.

**Why the result is exact.** a_ir is a function of the measures that touch item i. The program starts without it: a_ir
may be 1 as soon as enough measures of the item are there (their shares multiply, so their logarithms add). Every proposal is then scored by `assess` itself, and every fact that it
claims and that does not hold becomes a cut on the measures of that item: where effects only ever better the item, "one
measure more than these", else "not exactly these". Cuts are implied by the truth, so the program always is a
relaxation; it ends because there are finitely many, and what it ends with is a true solution of a relaxation: the
optimum. A proposal that the solver's floating point let through is cut off in the same way, compared in Decimal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from portal.core.advice import COST_CLASSES, Range, Recommendation, add_up, rest_of, taken_up
from portal.core.answers import Measured
from portal.core.assessment import Assessment, Gate, GateState, ItemResult, Standing
from portal.core.gaps import Gap, find_gaps
from portal.core.levels import GRADES, Direction, Grade
from portal.core.questionnaire import Activity, Indicator, ItemId, Practice, Questionnaire, Requirement
from portal.core.rulebook import PointsRulebook
from portal.core.scoring import reassess
from portal.core.technology import CostClass, Lowers, Reaches, SavesShare
from portal.core.whatif import Priced

ZERO, ONE = Decimal(0), Decimal(1)
MOST_WAYS = 3
OBSTACLES_SHOWN = 3
FINEST = Decimal("0.0001")  # 万元: one yuan
NEARLY = Decimal("0.999999")  # of a logarithm: rounding never cuts off what holds

# ── The program that a solver sees ───────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Row:
    """least ≤ Σ terms; names are 0/1 variables."""

    terms: Mapping[str, Decimal]
    least: Decimal


@dataclass(frozen=True, slots=True)
class Program:
    """Make Σ costs as small as possible under the rows; every name in them is a 0/1 variable.

    Two sums of costs are equal or differ by at least `grain` (0: it is not known).
    """

    costs: Mapping[str, Decimal]
    rows: tuple[Row, ...]
    grain: Decimal = ZERO


# The names that are 1 in an optimum, or None where the rows contradict each other.
Solver = Callable[[Program], frozenset[str] | None]


# ── What is asked and what comes back ────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is to be reached with what. `within` is the costliest class that the time allows (None: any).

    A measure without a known investment is not free: `counts_unpriced` False leaves it out, True takes as few of them
    as possible, of the costlier classes first, before money counts. What is mandatory is taken in any case.
    """

    points: Decimal | None = None
    grade: Grade | None = None
    needs_gates: bool = True
    budget: Decimal | None = None  # 万元, of the high ends
    within: CostClass | None = None
    mandatory: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    counts_unpriced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One set of measures that reaches the goal, with the assessment afterwards."""

    taken: tuple[Priced, ...]
    investment: Range
    after: Assessment

    @property
    def unpriced(self) -> tuple[Recommendation, ...]:
        """Those whose cost is not in `investment`."""
        return tuple(one.recommendation for one in self.taken if one.investment is None)


class Limit(Enum):
    """What stands in the way."""

    POINTS = "points"
    GRADE = "grade"
    GATES = "gates"
    BUDGET = "budget"
    TIME = "time"
    EXCLUDED = "excluded"
    UNPRICED = "unpriced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """A condition without which there is a way, and the cheapest one then."""

    limit: Limit
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """Why the goal cannot be reached.

    `relaxed`: what, given up alone, opens a way. The rest is what stays when *every* measure allowed is taken: the
    points and the items that lose most of what lacks, gates (also those that no measure can change), the binding
    indicators and whether the index keep the grade off.
    """

    relaxed: tuple[Relaxed, ...]
    most_points: Decimal | None
    losing: tuple[Gap, ...]
    gates: tuple[Gate, ...]
    blockers: tuple[Indicator, ...]
    is_index_low: bool
    is_grade_unknown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The cheapest way and those next to it; without any, what stands in the way. `left_out` have no price."""

    goal: Goal
    ways: tuple[Way, ...]
    obstacles: Obstacles | None
    left_out: tuple[Recommendation, ...]
    unsettling: tuple[Recommendation, ...] = ()


def find_cheapest(
    assessment: Assessment, measures: Sequence[Priced], goal: Goal, solve: Solver, most_ways: int = MOST_WAYS
) -> Found:
    """The cheapest set of `measures` that reaches the goal, alternatives beside it, or the obstacles.

    Ties go to fewer measures. An alternative does without at least one measure of every way before it.
    """
    model = _Model(assessment, measures, solve)
    ways: list[Way] = []
    barred: list[Row] = []
    while len(ways) < most_ways:
        names = model.cheapest(goal, barred)
        if names is None:
            break
        ways.append(model.way(names))
        free = names - goal.mandatory
        if not free:
            break
        barred.append(_less_than_all(free))
    allowed = model.allowed(goal)
    return Found(
        goal=goal,
        ways=tuple(ways),
        obstacles=None if ways else _obstacles(model, goal),
        left_out=tuple(
            one.recommendation
            for one in model.measures.values()
            if one.investment is None and one.id not in allowed and one.id not in goal.excluded
        ),
        unsettling=model.unsettling,
    )


def is_reached(goal: Goal, after: Assessment) -> bool:
    """Whether an assessment meets points, grade and gates of the goal."""
    points = after.points.total
    if goal.points is not None and (points is None or points < goal.points):
        return False
    if goal.grade is not None:
        reached = after.grade.grade if after.grade is not None else None
        if reached is None or reached.rank > goal.grade.rank:
            return False
    return not goal.needs_gates or all(gate.state is GateState.PASSED for gate in after.gates)


# ── The model ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    """Something about one item that measures decide: `level` None for a practice in place, else a rank reached."""

    name: str
    item: ItemId
    rank: int | None
    touched_by: tuple[str, ...]
    is_monotone: bool
    worth: Decimal  # points of the total

    def holds(self, result: ItemResult, full: Decimal) -> bool:
        """Whether it is so in an assessment."""
        if self.rank is None:
            return result.factor is not None and result.factor >= full
        return result.reached is not None and result.reached.rank <= self.rank


@dataclass
class _Model:
    """The program of one plant: facts, rows, and the cuts learnt so far, which hold for every goal."""

    assessment: Assessment
    given: Sequence[Priced]
    solve: Solver
    measures: dict[str, Priced] = field(init=False)
    unsettling: tuple[Recommendation, ...] = field(init=False)
    facts: dict[str, _Fact] = field(init=False)
    cuts: list[Row] = field(init=False, default_factory=list)
    scored: dict[frozenset[str], Assessment] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.measures = {one.id: one for one in self.given}
        standings = _standings(self.assessment)
        unsettling = [one for one in self.measures if _standings(self.after(frozenset({one}))) != standings]
        self.unsettling = tuple(self.measures.pop(one).recommendation for one in unsettling)
        self.rules = next(
            book for book in self.assessment.questionnaire.rulebooks if isinstance(book, PointsRulebook)
        )
        self.full = self.rules.extents["full"]
        self.facts = {fact.name: fact for fact in self._facts()}
        self._learn(frozenset(), frozenset(self.facts))

    def after(self, names: frozenset[str]) -> Assessment:
        """The assessment once these are in place."""
        if names not in self.scored:
            taken = (one.recommendation for one in self.measures.values() if one.id in names)
            answers = taken_up(self.assessment, taken)
            self.scored[names] = reassess(self.assessment, answers)
        return self.scored[names]

    def way(self, names: frozenset[str]) -> Way:
        """The set as it is shown."""
        taken = tuple(one for one in self.measures.values() if one.id in names)
        nothing = Range(low=ZERO, high=ZERO, unit="万元")
        investment = add_up(one.investment for one in taken) or nothing
        return Way(taken=taken, investment=investment, after=self.after(names))

    def allowed(self, goal: Goal) -> frozenset[str]:
        """The measures that the goal lets into the choice."""
        latest = COST_CLASSES.index(goal.within) if goal.within is not None else len(COST_CLASSES)
        return frozenset(
            one.id
            for one in self.measures.values()
            if one.id in goal.mandatory
            or (
                one.id not in goal.excluded
                and COST_CLASSES.index(one.recommendation.technology.cost_class) <= latest
                and (one.investment is not None or goal.counts_unpriced)
            )
        )

    # ── facts ──

    def _facts(self) -> Iterator[_Fact]:
        worth = _worth(self.assessment)
        touching = _touching(self.assessment, tuple(self.measures.values()))
        for result in self.assessment.items:
            item = result.item
            by, is_monotone = touching.get(item.id, ((), True))
            if not by or result.standing in (Standing.NOT_APPLICABLE, Standing.NOT_CONCERNED):
                continue
            each = worth[item.id] if result.standing is Standing.COUNTED else ZERO
            if isinstance(item, Practice):
                gain = self.full - (result.factor or ZERO)
                yield _Fact(
                    name=f"done {item.id}",
                    item=item.id,
                    rank=None,
                    touched_by=by,
                    is_monotone=True,
                    worth=each * gain,
                )
                continue
            ranks = sorted(
                (level.level.grade.rank for level in result.levels if level.is_usable), reverse=True
            )
            strictest = self._share(ranks[-1]) if ranks else ONE
            before = ZERO
            for rank in ranks:
                factor = self._share(rank) / strictest
                yield _Fact(
                    name=f"level {item.id} {rank}",
                    item=item.id,
                    rank=rank,
                    touched_by=by,
                    is_monotone=is_monotone,
                    worth=each * (factor - before),
                )
                before = factor

    def _share(self, rank: int) -> Decimal:
        return self.rules.levels[GRADES[rank - 1].value]

    def _of_item(self, item: ItemId) -> list[_Fact]:
        return [fact for fact in self.facts.values() if fact.item == item]

    # ── rows ──

    def _standing_rows(self) -> Iterator[Row]:
        """A stricter level is never reached without the weaker ones."""
        by_item: dict[ItemId, list[_Fact]] = {}
        for fact in self.facts.values():
            by_item.setdefault(fact.item, []).append(fact)
        for facts in by_item.values():
            for weaker, stricter in pairwise(facts):
                yield Row({weaker.name: ONE, stricter.name: -ONE}, ZERO)

    def _points(self) -> tuple[Mapping[str, Decimal], Decimal]:
        """The total as terms and a constant: what today's facts already bring is taken out of the constant."""
        terms = {fact.name: fact.worth for fact in self.facts.values() if fact.worth}
        now = self.assessment.points.total or ZERO
        brought = sum(
            (fact.worth for fact in self.facts.values() if self._is_so(fact, self.assessment)), ZERO
        )
        return terms, now - brought

    def _is_so(self, fact: _Fact, after: Assessment) -> bool:
        return fact.holds(_result(after, fact.item), self.full)

    def _pull_rows(self) -> Iterator[Row]:
        """Where measures only lower a value by shares, how many it takes: Π (1 − s_j) ≤ level ÷ value, in logarithms.

        A measure that brings the value to a figure of its own counts as enough: the row only ever allows too much.
        """
        for fact in self.facts.values():
            result = self.assessment.result_of(fact.item)
            level = next((one.value for one in result.levels if one.level.grade.rank == fact.rank), None)
            value = result.reading.value if result.reading is not None else None
            if not fact.is_monotone or level is None or value is None or not 0 < level < value:
                continue
            assert isinstance(result.item, Indicator)  # only indicators have levels
            if result.item.direction is not Direction.SMALLER:
                continue
            need = (value / level).ln() * NEARLY
            pulls = {name: min(_pull(self.measures[name], fact.item), need) for name in fact.touched_by}
            yield Row({**pulls, fact.name: -need}, ZERO)

    def _goal_rows(self, goal: Goal) -> Iterator[Row]:
        if goal.points is not None:
            terms, constant = self._points()
            yield Row(terms, goal.points - constant)
        if goal.needs_gates:
            yield from self._gate_rows()
        if goal.grade is not None:
            yield from self._grade_rows(goal.grade)
        if goal.budget is not None:
            yield Row({name: -cost for name, cost in self._costs().items()}, -goal.budget)

    def _gate_rows(self) -> Iterator[Row]:
        for gate in self.assessment.gates:
            facts = self._of_item(gate.item.id)
            if facts and gate.state is not GateState.UNANSWERED:
                yield Row({facts[0].name: ONE}, ONE)
            elif gate.state is not GateState.PASSED:
                yield Row({}, ONE)

    def _grade_rows(self, wanted: Grade) -> Iterator[Row]:
        """One of the grades from the wanted one up holds: index at its level and below, nothing that blocks it."""
        result = self.assessment.grade
        enough = [grade for grade in GRADES if grade.rank <= wanted.rank]
        yield Row({f"grade {grade.value}": ONE for grade in enough}, ONE)
        for grade in enough:
            name = f"grade {grade.value}"
            if result is None or result.index[grade] is None:
                yield Row({name: -ONE}, ZERO)
                continue
            for level in (one for one in GRADES if one.rank >= grade.rank):
                if result.index[level] is not None:
                    terms, constant = self._index(level)
                    # Y ≥ threshold · name
                    yield Row({**terms, name: -result.thresholds[grade]}, -constant)
            yield from self._blocker_rows(grade, name)

    def _index(self, level: Grade) -> tuple[dict[str, Decimal], Decimal]:
        assert self.assessment.grade is not None
        terms: dict[str, Decimal] = {}
        constant = ZERO
        groups = [
            (group, sum((one.weight for one in group.members if one.takes_part[level]), ZERO))
            for group in self.assessment.grade.groups
        ]
        total = sum((group.weight for group, weight in groups if weight), ZERO)
        for group, weight in groups:
            for member in group.members if weight else ():
                if not member.takes_part[level]:
                    continue
                share = 100 * group.weight / total * member.weight / weight
                name = f"level {member.item} {level.rank}"
                if name in self.facts:
                    terms[name] = terms.get(name, ZERO) + share
                elif member.reaches[level]:
                    constant += share
        return terms, constant

    def _blocker_rows(self, grade: Grade, name: str) -> Iterator[Row]:
        assert self.assessment.grade is not None
        blocked = set(self.assessment.grade.blockers[grade])
        for result in self.assessment.items:
            item = result.item
            if not isinstance(item, Indicator) or item.binding is None:
                continue
            facts = [fact for fact in self._of_item(item.id) if fact.rank and fact.rank >= grade.rank]
            if facts:
                yield Row({facts[-1].name: ONE, name: -ONE}, ZERO)
            elif item.id in blocked:
                yield Row({name: -ONE}, ZERO)

    # ── solving ──

    def _costs(self) -> dict[str, Decimal]:
        return {one.id: one.investment.high for one in self.measures.values() if one.investment is not None}

    def _stages(self) -> Iterator[Mapping[str, Decimal]]:
        """What is made small, one after the other: unpriced measures, the costliest class first; money; their number."""
        for cost_class in reversed(COST_CLASSES):
            unpriced = {
                one.id: ONE
                for one in self.measures.values()
                if one.investment is None and one.recommendation.technology.cost_class is cost_class
            }
            if unpriced:
                yield unpriced
        costs = self._costs()
        grain = _grain(costs.values())
        if grain < FINEST * 1000:
            yield costs
            yield dict.fromkeys(self.measures, ONE)
            return
        # Money in whole grains: the number of measures, as a part of a grain, decides ties in the same run.
        tie = grain / 1000
        assert len(self.measures) < 1000
        yield {name: costs.get(name, ZERO) + tie for name in self.measures}

    def cheapest(self, goal: Goal, more: Sequence[Row] = ()) -> frozenset[str] | None:
        """The cheapest set for the goal under further rows, by name; None where there is none."""
        allowed = self.allowed(goal)
        rows = [*more, *self._goal_rows(goal)]
        rows += [Row({name: -ONE}, ZERO) for name in self.measures if name not in allowed]
        rows += [Row({name: ONE}, ONE) for name in goal.mandatory if name in self.measures]
        best: frozenset[str] | None = None
        for costs in self._stages():
            best = self._settle(costs, rows, goal)
            if best is None:
                return None
            spent = sum((cost for name, cost in costs.items() if name in best), ZERO)
            rows.append(Row({name: -cost for name, cost in costs.items()}, -spent))
        return best

    def most_points(self, goal: Goal) -> frozenset[str]:
        """The set of allowed measures with the most points; grade, gates and budget do not count."""
        allowed = self.allowed(goal)
        free = replace(goal, points=None, grade=None, needs_gates=False, budget=None)
        rows = [Row({name: -ONE}, ZERO) for name in self.measures if name not in allowed]
        terms, _ = self._points()
        best = self._settle({name: -worth for name, worth in terms.items()}, rows, free)
        assert best is not None  # nothing is asked for, so that taking nothing would do
        return best

    def _settle(self, costs: Mapping[str, Decimal], rows: Sequence[Row], goal: Goal) -> frozenset[str] | None:
        """An optimum whose every claim is true."""
        standing = (*self._standing_rows(), *self._pull_rows())
        barred: list[Row] = []
        while True:
            claimed = self.solve(
                Program(costs, (*rows, *standing, *self.cuts, *barred), _grain(costs.values()))
            )
            if claimed is None:
                return None
            names = claimed & frozenset(self.measures)
            if self._learn(names, claimed & frozenset(self.facts)):
                continue
            if is_reached(goal, self.after(names)) and all(_is_kept(row, claimed) for row in rows):
                return names
            barred.append(self._not_exactly(names, tuple(self.measures)))

    def _learn(self, names: frozenset[str], claimed: frozenset[str]) -> bool:
        """Cut off the claimed facts that this set does not bring; whether there were any."""
        after = self.after(names)
        wrong = [self.facts[name] for name in claimed if not self._is_so(self.facts[name], after)]
        for fact in sorted(wrong, key=lambda one: one.name):
            others = [name for name in fact.touched_by if name not in names]
            if fact.is_monotone:
                # Fewer would not do either: at least one of the others is wanted.
                cut = Row({fact.name: -ONE, **dict.fromkeys(others, ONE)}, ZERO)
            else:
                exact = self._not_exactly(names, fact.touched_by)
                cut = Row({**exact.terms, fact.name: -ONE}, exact.least - ONE)
            self.cuts.append(cut)
        return bool(wrong)

    @staticmethod
    def _not_exactly(names: frozenset[str], among: Sequence[str]) -> Row:
        """At least one of `among` differs from this set."""
        there = [name for name in among if name in names]
        terms = {name: -ONE if name in names else ONE for name in among}
        return Row(terms, ONE - len(there))


def _less_than_all(names: frozenset[str]) -> Row:
    """Not all of these: neither this set nor one that only adds to it."""
    return Row(dict.fromkeys(sorted(names), -ONE), ONE - len(names))


def _grain(costs: Iterable[Decimal]) -> Decimal:
    """A power of ten of which every cost is a whole multiple; 0 where there are parts of parts."""
    finest = ONE
    for cost in costs:
        exponent = cost.normalize().as_tuple().exponent
        assert isinstance(exponent, int)  # costs are finite
        finest = min(finest, ONE.scaleb(exponent))
    return finest if finest >= FINEST else ZERO


def _is_kept(row: Row, ones: frozenset[str]) -> bool:
    return sum((value for name, value in row.terms.items() if name in ones), ZERO) >= row.least


def _result(assessment: Assessment, item: ItemId) -> ItemResult:
    return assessment.result_of(item)


def _pull(one: Priced, item: ItemId) -> Decimal:
    """How far a measure brings a value down, as a logarithm; without end where it names the value that it reaches."""
    rest = rest_of(one.recommendation.gaps).low / 100
    total = ZERO
    for effect in one.recommendation.technology.effects:
        if isinstance(effect, Reaches) and effect.item == item:
            return Decimal("Infinity")
        if isinstance(effect, Lowers) and effect.item == item:
            left = ONE - effect.low * rest / 100
            total += -left.ln() if left > 0 else Decimal("Infinity")
    return total


def _standings(assessment: Assessment) -> tuple[object, ...]:
    """Which items count, and which levels they are measured by: what the denominators hang on."""
    return tuple(
        (one.standing, tuple((level.level.grade, level.is_usable) for level in one.levels))
        for one in assessment.items
    )


def _worth(assessment: Assessment) -> dict[ItemId, Decimal]:
    """Points of the total that each item's full factor is worth."""
    columns = [column for column in assessment.points.columns if column.counted]
    shares = sum((column.share for column in columns), ZERO)
    rates = {column.column: 100 * column.share / shares / column.counted for column in columns}
    return {one.item.id: one.item.weight * rates.get(one.item.column, ZERO) for one in assessment.items}


def _touching(
    assessment: Assessment, measures: Sequence[Priced]
) -> dict[ItemId, tuple[tuple[str, ...], bool]]:
    """For every item the measures that may move it, in order, and whether they can only better it.

    Effects on the item itself only ever better it; what moves a computed value through its activity data need not.
    """
    reads = _reads(assessment.questionnaire)
    found: dict[ItemId, dict[str, bool]] = {}
    for one in measures:
        for gap in one.recommendation.gaps:
            if isinstance(gap.result.item, Practice):
                found.setdefault(gap.result.item.id, {})[one.id] = True
        for effect in one.recommendation.technology.effects:
            match effect:
                case Lowers(item=item) | Reaches(item=item):
                    found.setdefault(item, {}).setdefault(one.id, True)
                case SavesShare(of=of) if isinstance(assessment.answers.get(ItemId(of)), Measured):
                    for item in (id for id, names in reads.items() if of in names):
                        found.setdefault(item, {})[one.id] = False
    return {item: (tuple(by), all(by.values())) for item, by in found.items()}


def _reads(questionnaire: Questionnaire) -> dict[ItemId, frozenset[str]]:
    """For every indicator all names that its value or its levels are computed from, however indirectly."""
    direct: dict[str, set[str]] = {one.id: set(one.formula.names) for one in questionnaire.derived}
    for item in questionnaire.items.values():
        if isinstance(item, Activity):
            for factor, formula in item.replaces.items():
                direct.setdefault(factor, set()).update({item.id, *formula.names})

    def closed(names: Iterable[str]) -> frozenset[str]:
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(direct.get(name, ()))
        return frozenset(seen)

    return {
        item.id: closed(
            [*(item.formula.names if item.formula else ())]
            + [level.adjust.quantity for level in item.levels if level.adjust is not None]
        )
        for item in questionnaire.items.values()
        if isinstance(item, Indicator)
    }


# ── Obstacles ────────────────────────────────────────────────────────────────


def _obstacles(model: _Model, goal: Goal) -> Obstacles:
    relaxed = tuple(
        Relaxed(limit=limit, way=model.way(names))
        for limit, freer in _freer(goal)
        # Without its only condition a goal is reached by doing nothing: no advice.
        if (names := model.cheapest(freer))
    )
    allowed = model.allowed(goal)
    after = model.after(allowed)
    best = model.after(model.most_points(goal)).points.total
    is_short = goal.points is not None and (best is None or best < goal.points)
    grade = after.grade
    is_graded = goal.grade is not None and grade is not None
    blocked = grade.blockers[goal.grade] if is_graded and grade and goal.grade else ()
    reached = grade.grade if grade is not None else None
    is_below = goal.grade is not None and (reached is None or reached.rank > goal.grade.rank)
    items = model.assessment.questionnaire.items
    return Obstacles(
        relaxed=relaxed,
        most_points=best if is_short else None,
        losing=find_gaps(after)[:OBSTACLES_SHOWN] if is_short else (),
        gates=tuple(gate for gate in after.gates if gate.state is not GateState.PASSED)
        if goal.needs_gates
        else (),
        blockers=tuple(item for id in blocked if isinstance(item := items[id], Indicator)),
        is_index_low=is_below and is_graded and not blocked,
        is_grade_unknown=goal.grade is not None and (grade is None or not grade.is_rated),
    )


def _freer(goal: Goal) -> Iterator[tuple[Limit, Goal]]:
    """The goal without one of its conditions, for each that it has."""
    if goal.budget is not None:
        yield Limit.BUDGET, replace(goal, budget=None)
    if goal.within not in (None, COST_CLASSES[-1]):
        yield Limit.TIME, replace(goal, within=None)
    if goal.excluded:
        yield Limit.EXCLUDED, replace(goal, excluded=frozenset())
    if not goal.counts_unpriced:
        yield Limit.UNPRICED, replace(goal, counts_unpriced=True)
    if goal.needs_gates:
        yield Limit.GATES, replace(goal, needs_gates=False)
    if goal.grade is not None:
        yield Limit.GRADE, replace(goal, grade=None)
    if goal.points is not None:
        yield Limit.POINTS, replace(goal, points=None)


def is_hopeless(gate: Gate) -> bool:
    """Whether no measure can open the gate: a requirement is met or not, and what is not answered is not judged."""
    return isinstance(gate.item, Requirement) or gate.state is GateState.UNANSWERED
