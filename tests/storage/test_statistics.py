"""The sums always equal a scan over the facts, whatever was submitted, changed or moved."""

from collections import Counter
from dataclasses import replace

from portal.actions import assessment
from portal.actions.work import Door
from portal.core.statistics import sums
from portal.storage import statistics as stored
from tests.cast import Person
from tests.core.test_statistics import make_facts
from tests.make import make_answers, make_changes

YEAR = 2026


def _scan(*contributions: object) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    totals: Counter[tuple[str, str, str, str]] = Counter()
    for facts in contributions:
        for (kind, key), (count, total) in sums(facts).items():  # type: ignore[arg-type]
            place = (facts.district, facts.sector, kind, key)  # type: ignore[attr-defined]
            counts[place] += count
            totals[place] += total
    return {place: (count, totals[place]) for place, count in counts.items()}


def _submitted(door: Door, who: Person) -> str:
    with door.writing() as work:
        id = assessment.start(work, who.account, who.enterprise, YEAR)
        assessment.keep(work, who.account, id, make_changes(make_answers()))
        assessment.submit(work, who.account, id)
    return id


def test_a_submission_is_counted_at_once(door: Door, manager: Person) -> None:
    id = _submitted(door, manager)
    with door.reading() as work:
        facts = stored.find(work.session, id)
        assert facts is not None
        assert facts.points is not None
        kinds = tuple({kind for kind, _ in sums(facts)})
        assert stored.tallies(work.session, YEAR, kinds=kinds) == _scan(facts)
        assert stored.years(work.session) == (YEAR,)


def test_changed_and_moved_contributions_leave_nothing_behind(
    door: Door, manager: Person, stranger: Person
) -> None:
    one, other = _submitted(door, manager), _submitted(door, stranger)
    first, second = make_facts(verified=6000), make_facts(points=7000, district="330110", sector="paper")
    with door.writing() as work:
        for id, facts in ((one, make_facts()), (other, make_facts()), (one, first), (other, second)):
            stored.keep(work.session, id, facts)
    kinds = tuple({kind for facts in (first, second) for kind, _ in sums(facts)} | {"lowered", "inflation"})
    with door.reading() as work:
        assert stored.tallies(work.session, YEAR, kinds=kinds) == _scan(first, second)
        assert stored.find(work.session, one) == replace(
            first, outcomes=tuple(sorted(first.outcomes, key=lambda outcome: outcome.item))
        )


def test_counting_anew_gives_the_same_sums(door: Door, manager: Person) -> None:
    id = _submitted(door, manager)
    with door.writing() as work:
        facts = stored.find(work.session, id)
        assert facts is not None
        kinds = tuple({kind for kind, _ in sums(facts)})
        before = stored.tallies(work.session, YEAR, kinds=kinds)
        stored.rebuild(work.session, {id: facts})
        assert stored.tallies(work.session, YEAR, kinds=kinds) == before


def test_sums_by_item_and_counts_by_place_are_those_of_the_sums(
    door: Door, manager: Person, stranger: Person
) -> None:
    one, other = _submitted(door, manager), _submitted(door, stranger)
    first, second = make_facts(), make_facts(district="330110")
    with door.writing() as work:
        stored.keep(work.session, one, first)
        stored.keep(work.session, other, second)
        sums = {place: sum_ for place, sum_ in _scan(first, second).items() if sum_[0]}
        scan = {place: count for place, (count, _) in sums.items()}
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for (district, sector, kind, key), count in scan.items():
        if kind == "item":
            counts.setdefault((sector, key), {})[district] = count
    assert counts
    kinds = ("item", "gap")
    with door.reading() as work:
        for district in ("", "330110"):
            found_counts, found_sums = stored.by_item(work.session, YEAR, kinds, district=district)
            assert found_counts == counts
            assert found_sums == stored.totals(work.session, YEAR, kinds, district=district)
        keys = tuple({key for _, _, kind, key in scan if kind == "technology"})
        found = stored.counts_by_place(work.session, YEAR, ("technology",), keys)
    assert {
        (district, sector, kind, key): count
        for (kind, key), places in found.items()
        for (district, sector), count in places.items()
    } == {place: count for place, count in scan.items() if place[2] == "technology"}
