"""The client desk: all clients of a consultant in one table, two of them side by side, and reminders to oneself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal import words
from portal.actions import assessment as filing
from portal.actions import campaign, evidence, mail, result
from portal.actions.work import Work
from portal.core.assessment import Assessment, GateVerdict, ItemResult
from portal.core.campaign import CampaignState, local_day
from portal.core.clients import Asked, Client, Stage, Step, fitting
from portal.core.filing import AssessmentState
from portal.core.gaps import Gap, find_gaps
from portal.core.questionnaire import Item
from portal.core.roles import Account
from portal.report.results import answer_words
from portal.storage import campaign as stored_campaign
from portal.storage import clients as stored

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A client as the table shows it; what is computed is None where there is no self-check."""

    client: Client
    deadline: date | None
    assessment: Assessment | None
    gap: Gap | None
    lacks: int  # items without evidence, or with expired evidence only
    step: Step
    may_fill: bool
    may_print: bool

    @property
    def verdict(self) -> GateVerdict | None:
        """What the gates say together."""
        return self.assessment.gate_verdict if self.assessment is not None else None

    @property
    def points(self) -> Decimal | None:
        """The points; while it is a draft as things stand."""
        if self.client.points is not None or self.assessment is None:
            return self.client.points
        return self.assessment.points.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All clients that fit, in order, not yet scored; and what the table may be narrowed to."""

    found: tuple[Client, ...]
    deadlines: dict[str, date]
    total: int
    years: tuple[int, ...]
    stages: dict[Stage, int]


def table(work: Work, who: Account, asked: Asked) -> Table:
    """The clients that fit."""
    everybody = stored.of_year(work.session, who.sight, asked.year)
    deadlines = _deadlines(work, everybody, asked.year)
    stages = {stage: sum(one.stage is stage for one in everybody) for stage in Stage}
    this_year = local_day(work.now).year
    years = tuple(sorted({*stored.years(work.session, who.sight), this_year}, reverse=True))
    return Table(
        found=fitting(everybody, asked, deadlines),
        deadlines=deadlines,
        total=len(everybody),
        years=years,
        stages=stages,
    )


def _deadlines(work: Work, clients: Sequence[Client], year: int) -> dict[str, date]:
    """By enterprise: the last day of its correction, or of the year's campaign where nothing was submitted yet."""
    found: dict[str, date] = {}
    there = stored_campaign.of_year(work.session, year)
    is_published = there is not None and there.state is CampaignState.PUBLISHED
    for one in clients:
        if one.stage is Stage.RETURNED and one.due_at is not None:
            # A correction is due at the midnight that ends its day.
            found[one.enterprise.id] = local_day(one.due_at - timedelta(seconds=1))
        elif is_published and one.stage in (Stage.NONE, Stage.DRAFT):
            applying = campaign.applying(work, year, one.enterprise.profile)
            if applying is not None:
                found[one.enterprise.id] = applying.closes_on
    return found


def lines(
    work: Work, who: Account, clients: Sequence[Client], deadlines: dict[str, date]
) -> tuple[Line, ...]:
    """One page of the table, scored."""
    return tuple(_line(work, who, one, deadlines.get(one.enterprise.id)) for one in clients)


def _line(work: Work, who: Account, client: Client, deadline: date | None) -> Line:
    may_fill = who.may_fill(client.enterprise.id)
    may_print = who.may_print(client.enterprise.id)
    scored: Assessment | None = None
    gaps: tuple[Gap, ...] = ()
    lacks, is_ready = 0, False
    if client.assessment_id:
        open_ = filing.open_(work, who, client.assessment_id)
        scored = result.assess_open(work, open_)
        gaps = find_gaps(scored)
        lacks = len(evidence.coverage_of(work, open_, scored).lacks)
        is_ready = client.state is AssessmentState.DRAFT and filing.ready(open_).may_submit
    return Line(
        client=client,
        deadline=deadline,
        assessment=scored,
        gap=gaps[0] if gaps else None,
        lacks=lacks,
        step=_step(client.stage, is_ready=is_ready, may_fill=may_fill, may_print=may_print),
        may_fill=may_fill,
        may_print=may_print,
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


def remind(work: Work, who: Account, year: int, ids: Collection[str]) -> int:
    """Mail oneself a list of clients with their deadlines; how many stand in it. Strangers are left out."""
    everybody = stored.of_year(work.session, who.sight, year)
    chosen = [one for one in everybody if one.enterprise.id in ids][:MOST_AT_ONCE]
    if not chosen:
        return 0
    deadlines = _deadlines(work, chosen, year)
    told = [
        f"· {one.enterprise.profile.name}：{words.CLIENT_STAGES[one.stage]}"
        + (f"，截止 {words.day(deadlines[one.enterprise.id])}" if one.enterprise.id in deadlines else "")
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
