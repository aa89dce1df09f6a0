"""数据体检: each kind of rule finds its fault and stays silent where all is well or unknown."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from portal.core.answers import Chosen, Measured, Practised
from portal.core.data_check import find_irregularities
from portal.core.formula import Formula
from portal.core.levels import Direction
from portal.core.questionnaire import Agree, AtMost, Contradiction, DataCheck, Extent, ItemId, Jump, Within
from portal.core.scoring import assess
from tests.trade import (
    make_activity,
    make_answers,
    make_condition,
    make_derived,
    make_indicator,
    make_practice,
    make_questionnaire,
    make_trait,
)

QUESTIONNAIRE = make_questionnaire(
    make_trait("process", ["kiln", "mill"]),
    make_activity("intake"),
    make_activity("used"),
    make_indicator("nox", levels="50 - 320"),
    make_practice("sncr"),
    derived=(make_derived("total", "t", "intake + 0 * used"), make_derived("ratio", "1", "used / intake")),
)
AGREE = Agree(left=Formula.parse("total"), right=Formula.parse("used"), unit="t", tolerance=D(5))
AT_MOST = AtMost(left=Formula.parse("used"), right=Formula.parse("intake"), unit="t")
WITHIN = Within(value=Formula.parse("ratio"), unit="1", low=D("0.5"), high=D(2), basis="")
SNCR = Contradiction(
    practice=ItemId("sncr"),
    extents=(Extent.FULL,),
    item=ItemId("nox"),
    beyond=Direction.LARGER,
    bound=D(400),
    unit="mg/m³",
    basis="",
)
JUMP = Jump(quantity="intake", unit="t", share=D(30))


def find(rule, last_year=None, when=None, **answers):
    check = DataCheck(id="rule", title="", look_at="", rule=rule, **({"when": when} if when else {}))
    questionnaire = replace(QUESTIONNAIRE, data_checks=(check,))
    before = make_answers(**last_year) if last_year is not None else None
    return find_irregularities(assess(questionnaire, make_answers(**answers)), before)


def t(amount):
    return Measured(D(amount))


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (AGREE, {"intake": t(100), "used": t(106)}, {"intake": t(100), "used": t(95)}),
        (AT_MOST, {"intake": t(100), "used": t(101)}, {"intake": t(100), "used": t(100)}),
        (WITHIN, {"intake": t(100), "used": t(49)}, {"intake": t(100), "used": t(200)}),
        (WITHIN, {"intake": t(100), "used": t(201)}, {"intake": t(0), "used": t(5)}),
        (
            SNCR,
            {"sncr": Practised(Extent.FULL), "nox": t(401)},
            {"sncr": Practised(Extent.NONE), "nox": t(401)},
        ),
        (
            replace(SNCR, beyond=Direction.SMALLER),
            {"sncr": Practised(Extent.FULL), "nox": t(399)},
            {"sncr": Practised(Extent.FULL), "nox": t(400)},
        ),
    ],
)
def test_a_rule_finds_its_fault_and_no_other(rule, bad, good):
    (finding,) = find(rule, **bad)
    assert len(finding.figures) >= 2 and len(finding.fields) == 2
    assert find(rule, **good) == ()


@pytest.mark.parametrize("rule", [AGREE, AT_MOST, WITHIN, SNCR, JUMP])
def test_a_rule_is_silent_while_a_quantity_is_unknown(rule):
    assert find(rule, last_year={}, sncr=Practised(Extent.FULL)) == ()


def test_a_jump_against_last_year_is_found_in_both_directions():
    assert len(find(JUMP, last_year={"intake": t(100)}, intake=t(131))) == 1
    assert len(find(JUMP, last_year={"intake": t(100)}, intake=t(69))) == 1
    assert find(JUMP, last_year={"intake": t(100)}, intake=t(130)) == ()
    assert find(JUMP, last_year={"intake": t(0)}, intake=t(130)) == ()
    assert find(JUMP, intake=t(130)) == ()


def test_a_rule_for_another_process_is_silent():
    bad = {"intake": t(100), "used": t(200)}
    kiln = make_condition(process=["kiln"])
    assert find(AGREE, when=kiln, process=Chosen(("mill",)), **bad) == ()
    assert len(find(AGREE, when=kiln, process=Chosen(("kiln",)), **bad)) == 1
