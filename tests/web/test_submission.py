"""The slip of a submission: what, when and every point, for the enterprise and the bureau; the verified score beside."""

import hashlib
import json

import pytest

from portal.actions import assessment, decision, judging, result, review
from portal.actions.judging import Judgement
from portal.actions.work import Door
from portal.core.answers import Practised
from portal.core.questionnaire import Extent
from portal.core.review import Reason, VerdictKind
from portal.core.roles import CITY, Account
from portal.storage import review as stored
from portal.storage.assessment import canonical
from tests.cast import Person, make_reviewer
from tests.make import SNCR, make_answers, make_changes
from tests.web.browser import text_of
from tests.web.conftest import Enter


@pytest.fixture
def assessment_id(door: Door, manager: Person) -> str:
    """The manager's submission."""
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2026)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        assessment.submit(work, manager.account, id)
    return id


def _confirmed(door: Door, district: Account, city: Account, id: str) -> None:
    """Both bureaus have judged; one item is lowered."""

    def revision() -> int:
        with door.reading() as work:
            case = stored.find(work.session, id)
        assert case is not None
        return case.revision

    with door.writing() as work:
        review.take(work, district, id)
        said = Judgement(
            item=SNCR, kind=VerdictKind.LOWERED, counted=Practised(Extent.NONE), reason=Reason.NOT_IN_PLACE
        )
        assert judging.judge(work, district, id, said) == ()
    for who, deed in ((district, decision.forward), (city, decision.confirm)):
        if who is city:
            with door.writing() as work:
                review.take(work, city, id)
        now = revision()
        with door.writing() as work:
            judging.confirm_rest(work, who, id, now)
        now = revision()
        with door.writing() as work:
            assert deed(work, who, id, now, "同意") == ()


def test_a_submission_has_a_slip_with_every_point_and_later_the_verified_score_beside_it(
    door: Door, enter: Enter, manager: Person, stranger: Person, assessment_id: str
) -> None:
    district, city = make_reviewer(door), make_reviewer(door, CITY, "city@example.cn")
    elsewhere = make_reviewer(door, "330182", "elsewhere@example.cn")
    address = f"/assessments/{assessment_id}/submissions"
    plant, bureau = enter(manager), enter(Person(account=district, enterprise=""))
    for browser in (plant, bureau):
        page = text_of(browser.get(f"{address}/1"))
        assert "提交回执" in page and "王示例" in page and "核定得分" not in page
        slip = browser.get(f"{address}/1/receipt.json").get_json()
        checksum = hashlib.sha256(canonical(slip).encode()).hexdigest()
        assert checksum in page
        assert browser.get(f"{address}/1/receipt.json?of=verified").status_code == 404
        for wrong in ("2", "0", "x", "99999"):
            assert browser.get(f"{address}/{wrong}").status_code == 404
    for nobody in (stranger, Person(account=elsewhere, enterprise="")):
        assert enter(nobody).get(f"{address}/1").status_code == 404
        assert enter(nobody).get(f"{address}/1/receipt.json").status_code == 404
    _confirmed(door, district, city, assessment_id)
    for browser in (plant, bureau):
        page = text_of(browser.get(f"{address}/1"))
        assert "核定得分" in page and "未实施" in page and checksum in page
        kept = json.loads(browser.get(f"{address}/1/receipt.json?of=verified").text)
        assert hashlib.sha256(canonical(kept).encode()).hexdigest() in page
        assert kept["points"] != slip["points"]


def test_the_rungs_are_judged_by_what_the_bureau_verified(
    door: Door, enter: Enter, manager: Person, assessment_id: str
) -> None:
    district, city = make_reviewer(door), make_reviewer(door, CITY, "city@example.cn")
    with door.reading() as work:
        found = result.of(work, manager.account, assessment_id)
    assert found.counting is found.assessment
    _confirmed(door, district, city, assessment_id)
    with door.reading() as work:
        found = result.of(work, manager.account, assessment_id)
    declared, verified = found.assessment.points.total, found.counting.points.total
    assert declared is not None and verified is not None and verified < declared
    page = text_of(enter(manager).get(f"/assessments/{assessment_id}/result"))
    assert "核定得分" in page and "自评得分" in page
