"""What a reviewer types: the filters of the queue, the verdict on an item, the words of a decision."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from portal.actions.decision import Ruling
from portal.actions.judging import Judgement
from portal.actions.review import Dossier
from portal.core.answers import MISSING, Answer, Declared, Measured, NotApplicable, Practised
from portal.core.errors import Problem
from portal.core.numerals import read_decimal
from portal.core.questionnaire import Activity, Extent, Indicator, Item, Practice
from portal.core.review import Reason, ReviewState, Verdict, VerdictKind
from portal.core.review_queue import Asked, Holding, Order

Typed = Mapping[str, str]
TO_DO, ALL = "todo", "all"


def asked_of(args: MultiDict[str, str], to_do: Sequence[ReviewState]) -> Asked:
    """The queue's filters out of the address; whatever else stands there is left open."""

    def one(name: str, choices: Sequence[str]) -> str:
        value = args.get(name, "")
        return value if value in choices else ""

    is_overdue = args.get("overdue") == "1"
    # What is overdue lies with the plants: it is nobody's to do until it is taken back.
    state = args.get("state", ALL if is_overdue else TO_DO)
    states = (ReviewState(state),) if state in {one.value for one in ReviewState} else ()
    year = args.get("year", "")
    page = args.get("page", "1")
    return Asked(
        states=tuple(to_do) if state == TO_DO else states,
        sector=args.get("sector", "")[:40].replace("\0", ""),
        district=args.get("district", "") if re.fullmatch("[0-9]{6}", args.get("district", "")) else "",
        year=int(year) if re.fullmatch("20[0-9]{2}", year) else None,
        holding=Holding(one("holder", [each.value for each in Holding])),
        is_overdue=is_overdue,
        words=args.get("words", ""),
        order=Order(one("sort", [each.value for each in Order]) or Order.WAITING),
        page=int(page) if re.fullmatch("[0-9]{1,5}", page) else 1,
    )


def revision_of(form: MultiDict[str, str]) -> int:
    """The revision of the case that the page showed; 0, which no case has, when there is none."""
    text = form.get("revision", "")
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


def days_of(form: MultiDict[str, str]) -> int:
    """The days of a deadline as typed; 0, which is refused, when they are no number."""
    number = read_decimal(form.get("days", ""))
    return 0 if isinstance(number, str) or number != int(number) or number > 10_000 else int(number)


@dataclass(frozen=True, slots=True)
class Heard:
    """A verdict as typed: what it means, or what stands against reading it."""

    judgement: Judgement | None
    problems: tuple[Problem, ...] = ()


def judgement_of(item: Item, answer: Answer, form: MultiDict[str, str]) -> Heard:
    """Read the form beside an item."""
    kind = form.get("kind", "")
    known = {one.value for one in VerdictKind}
    if "clear" in form or not kind:
        if "clear" not in form and form.get("comment", "").strip():
            return Heard(None, (Problem(place="kind", code="required"),))
        return Heard(Judgement(item=item.id, kind=None, seen=form.get("seen", "")))
    if kind not in known:
        return Heard(None, (Problem(place="kind", code="not_an_option"),))
    counted: Answer | None = None
    if kind == VerdictKind.LOWERED:
        read = counted_of(item, answer, form)
        if isinstance(read, str):
            return Heard(None, (Problem(place="counted", code=read),))
        counted = read
    reason = form.get("reason", "")
    return Heard(
        Judgement(
            item=item.id,
            kind=VerdictKind(kind),
            counted=counted,
            reason=Reason(reason) if reason in {one.value for one in Reason} else None,
            comment=form.get("comment", ""),
            seen=form.get("seen", ""),
        )
    )


def counted_of(item: Item, answer: Answer, form: Typed) -> Answer | str | None:
    """What shall count instead, or the code of a problem; None when nothing was chosen."""
    text = form.get("counted", "").strip()
    if isinstance(item, Practice):
        if text == "missing":
            return MISSING
        if text not in {extent.value for extent in Extent}:
            return None
        extent = Extent(text)
        if extent is not Extent.PARTIAL:
            return Practised(extent)
        typed = form.get("share", "").strip().rstrip("%％")
        share = read_decimal(typed) if typed else None
        return share if isinstance(share, str) else Practised(extent, share)
    if isinstance(item, Indicator | Activity):
        if not text:
            return MISSING if isinstance(answer, NotApplicable) else None
        number = read_decimal(text)
        return number if isinstance(number, str) else Measured(number)
    return Declared(False)


def typed_of(verdict: Verdict | None) -> dict[str, str]:
    """The form fields that stand for a verdict."""
    if verdict is None:
        return {"kind": "", "counted": "", "share": "", "reason": "", "comment": "", "seen": ""}
    counted, share = "", ""
    match verdict.counted:
        case Practised(extent=extent, share=part):
            counted, share = extent.value, "" if part is None else f"{part:f}"
        case Measured(value=value):
            counted = f"{value:f}"
        case None:
            counted = ""
        case _:
            counted = "missing" if verdict.counted == MISSING else ""
    return {
        "kind": verdict.kind.value,
        "counted": counted,
        "share": share,
        "reason": verdict.reason.value if verdict.reason is not None else "",
        "comment": verdict.comment,
        "seen": verdict.at.isoformat(),
    }


def rulings_of(dossier: Dossier, form: MultiDict[str, str]) -> tuple[tuple[Ruling, ...], tuple[Problem, ...]]:
    """What is decided about each objection, and what stands against reading it."""
    chosen = {"grant": True, "part": True, "keep": False}
    rulings: list[Ruling] = []
    problems: list[Problem] = []
    for one in dossier.objections:
        id, item = one.item, dossier.item(one.item)
        said, counted = form.get(f"{id}-ruling", ""), None
        if said == "part":
            typed = {name: form.get(f"{id}-{name}", "") for name in ("counted", "share")}
            read = counted_of(item, dossier.declared.answers.get(id, MISSING), typed)
            if read is None or isinstance(read, str):
                problems.append(Problem(place=id, code=read or "counted_wanted"))
            else:
                counted = read
        rulings.append(
            Ruling(item=id, is_granted=chosen.get(said), counted=counted, answer=form.get(f"{id}-answer", ""))
        )
    return tuple(rulings), tuple(problems)
