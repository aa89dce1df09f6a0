"""One WTForms field per item of a questionnaire: what was typed, what it means, and what is wrong with it.

An item has these form fields (stable names, docs/contract.md): `<id>` the value; `<id>-share` the per cent covered
of a partial practice; `<id>-na` and `<id>-reason` for not applicable; `<id>-rev` the revision and mark of the answer
that the page showed; `<id>-confirm` to confirm a carried-over answer; `<id>-choice` to settle a conflict.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

from portal import words
from portal.core.answers import (
    MISSING,
    MOST_DIGITS,
    Answer,
    Chosen,
    Declared,
    Measured,
    Missing,
    NotApplicable,
    Practised,
    check,
    to_json,
)
from portal.core.errors import Problem
from portal.core.numerals import read_decimal
from portal.core.questionnaire import Activity, Extent, Indicator, Item, Practice, Requirement, Trait

NOT_APPLICABLE = "na"
_SUFFIXES = ("", "-share", "-na", "-reason", "-rev", "-confirm", "-choice")
_YES_NO = {"yes": Declared(True), "no": Declared(False)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """An item's form fields as they came, to be shown again exactly as typed."""

    values: tuple[str, ...] = ()
    share: str = ""
    reason: str = ""
    is_na: bool = False
    revision: int | None = None
    mark: str = ""
    is_confirmed: bool = False
    choice: str = ""

    @property
    def value(self) -> str:
        """The first value; empty when there is none."""
        return self.values[0] if self.values else ""


