"""The public catalogue: technologies with filters and search, one card, and the documents cited."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.actions import catalogue, measure
from portal.actions.work import Work
from portal.core.levels import Verification
from portal.core.questionnaire import Column
from portal.core.roles import Account
from portal.core.technology import CostClass
from portal.web.access import PUBLIC, Pages

pages = Pages("catalogue", __name__)
ON_A_PAGE = 20
LONGEST_SEARCH = 100


@pages.page("/technologies", roles=PUBLIC)
def technologies(work: Work, who: Account | None) -> ResponseReturnValue:
    """Cards that fit the filters, a page at a time; the address holds the filters."""
    asked = {name: request.args.get(name, "") for name in ("sector", "column", "cost", "words")}
    asked["words"] = asked["words"].strip()[:LONGEST_SEARCH]
    found = catalogue.technologies(
        work,
        asked["sector"] or None,
        Column(asked["column"]) if asked["column"] in {one.value for one in Column} else None,
        CostClass(asked["cost"]) if asked["cost"] in {one.value for one in CostClass} else None,
        asked["words"],
    )
    number, last = _page_of(len(found))
    return render_template(
        "catalogue/technologies.html",
        found=found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        count=len(found),
        asked=asked,
        number=number,
        last=last,
        questionnaires=catalogue.questionnaires(work),
        columns=Column,
        cost_classes=CostClass,
    )


def _page_of(count: int) -> tuple[int, int]:
    """The page asked for, of so many; whatever else stands in the address is the first or the last one."""
    last = max(1, -(-count // ON_A_PAGE))
    typed = request.args.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    return min(max(number, 1), last), last


@pages.page("/technologies/<id>", roles=PUBLIC, subject="technology")
def technology(work: Work, who: Account | None, id: str) -> ResponseReturnValue:
    """One card."""
    card = catalogue.technology(work, id)
    return render_template(
        "catalogue/technology.html",
        card=card,
        one=card.technology,
        record=measure.record_of(work, id),
        sources=work.library.sources,
        carriers=work.library.carriers,
        items={item.id: item for _, item in card.uses},
        kind_of=lambda effect: type(effect).__name__,
    )


@pages.page("/sources", roles=PUBLIC)
def sources(work: Work, who: Account | None) -> ResponseReturnValue:
    """Documents that the content cites and that fit the filters, with how far each was read."""
    asked = {name: request.args.get(name, "") for name in ("sector", "read", "status", "words")}
    asked["words"] = asked["words"].strip()[:LONGEST_SEARCH]
    found = catalogue.sources(
        work,
        asked["sector"] or None,
        Verification(asked["read"]) if asked["read"] in {one.value for one in Verification} else None,
        asked["status"] or None,
        asked["words"],
    )
    number, last = _page_of(len(found))
    return render_template(
        "catalogue/sources.html",
        found=found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        count=len(found),
        asked=asked,
        number=number,
        last=last,
        questionnaires=catalogue.questionnaires(work),
        verifications=Verification,
    )
