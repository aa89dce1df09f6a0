"""The confirmed result in page and print: both scores side by side, what was lowered, the cover bears the verified one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pypdfium2 import PdfDocument

from portal.core.answers import Practised
from portal.core.assessment import Assessment, Standing
from portal.core.questionnaire import Extent, Practice
from portal.core.review import Confirmed, Objection, Party, Reason, ReviewState, Verdict, VerdictKind
from portal.core.scoring import assess
from portal.core.verified import LoweredItem, Verified
from portal.report import verified
from portal.report.press import print_here
from tests.make import library
from tests.report.sample import golden, make_document

NOON = datetime(2026, 12, 9, 4, tzinfo=UTC)


def declared() -> Assessment:
    return assess(library().questionnaire("cement"), golden())


def make_verified(state: ReviewState = ReviewState.CONFIRMED, *, is_granted: bool | None = None) -> Verified:
    """The first practice in place is lowered to nothing."""
    assessment = declared()
    item = next(
        result.item
        for result in assessment.items
        if isinstance(result.item, Practice)
        and result.standing is Standing.COUNTED
        and assessment.answers[result.item.id] == Practised(Extent.FULL)
    )
    counted = Practised(Extent.NONE)
    verdict = Verdict(
        item=item.id,
        round=1,
        party=Party.DISTRICT,
        kind=VerdictKind.LOWERED,
        counted=counted,
        reason=Reason.NOT_IN_PLACE,
        comment="现场未见设备",
        by="审核示例",
        at=NOON,
        issued_at=NOON,
    )
    objection = Objection(
        item=item.id, text="已运行", by="王示例", at=NOON, is_granted=is_granted, answer="核实"
    )
    return Verified(
        assessment=assess(assessment.questionnaire, {**assessment.answers, item.id: counted}),
        lowered=(
            LoweredItem(
                item=item,
                declared=assessment.answers[item.id],
                counted=counted,
                verdict=verdict,
                objection=objection if state is not ReviewState.CONFIRMED else None,
            ),
        ),
        confirmed=Confirmed(
            answers=assessment.answers,
            points=None,
            grade="",
            checksum="ab" * 32,
            district_opinion="同意上报",
            district_at=NOON,
            city_opinion="同意核定",
            city_at=NOON,
        ),
        state=state,
    )


def test_both_scores_stand_side_by_side() -> None:
    part = verified.part(declared(), make_verified())
    assert [side.label for side in part.sides] == ["综合得分", "清洁生产", "循环型生产", "清洁生产等级"]
    assert part.sides[0].difference.startswith("−")
    assert part.lowered[0].reason == "现场未实施或未运行：现场未见设备"
    assert (part.lowered[0].declared, part.lowered[0].counted) == ("全面实施", "未实施")
    assert (part.lowered[0].objection, part.note) == ("–", "")
    assert "审核示例" not in repr([part.sides, part.district_opinion, part.city_opinion])


def test_what_became_of_an_objection_is_said() -> None:
    pending = verified.part(declared(), make_verified(ReviewState.OBJECTED))
    assert (pending.note, pending.lowered[0].objection) == ("企业已提出异议，处理中", "处理中")
    kept = verified.part(declared(), make_verified(ReviewState.CLOSED, is_granted=False))
    assert (kept.note, kept.lowered[0].objection) == (
        "异议已答复，为最终结果",
        "维持核减，核定为未实施：核实",
    )
    granted = verified.part(declared(), make_verified(ReviewState.CLOSED, is_granted=True))
    assert granted.lowered[0].objection == "采纳，核定为未实施：核实"


def test_the_report_bears_the_verified_score(tmp_path: Path) -> None:
    part = verified.part(declared(), make_verified())
    document = replace(make_document(), verified=part)
    print_here(document, tmp_path / "report.pdf", lambda percent, step: None)
    pdf = PdfDocument(tmp_path / "report.pdf")
    texts = [page.get_textpage().get_text_bounded().replace("\xa0", " ").replace("\r\n", "") for page in pdf]
    pdf.close()
    assert f"{part.total}（2026年12月9日确认）" in texts[0]
    assert f"核定得分 {part.total}" in "".join(texts[2:4])
    chapter = next(text for text in texts[5:] if "主管部门审核结果" in text)
    for words in ("自评与核定对照", "现场未见设备", "同意上报", "同意核定"):
        assert words in chapter
    assert len(texts) <= 26
