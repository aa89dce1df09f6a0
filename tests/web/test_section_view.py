"""Which sections a plant is led through, and which items have something to explain."""

from itertools import pairwise

from flask import Flask

from portal.core.answers import Answers
from portal.core.scoring import assess
from portal.web.section_view import Panel, about, neighbours
from tests.make import library
from tests.report.sample import golden
from tests.trade import make_practice, make_questionnaire, make_trait

GRINDING = "cement-2"


def panel(answers: Answers) -> Panel:
    return Panel(assessment=assess(library().questionnaire("cement"), answers), gaps=())


def titles(shown: Panel) -> list[str]:
    return [section.id for section in shown.sections]


def test_a_section_without_an_item_for_the_plant_is_left_out_and_passed_over() -> None:
    every, station = panel({}), panel(golden(GRINDING))
    left_out = set(titles(every)) - set(titles(station))
    assert left_out, "the grinding station burns nothing in a kiln"
    sections = station.assessment.questionnaire.sections
    path = [sections[0]]
    while (after := neighbours(station, path[-1])[1]) is not None:
        path.append(after)
    assert [section.id for section in path] == titles(station)
    for before, section in pairwise(path):
        assert neighbours(station, section)[0] == before
    assert neighbours(station, path[0])[0] is None


def test_while_a_trait_is_open_no_section_is_left_out() -> None:
    every = panel({})
    assert titles(every) == [section.id for section in every.assessment.questionnaire.sections]


def test_an_item_without_anything_to_explain_has_no_opener(app: Flask) -> None:
    questionnaire = make_questionnaire(make_trait("bare", ["a", "b"]), make_practice("weighed"))
    with app.test_request_context():
        bare, weighed = (about(library(), questionnaire, item) for item in questionnaire.items.values())
    assert "说明与依据" not in bare and bare.strip() == ""
    assert "说明与依据" in weighed
