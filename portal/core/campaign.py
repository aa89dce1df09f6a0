"""A year's campaign (年度自评批次): when it is open, what its rungs ask for, and which reminder is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from portal.core.assessment import Assessment, GateVerdict
from portal.core.errors import Problem
from portal.core.levels import Grade
from portal.core.plain_text import cleaned, code_form, is_printable

# Hangzhou's clock decides which day it is.
LOCAL = timedelta(hours=8)
LONGEST_TITLE = 120
LONGEST_NOTICE = 5000
LONGEST_RUNG = 30
MOST_RUNGS = 6
FIRST_YEAR, LAST_YEAR = 2020, 2100
# Reminders go out by themselves on these days before the last one, from this hour on, until the day has ended.
DAYS_BEFORE = (30, 7, 1)
REMINDING_HOUR = timedelta(hours=9)


class CampaignState(StrEnum):
    """Whether enterprises see it; the values are stored."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Channel(StrEnum):
    """How a letter leaves."""

    MAIL = "mail"
    SMS = "sms"


class LetterState(StrEnum):
    """Where a letter of the outbox stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What a rung (市级, 省级 …) asks for: at least these points, at least this grade, every gate met."""

    id: str
    title: str
    points: Decimal
    grade: Grade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign; both days belong to it, by Hangzhou's clock."""

    id: str
    year: int
    title: str
    sectors: tuple[str, ...]
    opens_on: date
    closes_on: date
    rungs: tuple[Rung, ...]
    notice: str
    state: CampaignState

    @property
    def closes_at(self) -> datetime:
        """The first moment at which nothing can be submitted any more."""
        return midnight_after(self.closes_on)

    def is_open(self, now: datetime) -> bool:
        """Whether a self-check can be submitted at this moment."""
        return self.state is CampaignState.PUBLISHED and self.opens_on <= local_day(now) <= self.closes_on


def local_day(now: datetime) -> date:
    """The day by Hangzhou's clock."""
    return (now.astimezone(UTC) + LOCAL).date()


def midnight_after(day: date) -> datetime:
    """The moment at which `day` has ended in Hangzhou, aware, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) - LOCAL


# ── What the city types ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRung:
    """A rung as typed; one without a title is none."""

    title: str
    points: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedPlan:
    """A campaign as typed; the days as 2026-11-22."""

    year: str
    title: str
    sectors: tuple[str, ...]
    opens_on: str
    closes_on: str
    rungs: tuple[TypedRung, ...]
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a campaign says, checked."""

    year: int
    title: str
    sectors: tuple[str, ...]
    opens_on: date
    closes_on: date
    rungs: tuple[Rung, ...]
    notice: str


