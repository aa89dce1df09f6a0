"""Reports: asked for once, printed once, seen by nobody else, never lost with a worker."""

import hashlib
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from portal import words
from portal.actions import account, assessment, firm, mandate, report, result, scenario
from portal.actions.work import Door, NotFound
from portal.core.answers import MISSING
from portal.core.campaign import local_day
from portal.core.filing import Change
from portal.core.mandate import Wish
from portal.core.printing import Job, JobKind, JobState
from portal.core.roles import CITY, Account
from portal.storage.tables import AssessmentRow, AuditRow
from tests.cast import Person, make_consultant, make_reviewer
from tests.make import COAL, make_answers, make_changes, make_uscc


@pytest.fixture
def filled(door: Door, manager: Person) -> str:
    door.settings.report_folder.mkdir(parents=True)
    with door.writing() as work:
        id = assessment.start(work, manager.account, manager.enterprise, 2025)
        assessment.keep(work, manager.account, id, make_changes(make_answers()))
        return id


@pytest.fixture
def submitted(door: Door, manager: Person, filled: str) -> str:
    with door.writing() as work:
        assessment.submit(work, manager.account, filled)
    return filled


def _ask(door: Door, who: Person, id: str) -> str:
    with door.writing() as work:
        return report.ask(work, who.account, id)


def _claim(door: Door, worker: str = "here:1") -> Job | None:
    with door.writing() as work:
        return report.claim(work, worker)


def _print(door: Door, job: Job, content: bytes = b"%PDF-1.7 example") -> Path:
    path = door.settings.report_folder / ".draft.pdf"
    path.write_bytes(content)
    with door.writing() as work:
        assert report.finish(work, job, path)
    return path


def test_a_report_goes_from_queue_to_file(door: Door, manager: Person, submitted: str) -> None:
    id = _ask(door, manager, submitted)
    with door.reading() as work:
        assert report.state(work, manager.account, id).state is JobState.QUEUED
        assert report.has_queued(work)
        with pytest.raises(NotFound):
            report.fetch(work, manager.account, id)
    job = _claim(door)
    assert job is not None
    assert (job.id, job.assessment_id, job.attempt) == (id, submitted, 1)
    with door.writing() as work:
        assert report.note_progress(work, job, 40, "排版第 8 页")
        shown = report.state(work, manager.account, id)
        assert (shown.state, shown.progress, shown.step) == (JobState.RUNNING, 40, "排版第 8 页")
        assert report.workers(work) == ("here:1",)
    draft = _print(door, job)
    assert not draft.exists()
    with door.reading() as work:
        path, name = report.fetch(work, manager.account, id)
        number = assessment.open_(work, manager.account, submitted).number
        digest = work.session.scalar(text("SELECT sha256 FROM report_job"))
    assert _newest(door, submitted, manager.account) == [id]
    assert path.read_bytes() == b"%PDF-1.7 example"
    assert digest == hashlib.sha256(b"%PDF-1.7 example").hexdigest()
    assert name == f"2025_示例水泥有限公司_自评价改进报告_{number}.pdf"


def test_the_same_report_is_printed_once(
    door: Door, manager: Person, colleague: Person, submitted: str
) -> None:
    id = _ask(door, manager, submitted)
    assert _ask(door, colleague, submitted) == id
    job = _claim(door)
    assert job is not None
    _print(door, job)
    assert _ask(door, manager, submitted) == id
    with door.reading() as work:
        assert report.state(work, manager.account, id).state is JobState.DONE


def test_a_changed_answer_is_another_report(door: Door, manager: Person, filled: str) -> None:
    first = _ask(door, manager, filled)
    with door.writing() as work:
        assessment.keep(work, manager.account, filled, [Change(COAL, MISSING, None)])
    assert _ask(door, manager, filled) != first


def test_other_templates_are_another_report(
    door: Door, manager: Person, submitted: str, tmp_path: Path
) -> None:
    with door.reading() as work:
        shown = result.of(work, manager.account, submitted)
        key = report.content_key(work, shown)
        assert report.content_key(work, shown) == key
        (tmp_path / "report").mkdir()
        (tmp_path / "report" / "page.html").write_text("new")
        other = replace(work, settings=replace(work.settings, template_folder=tmp_path))
        assert report.content_key(other, shown) != key


