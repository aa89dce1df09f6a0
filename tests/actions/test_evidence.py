"""The library of evidence: files come in whole or not at all, and are seen by those who may see them."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import obstore
import pytest
from obstore.exceptions import GenericError
from sqlalchemy import func, select, update

from portal import words
from portal.actions import assessment, correction, data_check, evidence, review, submission
from portal.actions.evidence import Added, FileGone, NotOpen, Upload
from portal.actions.work import Door, NotFound, Work
from portal.core.evidence import Evidence, EvidenceKind, Order, Particulars, Shelf, Wanted
from portal.core.questionnaire import ItemId
from portal.core.review import Party, ReviewState, VerdictKind
from portal.core.roles import CITY, Account
from portal.core.scoring import assess
from portal.storage.files import open_store
from portal.storage.tables import AuditRow, EvidenceRow, ReviewRow, VerdictRow
from tests import papers
from tests.bucket import open_bucket
from tests.cast import Person, make_reviewer
from tests.make import HEAT, KILN, PERMIT, SNCR, make_answers, make_changes

YEAR = 2025
PLAIN = Particulars(title="", kind="")
Keep = Callable[..., Evidence]


def bring(door: Door, who: Person, *uploads: Upload, typed: Particulars = PLAIN) -> tuple[Added, ...]:
    with door.reading() as work:
        arrivals = evidence.receive(work, who.account, who.enterprise, uploads)
    with door.writing() as work:
        return evidence.add(work, who.account, who.enterprise, arrivals, typed)


def keep(door: Door, who: Person, title: str, **typed: str) -> Evidence:
    """A file of its own content, taken in."""
    upload = Upload(name=f"{title}.docx", content=papers.make_office(text=title))
    (added,) = bring(door, who, upload, typed=Particulars(title=title, kind=typed.pop("kind", ""), **typed))
    assert added.evidence is not None, added.problem
    return added.evidence


def stored_files(door: Door) -> list[str]:
    return sorted(one.path for one in open_store(door.settings).everything())


def rows(door: Door) -> int:
    with door.reading() as work:
        return work.session.scalar(select(func.count()).select_from(EvidenceRow)) or 0


@pytest.fixture
def draft(door: Door, manager: Person) -> str:
    with door.writing() as work:
        return assessment.start(work, manager.account, manager.enterprise, YEAR)


def attach(door: Door, who: Person, id: str, item: ItemId, *files: Evidence) -> None:
    with door.writing() as work:
        assert not evidence.attach(work, who.account, id, item, [one.id for one in files])


def detach(door: Door, who: Person, id: str, item: ItemId, one: Evidence) -> None:
    with door.writing() as work:
        evidence.detach(work, who.account, id, item, one.id)


def submit(door: Door, who: Person, id: str) -> None:
    with door.writing() as work:
        assessment.keep(work, who.account, id, make_changes(make_answers(), revision=None))
    with door.writing() as work:
        assessment.submit(work, who.account, id)


def judge(door: Door, id: str, by: Account, state: ReviewState, item: ItemId, kind: VerdictKind) -> None:
    """What the bureau says, straight into its rows: how it comes there is another test's matter."""
    with door.writing() as work:
        work.session.execute(
            update(ReviewRow)
            .where(ReviewRow.assessment_id == id)
            .values(state=state, due_at=work.now + timedelta(days=5))
        )
        work.session.add(
            VerdictRow(
                assessment_id=id,
                item=item,
                round=1,
                party=Party.DISTRICT,
                kind=kind,
                counted=None,
                reason=None,
                comment="请补",
                made_by=by.id,
                made_at=work.now,
                issued_at=work.now,
            )
        )


def titles(door: Door, who: Account, id: str) -> dict[ItemId, list[str]]:
    with door.reading() as work:
        found = evidence.of_assessment(work, who, id)
    return {item: [one.title for one in some] for item, some in found.items()}


# ── Taking in ────────────────────────────────────────────────────────────────


