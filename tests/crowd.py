"""Many plants that have submitted: enough for statistics, in as many districts and sectors as a test wants."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import count

from portal.actions import account, assessment, enterprise
from portal.actions.work import Door
from portal.core.answers import Answer, Measured, Practised
from portal.core.disclosure import Place
from portal.core.questionnaire import Extent, ItemId
from portal.core.statistics import Facts, Outcome
from portal.storage import statistics as stored
from tests.cast import PASSWORD
from tests.make import HEAT, SNCR, make_answers, make_changes, make_profile

DISTRICT, OTHER = "330111", "330110"
YEAR = 2026
_numbers = count(1)


def make_crowd(door: Door, counts: Mapping[Place, int], *, year: int = YEAR, first: str = "") -> list[str]:
    """Submit so many self-checks for each district and sector, each a little different: their ids.

    Only the cement questionnaire of `tests.make` exists; plants of another sector are counted as if they had it.
    """
    ids = []
    with door.writing() as work:
        who, problems = account.register(
            work, name="群示例", mail=f"crowd{next(_numbers)}@example.cn", mobile="", password=PASSWORD
        )
        assert who is not None, problems
        for (district, sector), size in counts.items():
            for number in range(size):
                where = "外区" if district == OTHER else "本区"
                profile = make_profile(name=f"{first}{where}示例{number + 1}厂", district=district)
                plant, problems = enterprise.create(work, who, profile)
                assert plant is not None, problems
                id = assessment.start(work, who, plant, year)
                assessment.keep(work, who, id, make_changes(_answers(number)))
                assessment.submit(work, who, id)
                if sector != "cement":
                    facts = stored.find(work.session, id)
                    assert facts is not None
                    stored.keep(work.session, id, replace(facts, sector=sector))
                ids.append(id)
    return ids


def _answers(number: int) -> dict[ItemId, Answer]:
    extents = (Practised(Extent.FULL), Practised(Extent.PARTIAL, Decimal(40)), Practised(Extent.NONE))
    return {
        **make_answers(),
        HEAT: Measured(Decimal(95 + number % 12)),
        SNCR: extents[number % 3],
    }


def confirm(door: Door, ids: list[str], less: int = 500) -> None:
    """Count the submissions as confirmed with so many hundredths of points less and the first item lowered."""
    with door.writing() as work:
        for id in ids:
            facts = stored.find(work.session, id)
            assert facts is not None and facts.points is not None
            stored.keep(work.session, id, confirmed(facts, less))


def confirmed(facts: Facts, less: int = 500) -> Facts:
    """The facts after the city has confirmed."""
    assert facts.points is not None
    return replace(
        facts,
        verified=max(facts.points - less, 0),
        verified_grade=facts.grade,
        outcomes=tuple(_lowered(one, is_first=at == 0) for at, one in enumerate(facts.outcomes)),
    )


def _lowered(one: Outcome, *, is_first: bool) -> Outcome:
    if one.declared is None:
        return one
    return replace(one, verified=one.declared // 2 if is_first else one.declared)