def test_a_draft_is_printed_anew_the_next_day_a_submission_is_not(
    door: Door, manager: Person, filled: str
) -> None:
    with door.writing() as work:
        tomorrow = replace(work, now=work.now + timedelta(days=1))
        shown = result.of(work, manager.account, filled)
        assert report.content_key(work, shown) != report.content_key(tomorrow, shown)
        assessment.submit(work, manager.account, filled)
        shown = result.of(work, manager.account, filled)
        assert report.content_key(work, shown) == report.content_key(tomorrow, shown)
        assert report.compose(work, shown) == report.compose(tomorrow, shown)


def test_a_lost_file_and_a_failure_are_printed_again(door: Door, manager: Person, submitted: str) -> None:
    id = _ask(door, manager, submitted)
    job = _claim(door)
    assert job is not None
    with door.writing() as work:
        assert report.fail(work, job, "缺少字形：𠮷")
        shown = report.state(work, manager.account, id)
    assert (shown.state, shown.error) == (JobState.FAILED, "缺少字形：𠮷")
    assert _ask(door, manager, submitted) == id
    job = _claim(door)
    assert job is not None
    _print(door, job)
    with door.reading() as work:
        path, _ = report.fetch(work, manager.account, id)
    path.unlink()
    with pytest.raises(NotFound), door.reading() as work:
        report.fetch(work, manager.account, id)
    assert _ask(door, manager, submitted) == id
    with door.reading() as work:
        assert report.state(work, manager.account, id).state is JobState.QUEUED
    assert _told(door) == ["report.ask"] * 3


def _told(door: Door) -> list[str]:
    """What the trail says of reports that were asked for."""
    with door.reading() as work:
        asked = select(AuditRow.deed).where(AuditRow.deed == "report.ask")
        return list(work.session.scalars(asked))


def test_a_colleague_who_takes_a_waiting_report_over_is_in_the_trail_once(
    door: Door, manager: Person, colleague: Person, submitted: str
) -> None:
    _ask(door, manager, submitted)
    for _ in range(3):
        _ask(door, colleague, submitted)
    assert _told(door) == ["report.ask"] * 2