def test_a_file_is_taken_in_with_its_label_and_can_be_fetched_again(door: Door, manager: Person) -> None:
    given = papers.make_pdf(2)
    (added,) = bring(
        door,
        manager,
        Upload(name="废气 检测报告.pdf", content=given),
        typed=Particulars(
            title="废气检测", kind="test_report", issued_on="2025-05-01", valid_until="2026-04-30"
        ),
    )
    one = added.evidence
    assert one is not None and not added.is_known
    assert (one.title, one.kind, one.pages, one.size) == ("废气检测", EvidenceKind.TEST_REPORT, 2, len(given))
    assert (one.issued_on, one.valid_until) == (date(2025, 5, 1), date(2026, 4, 30))
    assert (one.original_name, one.uploaded_by) == ("废气 检测报告.pdf", "王示例")
    with door.reading() as work:
        assert evidence.file_of(work, manager.account, one.id) == (one, given)
        assert evidence.thumbnail_of(work, manager.account, one.id).startswith(b"\xff\xd8")
        drawn = evidence.page_of(work, manager.account, one.id, 2)
        assert drawn.startswith(b"\xff\xd8") and evidence.page_of(work, manager.account, one.id, 2) == drawn
        with pytest.raises(NotFound):
            evidence.page_of(work, manager.account, one.id, 3)


def test_what_a_bucket_was_said_to_have_is_there_and_what_it_has_not_is_said(
    door: Door, manager: Person
) -> None:
    mended = ["lost", None, 503, None, "cut", None]  # each is tried again, and goes well
    faults = [*mended, 500, 500, 500, *mended, "cut", "cut", "cut", 403]
    with open_bucket() as bucket, door.writing() as work:
        work = replace(work, settings=replace(work.settings, **bucket.settings))
        bucket.faults[:] = faults
        files = [Upload(name=f"{n}.docx", content=papers.make_office(text=f"第 {n} 份")) for n in range(12)]
        arrivals = evidence.receive(work, manager.account, manager.enterprise, files)
        assert not bucket.faults
        told = [words.problem(one.problem) for one in arrivals if one.problem is not None]
        assert told == ["暂时连不上文件存储，文件没有保存。请稍后再传一次"] * 3
        added = evidence.add(
            work, manager.account, manager.enterprise, arrivals, Particulars(title="", kind="")
        )
        kept = [one.evidence.id for one in added if one.evidence is not None]
        assert len(kept) == 9
        for id in kept:
            file, content = evidence.file_of(work, manager.account, id)
            assert hashlib.sha256(content).hexdigest() == file.sha256


def test_without_a_label_a_file_is_called_by_its_name_and_told_by_its_content(
    door: Door, manager: Person
) -> None:
    added = bring(
        door,
        manager,
        Upload(name="DSC_1.jpg", content=papers.make_photo()),
        Upload(name="台账 2025.xlsx", content=papers.make_office(papers.SHEET)),
        Upload(name="制度.docx", content=papers.make_office()),
        typed=Particulars(title="不用于多个文件", kind=""),
    )
    found = [(one.evidence.title, one.evidence.kind) for one in added if one.evidence]
    assert found == [
        ("DSC_1", EvidenceKind.PHOTO),
        ("台账 2025", EvidenceKind.LEDGER),
        ("制度", EvidenceKind.OTHER),
    ]


def test_the_same_content_twice_is_one_file_and_says_so(door: Door, manager: Person) -> None:
    photo = papers.make_photo()
    (first,) = bring(door, manager, Upload(name="甲.jpg", content=photo))
    lying = stored_files(door)
    (again,) = bring(door, manager, Upload(name="乙.jpg", content=photo))
    assert again.is_known and again.evidence == first.evidence
    assert rows(door) == 1 and stored_files(door) == lying


def test_the_same_content_twice_in_one_request_is_one_file(door: Door, manager: Person) -> None:
    upload = Upload(name="制度.docx", content=papers.make_office())
    first, again = bring(door, manager, upload, upload)
    assert first.evidence == again.evidence and again.is_known and rows(door) == 1


def test_the_same_content_in_two_enterprises_is_two_files(
    door: Door, manager: Person, stranger: Person
) -> None:
    upload = Upload(name="制度.docx", content=papers.make_office())
    (mine,), (theirs,) = bring(door, manager, upload), bring(door, stranger, upload)
    assert not theirs.is_known and mine.evidence != theirs.evidence


def test_chinese_names_that_end_alike_do_not_collide(door: Door, manager: Person) -> None:
    names = ("检测报告.docx", "台账.docx", "检测报告.docx")
    added = bring(
        door,
        manager,
        *(Upload(name=name, content=papers.make_office(text=str(n))) for n, name in enumerate(names)),
    )
    assert [one.evidence.original_name for one in added if one.evidence] == list(names)
    assert rows(door) == 3


