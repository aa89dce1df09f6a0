"""The receipt: an independent reckoning from its text alone gives the same points, grade and gates."""

import json
from decimal import ROUND_HALF_UP, Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.answers import MISSING, Chosen, Declared, Measured, NotApplicable, Practised
from portal.core.questionnaire import Column, Extent, ItemId
from portal.core.receipt import receipt
from portal.core.scoring import assess
from tests.trade import (
    make_answers,
    make_condition,
    make_grade_rules,
    make_indicator,
    make_practice,
    make_questionnaire,
    make_requirement,
    make_trait,
)

QUESTIONNAIRE = make_questionnaire(
    make_requirement("veto"),
    make_trait("process", ["kiln", "mill"]),
    make_indicator("e1", is_binding=True, weight=Decimal(17)),
    make_indicator("e2", levels="- 50 80", weight=Decimal(23)),
    make_indicator("e3", levels="", when=make_condition(process=["kiln"])),
    make_practice("p1", weight=Decimal(60)),
    make_practice("p2", weight=Decimal(33), column=Column.CIRCULAR),
    make_practice("p3", weight=Decimal(67), column=Column.CIRCULAR, when=make_condition(process=["kiln"])),
    rulebooks=(make_grade_rules({"A": ("70", {"e1": "40", "e2": "60"}), "B": ("30", {"e3": "100"})}),),
)

values = st.decimals(0, 200, places=2).map(Measured)
extents = st.one_of(
    st.sampled_from([Extent.FULL, Extent.PLANNED, Extent.NONE]).map(Practised),
    st.decimals("0.1", "99.9", places=1).map(lambda share: Practised(Extent.PARTIAL, share)),
    st.just(NotApplicable("无此工序")),
    st.just(MISSING),
)
filled = st.fixed_dictionaries(
    {
        "veto": st.sampled_from([Declared(True), Declared(False), MISSING]),
        "process": st.sampled_from([Chosen(("kiln",)), Chosen(("mill",)), MISSING]),
        "e1": st.one_of(values, st.just(MISSING)),
        "e2": st.one_of(values, st.just(MISSING), st.just(NotApplicable("无"))),
        "e3": values,
        "p1": extents,
        "p2": extents,
        "p3": extents,
    }
)


def recompute(paper):
    """An independent program: reads nothing but the receipt, works in plain decimals."""
    total = shares = Decimal(0)
    points = {}
    for column, share in paper["rules"]["columns"].items():
        lines = [x for x in paper["items"] if x["column"] == column and x["standing"] == "counted"]
        weight = sum((Decimal(x["weight"]) for x in lines), Decimal(0))
        if weight:
            points[column] = (
                100 * sum((Decimal(x["weight"]) * factor(x, paper) for x in lines), Decimal(0)) / weight
            )
            total += Decimal(share) * points[column]
            shares += Decimal(share)
    return points, total / shares if shares else None


def factor(line, paper):
    answer = line["answer"]
    if answer["kind"] == "practised" and answer["extent"] == "partial":
        return Decimal(answer["share"]) / 100
    if answer["kind"] == "practised":
        return Decimal(paper["rules"]["extents"][answer["extent"]])
    usable = [level for level in line["levels"] if level["is_usable"]]
    value, smaller = Decimal(line["value"]), line["direction"] == "smaller"
    met = [
        level["grade"]
        for level in usable
        if (value <= Decimal(level["value"]) if smaller else value >= Decimal(level["value"]))
    ]
    factors = paper["rules"]["levels"]
    if not met:
        return Decimal(0)
    return max(Decimal(factors[g]) for g in met) / max(Decimal(factors[level["grade"]]) for level in usable)


def recompute_grade(paper):
    grade = paper["grade"]
    index = {level: recompute_index(grade, level) for level in ("I", "II", "III")}
    for level, threshold in grade["thresholds"].items():
        weaker = [y for name, y in index.items() if len(name) >= len(level) and y is not None]
        if index[level] is not None and min(weaker) >= Decimal(threshold) and not grade["blockers"][level]:
            return level
    return None


def recompute_index(grade, level):
    groups = []
    for group in grade["groups"]:
        members = [m for m in group["members"] if m["takes_part"][level]]
        weight = sum((Decimal(m["weight"]) for m in members), Decimal(0))
        if weight:
            reached = sum((Decimal(m["weight"]) for m in members if m["reaches"][level]), Decimal(0))
            groups.append((Decimal(group["weight"]), 100 * reached / weight))
    return sum(w * y for w, y in groups) / sum(w for w, _ in groups) if groups else None


def cents(value):
    return str(value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


@given(filled)
@settings(max_examples=200, deadline=None)
def test_a_stranger_reckons_the_same_from_the_receipt_alone(answers):
    assessment = assess(QUESTIONNAIRE, make_answers(**answers))
    paper = json.loads(json.dumps(receipt(assessment)))
    points, total = recompute(paper)
    for column in paper["columns"]:
        if column["points"] is None:
            assert column["column"] not in points
        else:
            assert cents(points[column["column"]]) == column["points"]["rounded"]
    if total is None:
        assert paper["points"]["total"] is None
    else:
        assert cents(total) == paper["points"]["total"]["rounded"]
    assert recompute_grade(paper) == paper["grade"]["grade"]
    passed = all(gate["state"] == "passed" for gate in paper["gates"])
    is_known = passed and not paper["unsaid"]
    assert paper["may_show_badge"] == (is_known and not paper["points"]["is_provisional"])


def test_a_receipt_without_a_grade_says_so():
    assert receipt(assess(make_questionnaire(make_practice("a")), {}))["grade"] is None


def test_the_result_does_not_depend_on_the_surrounding_decimal_precision():
    answers = make_answers(p1=Practised(Extent.PARTIAL, Decimal("33.3")), e1=Measured(Decimal(101)))
    usual = receipt(assess(QUESTIONNAIRE, answers))
    with localcontext() as context:
        context.prec = 60
        other = receipt(assess(QUESTIONNAIRE, answers))
    assert other["points"]["total"]["rounded"] == usual["points"]["total"]["rounded"]
    assert ItemId("p1") in answers