def test_two_workers_never_get_the_same_report(door: Door, manager: Person, filled: str) -> None:
    _ask(door, manager, filled)
    claimed: list[Job | None] = []
    threads = [
        threading.Thread(target=lambda name=name: claimed.append(_claim(door, name)))
        for name in ("a:1", "b:2", "c:3", "d:4")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([job for job in claimed if job is not None]) == 1


def test_a_report_whose_worker_died_is_put_back_and_the_dead_cannot_write(
    door: Door, manager: Person, filled: str
) -> None:
    id = _ask(door, manager, filled)
    first = _claim(door)
    assert first is not None
    with door.writing() as work:
        assert report.put_back_abandoned(work) == (0, 0)  # its lease still runs
        late = replace(work, now=first.lease_until + timedelta(seconds=1))
        assert report.put_back_abandoned(late) == (1, 0)
    second = _claim(door, "there:2")
    assert second is not None
    assert (second.id, second.attempt) == (id, 2)
    with door.writing() as work:
        assert not report.note_progress(work, first, 50, "")
        assert not report.fail(work, first, "")
        assert not report.put_back(work, first)
        assert not report.finish(work, first, Path(__file__))
        assert report.put_back(work, second)


def test_a_worker_known_to_be_dead_loses_its_report_at_once(door: Door, manager: Person, filled: str) -> None:
    _ask(door, manager, filled)
    _claim(door, "here:1")
    with door.writing() as work:
        assert report.put_back_abandoned(work, ["elsewhere:1"]) == (0, 0)
        assert report.put_back_abandoned(work, ["here:1"]) == (1, 0)


def test_a_report_that_kills_its_workers_fails_in_the_end(door: Door, manager: Person, filled: str) -> None:
    id = _ask(door, manager, filled)
    for attempt in range(1, report.MOST_ATTEMPTS + 1):
        assert _claim(door) is not None
        with door.writing() as work:
            expected = (1, 0) if attempt < report.MOST_ATTEMPTS else (0, 1)
            assert report.put_back_abandoned(work, ["here:1"]) == expected
    with door.reading() as work:
        shown = report.state(work, manager.account, id)
    assert shown.state is JobState.FAILED
    assert words.report_error(shown.error) != shown.error


def test_a_stranger_sees_no_report(door: Door, manager: Person, stranger: Person, submitted: str) -> None:
    id = _ask(door, manager, submitted)
    job = _claim(door)
    assert job is not None
    _print(door, job)
    with door.writing() as work:
        for call in (report.state, report.fetch):
            with pytest.raises(NotFound):
                call(work, stranger.account, id)
        with pytest.raises(NotFound):
            report.ask(work, stranger.account, submitted)
    assert _newest(door, submitted, stranger.account) == [None]


# ── The public check ─────────────────────────────────────────────────────────


def test_anybody_may_check_a_number_and_learns_no_more_than_that(
    door: Door, manager: Person, submitted: str
) -> None:
    with door.reading() as work:
        shown = result.of(work, manager.account, submitted)
        number = shown.open.number
        found = report.check(work, f" {number.lower()} ")
    assert found is not None
    assert (found.number, found.enterprise_name, found.year) == (number, "示例水泥有限公司", 2025)
    assert found.is_valid
    assert found.sha256 == shown.checksum
    assert set(found.__slots__) == {
        "number", "enterprise_name", "year", "submitted_at", "points", "grade", "is_provisional", "is_valid", "sha256",
        "round", "verified", "confirmed_at", "is_objected", "revoked",
    }  # fmt: skip


def test_a_tampered_record_is_not_valid(door: Door, manager: Person, submitted: str) -> None:
    with door.writing() as work:
        number = assessment.open_(work, manager.account, submitted).number
        work.session.execute(text("UPDATE assessment SET receipt = replace(receipt, 'clean', 'green')"))
        work.session.expire_all()
        found = report.check(work, number)
    assert found is not None
    assert not found.is_valid


@pytest.mark.parametrize("number", ["", "HZ2025-00000000", "a\0b", "x" * 500, "' OR 1=1 --"])
def test_an_unknown_number_finds_nothing(door: Door, manager: Person, filled: str, number: str) -> None:
    with door.reading() as work:
        assert report.check(work, number) is None


# ── What a bureau may have of it ─────────────────────────────────────────────


def _planned(door: Door, who: Person, id: str) -> str:
    """Choose a plan; its title."""
    with door.writing() as work:
        kept, problems = scenario.create(work, who.account, id, "示例方案", ["precise_sncr"], {})
        assert kept is not None, problems
        scenario.choose(work, who.account, id, kept)
    return "示例方案"


def _fetches(door: Door, who: Account, id: str) -> bool:
    with door.reading() as work:
        try:
            report.fetch(work, who, id)
        except NotFound:
            return False
    return True


def test_the_bureau_has_the_report_of_what_was_submitted(door: Door, manager: Person, submitted: str) -> None:
    id = _ask(door, manager, submitted)
    job = _claim(door)
    assert job is not None
    _print(door, job)
    here, there = make_reviewer(door), make_reviewer(door, "330110", "there@example.cn")
    assert (_fetches(door, here, id), _fetches(door, there, id)) == (True, False)


def test_the_bureau_has_no_report_with_the_plan_of_the_enterprise(
    door: Door, manager: Person, submitted: str
) -> None:
    title = _planned(door, manager, submitted)
    id = _ask(door, manager, submitted)
    job = _claim(door)
    assert job is not None
    with door.reading() as work:
        assert title in repr(report.compose_job(work, job))
    _print(door, job)
    city = make_reviewer(door, CITY)
    assert (_fetches(door, manager.account, id), _fetches(door, city, id)) == (True, False)
    with door.reading() as work:
        found = report.state(work, city, id)
        assert not report.may_read(city, found)
        assert report.may_revoke(city, found)  # it can still be called back


def _newest(door: Door, id: str, *people: Account) -> list[str | None]:
    """What each of them is led to."""
    with door.reading() as work:
        open_ = result.for_printing(work, id).open
        found = [report.newest(work, who, open_, JobKind.REPORT).get(JobKind.REPORT) for who in people]
    return [one.id if one is not None else None for one in found]


def _ask_and_print(door: Door, who: Account, id: str) -> str:
    with door.writing() as work:
        asked = report.ask(work, who, id)
    job = _claim(door)
    assert job is not None and job.id == asked
    _print(door, job)
    return asked


def test_the_newest_report_is_the_newest_that_one_may_fetch(
    door: Door, manager: Person, submitted: str
) -> None:
    people = (manager.account, make_reviewer(door), make_reviewer(door, "330110", "there@example.cn"))
    assert _newest(door, submitted, *people) == [None, None, None]
    plain = _ask_and_print(door, manager.account, submitted)
    assert _newest(door, submitted, *people) == [plain, plain, None]
    _planned(door, manager, submitted)
    planned = _ask_and_print(door, manager.account, submitted)
    assert _newest(door, submitted, *people) == [planned, plain, None]
    with door.writing() as work:
        assert report.revoke(work, manager.account, plain, "内容有误") == ()
    assert _newest(door, submitted, *people) == [planned, None, None]


def test_a_bureau_that_asks_gets_the_submission_without_the_plan(
    door: Door, manager: Person, submitted: str
) -> None:
    bureau = make_reviewer(door)
    plain = _ask(door, manager, submitted)
    title = _planned(door, manager, submitted)
    with door.writing() as work:
        assert report.ask(work, bureau, submitted) == plain
    job = _claim(door)
    assert job is not None
    with door.reading() as work:
        assert title not in repr(report.compose_job(work, job))
    _print(door, job)
    assert _fetches(door, bureau, plain)


def test_a_report_of_an_earlier_round_is_not_that_of_the_submission_on_show(
    door: Door, manager: Person, submitted: str
) -> None:
    bureau = make_reviewer(door)
    first = _ask_and_print(door, bureau, submitted)
    assert _newest(door, submitted, bureau) == [first]
    with door.writing() as work:  # the next round, with the same answers
        work.session.execute(
            update(AssessmentRow).where(AssessmentRow.id == submitted).values(submitted_at=work.now)
        )
    assert _newest(door, submitted, bureau) == [None]
    second = _ask_and_print(door, bureau, submitted)
    assert second != first and _newest(door, submitted, bureau) == [second]


def test_the_report_of_a_draft_stays_no_bureaus_once_it_is_submitted(
    door: Door, manager: Person, filled: str
) -> None:
    bureau = make_reviewer(door)
    draft = _ask_and_print(door, manager.account, filled)
    with door.writing() as work:
        assessment.submit(work, manager.account, filled)
    assert _newest(door, filled, bureau) == [None] and not _fetches(door, bureau, draft)
    with door.reading() as work, pytest.raises(NotFound):
        report.state(work, bureau, draft)
    submitted = _ask_and_print(door, bureau, filled)
    assert submitted != draft and _newest(door, filled, bureau) == [submitted]


def test_a_plan_chosen_while_the_report_waits_stays_out_of_it(
    door: Door, manager: Person, submitted: str
) -> None:
    waiting = _ask(door, manager, submitted)
    title = _planned(door, manager, submitted)
    job = _claim(door)
    assert job is not None and job.id == waiting
    with door.reading() as work:
        assert title not in repr(report.compose_job(work, job))
    assert _ask(door, manager, submitted) != waiting


def test_the_bureau_learns_of_no_report_of_a_draft(door: Door, manager: Person, filled: str) -> None:
    id = _ask(door, manager, filled)
    with door.writing() as work:
        assessment.submit(work, manager.account, filled)
    with door.reading() as work, pytest.raises(NotFound):
        report.state(work, make_reviewer(door), id)


def test_the_bureau_has_no_report_under_the_cover_of_a_firm(
    door: Door, manager: Person, submitted: str
) -> None:
    consultant = make_consultant(door)
    with door.writing() as work:
        fields = {"name": "示例咨询有限公司", "uscc": make_uscc()}
        assert firm.keep(work, consultant.account, fields) == ()
        today = local_day(work.now).isoformat()
        wish = Wish(holder=consultant.mail, scopes=("read", "print"), starts_on=today, ends_on=today)
        made, problems = mandate.grant(work, manager.account, manager.enterprise, wish)
        assert made is not None, problems
    with door.reading() as work:
        acting = account.mandated(work, consultant.account)
    with door.writing() as work:
        id = report.ask(work, acting, submitted)
    job = _claim(door)
    assert job is not None
    _print(door, job)
    assert (_fetches(door, acting, id), _fetches(door, make_reviewer(door), id)) == (True, False)


def test_what_a_killed_worker_left_goes_a_day_later(door: Door, manager: Person) -> None:
    folder = door.settings.report_folder
    (folder / ".evidence-x").mkdir(parents=True)
    (folder / ".evidence-x" / "file").write_bytes(b"1")
    (folder / ".draft.pdf").write_bytes(b"1")
    (folder / "printed.pdf").write_bytes(b"1")
    with door.reading() as work:
        assert report.sweep(work) == 0
        assert report.sweep(replace(work, now=work.now + timedelta(hours=25))) == 2
    assert [path.name for path in folder.iterdir()] == ["printed.pdf"]