def mark_of(answer: Answer) -> str:
    """A short mark of an answer, to see whether a person changed what the page had shown."""
    text = json.dumps(to_json(answer), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def typed_of(answer: Answer, revision: int = 0) -> Typed:
    """The form fields that stand for `answer`."""
    known: dict[str, Any] = {"revision": revision, "mark": mark_of(answer)}
    match answer:
        case Measured(value=value):
            return Typed(values=(words.number(value).replace("−", "-"),), **known)
        case Practised(extent=extent, share=share):
            return Typed(values=(extent.value,), share="" if share is None else words.number(share), **known)
        case Chosen(options=options):
            return Typed(values=options, **known)
        case Declared(is_met=is_met):
            return Typed(values=("yes" if is_met else "no",), **known)
        case NotApplicable(reason=reason):
            return Typed(is_na=True, reason=reason, **known)
    return Typed(**known)


def tab_of(sent: Any) -> str:
    """The tab's own name for itself: random letters and digits, or nothing."""
    return sent if isinstance(sent, str) and re.fullmatch("[0-9a-z]{8,32}", sent) else ""


class ItemField(Field):
    """An item as typed. After `process`, `answer` is what it means, or None with `problems`."""

    def __init__(self, item: Item, **options: Any) -> None:
        super().__init__(item.title, **options)
        self.item = item
        self.typed = Typed()
        self.is_sent = False
        self.answer: Answer | None = MISSING
        self.problems: tuple[Problem, ...] = ()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the item's form fields; `is_sent` says whether there were any."""
        self.process_errors: list[str] = []
        self.errors: tuple[str, ...] = ()
        if formdata is None:
            return
        names = {suffix: self.name + suffix for suffix in _SUFFIXES}
        self.is_sent = any(name in formdata for name in names.values())

        def text(suffix: str) -> str:
            found = formdata.getlist(names[suffix])
            return str(found[0]) if found else ""

        revision, _, mark = text("-rev").partition(":")
        self.typed = Typed(
            values=tuple(str(value) for value in formdata.getlist(self.name) if value != ""),
            share=text("-share"),
            reason=text("-reason"),
            is_na=bool(text("-na")),
            revision=int(revision) if re.fullmatch("[0-9]{1,9}", revision) else None,
            mark=mark,
            is_confirmed=bool(text("-confirm")),
            choice=text("-choice"),
        )
        self.read()

    def show(self, answer: Answer, revision: int) -> None:
        """Show a stored answer."""
        self.typed, self.answer = typed_of(answer, revision), answer

    def read(self) -> None:
        """Make an answer of what was typed, or problems."""
        meant = self.meaning(self.typed)
        if isinstance(meant, str):
            details = (str(MOST_DIGITS),) if meant == "too_large" else ()
            self.answer, self.problems = None, (Problem(place=self.name, code=meant, details=details),)
        else:
            self.problems = check(self.item, meant)
            self.answer = None if self.problems else meant
        self.errors = tuple(words.problem(one) for one in self.problems)

    def meaning(self, typed: Typed) -> Answer | str:
        """The answer, or the code of a problem."""
        raise NotImplementedError

    @property
    def is_changed(self) -> bool:
        """Whether the person typed something else than the page had shown, or confirmed it."""
        if not self.is_sent:
            return False
        if self.typed.is_confirmed or self.answer is None or not self.typed.mark:
            return True
        return mark_of(self.answer) != self.typed.mark

    @property
    def is_blank(self) -> bool:
        """Whether nothing is filled in."""
        return not (self.typed.values or self.typed.is_na)


class QuantityField(ItemField):
    """A number in the item's unit."""

    def meaning(self, typed: Typed) -> Answer | str:
        """A measured value."""
        if typed.is_na:
            return NotApplicable(typed.reason.strip())
        if not typed.value.strip():
            return MISSING
        number = read_decimal(typed.value)
        return number if isinstance(number, str) else Measured(number)


class PracticeField(ItemField):
    """An extent, with the share covered where it is partial."""

    def meaning(self, typed: Typed) -> Answer | str:
        """A practised extent; the share counts only with the partial one."""
        if typed.is_na or typed.value == NOT_APPLICABLE:
            return NotApplicable(typed.reason.strip())
        if not typed.value:
            return MISSING
        if typed.value not in {extent.value for extent in Extent}:
            return "not_an_option"
        extent = Extent(typed.value)
        if extent is not Extent.PARTIAL:
            return Practised(extent)
        if not typed.share.strip().rstrip("%％"):
            return Practised(extent)
        share = read_decimal(typed.share.strip().rstrip("%％"))
        return share if isinstance(share, str) else Practised(extent, share)


class TraitField(ItemField):
    """One option, or several where the trait allows it."""

    def meaning(self, typed: Typed) -> Answer | str:
        """The options in the questionnaire's order, so that equal choices are equal answers."""
        assert isinstance(self.item, Trait)
        known = [option.id for option in self.item.options]
        if any(value not in known for value in typed.values):
            return "not_an_option"
        return Chosen(tuple(name for name in known if name in typed.values)) if typed.values else MISSING


class RequirementField(ItemField):
    """Met, or not met."""

    def meaning(self, typed: Typed) -> Answer | str:
        """A declaration."""
        return _YES_NO.get(typed.value, "not_an_option") if typed.value else MISSING


KINDS: Mapping[type, type[ItemField]] = {
    Indicator: QuantityField,
    Activity: QuantityField,
    Practice: PracticeField,
    Trait: TraitField,
    Requirement: RequirementField,
}


def answer_text(item: Item, answer: Answer) -> str:
    """An answer in words, for conflicts and lists."""
    match answer:
        case Measured(value=value):
            return words.quantity(value, getattr(item, "unit", ""))
        case Practised(extent=extent, share=share):
            return words.label(extent) + ("" if share is None else f"（{words.percent(share, 0)}）")
        case Chosen(options=options):
            titles = {option.id: option.title for option in getattr(item, "options", ())}
            return "、".join(titles.get(option, option) for option in options)
        case Declared(is_met=is_met):
            return "满足" if is_met else "不满足"
        case NotApplicable(reason=reason):
            return f"不适用：{reason}"
        case Missing():
            return "未填"
