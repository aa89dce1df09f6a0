"""Numbers as people write them, and one way of writing each."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.numerals import LONGEST_NUMBER, canonical, read_decimal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        (" 007 ", "7"),
        ("-3.50", "-3.5"),
        ("\N{MINUS SIGN}3", "-3"),
        ("+.25", "0.25"),
        ("5.", "5"),
        ("１２，３４５．６７", "12345.67"),
        ("1,234,567", "1234567"),
        ("12 345", "12345"),
        ("12\N{THIN SPACE}345\N{NO-BREAK SPACE}678", "12345678"),
        ("-0.00", "0"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: str) -> None:
    assert str(read_decimal(text)) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_number"),
        ("十二", "not_a_number"),
        ("1e3", "not_a_number"),
        ("NaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("12t", "not_a_number"),
        ("--1", "not_a_number"),
        ("1,23", "bad_grouping"),
        ("1234,567", "bad_grouping"),
        ("1,234 567", "bad_grouping"),
        ("1" * (LONGEST_NUMBER + 1), "too_large"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str, code: str) -> None:
    assert read_decimal(text) == code


def test_the_longest_number_is_kept_to_its_last_digit() -> None:
    assert str(read_decimal("7" * LONGEST_NUMBER)) == "7" * LONGEST_NUMBER


@pytest.mark.parametrize(
    ("value", "text"),
    [("1E+3", "1000"), ("1.500", "1.5"), ("0E-9", "0"), ("-0", "0"), ("-0.0", "0"), ("100", "100")],
)
def test_equal_numbers_are_written_equally(value: str, text: str) -> None:
    assert str(canonical(D(value))) == text


@given(st.decimals(-(10**12), 10**12, places=6))
def test_what_is_written_is_the_same_number_and_is_read_back(value: D) -> None:
    written = canonical(value)
    assert written == value
    assert read_decimal(f"{written:f}") == written
