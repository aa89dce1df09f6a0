"""The client desk: all clients of a consultant in one table, two of them side by side, and reminders."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from portal import words
from portal.actions import assessment as filing
from portal.actions import mail, outbox, result
from portal.actions.work import Work
from portal.core.answers import Answers
from portal.core.assessment import Assessment, ItemResult
from portal.core.campaign import CampaignState, Channel, local_day
from portal.core.clients import Asked, Client, Line, Score, Stage, Step, fitting, narrowed
from portal.core.evidence import is_bare, items_to_prove, last_day_needed
from portal.core.filing import AssessmentState
from portal.core.gaps import find_gaps
from portal.core.questionnaire import Item, Questionnaire
from portal.core.roles import Account
from portal.core.scoring import assess
from portal.report import client_list, sheets
from portal.report.results import answer_words
from portal.storage import campaign as stored_campaign
from portal.storage import clients as stored
from portal.storage import evidence as stored_evidence
from portal.storage.assessment import answers_json, canonical

MOST_AT_ONCE = 500
MOST_REMINDED = 100
_SCORES_KEPT = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All clients that fit, in order; and what the table may be narrowed to.

    `scored` are their lines where the filters or the order needed every one of them.
    """

    found: tuple[Client, ...]
    deadlines: dict[str, date]
    total: int
    years: tuple[int, ...]
    stages: dict[Stage, int]
    scored: tuple[Line, ...] | None = None


def table(work: Work, who: Account, asked: Asked) -> Table:
    """The clients that fit."""
    everybody = stored.of_year(work.session, who.sight, asked.year)
    deadlines = _deadlines(work, everybody, asked.year)
    found = fitting(everybody, asked, deadlines)
    scored = None
    if asked.needs_scores:
        scored = narrowed(lines(work, who, found, deadlines), asked)
        found = tuple(line.client for line in scored)
    this_year = local_day(work.now).year
    return Table(
        found=found,
        deadlines=deadlines,
        total=len(everybody),
        years=tuple(sorted({*stored.years(work.session, who.sight), this_year}, reverse=True)),
        stages={stage: sum(one.stage is stage for one in everybody) for stage in Stage},
        scored=scored,
    )


def page_of(work: Work, who: Account, found: Table, offset: int, size: int) -> tuple[Line, ...]:
    """One page of the table, scored."""
    if found.scored is not None:
        return found.scored[offset : offset + size]
    return lines(work, who, found.found[offset : offset + size], found.deadlines)


def _deadlines(work: Work, clients: Sequence[Client], year: int) -> dict[str, date]:
    """By enterprise: the last day of its correction, or of the year's campaign where nothing was submitted yet."""
    found: dict[str, date] = {}
    there = stored_campaign.of_year(work.session, year)
    waiting = {
        one.enterprise.id: one.enterprise.profile for one in clients if one.stage in (Stage.NONE, Stage.DRAFT)
    }
    if there is not None and there.state is CampaignState.PUBLISHED and waiting:
        codes = [profile.uscc for profile in waiting.values()]
        listed = stored.invited(work.session, there.id, codes)
        for id, profile in waiting.items():
            if profile.sector in there.sectors or profile.uscc in listed:
                found[id] = there.closes_on
    for one in clients:
        if one.stage is Stage.RETURNED and one.due_at is not None:
            # A correction is due at the midnight that ends its day.
            found[one.enterprise.id] = local_day(one.due_at - timedelta(seconds=1))
    return found


# ── Scores ───────────────────────────────────────────────────────────────────


def lines(
    work: Work, who: Account, clients: Sequence[Client], deadlines: Mapping[str, date]
) -> tuple[Line, ...]:
    """Clients with their scores: the same few queries however many there are."""
    begun = [one for one in clients if one.assessment_id]
    given = stored.answers(work.session, [one.assessment_id for one in begun]) if begun else {}
    links = stored.links(work.session, begun) if begun else {}
    ids = {id for each in links.values() for some in each.values() for id in some}
    files = stored_evidence.by_id(work.session, ids)
    today, found = local_day(work.now), []
    for one in clients:
        score, lacks, is_ready = None, 0, False
        if one.assessment_id:
            told = given[one.assessment_id]
            questionnaire = work.library.questionnaire(*one.questionnaire)
            score = _score(_Filing(questionnaire, one.year, told.answers))
            is_draft = one.state is AssessmentState.DRAFT
            day = last_day_needed(one.year, today, is_draft=is_draft)
            shown = links[one.assessment_id]
            lacks = sum(
                is_bare([files[id] for id in shown.get(item, ()) if id in files], day)
                for item in score.to_prove
            )
            is_ready = is_draft and not score.missing and not told.carried and score.points is not None
        may_fill, may_print = who.may_fill(one.enterprise.id), who.may_print(one.enterprise.id)
        found.append(
            Line(
                client=one,
                deadline=deadlines.get(one.enterprise.id),
                score=score,
                lacks=lacks,
                step=_step(one.stage, is_ready=is_ready, may_fill=may_fill, may_print=may_print),
                may_fill=may_fill,
                may_print=may_print,
            )
        )
    return tuple(found)


