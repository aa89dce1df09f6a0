"""The enterprise as it registers itself, and the check of its 统一社会信用代码 by GB 32100-2015."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.core.errors import Problem
from portal.core.plain_text import cleaned, code_form, is_printable

DISTRICTS = (
    "330102", "330105", "330106", "330108", "330109", "330110", "330111",
    "330112", "330113", "330114", "330122", "330127", "330182",
)  # fmt: skip

# GB 32100-2015, 5.1: digits and capitals without I, O, S, V, Z; 5.2: weights 3^(i-1) mod 31.
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]+@[^@\s,;<>()\[\]\\\".]+(\.[^@\s,;<>()\[\]\\\".]+)+")
_PHONE = re.compile(r"\+?[0-9()\-]{7,20}")
_LONGEST = {
    "name": 100,
    "products": 500,
    "address": 200,
    "contact_name": 50,
    "contact_phone": 30,
    "contact_mail": 254,
}


class Scale(StrEnum):
    """Size class of an enterprise (统计上大中小微型企业划分)."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseProfile:
    """What an enterprise says about itself. `district` is one of DISTRICTS, `sector` a questionnaire's id."""

    name: str
    uscc: str
    district: str
    sector: str
    scale: str
    products: str
    address: str
    contact_name: str
    contact_phone: str
    contact_mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """A registered enterprise."""

    id: str
    profile: EnterpriseProfile
    created_at: datetime


def tidied(profile: EnterpriseProfile) -> EnterpriseProfile:
    """The profile as it is kept: codes half-width and without blanks, text without blanks at its ends."""
    return EnterpriseProfile(
        name=cleaned(profile.name),
        uscc=code_form(profile.uscc).upper(),
        district=profile.district.strip(),
        sector=profile.sector.strip(),
        scale=profile.scale.strip(),
        products=cleaned(profile.products),
        address=cleaned(profile.address),
        contact_name=cleaned(profile.contact_name),
        contact_phone=code_form(profile.contact_phone),
        contact_mail=code_form(profile.contact_mail).lower(),
    )


def check_profile(profile: EnterpriseProfile) -> tuple[Problem, ...]:
    """All that stands against the profile; `place` is the field's name. Blanks and full-width letters are no fault."""
    profile = tidied(profile)
    needed = ("name", "products", "contact_name", "contact_phone")
    problems = [
        *check_uscc(profile.uscc),
        *(Problem(place=field, code="required") for field in needed if not getattr(profile, field)),
    ]
    for field, longest in _LONGEST.items():
        text = getattr(profile, field)
        if len(text) > longest:
            problems.append(Problem(place=field, code="too_long", details=(str(longest),)))
        if not is_printable(text):
            problems.append(Problem(place=field, code="unprintable"))
    if profile.district not in DISTRICTS:
        problems.append(Problem(place="district", code="not_an_option"))
    if not profile.sector:
        problems.append(Problem(place="sector", code="not_an_option"))
    if profile.scale not in {scale.value for scale in Scale}:
        problems.append(Problem(place="scale", code="not_an_option"))
    if profile.contact_phone and not _PHONE.fullmatch(profile.contact_phone):
        problems.append(Problem(place="contact_phone", code="phone_form"))
    if profile.contact_mail and not is_mail(profile.contact_mail):
        problems.append(Problem(place="contact_mail", code="mail_form"))
    return tuple(problems)


def check_uscc(text: str) -> tuple[Problem, ...]:
    """The 18-character code by GB 32100-2015: length, letters, region, check digit (the expected one in details)."""
    code = code_form(text).upper()
    if not code:
        return (Problem(place="uscc", code="required"),)
    if len(code) != 18:
        return (Problem(place="uscc", code="uscc_length", details=(str(len(code)),)),)
    strange = sorted({letter for letter in code if letter not in _LETTERS})
    if strange:
        return (Problem(place="uscc", code="uscc_letters", details=("".join(strange),)),)
    if not code[2:8].isdigit():
        return (Problem(place="uscc", code="uscc_region", details=(code[2:8],)),)
    expected = check_digit(code[:17])
    if code[17] != expected:
        return (Problem(place="uscc", code="uscc_check_digit", details=(expected,)),)
    return ()


def check_digit(first_17: str) -> str:
    """The 18th character that belongs to the first 17."""
    total = sum(_LETTERS.index(letter) * weight for letter, weight in zip(first_17, _WEIGHTS, strict=True))
    return _LETTERS[-total % 31]


def is_mail(text: str) -> bool:
    """Whether it has the form of a mail address; whether somebody reads it only a mail can tell."""
    return len(text) <= 254 and bool(_MAIL.fullmatch(text))


def is_mobile(text: str) -> bool:
    """Whether it has the form of a mobile number of mainland China."""
    return bool(re.fullmatch(r"1[3-9][0-9]{9}", text, re.ASCII))
