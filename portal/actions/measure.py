"""整改台账: the measures of the plan, what became of each, and what the city learns from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from portal.actions.evidence import MOST_PER_ITEM
from portal.actions.result import Result
from portal.actions.work import NotFound, Work, new_id
from portal.core.campaign import local_day
from portal.core.enterprise import Enterprise
from portal.core.errors import Problem
from portal.core.evidence import Evidence, Wanted
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
from portal.report import ledger_list, sheets
from portal.storage import evidence as stored_evidence
from portal.storage import measure as stored
from portal.storage.assessment import canonical

CHANGED = "changed_meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A measure with its technology, as far as the catalogue still has it."""

    measure: Measure
    technology: Technology | None
    is_overdue: bool
    files: tuple[Evidence, ...] = ()

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
    shelf: tuple[Evidence, ...] = ()  # the newest files of the library, to choose from

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
    proved = _files_of(work, found)
    lines = (
        Line(
            measure=each,
            technology=_technology(work, each),
            is_overdue=each.is_overdue(today),
            files=proved.get(each.id, ()),
        )
        for each in found
    )
    may_write = stored.enterprise(work.session, enterprise_id, sight=who.writing_sight) is not None
    shelf, _, _ = (
        stored_evidence.listed(work.session, enterprise_id, Wanted(), today) if may_write else ((), 0, 1)
    )
    return Ledger(
        enterprise=one,
        lines=tuple(sorted(lines, key=_order)),
        may_write=may_write,
        today=today,
        shelf=shelf,
    )


def export(work: Work, who: Account, enterprise_id: str) -> tuple[bytes, str]:
    """The ledger as Excel, with the enterprise's name; raises NotFound."""
    found = ledger(work, who, enterprise_id)
    name = found.enterprise.profile.name
    told = [(line.title, line.measure, line.files) for line in found.lines]
    work.note("measure.export", "enterprise", enterprise_id)
    return sheets.workbook([ledger_list.sheet(name, told, work.now)], at=work.now), name


def _files_of(work: Work, measures: Sequence[Measure]) -> dict[str, tuple[Evidence, ...]]:
    """By line its files."""
    ids = stored.files(work.session, [one.id for one in measures])
    there = stored_evidence.by_id(work.session, {id for some in ids.values() for id in some})
    return {measure: tuple(there[id] for id in some) for measure, some in ids.items()}


def _order(line: Line) -> tuple[bool, bool, date, str]:
    return (
        not line.is_overdue,
        line.measure.state not in UNFINISHED,
        line.measure.due_on or date.max,
        line.title,
    )


def _technology(work: Work, measure: Measure) -> Technology | None:
    return next((one for one in work.library.technologies if one.id == measure.technology), None)


def find(work: Work, who: Account, enterprise_id: str, id: str, *, is_locking: bool = False) -> Measure:
    """One line that the person may write into. Raises NotFound."""
    found = stored.find(work.session, id, sight=who.writing_sight, is_locking=is_locking)
    if found is None or found.enterprise_id != enterprise_id:
        raise NotFound(id)
    return found


def is_gone(work: Work, who: Account, enterprise_id: str, id: str) -> bool:
    """Whether the ledger has no such line any more: the plan dropped it. Raises NotFound to who may not write there."""
    if stored.enterprise(work.session, enterprise_id, sight=who.writing_sight) is None:
        raise NotFound(enterprise_id)
    found = stored.find(work.session, id, sight=who.writing_sight)
    return found is None or found.enterprise_id != enterprise_id


def keep(
    work: Work, who: Account, enterprise_id: str, id: str, entry: Entry, seen: str | None = None
) -> tuple[Problem, ...]:
    """Keep what is said in one line of the ledger. Raises NotFound.

    `seen` is the mark of the line that the page showed: what somebody else said meanwhile is never overwritten. None
    for whoever writes in the unit of work that looked.
    """
    before = find(work, who, enterprise_id, id, is_locking=True)
    texts = {name: cleaned(getattr(entry, name)) for name in ("owner", "effect_unit", "note")}
    entry = Entry(**{**asdict(entry), **texts})
    problems = check_entry(entry, local_day(work.now))
    if problems:
        return problems
    changed = {name: value for name, value in asdict(entry).items() if value != getattr(before, name)}
    if changed and seen not in (None, before.mark):
        return (Problem(place="measure", code=CHANGED),)
    if changed:
        stored.change(work.session, id, entry, by=who.id, now=work.now)
        told = [
            canonical({name: str(one) for name, one in each.items()})
            for each in ({name: getattr(before, name) for name in changed}, changed)
        ]
        work.note("measure.change", "measure", id, before=told[0], after=told[1])
    return ()


def attach(
    work: Work, who: Account, enterprise_id: str, id: str, files: Collection[str]
) -> tuple[Problem, ...]:
    """Let files of the enterprise's library prove a line; again changes nothing. Raises NotFound."""
    find(work, who, enterprise_id, id)
    there = stored.files(work.session, [id]).get(id, [])
    fresh = [one for one in dict.fromkeys(files) if one not in there]
    if len(there) + len(fresh) > MOST_PER_ITEM:
        return (Problem(place="files", code="too_many_links", details=(str(MOST_PER_ITEM),)),)
    for one in fresh:
        found = stored_evidence.find(work.session, one, sight=who.writing_sight, is_locking=True)
        if found is None or found.evidence.is_removed or found.evidence.enterprise_id != enterprise_id:
            raise NotFound(one)
        if stored.link(work.session, id, one, by=who.id, now=work.now):
            work.note("measure.link", "measure", id, after=one)
    return ()


def detach(work: Work, who: Account, enterprise_id: str, id: str, file: str) -> None:
    """Take a file from a line; it stays in the library. Raises NotFound."""
    find(work, who, enterprise_id, id)
    if stored.unlink(work.session, id, file):
        work.note("measure.unlink", "measure", id, before=file)


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


def done_before(work: Work, open_: OpenAssessment) -> Mapping[ItemId, tuple[Line, ...]]:
    """For each item the measures of earlier plans that are done by now, the newest of each technology."""
    found: dict[ItemId, tuple[Line, ...]] = {}
    done = {one.technology: one for one in stored.done_before(work.session, open_.enterprise.id, open_.year)}
    proved = _files_of(work, tuple(done.values())) if done else {}
    for technology in work.library.technologies if done else ():
        one = done.get(technology.id)
        if one is not None:
            line = Line(measure=one, technology=technology, is_overdue=False, files=proved.get(one.id, ()))
            for item in technology.closes:
                found[item] = (*found.get(item, ()), line)
    return found


def record_of(work: Work, technology: str) -> LocalRecord:
    """What plants of the city spent on a technology and save by it, from five of them on."""
    return local_record(stored.realised(work.session, technology))