class _Filing:
    """What a score is computed from, known by its content: the same answers are scored once a process."""

    def __init__(self, questionnaire: Questionnaire, year: int, answers: Answers) -> None:
        self.questionnaire, self.year, self.answers = questionnaire, year, answers
        content = canonical(answers_json(answers)).encode()
        # The very questionnaire, not its name: it is held here, so that nothing else can take its place.
        self._key = (id(questionnaire), year, hashlib.sha256(content).digest())

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Filing) and self._key == other._key


@lru_cache(maxsize=_SCORES_KEPT)
def _score(one: _Filing) -> Score:
    given = {item: one.answers[item] for item in one.questionnaire.items if item in one.answers}
    scored = assess(one.questionnaire, given, one.year)
    gaps = find_gaps(scored)
    return Score(
        points=scored.points.total,
        grade=scored.grade.grade if scored.grade is not None else None,
        is_rated=scored.grade is not None and scored.grade.is_rated,
        verdict=scored.gate_verdict,
        gap=gaps[0].result.item if gaps else None,
        to_prove=tuple(item.id for item in items_to_prove(scored)),
        missing=len(filing.unanswered(one.questionnaire, given, scored)),
    )


def _step(stage: Stage, *, is_ready: bool, may_fill: bool, may_print: bool) -> Step:
    match stage:
        case Stage.NONE if may_fill:
            return Step.START
        case Stage.DRAFT if is_ready:
            return Step.SUBMIT
        case Stage.DRAFT if may_fill:
            return Step.FILL
        case Stage.RETURNED if may_fill:
            return Step.CORRECT
        case Stage.REVIEW | Stage.CONFIRMED if may_print:
            return Step.PRINT
    return Step.LOOK


def export(work: Work, who: Account, asked: Asked) -> bytes:
    """The table that fits as Excel, all of its pages."""
    found = table(work, who, asked)
    told = page_of(work, who, found, 0, MOST_AT_ONCE)
    sectors = {one.id: one.sector for one in work.library.newest()}
    work.note("firm.export", "account", who.id, after=str(asked.year))
    return sheets.workbook([client_list.sheet(told, sectors, asked.year, work.now)], at=work.now)


# ── Reminders ────────────────────────────────────────────────────────────────


def _chosen(work: Work, who: Account, year: int, ids: Collection[str], most: int) -> list[Client]:
    """Those of the ids that are clients, in the table's order; strangers are left out."""
    everybody = stored.of_year(work.session, who.sight, year)
    return [one for one in everybody if one.enterprise.id in ids][:most]


def remind(work: Work, who: Account, year: int, ids: Collection[str]) -> int:
    """Mail oneself a list of clients with their deadlines; how many stand in it."""
    chosen = _chosen(work, who, year, ids, MOST_AT_ONCE)
    if not chosen:
        return 0
    deadlines = _deadlines(work, chosen, year)
    told = [
        words.client_line(one.enterprise.profile.name, one.stage, deadlines.get(one.enterprise.id))
        for one in chosen
    ]
    mail.write(
        work,
        "clients_reminder",
        who.mail,
        name=who.name,
        year=str(year),
        count=str(len(chosen)),
        list="\n".join(told),
        link=f"{work.settings.address}/clients?year={year}",
    )
    work.note("firm.remind", "account", who.id, after=" ".join(one.enterprise.id for one in chosen))
    return len(chosen)


