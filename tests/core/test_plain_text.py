"""Text as people type it, made fit to keep."""

import pytest

from portal.core.plain_text import (
    LONGEST_FILE_PART,
    cleaned,
    code_form,
    file_part,
    is_printable,
    number_form,
)


def test_text_loses_blanks_at_its_ends_and_foreign_line_ends() -> None:
    assert cleaned(" 　甲\r\n乙\r丙\n ") == "甲\n乙\n丙"


def test_full_width_punctuation_of_a_sentence_stays() -> None:
    assert cleaned("（一）窑，磨。") == "（一）窑，磨。"


def test_codes_become_half_width_without_blanks() -> None:
    assert code_form(" ９１ Ａb\t1 ") == "91Ab1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("甲\n乙\t丙", True), ("a\0", False), ("\x1b[31m", False), ("\ud83d", False), ("😀", True)],
)
def test_what_no_page_can_show_is_found(text: str, expected: bool) -> None:
    assert is_printable(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HZ2026-AB10CD23", "HZ2026-AB10CD23"),
        (" hz2026 - ab10 cd23 ", "HZ2026-AB10CD23"),
        ("ＨＺ２０２６—ＡＢ１０ＣＤ２３", "HZ2026-AB10CD23"),
        ("HZ2026ABIOCD23", "HZ2026-AB10CD23"),
        ("HZ2026-AB10CD2", ""),
        ("\0", ""),
    ],
)
def test_a_reports_number_is_read_however_it_was_copied(text: str, expected: str) -> None:
    assert number_form(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('甲/乙\\丙:"丁"*?<>|', "甲 乙 丙 丁"),
        (" ..示例\t\x00公司.. ", "示例 公司"),
        ("示例（杭州）有限公司", "示例（杭州）有限公司"),
        ("..", ""),
        # What is cut off must not leave a blank or a full stop at the end either.
        ("长" * (LONGEST_FILE_PART - 1) + ".尾", "长" * (LONGEST_FILE_PART - 1)),
    ],
)
def test_part_of_a_files_name_has_no_sign_that_file_systems_refuse(text: str, expected: str) -> None:
    assert file_part(text) == expected
