"""整改台账: the measures of the plan, what became of each, and what the city learns from them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from portal.actions.result import Result
from portal.actions.work import NotFound, Work, new_id
from portal.core.campaign import local_day
from portal.core.enterprise import Enterprise
from portal.core.errors import Problem
from portal.core.filing import OpenAssessment
from portal.core.plain_text import cleaned
from portal.core.planning import (
    UNFINISHED,
    Entry,
    LocalRecord,
    Measure,
    check_entry,
    due_on,
    local_record,
)
from portal.core.questionnaire import ItemId
from portal.core.roles import Account
from portal.core.technology import Technology
from portal.core.whatif import Priced
from portal.storage import measure as stored
from portal.storage.assessment import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A measure with its technology, as far as the catalogue still has it."""

    measure: Measure
    technology: Technology | None
    is_overdue: bool

    @property
    def title(self) -> str:
        """The technology's title, or its id once the catalogue has lost it."""
        return self.technology.title if self.technology is not None else self.measure.technology


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """An enterprise's ledger with its sums (万元); None where nothing was entered."""

    enterprise: Enterprise
    lines: tuple[Line, ...]
    may_write: bool
    today: date

    @property
    def overdue(self) -> int:
        """How many are late."""
        return sum(line.is_overdue for line in self.lines)

    @property
    def unfinished(self) -> int:
        """How many are planned or under way."""
        return sum(line.measure.state in UNFINISHED for line in self.lines)

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(line.measure.state == "done" for line in self.lines)

    def total(self, name: str) -> Decimal | None:
        """The sum of `budget`, `spent` or `saving` over the lines that have it."""
        there = [getattr(line.measure, name) for line in self.lines if line.measure.state != "dropped"]
        known = [amount for amount in there if amount is not None]
        return sum(known, Decimal(0)) if known else None


def ledger(work: Work, who: Account, enterprise_id: str) -> Ledger:
    """The enterprise's ledger: what is late first, then by day. Raises NotFound."""
    one = stored.enterprise(work.session, enterprise_id, sight=who.sight)
    if one is None:
        raise NotFound(enterprise_id)
    today = local_day(work.now)
    found = stored.of_enterprise(work.session, enterprise_id, sight=who.sight)
    lines = (
        Line(measure=each, technology=_technology(work, each), is_overdue=each.is_overdue(today))
        for each in found
    )
    return Ledger(
        enterprise=one,
        lines=tuple(sorted(lines, key=_order)),
        may_write=stored.enterprise(work.session, enterprise_id, sight=who.writing_sight) is not None,
        today=today,
    )


def _order(line: Line) -> tuple[bool, bool, date, str]:
    return (
        not line.is_overdue,
        line.measure.state not in UNFINISHED,
        line.measure.due_on or date.max,
        line.title,
    )


def _technology(work: Work, measure: Measure) -> Technology | None:
    return next((one for one in work.library.technologies if one.id == measure.technology), None)


def find(work: Work, who: Account, enterprise_id: str, id: str) -> Measure:
    """One line that the person may write into. Raises NotFound."""
    found = stored.find(work.session, id, sight=who.writing_sight)
    if found is None or found.enterprise_id != enterprise_id:
        raise NotFound(id)
    return found


def keep(work: Work, who: Account, enterprise_id: str, id: str, entry: Entry) -> tuple[Problem, ...]:
    """Keep what is said in one line of the ledger. Raises NotFound."""
    before = find(work, who, enterprise_id, id)
    texts = {name: cleaned(getattr(entry, name)) for name in ("owner", "effect_unit", "note")}
    entry = Entry(**{**asdict(entry), **texts})
    problems = check_entry(entry, local_day(work.now))
    if problems:
        return problems
    changed = {name: value for name, value in asdict(entry).items() if value != getattr(before, name)}
    if changed:
        stored.change(work.session, id, entry, by=who.id, now=work.now)
        told = [
            canonical({name: str(one) for name, one in each.items()})
            for each in ({name: getattr(before, name) for name in changed}, changed)
        ]
        work.note("measure.change", "measure", id, before=told[0], after=told[1])
    return ()


def follow_plan(work: Work, who: Account, shown: Result, taken: Sequence[Priced]) -> None:
    """Bring the ledger up to a plan: its measures are added, those it dropped and nobody began are taken away."""
    open_ = shown.open
    there = {one.technology: one for one in stored.of_assessment(work.session, open_.id)}
    wanted = {one.id: one for one in taken}
    today = local_day(work.now)
    for id, one in wanted.items():
        if id not in there:
            _add(work, who, open_, one, today)
    gone = [one for id, one in there.items() if id not in wanted and one.is_untouched]
    stored.remove(work.session, [one.id for one in gone])
    for one_gone in gone:
        work.note("measure.remove", "measure", one_gone.id, before=one_gone.technology)


def _add(work: Work, who: Account, open_: OpenAssessment, one: Priced, today: date) -> None:
    technology = one.recommendation.technology
    savings = one.recommendation.counted
    id = new_id()
    stored.add(
        work.session,
        id,
        enterprise_id=open_.enterprise.id,
        assessment_id=open_.id,
        technology=one.id,
        carrier=savings[0].carrier.id if savings else "",
        entry=Entry(
            due_on=due_on(technology.cost_class, today),
            budget=one.investment.high if one.investment is not None else None,
            effect_unit=f"{savings[0].carrier.unit}/a"[:20] if savings else "",
        ),
        by=who.id,
        now=work.now,
    )
    work.note("measure.add", "measure", id, after=one.id)


def of_plan(work: Work, assessment_id: str) -> Mapping[str, Measure]:
    """The ledger's lines that came from one self-check, by technology; scope: whoever may see the self-check."""
    return {one.technology: one for one in stored.of_assessment(work.session, assessment_id)}


def done_before(work: Work, open_: OpenAssessment) -> Mapping[ItemId, tuple[Technology, ...]]:
    """For each item the technologies of earlier plans that are in place by now."""
    found: dict[ItemId, tuple[Technology, ...]] = {}
    done = {one.technology for one in stored.done_before(work.session, open_.enterprise.id, open_.year)}
    for technology in work.library.technologies if done else ():
        if technology.id in done:
            for item in technology.closes:
                found[item] = (*found.get(item, ()), technology)
    return found


def record_of(work: Work, technology: str) -> LocalRecord:
    """What plants of the city spent on a technology and save by it, from five of them on."""
    return local_record(stored.realised(work.session, technology))
