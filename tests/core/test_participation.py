"""Reading a list of invitees: everything wrong at once, each at its cell; nothing half read."""

import pytest

from portal.core.participation import MOST_INVITEES, Cell, Invitee, read_invitees
from tests.make import make_uscc

HEADINGS = {
    "代码": "uscc",
    "名称": "name",
    "区县": "district",
    "行业": "sector",
    "邮箱": "mail",
    "手机": "mobile",
}
FIRST = ("代码", "名称", "区县", "行业", "邮箱", "手机")


def _table(*rows: tuple[str, ...]) -> list[list[Cell]]:
    return [
        [Cell(text, f"{chr(65 + place)}{line}") for place, text in enumerate(row)]
        for line, row in enumerate(rows, start=1)
    ]


def _read(*rows: tuple[str, ...]) -> tuple[tuple[Invitee, ...], list[tuple[str, str]]]:
    found, problems = read_invitees(_table(*rows), HEADINGS, {"富阳区": "330111"}, {"水泥": "cement"})
    return found, [(one.place, one.code) for one in problems]


def test_a_clean_list_is_read_with_names_for_codes() -> None:
    code = make_uscc()
    found, problems = _read(
        FIRST,
        ("", "", "", "", "", ""),
        (code.lower(), " 示例企业 ", "富阳区", "水泥", "A@Example.cn", "138 0000 0000"),
    )
    assert problems == []
    assert found == (
        Invitee(
            uscc=code,
            name="示例企业",
            district="330111",
            sector="cement",
            mail="a@example.cn",
            mobile="13800000000",
        ),
    )


def test_mail_and_mobile_may_be_left_out_with_their_columns() -> None:
    found, problems = _read(FIRST[:4], (make_uscc(), "示例企业", "富阳区", "水泥"))
    assert (len(found), problems) == (1, [])
    assert (found[0].mail, found[0].mobile) == ("", "")


def test_every_fault_is_named_with_its_cell_and_nothing_is_read() -> None:
    good = (make_uscc(), "示例企业", "富阳区", "水泥", "", "")
    found, problems = _read(
        FIRST, good, ("123", "", "北京", "面包", "x", "1"), (good[0], "另一家", "富阳区", "水泥")
    )
    assert found == ()
    assert problems == [
        ("A3", "uscc_length"),
        ("B3", "required"),
        ("C3", "district_unread"),
        ("D3", "sector_unread"),
        ("E3", "mail_form"),
        ("F3", "mobile_form"),
        ("A4", "uscc_twice"),
    ]


def test_a_name_that_no_page_could_show_or_hold_is_refused() -> None:
    _, problems = _read(
        FIRST[:4], (make_uscc(), "长" * 101, "富阳区", "水泥"), (make_uscc(), "a\x01b", "富阳区", "水泥")
    )
    assert problems == [("B2", "too_long"), ("B3", "unprintable")]


def test_a_short_row_is_told_at_its_first_cell() -> None:
    _, problems = _read(FIRST, (make_uscc(),))
    assert problems == [("A2", "required"), ("A2", "required"), ("A2", "required")]


@pytest.mark.parametrize("rows", [(), (("", ""),), (FIRST,)])
def test_an_empty_table_is_told(rows: tuple[tuple[str, ...], ...]) -> None:
    assert _read(*rows) == ((), [("table", "table_empty")])


def test_missing_columns_are_named() -> None:
    _, problems = _read(("名称", "别的"), ("示例企业", ""))
    assert problems == [(field, "column_missing") for field in ("uscc", "district", "sector")]


def test_a_list_that_is_too_long_is_refused_before_it_is_read() -> None:
    _, problems = _read(FIRST[:4], *(("x",),) * (MOST_INVITEES + 1))
    assert problems == [("table", "table_too_long")]
