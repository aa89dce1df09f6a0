"""The enterprise's profile and the check of its 18-character code (GB 32100-2015)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as reference

from portal import words
from portal.core.enterprise import (
    DISTRICTS,
    check_digit,
    check_profile,
    check_uscc,
    is_mail,
    is_mobile,
    tidied,
)
from tests.make import make_profile, make_uscc

# Codes of well-known companies, as they publish them.
RIGHT = ("91110000600037341L", "91440300708461136T")


@pytest.mark.parametrize("code", RIGHT)
def test_published_codes_are_right(code: str) -> None:
    assert check_uscc(code) == ()


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 999999))
def test_the_check_digit_is_that_of_an_independent_library(tail: str, region: int) -> None:
    first = f"91{region:06d}{tail}"
    assert check_digit(first) == reference.calc_check_digit(first)
    assert check_uscc(first + check_digit(first)) == ()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", ("required", ())),
        ("9111000060003734", ("uscc_length", ("16",))),
        ("91110000600037341LL", ("uscc_length", ("19",))),
        ("91110000600037341O", ("uscc_letters", ("O",))),
        ("9111000060003I3S1L", ("uscc_letters", ("IS",))),
        ("91A10000600037341L", ("uscc_region", ("A10000",))),
        ("91110000600037341M", ("uscc_check_digit", ("L",))),
        ("911100006000373-1L", ("uscc_letters", ("-",))),
    ],
)
def test_a_wrong_code_is_told_exactly(code: str, expected: tuple[str, tuple[str, ...]]) -> None:
    (problem,) = check_uscc(code)
    assert (problem.place, problem.code, problem.details) == ("uscc", *expected)
    assert words.knows(problem.code)


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_figure_never_passes(place: int, figure: str) -> None:
    code = RIGHT[0]
    wrong = code[:place] + figure + code[place + 1 :]
    assert (check_uscc(wrong) == ()) == (wrong == code)


def test_blanks_small_letters_and_full_width_are_no_fault() -> None:
    assert check_uscc(" ９１１１０００0 6000 37341l ") == ()
    profile = tidied(make_profile(uscc=" 9111 0000 6000 3734 1l", contact_phone="０５７１－8765 4321"))
    assert (profile.uscc, profile.contact_phone) == ("91110000600037341L", "0571-87654321")


def test_an_honest_profile_is_accepted() -> None:
    assert check_profile(make_profile()) == ()
    assert check_profile(make_profile(contact_mail="", address="")) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "　"}, [("name", "required")]),
        ({"name": "字" * 101}, [("name", "too_long")]),
        ({"name": "a\x00b"}, [("name", "unprintable")]),
        ({"address": "\ud800"}, [("address", "unprintable")]),
        ({"district": "110101"}, [("district", "not_an_option")]),
        ({"sector": ""}, [("sector", "not_an_option")]),
        ({"scale": "huge"}, [("scale", "not_an_option")]),
        ({"contact_phone": "call me"}, [("contact_phone", "phone_form")]),
        ({"contact_mail": "nobody"}, [("contact_mail", "mail_form")]),
        ({"uscc": "", "products": ""}, [("uscc", "required"), ("products", "required")]),
    ],
)
def test_everything_wrong_is_said_with_its_field(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    problems = check_profile(make_profile(**changes))
    assert [(problem.place, problem.code) for problem in problems] == expected
    assert all(words.knows(problem.code) for problem in problems)


def test_every_district_has_a_name() -> None:
    assert set(DISTRICTS) == set(words.DISTRICTS)
    assert len(DISTRICTS) == 13


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("a@b.cn", True), ("first.last@sub.example.cn", True), ("a@b", False), ("a b@c.cn", False),
        ("a@@b.cn", False), ("@b.cn", False), ("a@b.cn,c@d.cn", False), ("a@b..cn", False), ("x" * 250 + "@b.cn", False),
    ],
)  # fmt: skip
def test_mail_addresses(text: str, is_one: bool) -> None:
    assert is_mail(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("13800000000", True), ("12800000000", False), ("1380000000", False)]
)
def test_mobile_numbers(text: str, is_one: bool) -> None:
    assert is_mobile(text) is is_one


def test_test_codes_are_right_and_new_each_time() -> None:
    assert check_uscc(make_uscc()) == ()
    assert make_uscc() != make_uscc()
    assert make_uscc(7) == make_uscc(7)
