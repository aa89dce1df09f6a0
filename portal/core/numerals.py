"""Numbers as people write them: full-width digits, separated thousands, the printed minus sign."""

import re
import unicodedata
from decimal import Decimal

LONGEST_NUMBER = 60
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}([, ])[0-9]{3}(?:\1[0-9]{3})*|[0-9]+)(?:\.[0-9]*)?|[+-]?\.[0-9]+")
_SEPARATED = re.compile(r"[+-]?[0-9][0-9, ]*(?:\.[0-9, ]*)?")


def read_decimal(text: str) -> Decimal | str:
    """The number written as `text`, or the code of the problem.

    Full-width digits, commas or blanks (also thin ones) between thousands and the printed minus sign are how people
    write; everything else that is not plain digits (powers of ten, NaN, units) is refused here, bounds and signs by
    core's check.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    if not _NUMBER.fullmatch(plain):
        return "bad_grouping" if _SEPARATED.fullmatch(plain) else "not_a_number"
    if len(plain) > LONGEST_NUMBER:
        return "too_large"
    return canonical(Decimal(plain.replace(",", "").replace(" ", "")))


def canonical(value: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: equal answers are written equally."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Decimal("0" if text in ("", "-", "-0") else text)
