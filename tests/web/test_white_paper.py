"""The pages of the white paper: for reviewers, within their jurisdiction."""

import io
from dataclasses import replace

from docx import Document
from flask import Flask

from portal.actions.work import Door
from portal.core.statistics import Facts, sums
from portal.storage import statistics as stored
from tests.cast import Person, make_reviewer
from tests.web.conftest import Enter


def _submissions(door: Door) -> None:
    with door.writing() as work:
        for points in range(3000, 9000, 1000):
            one = Facts(
                year=2026, district="330111", sector="cement", scale="small", points=points,
                verified=None, grade="", verified_grade="", outcomes=(), offers=(),
            )  # fmt: skip
            stored.move(work.session, one, sums(one))


def test_a_district_reviewer_asks_for_the_districts_paper(app: Flask, enter: Enter) -> None:
    door: Door = app.extensions["door"]
    _submissions(door)
    reviewer = make_reviewer(door)
    browser = enter(Person(account=reviewer, enterprise=""))
    page = browser.get("/white-papers?year=2026&district=330111")
    assert "富阳区" in page.text
    assert "全市</option>" not in page.text
    answer = browser.post("/white-papers", {"year": "2026", "district": "330111"})
    assert answer.status_code == 302
    waiting = browser.get(answer.headers["Location"])
    assert "正在生成" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    assert browser.get(answer.headers["Location"] + "/file").status_code == 404
    word = browser.post("/white-papers/word", {"year": "2026", "district": "330111"})
    assert word.status_code == 200
    assert "attachment" in word.headers["Content-Disposition"]
    assert "富阳区绿色工厂自评价白皮书" in Document(io.BytesIO(word.data)).paragraphs[0].text


def test_other_editions_and_other_peoples_papers_are_not_there(
    app: Flask, enter: Enter, manager: Person
) -> None:
    door: Door = app.extensions["door"]
    _submissions(door)
    mine = enter(Person(account=make_reviewer(door), enterprise=""))
    theirs = enter(Person(account=make_reviewer(door, "330182", "other@example.cn"), enterprise=""))
    id = mine.post("/white-papers", {"year": "2026", "district": "330111"}).headers["Location"]
    for path in (id, f"{id}/file", "/white-papers/nothing", "/white-papers/nothing/file"):
        assert theirs.get(path).status_code == 404
    for sent in ({"year": "2026", "district": ""}, {"year": "2026", "district": "330182"}, {"year": "x"}):
        assert mine.post("/white-papers", sent).status_code == 404
        assert mine.post("/white-papers/word", sent).status_code == 404
    assert enter(manager).get("/white-papers").status_code == 403


def test_without_submissions_the_page_says_so(app: Flask, enter: Enter) -> None:
    door: Door = app.extensions["door"]
    browser = enter(Person(account=replace(make_reviewer(door)), enterprise=""))
    assert "还没有企业提交" in browser.get("/white-papers").text
