"""申报包: which frame, where items stand, in which order evidence is bound."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from portal.core.evidence import Evidence, EvidenceKind, MediaType
from portal.core.levels import Verification
from portal.core.library import Library
from portal.core.package import (
    LARGEST,
    MOST_PAGES,
    Bound,
    Frame,
    FrameChapter,
    FramePart,
    Group,
    Holds,
    UnknownFrame,
    Volume,
    exhibits,
    frame_for,
    load,
    placed,
    unplaced,
)
from portal.core.questionnaire import ItemId, Section, SourceId
from tests.make import make_library
from tests.trade import make_activity, make_practice, make_questionnaire

QUESTIONNAIRE = replace(
    make_questionnaire(make_practice("one")),
    sections=(
        Section(id="first", title="一", items=(make_practice("a"), make_practice("b"))),
        Section(id="second", title="二", items=(make_practice("c"), make_activity("d"))),
        Section(id="prices", title="价", items=(make_activity("price"),)),
    ),
)
FRAME = Frame(
    id="frame",
    title="框架",
    form="报告",
    since="2020",
    source=SourceId("gb"),
    verification=Verification.SECONDHAND,
    note="",
    cover=(),
    fields=(),
    pledge="",
    groups=(
        Group(id="x", title="甲", sections=("second",), items=(ItemId("b"),)),
        Group(id="y", title="乙", sections=("first",)),
    ),
    chapters=(
        FrameChapter(
            id="one",
            title="一",
            holds=Holds.GROUPS,
            parts=(FramePart(id="in", title="内", holds=Holds.GROUPS, groups=("x",)),),
        ),
    ),
    left_out=("prices",),
)


def make_evidence(id: str, *, pages: int | None = 2, size: int = 100) -> Evidence:
    return Evidence(
        id=id,
        enterprise_id="e",
        kind=EvidenceKind.OTHER,
        title=id,
        original_name=f"{id}.pdf",
        media_type=MediaType.PDF,
        size=size,
        pages=pages,
        sha256="0" * 64,
        has_thumbnail=False,
        issued_on=date(2025, 1, 1),
        valid_until=None,
        uploaded_by="王示例",
        uploaded_at=datetime(2025, 1, 2, tzinfo=UTC),
    )


def test_an_item_named_alone_is_not_where_its_section_is() -> None:
    inside = placed(FRAME, QUESTIONNAIRE)
    assert {group: [item.id for item in items] for group, items in inside.items()} == {
        "x": ["b", "c", "d"],
        "y": ["a"],
    }
    assert unplaced(FRAME, QUESTIONNAIRE) == ()


def test_an_item_of_a_section_nobody_named_has_no_place() -> None:
    frame = replace(FRAME, groups=FRAME.groups[:1])
    assert [item.id for item in unplaced(frame, QUESTIONNAIRE)] == ["a"]
    assert [item.id for item in placed(frame, QUESTIONNAIRE)["x"]] == ["b", "c", "d"]


def test_headings_are_chapters_each_followed_by_what_is_in_it() -> None:
    assert [part.id for part in FRAME.headings()] == ["one", "in"]


def test_the_newest_frame_that_is_meant_for_the_year_is_proposed() -> None:
    newer = replace(FRAME, id="newer", since="2025")
    assert frame_for((newer, FRAME), 2024).id == "frame"
    assert frame_for((FRAME, newer), 2026).id == "newer"
    with pytest.raises(UnknownFrame):
        frame_for((FRAME, newer), 2019)


def test_a_frame_is_found_by_its_id() -> None:
    library: Library = replace(make_library(), frames=(FRAME,))
    assert library.frame("frame") is FRAME
    with pytest.raises(UnknownFrame):
        library.frame("other")


def test_a_file_comes_once_where_the_frame_first_meets_it_and_names_all_it_proves() -> None:
    both, last, aside = make_evidence("both"), make_evidence("last"), make_evidence("aside")
    links = {
        ItemId("a"): (last, both),
        ItemId("b"): (both,),
        ItemId("price"): (aside,),
    }
    found = exhibits(FRAME, QUESTIONNAIRE, links)
    assert [(one.evidence.id, [item.id for item in one.items]) for one in found] == [
        ("both", ["b", "a"]),
        ("last", ["a"]),
        ("aside", ["price"]),
    ]


def test_a_load_counts_a_picture_as_a_page_and_knows_when_it_is_too_much() -> None:
    links = {ItemId("a"): (make_evidence("a"), make_evidence("b", pages=None, size=50))}
    found = load(exhibits(FRAME, QUESTIONNAIRE, links))
    assert (found.files, found.size, found.pages) == (2, 150, 3)
    assert not found.is_too_much
    assert replace(found, size=LARGEST + 1).is_too_much
    assert replace(found, pages=MOST_PAGES + 1).is_too_much


def test_a_volume_tells_the_exhibits_of_an_item() -> None:
    links = {ItemId("a"): (make_evidence("one"), make_evidence("two"))}
    first, second = exhibits(FRAME, QUESTIONNAIRE, links)
    volume = Volume(
        bound=(
            Bound(exhibit=first, number=1, first=3, pages=4),
            Bound(exhibit=second, number=2, first=7, pages=1),
        )
    )
    assert [one.number for one in volume.proving(ItemId("a"))] == [1, 2]
    assert volume.proving(ItemId("b")) == ()
    assert [one.last for one in volume.bound] == [6, 7]
