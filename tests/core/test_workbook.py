"""The offline workbook, compared three ways: what was exported, what somebody typed, what is stored by now."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from portal.core.answers import MISSING, Answer, Measured, Missing
from portal.core.filing import StoredAnswer
from portal.core.questionnaire import ItemId
from portal.core.workbook import Entry, Filled, Stamp, Standing, WorkbookRefused, check_origin, compare
from tests.make import make_questionnaire

COAL = ItemId("coal")
ONE, TWO, THREE = (Measured(Decimal(number)) for number in (1, 2, 3))


def _stored(answer: Answer) -> StoredAnswer:
    return StoredAnswer(
        answer=answer, revision=7, saved_by="王示例", saved_at=datetime(2026, 11, 22, tzinfo=UTC)
    )


def _filled(base: Answer, typed: Answer) -> Filled:
    known = {} if isinstance(base, Missing) else {COAL: base}
    stamp = Stamp(questionnaire="cement", version="2026-1", assessment="", made_at="", base=known)
    return Filled(stamp=stamp, entries=(Entry(item=COAL, place="第1节!D4", answer=typed),))


@pytest.mark.parametrize(
    ("base", "typed", "now", "is_writable", "standing"),
    [
        (ONE, ONE, TWO, True, None),  # nothing was typed: a colleague's newer answer stays
        (ONE, TWO, TWO, True, None),  # both typed the same
        (ONE, TWO, ONE, True, Standing.CHANGE),
        (MISSING, TWO, None, True, Standing.CHANGE),
        (ONE, MISSING, ONE, True, Standing.CHANGE),  # emptied
        (ONE, TWO, THREE, True, Standing.CONFLICT),
        (MISSING, TWO, THREE, True, Standing.CONFLICT),
        (ONE, TWO, None, True, Standing.CONFLICT),  # cleared meanwhile
        (ONE, TWO, ONE, False, Standing.CLOSED),
    ],
)
def test_a_cell_stands_against_its_base_and_what_is_stored(
    base: Answer, typed: Answer, now: Answer | None, is_writable: bool, standing: Standing | None
) -> None:
    stored = {} if now is None else {COAL: _stored(now)}
    found = compare(_filled(base, typed), stored, {COAL: is_writable})
    assert [one.standing for one in found] == ([standing] if standing else [])
    for one in found:
        assert one.revision == (0 if now is None else 7)
        assert one.base == base


def test_a_workbook_belongs_to_one_questionnaire_one_version_and_one_self_check() -> None:
    asked = make_questionnaire()

    def codes(questionnaire: str, version: str, assessment: str) -> list[str]:
        stamp = Stamp(
            questionnaire=questionnaire, version=version, assessment=assessment, made_at="", base={}
        )
        return [problem.code for problem in check_origin(stamp, asked, "mine")]

    assert codes(asked.id, asked.version, "mine") == []
    assert codes(asked.id, asked.version, "") == []
    assert codes("other", asked.version, "mine") == ["workbook_other_questionnaire"]
    assert codes(asked.id, "1999-1", "mine") == ["workbook_other_version"]
    assert codes(asked.id, asked.version, "theirs") == ["workbook_other_assessment"]


def test_a_refusal_names_every_place() -> None:
    stamp = Stamp(questionnaire="other", version="", assessment="", made_at="", base={})
    error = WorkbookRefused(check_origin(stamp, make_questionnaire(), ""))
    assert str(error) == " workbook_other_questionnaire"
    assert len(error.problems) == 1
