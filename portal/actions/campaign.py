"""The year's campaign: planning and publishing it, whom it invites, who is behind, and reminding them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from portal import words_bureau
from portal.actions import outbox
from portal.actions.work import NotFound, Work, new_id
from portal.core.assessment import Assessment
from portal.core.campaign import (
    Campaign,
    CampaignState,
    Channel,
    Plan,
    RungStanding,
    TypedPlan,
    check_submission,
    checked,
    days_left,
    local_day,
    reminder_due,
    standings,
)
from portal.core.enterprise import Enterprise, EnterpriseProfile, is_mobile
from portal.core.errors import PortalError, Problem
from portal.core.participation import Cell, Participant, Stage, Wanted, read_invitees
from portal.core.roles import CITY, Account
from portal.report import sheets
from portal.storage import campaign as stored
from portal.storage import enterprise as stored_enterprise
from portal.storage import letter as stored_letter
from portal.storage import spreadsheet
from portal.storage.assessment import canonical
from portal.storage.intake import Refused

# Nobody gets the reminder that goes out by itself on the day on which he got another letter of the campaign.
QUIET = timedelta(hours=12)
BEHIND = (Stage.UNREGISTERED, Stage.NOT_BEGUN, Stage.DRAFT)


class CampaignClosed(PortalError):
    """Reminding is pointless: nothing can be submitted any more, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of an overview: a district or a sector, with its enterprises by stage."""

    key: str
    counts: Mapping[Stage, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Who stands where, by district and by sector."""

    total: Row
    districts: tuple[Row, ...]
    sectors: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of participants."""

    found: tuple[Participant, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A reminder of many: how many enterprises, how many letters, and who cannot be reached."""

    enterprises: int
    letters: int
    unreachable: tuple[Participant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A campaign as an enterprise sees it; `days_left` is negative once it is over, `problems` forbid submitting."""

    campaign: Campaign
    days_left: int
    problems: tuple[Problem, ...]


# ── The city's side ──────────────────────────────────────────────────────────


def all_(work: Work, who: Account) -> tuple[Campaign, ...]:
    """Every campaign; districts see those that are published."""
    _jurisdiction(who)
    return stored.all_(work.session, is_published=not who.is_city)


def get(work: Work, who: Account, id: str) -> Campaign:
    """One campaign; raises NotFound, for a district also while it is a draft."""
    _jurisdiction(who)
    found = stored.find(work.session, id)
    if found is None or (found.state is CampaignState.DRAFT and not who.is_city):
        raise NotFound(id)
    return found


def create(work: Work, who: Account, typed: TypedPlan) -> tuple[str | None, tuple[Problem, ...]]:
    """Plan a campaign; its id, or problems. A year has one."""
    _city_only(who)
    plan, problems = checked(typed, _sectors(work))
    if plan is None:
        return None, problems
    id = new_id()
    if not stored.add(work.session, id, plan, by=who.id, now=work.now):
        return None, (Problem(place="year", code="campaign_there", details=(str(plan.year),)),)
    work.note("campaign.create", "campaign", id, after=canonical(_told(plan)))
    return id, ()


def change(work: Work, who: Account, id: str, typed: TypedPlan) -> tuple[Problem, ...]:
    """Change what it says; once published its days can only be extended. The year stays."""
    before = _locked(work, who, id)
    plan, problems = checked(
        typed, _sectors(work), before if before.state is CampaignState.PUBLISHED else None
    )
    if plan is None:
        return problems
    if plan.year != before.year:
        return (Problem(place="year", code="published_fixed"),)
    stored.change(work.session, id, plan, work.now)
    work.note(
        "campaign.change", "campaign", id, before=canonical(_told(before)), after=canonical(_told(plan))
    )
    return ()


def publish(work: Work, who: Account, id: str) -> Call | None:
    """Let enterprises see it, and invite everybody who has not submitted; None when it was published before."""
    campaign = _locked(work, who, id)
    if campaign.state is CampaignState.PUBLISHED:
        return None
    stored.publish(work.session, id, work.now)
    published = get(work, who, id)
    call = _write(work, published, _behind(work, published, CITY), "campaign_invitation", f"invite:{id}")
    work.note("campaign.publish", "campaign", id, after=canonical({"letters": call.letters}))
    return call


def preview(work: Work, who: Account, id: str) -> Call:
    """Whom publishing would write to."""
    campaign = get(work, who, id)
    return _call(work, _behind(work, campaign, _jurisdiction(who)))


def _told(plan: Plan | Campaign) -> dict[str, Any]:
    return {
        "year": plan.year,
        "title": plan.title,
        "sectors": list(plan.sectors),
        "opens_on": plan.opens_on.isoformat(),
        "closes_on": plan.closes_on.isoformat(),
        "rungs": [
            [rung.title, f"{rung.points:f}", rung.grade.value if rung.grade else ""] for rung in plan.rungs
        ],
        "notice": plan.notice,
    }


def _sectors(work: Work) -> dict[str, str]:
    return {one.id: one.sector for one in work.library.newest()}


def _jurisdiction(who: Account) -> str:
    if not who.sight.jurisdiction:
        raise NotFound("campaign")
    return who.jurisdiction


def _city_only(who: Account) -> None:
    if _jurisdiction(who) != CITY:
        raise NotFound("campaign")


def _locked(work: Work, who: Account, id: str) -> Campaign:
    _city_only(who)
    found = stored.find(work.session, id, is_locking=True)
    if found is None:
        raise NotFound(id)
    return found


# ── Invitees ─────────────────────────────────────────────────────────────────


def import_invitees(
    work: Work, who: Account, id: str, *, pasted: str, content: bytes
) -> tuple[int, tuple[Problem, ...]]:
    """Add the enterprises of a table, a file or pasted text: how many. With a single problem nothing is added.

    A published campaign invites the new ones at once.
    """
    campaign = _locked(work, who, id)
    try:
        rows = _rows(pasted, content)
    except Refused as error:
        return 0, (Problem(place="table", code=error.code, details=error.details),)
    known = _sectors(work)
    invitees, problems = read_invitees(
        rows,
        words_bureau.INVITEE_HEADINGS,
        words_bureau.DISTRICT_CODES,
        {sector: id for id, sector in known.items()} | {id: id for id in known},
    )
    if problems:
        return 0, problems
    stored.invite(work.session, id, invitees)
    work.note("campaign.invite", "campaign", id, after=canonical([one.uscc for one in invitees]))
    if campaign.state is CampaignState.PUBLISHED:
        new = {one.uscc for one in invitees}
        found = [one for one in _behind(work, campaign, CITY) if one.uscc in new]
        _write(work, campaign, found, "campaign_invitation", f"invite:{id}")
    return len(invitees), ()


def _rows(pasted: str, content: bytes) -> list[list[Cell]]:
    return spreadsheet.read(content) if content else spreadsheet.read_text(pasted)


def withdraw(work: Work, who: Account, id: str, uscc: str) -> None:
    """Take an enterprise off the list; what it has filled in stays. Raises NotFound."""
    _locked(work, who, id)
    if not stored.withdraw(work.session, id, uscc):
        raise NotFound(uscc)
    work.note("campaign.withdraw", "campaign", id, before=uscc)


def invitee_template(work: Work) -> bytes:
    """An empty table for the list, with one example row."""
    columns = tuple(sheets.Column(title=title, width=24) for title in words_bureau.INVITEE_COLUMNS.values())
    sector = next(iter(_sectors(work).values()), "")
    example = (*words_bureau.INVITEE_EXAMPLE[:3], sector, *words_bureau.INVITEE_EXAMPLE[3:])
    sheet = sheets.Sheet(title=words_bureau.INVITEE_SHEET, columns=columns, rows=(example,))
    return sheets.workbook((sheet,), at=work.now)


# ── Who is behind ────────────────────────────────────────────────────────────


def overview(work: Work, who: Account, campaign: Campaign) -> Overview:
    """How many enterprises of one's jurisdiction stand where."""
    found = stored.counts(work.session, campaign, _jurisdiction(who), Wanted())
    districts: dict[str, Counter[Stage]] = {}
    sectors: dict[str, Counter[Stage]] = {}
    total: Counter[Stage] = Counter()
    for district, sector, stage, count in found:
        for counter in (
            districts.setdefault(district, Counter()),
            sectors.setdefault(sector, Counter()),
            total,
        ):
            counter[stage] += count
    return Overview(
        total=Row(key="", counts=total),
        districts=tuple(Row(key=key, counts=counts) for key, counts in sorted(districts.items())),
        sectors=tuple(Row(key=key, counts=counts) for key, counts in sorted(sectors.items())),
    )


def participants(
    work: Work, who: Account, campaign: Campaign, wanted: Wanted, *, offset: int = 0, limit: int = 50
) -> Listing:
    """A page of the enterprises looked for, by district, sector and name."""
    jurisdiction = _jurisdiction(who)
    counted = stored.counts(work.session, campaign, jurisdiction, wanted)
    return Listing(
        found=stored.participants(work.session, campaign, jurisdiction, wanted, offset=offset, limit=limit),
        count=sum(count for *_, count in counted),
    )


def export(work: Work, who: Account, campaign: Campaign, wanted: Wanted) -> bytes:
    """The enterprises looked for as an Excel file."""
    found = stored.participants(work.session, campaign, _jurisdiction(who), wanted)
    sectors = _sectors(work)
    rows = [words_bureau.participant_row(one, sectors.get(one.sector, one.sector)) for one in found]
    columns = tuple(
        sheets.Column(title=title, width=width) for title, width in words_bureau.PARTICIPANT_COLUMNS
    )
    sheet = sheets.Sheet(title=campaign.title, columns=columns, rows=rows)
    work.note("campaign.export", "campaign", campaign.id, after=canonical({"rows": len(rows)}))
    return sheets.workbook((sheet,), at=work.now)


# ── Reminding ────────────────────────────────────────────────────────────────


def count_call(work: Work, who: Account, campaign: Campaign, wanted: Wanted) -> Call:
    """Whom a reminder of the list would reach; submitted ones are left out."""
    return _call(work, _behind(work, campaign, _jurisdiction(who), wanted))


def remind(work: Work, who: Account, campaign: Campaign, wanted: Wanted, token: str) -> Call:
    """Remind everybody of the list who has not submitted; the same `token` twice writes once.

    Raises CampaignClosed when the campaign is over or not published.
    """
    if campaign.state is not CampaignState.PUBLISHED or days_left(campaign, work.now) < 0:
        raise CampaignClosed(campaign.id)
    found = _behind(work, campaign, _jurisdiction(who), wanted)
    call = _write(work, campaign, found, "campaign_call", f"call:{campaign.id}:{token}")
    work.note("campaign.remind", "campaign", campaign.id, after=canonical({"letters": call.letters}))
    return call


def remind_due(work: Work) -> int:
    """The worker's turn: the reminders of today, once for each campaign and day. How many letters."""
    count = 0
    for campaign in stored.all_(work.session, is_published=True):
        days = reminder_due(campaign, work.now)
        occasion = f"remind:{campaign.id}:{days}"
        if days is None or stored_letter.has_occasion(work.session, occasion + ":"):
            continue
        quiet = stored_letter.written_since(work.session, campaign.id, work.now - QUIET)
        call = _write(work, campaign, _behind(work, campaign, CITY), "campaign_reminder", occasion, quiet)
        if call.letters:
            work.note("campaign.remind", "campaign", campaign.id, after=canonical({"letters": call.letters}))
        count += call.letters
    return count


def has_due(work: Work) -> bool:
    """Whether today's reminders have still to be written; reading is enough to know."""
    for campaign in stored.all_(work.session, is_published=True):
        days = reminder_due(campaign, work.now)
        if days is not None and not stored_letter.has_occasion(work.session, f"remind:{campaign.id}:{days}:"):
            return True
    return False


def _behind(
    work: Work, campaign: Campaign, jurisdiction: str, wanted: Wanted | None = None
) -> tuple[Participant, ...]:
    wanted = wanted or Wanted()
    stages = tuple(stage for stage in wanted.stages or BEHIND if stage in BEHIND)
    if not stages:
        return ()
    narrowed = Wanted(district=wanted.district, sector=wanted.sector, stages=stages, words=wanted.words)
    return stored.participants(work.session, campaign, jurisdiction, narrowed)


Reached = tuple[Participant, str, Channel, str]


def _reached(work: Work, found: Sequence[Participant]) -> tuple[list[Reached], tuple[Participant, ...]]:
    """To whom letters go: everybody who fills in; before registration the address of the list."""
    people = stored.people_of(work.session, [one.enterprise_id for one in found if one.enterprise_id])
    reached: list[Reached] = []
    unreachable = []
    for one in found:
        members = people.get(one.enterprise_id, []) if one.enterprise_id else []
        contacts = members or [("list", one.mail, one.mobile if is_mobile(one.mobile) else "")]
        mine: list[Reached] = [
            (one, key, Channel.MAIL, mail) if mail else (one, key, Channel.SMS, mobile)
            for key, mail, mobile in contacts
            if mail or mobile
        ]
        reached += mine
        if not mine:
            unreachable.append(one)
    return reached, tuple(unreachable)


def _call(work: Work, found: Sequence[Participant]) -> Call:
    reached, unreachable = _reached(work, found)
    return Call(enterprises=len(found), letters=len(reached), unreachable=unreachable)


def _write(
    work: Work,
    campaign: Campaign,
    found: Sequence[Participant],
    template: str,
    occasion: str,
    quiet: Iterable[str] = (),
) -> Call:
    reached, unreachable = _reached(work, found)
    silent = set(quiet)
    written = sum(
        outbox.put(
            work,
            occasion=f"{occasion}:{one.uscc}:{key}",
            channel=channel,
            address=address,
            template=template,
            enterprise_id=one.enterprise_id,
            campaign_id=campaign.id,
            name=one.name,
            title=campaign.title,
            year=str(campaign.year),
            opens_on=campaign.opens_on.isoformat(),
            closes_on=campaign.closes_on.isoformat(),
            days=str(max(days_left(campaign, work.now), 0)),
            stage=words_bureau.STAGES[one.stage],
            link=work.settings.address + _way_in(one),
            notice=campaign.notice,
        )
        for one, key, channel, address in reached
        if address not in silent
    )
    return Call(enterprises=len(found), letters=written, unreachable=unreachable)


def _way_in(one: Participant) -> str:
    """Where a letter leads: to the questionnaire, to where it is begun, or to where one registers first."""
    if one.assessment_id:
        return f"/assessments/{one.assessment_id}"
    return "/desk" if one.enterprise_id else "/register"


# ── The enterprise's side ────────────────────────────────────────────────────


def applying(work: Work, year: int, profile: EnterpriseProfile) -> Campaign | None:
    """The published campaign of the year, if it is for the enterprise: by its sector or by the list."""
    campaign = stored.of_year(work.session, year)
    if campaign is None or campaign.state is not CampaignState.PUBLISHED:
        return None
    is_meant = profile.sector in campaign.sectors or stored.is_invited(
        work.session, campaign.id, profile.uscc
    )
    return campaign if is_meant else None


def announced(work: Work, year: int, profile: EnterpriseProfile) -> Announcement | None:
    """The campaign as the enterprise sees it."""
    campaign = applying(work, year, profile)
    if campaign is None:
        return None
    return Announcement(
        campaign=campaign,
        days_left=days_left(campaign, work.now),
        problems=check_submission(campaign, work.now),
    )


def announcements(work: Work, who: Account) -> tuple[tuple[Announcement, tuple[Enterprise, ...]], ...]:
    """This year's campaign with those of one's enterprises that it is for."""
    year = local_day(work.now).year
    found: dict[str, tuple[Announcement, list[Enterprise]]] = {}
    for enterprise in stored_enterprise.of_member(work.session, who.id):
        one = announced(work, year, enterprise.profile)
        if one is not None:
            found.setdefault(one.campaign.id, (one, []))[1].append(enterprise)
    return tuple((one, tuple(enterprises)) for one, enterprises in found.values())


def rungs(
    work: Work, year: int, profile: EnterpriseProfile, assessment: Assessment
) -> tuple[RungStanding, ...]:
    """Which rungs of the year's campaign are reached, and what is missing to the others."""
    campaign = applying(work, year, profile)
    return standings(campaign.rungs, assessment) if campaign is not None else ()