def checked(
    typed: TypedPlan, known: Collection[str], published: Campaign | None = None
) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan as it is kept, or everything that stands against it; `known` are the sectors with a questionnaire.

    Once published, enterprises rely on it: year and sectors stay, and its days can only be extended.
    """
    problems = [*_check_texts(typed), *_check_sectors(typed.sectors, known)]
    year = int(typed.year) if typed.year.isascii() and typed.year.isdigit() and len(typed.year) == 4 else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(Problem(place="year", code="year_form"))
    opens, closes = _day(typed.opens_on), _day(typed.closes_on)
    problems += [
        Problem(place=place, code="day_form" if text.strip() else "required")
        for place, text, day in (("opens_on", typed.opens_on, opens), ("closes_on", typed.closes_on, closes))
        if day is None
    ]
    if opens and closes and closes < opens:
        problems.append(Problem(place="closes_on", code="closes_before_opens"))
    rungs, wrong = _rungs(typed.rungs)
    problems += wrong
    if problems or opens is None or closes is None:
        return None, tuple(problems)
    plan = Plan(
        year=year,
        title=cleaned(typed.title),
        sectors=tuple(sorted(set(typed.sectors))),
        opens_on=opens,
        closes_on=closes,
        rungs=rungs,
        notice=cleaned(typed.notice),
    )
    problems += _check_change(plan, published) if published is not None else ()
    return (None, tuple(problems)) if problems else (plan, ())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(code_form(text).replace("/", "-"))
    except ValueError:
        return None


def _check_texts(typed: TypedPlan) -> list[Problem]:
    problems = []
    for place, text, longest in (
        ("title", cleaned(typed.title), LONGEST_TITLE),
        ("notice", cleaned(typed.notice), LONGEST_NOTICE),
    ):
        if not text and place == "title":
            problems.append(Problem(place=place, code="required"))
        if len(text) > longest:
            problems.append(Problem(place=place, code="too_long", details=(str(longest),)))
        if not is_printable(text):
            problems.append(Problem(place=place, code="unprintable"))
    return problems


def _check_sectors(sectors: Sequence[str], known: Collection[str]) -> list[Problem]:
    if not sectors:
        return [Problem(place="sectors", code="sectors_missing")]
    return [] if set(sectors) <= set(known) else [Problem(place="sectors", code="not_an_option")]


def _check_change(plan: Plan, published: Campaign) -> tuple[Problem, ...]:
    problems = []
    if plan.year != published.year:
        problems.append(Problem(place="year", code="published_fixed"))
    if set(plan.sectors) != set(published.sectors):
        problems.append(Problem(place="sectors", code="published_fixed"))
    if plan.opens_on > published.opens_on:
        problems.append(
            Problem(place="opens_on", code="opens_later", details=(published.opens_on.isoformat(),))
        )
    if plan.closes_on < published.closes_on:
        problems.append(
            Problem(place="closes_on", code="closes_earlier", details=(published.closes_on.isoformat(),))
        )
    return tuple(problems)


def _rungs(typed: Sequence[TypedRung]) -> tuple[tuple[Rung, ...], list[Problem]]:
    rungs: list[Rung] = []
    problems: list[Problem] = []
    for number, one in enumerate(typed[:MOST_RUNGS]):
        title = cleaned(one.title)
        if not title:
            if one.points.strip() or one.grade:
                problems.append(Problem(place=f"rung_title_{number}", code="required"))
            continue
        if len(title) > LONGEST_RUNG:
            place = f"rung_title_{number}"
            problems.append(Problem(place=place, code="too_long", details=(str(LONGEST_RUNG),)))
        points = _points(one.points)
        if points is None:
            problems.append(Problem(place=f"rung_points_{number}", code="rung_points"))
        if one.grade and one.grade not in {grade.value for grade in Grade}:
            problems.append(Problem(place=f"rung_grade_{number}", code="not_an_option"))
        elif points is not None:
            grade = Grade(one.grade) if one.grade else None
            rungs.append(Rung(id=f"rung{len(rungs) + 1}", title=title, points=points, grade=grade))
    if len({rung.title for rung in rungs}) < len(rungs):
        problems.append(Problem(place="rung_title_0", code="rung_twice"))
    return tuple(rungs), problems


def _points(text: str) -> Decimal | None:
    try:
        value = Decimal(code_form(text))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= 100 or value.as_tuple().exponent < -1:  # type: ignore[operator]
        return None
    return value.quantize(Decimal("0.1"))


# ── Rungs ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class RungStanding:
    """How far a plant is from a rung; what is reached lacks nothing.

    `lacking_points` is None where nothing counts yet, else how many are missing (0: enough).
    """

    rung: Rung
    lacking_points: Decimal | None
    is_grade_reached: bool
    gates: GateVerdict

    @property
    def is_reached(self) -> bool:
        """Points, grade and gates, all of them."""
        return self.lacking_points == 0 and self.is_grade_reached and self.gates.is_met


def standings(rungs: Sequence[Rung], assessment: Assessment) -> tuple[RungStanding, ...]:
    """The rungs by their points, each with what is missing to it."""
    points = assessment.points.total
    reached = assessment.grade.grade if assessment.grade is not None else None
    return tuple(
        RungStanding(
            rung=rung,
            lacking_points=None if points is None else max(rung.points - points, Decimal(0)),
            is_grade_reached=rung.grade is None or (reached is not None and reached.rank <= rung.grade.rank),
            gates=assessment.gate_verdict,
        )
        for rung in sorted(rungs, key=lambda one: (one.points, one.id))
    )


# ── Submission and reminders ─────────────────────────────────────────────────


def check_submission(campaign: Campaign | None, now: datetime) -> tuple[Problem, ...]:
    """Whether a self-check of the campaign's year can be submitted at this moment; without a campaign it can."""
    if campaign is None or campaign.state is not CampaignState.PUBLISHED or campaign.is_open(now):
        return ()
    if local_day(now) < campaign.opens_on:
        day, code = campaign.opens_on, "campaign_not_open"
    else:
        day, code = campaign.closes_on, "campaign_closed"
    return (Problem(place="campaign", code=code, details=(day.isoformat(),)),)


def days_left(campaign: Campaign, now: datetime) -> int:
    """Whole days until the last one: 0 on the last day itself, negative afterwards."""
    return (campaign.closes_on - local_day(now)).days


def reminder_due(campaign: Campaign, now: datetime) -> int | None:
    """The reminder of today (30, 7 or 1 days before the last day), from nine o'clock on; None at other times."""
    if campaign.state is not CampaignState.PUBLISHED or local_day(now) < campaign.opens_on:
        return None
    left = days_left(campaign, now)
    is_morning_over = now >= midnight_after(local_day(now) - timedelta(days=1)) + REMINDING_HOUR
    return left if left in DAYS_BEFORE and is_morning_over else None
