"""Evidence: labels as typed, names as sent, what proves an item and until when."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.core.answers import Declared, Practised
from portal.core.data_check import fields_of, find_irregularities
from portal.core.evidence import (
    LATEST,
    LONGEST_TITLE,
    Evidence,
    EvidenceKind,
    MediaType,
    Particulars,
    checked,
    coverage,
    day_of,
    items_to_prove,
    kept_name,
    last_day_needed,
    linked,
    out_of_period,
    takes_evidence,
    title_of,
)
from portal.core.questionnaire import Extent, Questionnaire, Section
from portal.core.scoring import assess
from tests.make import HEAT, KILN, PERMIT, SNCR, WASTE, make_answers, make_questionnaire

END = date(2026, 12, 31)


def make_evidence(id: str = "e1", **changes: Any) -> Evidence:
    parts: dict[str, Any] = {
        "id": id,
        "enterprise_id": "plant",
        "kind": EvidenceKind.TEST_REPORT,
        "title": id,
        "original_name": "检测报告.pdf",
        "media_type": MediaType.PDF,
        "size": 1,
        "pages": 1,
        "sha256": "0" * 64,
        "has_thumbnail": True,
        "issued_on": None,
        "valid_until": None,
        "uploaded_by": "王示例",
        "uploaded_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Evidence(**(parts | changes))


def asking() -> Questionnaire:
    """The small questionnaire, in which some items name their usual evidence."""
    from dataclasses import replace

    plain = make_questionnaire()
    sections = tuple(
        Section(
            id=section.id,
            title=section.title,
            items=tuple(
                replace(item, evidence=("台账",)) if item.id in (PERMIT, HEAT, SNCR, WASTE) else item
                for item in section.items
            ),
        )
        for section in plain.sections
    )
    return make_questionnaire(sections=sections)


# ── Labels ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "20261122",
        "2026年11月22日",
        " 2026-11-22 ",
        "２０２６－１１－２２",
    ],
)
def test_a_day_is_read_however_it_is_usually_written(text: str) -> None:
    assert day_of(text) == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["", "2026", "2026-13-01", "2026-02-30", "22-11-2026", "明天", "1899-01-01"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_of(text) is None


def test_a_label_is_kept_as_it_is_meant() -> None:
    label, problems = checked(
        Particulars(title=" 检测报告 ", kind="test_report", issued_on="2026-05-01", valid_until="2027-04-30")
    )
    assert not problems and label is not None
    assert (label.title, label.kind, label.issued_on, label.valid_until) == (
        "检测报告",
        EvidenceKind.TEST_REPORT,
        date(2026, 5, 1),
        date(2027, 4, 30),
    )


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"title": " "}, "title", "required"),
        ({"title": "长" * (LONGEST_TITLE + 1)}, "title", "too_long"),
        ({"title": "a\0b"}, "title", "unprintable"),
        ({"kind": "example"}, "kind", "not_an_option"),
        ({"issued_on": "昨天"}, "issued_on", "day_form"),
        ({"valid_until": "2026-02-30"}, "valid_until", "day_form"),
        ({"issued_on": "2026-05-02", "valid_until": "2026-05-01"}, "valid_until", "valid_before_issued"),
    ],
)
def test_what_stands_against_a_label_is_said_beside_its_field(
    changes: dict[str, str], place: str, code: str
) -> None:
    label, problems = checked(Particulars(**({"title": "报告", "kind": "other"} | changes)))
    assert label is None and [(one.place, one.code) for one in problems] == [(place, code)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("检测报告.pdf", "检测报告.pdf"),
        ("C:\\资料\\检测报告.pdf", "检测报告.pdf"),
        ("../../etc/报告.pdf", "报告.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("...", "file"),
        ("", "file"),
        ("长" * 300 + ".pdf", "长" * 251 + ".pdf"),
        ("长" * 300, "长" * 255),
    ],
)
def test_a_file_name_stays_text_without_folders(sent: str, kept: str) -> None:
    assert kept_name(sent) == kept


def test_a_title_is_the_name_without_folder_and_ending() -> None:
    assert title_of("资料/废气 检测报告.v2.pdf") == "废气 检测报告.v2"
    assert title_of(".pdf") == ".pdf"


def test_a_file_is_saved_under_an_ending_that_tells_its_content() -> None:
    assert make_evidence(original_name="报告.PDF").file_name == "报告.PDF"
    assert make_evidence(original_name="page.html").file_name == "page.html.pdf"
    assert make_evidence(original_name="a.jpeg", media_type=MediaType.JPEG).file_name == "a.jpeg"


# ── What proves an item ──────────────────────────────────────────────────────


def test_a_feature_of_the_plant_needs_no_proof() -> None:
    items = make_questionnaire().items
    assert not takes_evidence(items[KILN]) and takes_evidence(items[PERMIT])


def test_only_items_that_claim_something_are_to_be_proved() -> None:
    questionnaire = asking()
    claimed = {item.id for item in items_to_prove(assess(questionnaire, make_answers(), 2026))}
    assert claimed == {PERMIT, HEAT, SNCR, WASTE}
    nothing = {**make_answers(), SNCR: Practised(Extent.NONE), WASTE: Practised(Extent.PLANNED)}
    assert {item.id for item in items_to_prove(assess(questionnaire, nothing, 2026))} == {PERMIT, HEAT}
    bare = assess(questionnaire, {PERMIT: Declared(True)}, 2026)
    assert {item.id for item in items_to_prove(bare)} == {PERMIT}


def test_evidence_must_hold_until_the_end_of_the_year_and_while_it_is_a_draft_also_today() -> None:
    assert last_day_needed(2026, date(2026, 5, 1), is_draft=True) == END
    assert last_day_needed(2025, date(2026, 5, 1), is_draft=True) == date(2026, 5, 1)
    assert last_day_needed(2025, date(2026, 5, 1), is_draft=False) == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("until", "is_expired"), [(None, False), (END, False), (date(2026, 12, 30), True), (LATEST, False)]
)
def test_evidence_is_expired_on_the_day_after_its_last(until: date | None, is_expired: bool) -> None:
    assert make_evidence(valid_until=until).is_expired(END) is is_expired


def test_expired_evidence_counts_as_missing_and_one_valid_file_is_enough() -> None:
    old, good = make_evidence("old", valid_until=date(2026, 6, 30)), make_evidence("good")
    links = {PERMIT: (good,), HEAT: (old,), SNCR: (old, good)}
    found = coverage(assess(asking(), make_answers(), 2026), links, END)
    assert [(one.section.id, one.proved, one.wanted) for one in found.sections] == [
        ("plant", 1, 1),
        ("measures", 1, 3),
    ]
    assert [(lack.item.id, lack.expired) for lack in found.lacks] == [(HEAT, (old,)), (WASTE, ())]
    assert (found.proved, found.wanted) == (2, 4)


def test_a_section_that_claims_nothing_is_left_out() -> None:
    found = coverage(assess(asking(), {PERMIT: Declared(True)}, 2026), {}, END)
    assert [one.section.id for one in found.sections] == ["plant"]


def test_files_that_are_gone_are_left_out_of_their_items() -> None:
    there = make_evidence("there")
    assert linked({PERMIT: ["there", "gone"]}, {"there": there}) == {PERMIT: (there,)}


# ── Data check ───────────────────────────────────────────────────────────────


def test_a_test_report_of_another_year_is_a_finding_with_its_items_and_date() -> None:
    old = make_evidence("old", issued_on=date(2025, 5, 1))
    right = make_evidence("right", issued_on=date(2026, 5, 1))
    questionnaire = make_questionnaire()
    found = out_of_period(questionnaire, {PERMIT: (old, right), HEAT: (old,)}, 2026, "title", "look")
    assert found is not None and found.fields == (PERMIT, HEAT)
    assert found.check.rule.found == (("old", date(2025, 5, 1)),)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "changes",
    [
        {"issued_on": None},
        {"issued_on": date(2026, 1, 1)},
        {"issued_on": date(2020, 1, 1), "kind": EvidenceKind.LICENCE},
    ],
)
def test_other_dates_are_no_finding(changes: dict[str, Any]) -> None:
    links = {PERMIT: (make_evidence(**changes),)}
    assert out_of_period(make_questionnaire(), links, 2026, "title", "look") is None


def test_the_rule_on_evidence_finds_nothing_in_answers() -> None:
    old = make_evidence(issued_on=date(2025, 5, 1))
    questionnaire = make_questionnaire()
    finding = out_of_period(questionnaire, {PERMIT: (old,)}, 2026, "title", "look")
    assert finding is not None and fields_of(questionnaire, finding.check) == ()
    given = make_questionnaire(data_checks=(finding.check,))
    assert find_irregularities(assess(given, make_answers(), 2026)) == ()