def test_of_several_files_only_the_bad_ones_are_refused(door: Door, manager: Person) -> None:
    added = bring(
        door,
        manager,
        Upload(name="IMG_1.HEIC", content=papers.make_heic()),
        Upload(name="制度.docx", content=papers.make_office()),
    )
    assert [one.problem.code if one.problem else "" for one in added] == ["file_heic", ""]
    assert rows(door) == 1


def test_a_label_that_is_wrong_takes_nothing_in(door: Door, manager: Person) -> None:
    upload = Upload(name="制度.docx", content=papers.make_office())
    (added,) = bring(door, manager, upload, typed=Particulars(title="", kind="", issued_on="昨天"))
    assert added.problem is not None and added.problem.code == "day_form" and rows(door) == 0


def test_more_files_than_fit_into_one_request_are_named(
    door: Door, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_AT_ONCE", 1)
    upload = Upload(name="制度.docx", content=papers.make_office())
    added = bring(door, manager, upload, replace(upload, name="多余.docx"))
    assert [one.problem.code if one.problem else "" for one in added] == ["", "too_many_files"]


def test_the_quota_of_an_enterprise_is_kept(
    door: Door, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(door, settings=replace(door.settings, evidence_mebibytes=0))
    (added,) = bring(small, manager, Upload(name="制度.docx", content=papers.make_office()))
    assert added.problem is not None and added.problem.code == "quota_reached"
    assert rows(door) == 0 and stored_files(door) == []


def test_nobody_takes_files_into_a_strangers_library(door: Door, manager: Person, stranger: Person) -> None:
    upload = Upload(name="制度.docx", content=papers.make_office())
    with door.reading() as work, pytest.raises(NotFound):
        evidence.receive(work, stranger.account, manager.enterprise, [upload])
    with door.writing() as work, pytest.raises(NotFound):
        evidence.add(work, stranger.account, manager.enterprise, (), PLAIN)
    assert stored_files(door) == []


# ── When storing fails ───────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("No space left on device (os error 28)", "store_full"),
        ("connection refused", "store_unreachable"),
    ],
)
def test_a_store_that_fails_leaves_no_row(
    door: Door, manager: Person, monkeypatch: pytest.MonkeyPatch, reason: str, code: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise GenericError(reason)

    monkeypatch.setattr(obstore, "put", refuse)
    (added,) = bring(door, manager, Upload(name="制度.docx", content=papers.make_office()))
    assert added.problem is not None and added.problem.code == code and rows(door) == 0


def test_a_row_whose_file_is_gone_says_so(door: Door, manager: Person) -> None:
    one = keep(door, manager, "制度")
    open_store(door.settings).remove(stored_files(door))
    with door.reading() as work, pytest.raises(FileGone):
        evidence.file_of(work, manager.account, one.id)


def test_what_has_no_row_is_swept_after_a_day_and_not_before(door: Door, manager: Person) -> None:
    keep(door, manager, "制度")
    mine = stored_files(door)
    open_store(door.settings).put("orphan/content", b"example")
    with door.reading() as work:
        assert evidence.sweep(work) == 0
        assert evidence.sweep(replace(work, now=work.now + timedelta(hours=25))) == 1
    assert stored_files(door) == mine


# ── The library ──────────────────────────────────────────────────────────────


def look(door: Door, who: Person, **wanted: object) -> list[str]:
    with door.reading() as work:
        found = evidence.library(work, who.account, who.enterprise, Wanted(**wanted))  # type: ignore[arg-type]
    return [one.title for one in found.found]


def test_the_library_is_searched_filtered_and_sorted(door: Door, manager: Person, draft: str) -> None:
    used = keep(door, manager, "排污许可证", kind="licence", valid_until="2020-01-01")
    keep(door, manager, "100% Report_A", valid_until="2099-01-01")
    keep(door, manager, "report-B")
    attach(door, manager, draft, PERMIT, used)
    assert look(door, manager, text="report") == ["report-B", "100% Report_A"]
    assert look(door, manager, text="% report_") == ["100% Report_A"]
    assert look(door, manager, text="许可") == ["排污许可证"]
    assert look(door, manager, kind=EvidenceKind.LICENCE) == ["排污许可证"]
    assert look(door, manager, shelf=Shelf.EXPIRED) == ["排污许可证"]
    assert look(door, manager, shelf=Shelf.UNUSED) == ["report-B", "100% Report_A"]
    assert look(door, manager, order=Order.VALID) == ["排污许可证", "100% Report_A", "report-B"]
    assert len(look(door, manager, order=Order.TITLE)) == len(look(door, manager, order=Order.LARGEST)) == 3


def test_the_library_has_pages(door: Door, manager: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence.stored, "PAGE", 2)
    for title in ("甲", "乙", "丙"):
        keep(door, manager, title)
    with door.reading() as work:
        last = evidence.library(work, manager.account, manager.enterprise, Wanted(page=99))
    assert (last.total, last.page, last.pages, len(last.found)) == (3, 2, 2, 1)
    assert 0 < last.used < last.quota


def test_a_stranger_finds_no_library_and_no_file(door: Door, manager: Person, stranger: Person) -> None:
    one = keep(door, manager, "制度")
    tries: tuple[Callable[[Work], object], ...] = (
        lambda work: evidence.library(work, stranger.account, manager.enterprise, Wanted()),
        lambda work: evidence.get(work, stranger.account, one.id),
        lambda work: evidence.file_of(work, stranger.account, one.id),
        lambda work: evidence.thumbnail_of(work, stranger.account, one.id),
        lambda work: evidence.page_of(work, stranger.account, one.id, 1),
        lambda work: evidence.uses_of(work, stranger.account, one.id),
        lambda work: evidence.get(work, manager.account, "missing"),
    )
    with door.reading() as work:
        for attempt in tries:
            with pytest.raises(NotFound):
                attempt(work)
    for change in (
        lambda work: evidence.remove(work, stranger.account, one.id),
        lambda work: evidence.relabel(work, stranger.account, one.id, PLAIN),
    ):
        with door.writing() as work, pytest.raises(NotFound):
            change(work)


def test_a_label_can_be_changed_later(door: Door, manager: Person) -> None:
    one = keep(door, manager, "制度")
    with door.writing() as work:
        assert evidence.relabel(work, manager.account, one.id, Particulars(title="", kind="rules"))
        typed = Particulars(title="能源管理制度", kind="rules", issued_on="2024-01-01")
        assert not evidence.relabel(work, manager.account, one.id, typed)
        changed = evidence.get(work, manager.account, one.id)
    assert (changed.title, changed.kind) == ("能源管理制度", EvidenceKind.RULES)


def test_a_removed_file_leaves_the_library_and_comes_back_when_uploaded_again(
    door: Door, manager: Person, draft: str
) -> None:
    one = keep(door, manager, "制度")
    attach(door, manager, draft, PERMIT, one)
    with door.writing() as work:
        evidence.remove(work, manager.account, one.id)
    assert look(door, manager) == [] and titles(door, manager.account, draft) == {}
    with door.writing() as work, pytest.raises(NotFound):
        evidence.attach(work, manager.account, draft, PERMIT, [one.id])
    again = keep(door, manager, "制度")
    assert again.id == one.id and not again.is_removed and look(door, manager) == ["制度"]


def test_every_change_is_written_into_the_trail(door: Door, manager: Person, draft: str) -> None:
    one = keep(door, manager, "制度")
    attach(door, manager, draft, PERMIT, one)
    detach(door, manager, draft, PERMIT, one)
    with door.writing() as work:
        evidence.relabel(work, manager.account, one.id, Particulars(title="新", kind="rules"))
        evidence.remove(work, manager.account, one.id)
    keep(door, manager, "制度")
    with door.reading() as work:
        deeds = list(work.session.scalars(select(AuditRow.deed).order_by(AuditRow.number)))
    assert [deed for deed in deeds if deed.startswith("evidence.")] == [
        "evidence.add",
        "evidence.link",
        "evidence.unlink",
        "evidence.change",
        "evidence.remove",
        "evidence.restore",
    ]


# ── Beside the items ─────────────────────────────────────────────────────────


def test_one_file_supports_several_items_and_an_item_has_several_files(
    door: Door, manager: Person, draft: str
) -> None:
    one, other = keep(door, manager, "甲"), keep(door, manager, "乙")
    attach(door, manager, draft, PERMIT, one, other)
    attach(door, manager, draft, HEAT, one)
    attach(door, manager, draft, HEAT, one)
    assert titles(door, manager.account, draft) == {PERMIT: ["甲", "乙"], HEAT: ["甲"]}
    with door.reading() as work:
        uses = evidence.uses_of(work, manager.account, one.id)
    assert [(use.year, use.item) for use in uses] == [(YEAR, HEAT), (YEAR, PERMIT)]
    detach(door, manager, draft, PERMIT, one)
    assert titles(door, manager.account, draft) == {PERMIT: ["乙"], HEAT: ["甲"]}


def test_a_strangers_file_cannot_be_attached(
    door: Door, manager: Person, stranger: Person, draft: str
) -> None:
    theirs = keep(door, stranger, "外厂")
    with door.writing() as work, pytest.raises(NotFound):
        evidence.attach(work, manager.account, draft, PERMIT, [theirs.id])
    mine = keep(door, manager, "本厂")
    with door.writing() as work, pytest.raises(NotFound):
        evidence.attach(work, stranger.account, draft, PERMIT, [mine.id])
    assert titles(door, manager.account, draft) == {}


def test_a_file_of_ones_other_enterprise_cannot_be_attached(
    door: Door, manager: Person, stranger: Person, draft: str
) -> None:
    """Somebody who acts for both may not mix them."""
    from portal.storage import enterprise as stored_enterprise

    theirs = keep(door, stranger, "外厂")
    with door.writing() as work:
        stored_enterprise.add_member(work.session, manager.account.id, stranger.enterprise, work.now)
    with door.writing() as work, pytest.raises(NotFound):
        evidence.attach(work, manager.account, draft, PERMIT, [theirs.id])


@pytest.mark.parametrize("item", [KILN, ItemId("missing")])
def test_files_stand_only_beside_items_that_take_them(
    door: Door, manager: Person, draft: str, item: ItemId
) -> None:
    one = keep(door, manager, "甲")
    with door.writing() as work, pytest.raises(NotFound):
        evidence.attach(work, manager.account, draft, item, [one.id])


def test_an_item_takes_so_many_files(
    door: Door, manager: Person, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST_PER_ITEM", 1)
    one, other = keep(door, manager, "甲"), keep(door, manager, "乙")
    with door.writing() as work:
        problems = evidence.attach(work, manager.account, draft, PERMIT, [one.id, other.id])
    assert [problem.code for problem in problems] == ["too_many_links"]
    assert titles(door, manager.account, draft) == {}


def test_evidence_of_another_year_is_a_finding_that_can_be_explained(
    door: Door, manager: Person, draft: str
) -> None:
    old = keep(door, manager, "旧报告", kind="test_report", issued_on="2020-05-01")
    attach(door, manager, draft, PERMIT, old)

    def found(work: Work) -> tuple[data_check.Checked, ...]:
        one = assessment.open_(work, manager.account, draft)
        scored = assess(one.questionnaire, one.given, one.year)
        return data_check.of(work, one, scored, evidence.as_submitted(work, one))

    with door.writing() as work:
        (finding,) = found(work)
        assert finding.finding.fields == (PERMIT,) and finding.explanation is None
        rule = finding.finding.check.id
        assert not data_check.explain(work, manager.account, draft, rule, "当年未检测")
        (explained,) = found(work)
    assert explained.explanation is not None and explained.explanation.text == "当年未检测"


# ── After submission ─────────────────────────────────────────────────────────


def test_what_was_submitted_keeps_its_files(door: Door, manager: Person, draft: str) -> None:
    one = keep(door, manager, "甲")
    attach(door, manager, draft, PERMIT, one)
    submit(door, manager, draft)
    for change in (
        lambda work: evidence.attach(work, manager.account, draft, HEAT, [one.id]),
        lambda work: evidence.detach(work, manager.account, draft, PERMIT, one.id),
    ):
        with door.writing() as work, pytest.raises(NotOpen):
            change(work)
    with door.writing() as work:
        evidence.remove(work, manager.account, one.id)
    assert titles(door, manager.account, draft) == {PERMIT: ["甲"]}
    with door.reading() as work:
        kept = evidence.get(work, manager.account, one.id)
        assert kept.is_removed and evidence.file_of(work, manager.account, one.id)[1]


def test_a_bureau_sees_the_files_of_what_was_submitted_in_its_district_and_no_others(
    door: Door, manager: Person, draft: str
) -> None:
    shown, other = keep(door, manager, "已附"), keep(door, manager, "未附")
    attach(door, manager, draft, PERMIT, shown)
    district = make_reviewer(door)
    elsewhere = make_reviewer(door, "330109", "elsewhere@example.cn")
    city = make_reviewer(door, CITY, "city@example.cn")

    def sees(who: Account, one: Evidence) -> bool:
        with door.reading() as work:
            try:
                evidence.file_of(work, who, one.id)
            except NotFound:
                return False
            return True

    assert not sees(district, shown)  # a draft is nobody's business
    submit(door, manager, draft)
    assert [sees(who, shown) for who in (district, city, elsewhere)] == [True, True, False]
    assert not sees(district, other)
    assert titles(door, district, draft) == {PERMIT: ["已附"]}
    with door.reading() as work, pytest.raises(NotFound):
        evidence.of_assessment(work, elsewhere, draft)
    with door.reading() as work:
        assert evidence.uses_of(work, district, shown.id) == ()
        with pytest.raises(NotFound):
            submission.of_round(work, elsewhere, draft, 1)
        assert list(submission.of_round(work, district, draft, 1).files) == [PERMIT]


def test_only_items_sent_back_take_other_files_and_the_bureau_sees_them_once_submitted(
    door: Door, manager: Person, draft: str
) -> None:
    old, new = keep(door, manager, "旧"), keep(door, manager, "新")
    attach(door, manager, draft, PERMIT, old)
    attach(door, manager, draft, HEAT, old)
    submit(door, manager, draft)
    reviewer = make_reviewer(door)
    judge(door, draft, reviewer, ReviewState.RETURNED, PERMIT, VerdictKind.RETURNED)
    attach(door, manager, draft, PERMIT, new)
    detach(door, manager, draft, PERMIT, old)
    with door.writing() as work, pytest.raises(NotOpen):
        evidence.attach(work, manager.account, draft, HEAT, [new.id])
    with door.writing() as work:
        evidence.remove(work, manager.account, old.id)
    assert titles(door, manager.account, draft) == {PERMIT: ["新"], HEAT: ["旧"]}
    assert titles(door, reviewer, draft) == {PERMIT: ["旧"], HEAT: ["旧"]}
    with door.reading() as work:
        assert evidence.frozen_links(work, draft) == {HEAT: [old.id], PERMIT: [new.id]}
        with pytest.raises(NotFound):
            evidence.get(work, reviewer, new.id)


def test_after_the_deadline_for_corrections_files_stay_as_they_are(
    door: Door, manager: Person, draft: str
) -> None:
    one = keep(door, manager, "甲")
    submit(door, manager, draft)
    judge(door, draft, make_reviewer(door), ReviewState.RETURNED, PERMIT, VerdictKind.RETURNED)
    with door.writing() as work:
        late = datetime.now(UTC) - timedelta(seconds=1)
        work.session.execute(update(ReviewRow).values(due_at=late))
    with door.writing() as work, pytest.raises(NotOpen):
        evidence.attach(work, manager.account, draft, PERMIT, [one.id])


def test_a_lowered_item_takes_files_for_its_objection_and_the_bureau_sees_them_with_it(
    door: Door, manager: Person, draft: str
) -> None:
    one = keep(door, manager, "申诉材料")
    submit(door, manager, draft)
    reviewer = make_reviewer(door, CITY)
    judge(door, draft, reviewer, ReviewState.CONFIRMED, SNCR, VerdictKind.LOWERED)
    attach(door, manager, draft, SNCR, one)
    with door.writing() as work:
        with pytest.raises(NotOpen):
            evidence.attach(work, manager.account, draft, HEAT, [one.id])
        opened = assessment.open_(work, manager.account, draft)
        assert evidence.may_attach(work, opened, SNCR) and not evidence.may_attach(work, opened, HEAT)
        assert evidence.beside(work, manager.account, opened, SNCR) == (one,)
        with pytest.raises(NotFound):
            evidence.get(work, reviewer, one.id)
        correction.draft_objection(work, manager.account, draft, SNCR, "已运行", "")
    with door.reading() as work, pytest.raises(NotFound):
        evidence.get(work, reviewer, one.id)  # not sent yet
    with door.writing() as work:
        assert correction.object_(work, manager.account, draft) == ()
    with door.reading() as work:
        assert evidence.get(work, reviewer, one.id) == one
        assert review.open_(work, reviewer, draft).objected == {SNCR: (one,)}


def test_coverage_counts_what_is_valid_at_the_end_of_the_year(
    door: Door, manager: Person, draft: str
) -> None:
    with door.reading() as work:
        opened = assessment.open_(work, manager.account, draft)
        covered = evidence.coverage_of(work, opened, assess(opened.questionnaire, opened.given, YEAR))
        assert evidence.day_needed(work, opened) >= date(YEAR, 12, 31)
    assert covered.sections == ()  # the small questionnaire names no evidence