def nudge(work: Work, who: Account, year: int, ids: Collection[str]) -> tuple[int, int]:
    """Write to the people of the chosen enterprises where their self-check stands and what is lacking.

    How many enterprises were written to, and how many of the chosen were not: they had a letter today, or nothing is
    left for them to do.
    """
    chosen = _chosen(work, who, year, ids, MOST_REMINDED)
    deadlines = _deadlines(work, chosen, year)
    people = stored.managers(work.session, [one.enterprise.id for one in chosen])
    reached = []
    for line in lines(work, who, chosen, deadlines):
        one = line.client
        if one.stage not in (Stage.NONE, Stage.DRAFT, Stage.RETURNED):
            continue
        written = [
            outbox.put(
                work,
                # Once a day from one person, however often the button is pressed.
                occasion=f"client:{one.enterprise.id}:{id}:{who.id}:{local_day(work.now)}",
                channel=Channel.MAIL,
                address=address,
                template="client_nudge",
                enterprise_id=one.enterprise.id,
                name=name,
                enterprise=one.enterprise.profile.name,
                year=str(year),
                consultant=who.name,
                mail=who.mail,
                standing=words.client_standing(line),
                link=f"{work.settings.address}/desk",
            )
            for id, name, address in people.get(one.enterprise.id, ())
        ]
        if any(written):
            reached.append(one.enterprise.id)
    if reached:
        work.note("firm.nudge", "account", who.id, after=" ".join(reached))
    return len(reached), len(chosen) - len(reached)


# ── Side by side ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One self-check of a comparison."""

    name: str
    year: int
    result: result.Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One row of a comparison: what both sides have for it; None where one side has nothing of the kind."""

    title: str
    left: Decimal | None
    right: Decimal | None
    left_words: str = ""
    right_words: str = ""

    @property
    def apart(self) -> Decimal | None:
        """Right minus left."""
        return self.right - self.left if self.left is not None and self.right is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two self-checks side by side."""

    left: Side
    right: Side
    columns: tuple[Pair, ...]
    sections: tuple[Pair, ...]
    items: tuple[tuple[str, tuple[Pair, ...]], ...]  # by title of the section


def offered(work: Work, who: Account) -> tuple[tuple[str, str, int], ...]:
    """What can be compared: id, enterprise's name and year."""
    return stored.assessments(work.session, who.sight)


def compare(work: Work, who: Account, left: str, right: str) -> Comparison:
    """Two clients, or two years of one, side by side; raises NotFound."""
    one, other = _side(work, who, left), _side(work, who, right)
    a, b = one.result.assessment, other.result.assessment
    columns = {column.column: column for column in b.points.columns}
    pairs = [Pair(title="", left=a.points.total, right=b.points.total)]
    for column in a.points.columns:
        theirs = columns.get(column.column)
        pairs.append(
            Pair(
                title=words.label(column.column),
                left=column.points,
                right=theirs.points if theirs is not None else None,
            )
        )
    return Comparison(
        left=one,
        right=other,
        columns=tuple(pairs),
        sections=_section_pairs(a, b),
        items=_item_pairs(a, b),
    )


def _side(work: Work, who: Account, id: str) -> Side:
    found = result.of(work, who, id)
    return Side(name=found.open.enterprise.profile.name, year=found.open.year, result=found)


def _section_pairs(a: Assessment, b: Assessment) -> tuple[Pair, ...]:
    left, right = ({one.id: one for one in side.sections} for side in (a, b))
    titles = {one.id: one.title for one in (*b.sections, *a.sections)}
    order = list(dict.fromkeys([*left, *right]))
    return tuple(
        Pair(
            title=titles[id],
            left=left[id].points if id in left else None,
            right=right[id].points if id in right else None,
        )
        for id in order
        if (id in left and left[id].counted) or (id in right and right[id].counted)
    )


def _item_pairs(a: Assessment, b: Assessment) -> tuple[tuple[str, tuple[Pair, ...]], ...]:
    """The scored items, by section; another sector has other items, and then a side stays empty."""
    left, right = ({one.item.id: one for one in side.items} for side in (a, b))
    sections: dict[str, list[Pair]] = {}
    for id in dict.fromkeys([*left, *right]):
        of = a if id in left else b
        item: Item = (left.get(id) or right[id]).item
        pair = Pair(
            title=item.title,
            left=_earned(left.get(id)),
            right=_earned(right.get(id)),
            left_words=answer_words(a, left[id].item) if id in left else "",
            right_words=answer_words(b, right[id].item) if id in right else "",
        )
        sections.setdefault(of.questionnaire.section_of(id).title, []).append(pair)
    return tuple((title, tuple(pairs)) for title, pairs in sections.items())


def _earned(one: ItemResult | None) -> Decimal | None:
    return one.earned if one is not None and one.factor is not None else None
