"""Gaps: every lost point has one, with its next level and distance, the pressing ones first."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from portal.core.answers import Measured, NotApplicable, Practised
from portal.core.gaps import Urgency, find_gaps
from portal.core.levels import Direction, Grade
from portal.core.questionnaire import Column, Extent
from portal.core.scoring import assess
from tests.trade import make_answers, make_indicator, make_practice, make_questionnaire


def gaps_of(questionnaire, **answers):
    return find_gaps(assess(questionnaire, make_answers(**answers)))


def test_an_indicator_gap_names_the_next_level_and_the_distance():
    (gap,) = gaps_of(make_questionnaire(make_indicator("a")), a=Measured(D("112.35")))
    assert (gap.next_level.level.grade, gap.best_level.level.grade) == (Grade.II, Grade.I)
    assert (gap.distance, gap.distance_percent) == (D("5.35"), D(5))


def test_the_distance_is_positive_where_larger_is_better():
    item = make_indicator("a", levels="98 95 90", direction=Direction.LARGER)
    (gap,) = gaps_of(make_questionnaire(item), a=Measured(D(81)))
    assert (gap.next_level.level.grade, gap.distance) == (Grade.III, D(9))


def test_the_distance_to_a_negative_limit_is_positive_too():
    (gap,) = gaps_of(make_questionnaire(make_indicator("a", levels="- - -100")), a=Measured(D(-90)))
    assert (gap.distance, gap.distance_percent) == (10, 10)


def test_a_level_of_zero_has_no_distance_in_per_cent():
    (gap,) = gaps_of(make_questionnaire(make_indicator("a", levels="0")), a=Measured(D(1)))
    assert gap.distance == 1 and gap.distance_percent is None


def test_a_practice_fully_in_place_or_not_applicable_is_no_gap():
    questionnaire = make_questionnaire(make_practice("a"), make_practice("b"))
    assert gaps_of(questionnaire, a=Practised(Extent.FULL), b=NotApplicable("无窑")) == ()


def test_a_practice_gap_says_how_far_it_is():
    (gap,) = gaps_of(make_questionnaire(make_practice("a")), a=Practised(Extent.PARTIAL, D(40)))
    assert (gap.extent, gap.share, gap.lost_points) == (Extent.PARTIAL, 40, 60)


def test_open_gates_come_first_and_then_the_most_points():
    questionnaire = make_questionnaire(
        make_practice("small", weight=D(1)),
        make_practice("large", weight=D(88)),
        make_indicator("limit", weight=D(1), is_binding=True),
        make_indicator("unweighted", weight=D(0), is_binding=True),
    )
    none = Practised(Extent.NONE)
    gaps = gaps_of(questionnaire, small=none, large=none, limit=Measured(D(130)), unweighted=Measured(D(130)))
    assert [gap.result.item.id for gap in gaps] == ["limit", "unweighted", "large", "small"]
    assert [gap.urgency for gap in gaps] == [Urgency.GATE, Urgency.GATE, Urgency.LARGE, Urgency.SMALL]


@given(st.lists(st.decimals(1, 99, places=1), min_size=2, max_size=8))
def test_the_points_lost_in_gaps_and_the_total_make_a_hundred(shares):
    items = [make_practice(f"p{n}", column=list(Column)[n % 2], weight=D(n + 1)) for n in range(len(shares))]
    answers = {f"p{n}": Practised(Extent.PARTIAL, share) for n, share in enumerate(shares)}
    assessment = assess(make_questionnaire(*items), make_answers(**answers))
    lost = sum(gap.lost_points for gap in find_gaps(assessment))
    assert abs(assessment.points.total + lost - 100) < D("1e-20")
