"""The yearly white paper: who may ask for it, what goes into it, and the same text as a Word file."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal import words
from portal.actions import printing_queue, statistics
from portal.actions.statistics import Selection
from portal.actions.work import NotFound, Work
from portal.core.enterprise import DISTRICTS
from portal.core.panels import Mean
from portal.core.printing import Job, JobKind, ReportState
from portal.core.roles import CITY, Account, Role
from portal.report import html, white_paper
from portal.report.html import Paper
from portal.report.white_paper import SectorYear, Stage, WhitePaper, Yearbook
from portal.storage import account as stored_account
from portal.storage import assessment as stored_assessment
from portal.storage import statistics as stored

# Pages hand it from one action to another; they may not look into the report themselves.
__all__ = ["Order", "WhitePaper"]


@dataclass(frozen=True, slots=True)
class Order:
    """A paper that may be asked for, with the hash of what it says."""

    subject: str
    content_key: str


def order(work: Work, who: Account, year: int, district: str = "") -> Order:
    """Word the paper to know whether it is printed already: reading, so that nobody waits. Raises NotFound."""
    return Order(subject_of(year, district), _content_key(work, of_year(work, who, year, district)))


def ask(work: Work, who: Account, ordered: Order) -> str:
    """Queue the paper; its id. With nothing changed since, it is the one printed already. Raises NotFound."""
    _check(work, who, *subject(ordered.subject))
    queued = printing_queue.put(work, who, JobKind.WHITE_PAPER, ordered.content_key, subject=ordered.subject)
    if queued.is_put:
        work.note("white_paper.ask", "report", queued.id, after=ordered.subject)
    return queued.id


def editions(who: Account) -> tuple[str, ...]:
    """The editions that somebody may have: "" is the city's."""
    return tuple(one for one in ("", *DISTRICTS) if _is_within(who, one))


def of_year(work: Work, who: Account, year: int, district: str = "") -> WhitePaper:
    """The paper in words, for whoever may have it; raises NotFound."""
    _check(work, who, year, district)
    return composed(work, year, district, _today(work))


def worded(work: Work, who: Account, year: int, district: str = "") -> tuple[WhitePaper, str]:
    """The paper with the name of its Word file; raises NotFound."""
    return of_year(work, who, year, district), f"{words.white_paper_file(year, district)}.docx"


def as_word(work: Work, who: Account, found: WhitePaper) -> bytes:
    """The same text as a Word file, for whoever was let see it."""
    content = in_word(found)
    work.note("white_paper.fetch", "account", who.id, after=f"{found.place} {found.period}")
    return content


def in_word(found: WhitePaper) -> bytes:
    """The Word file of a paper."""
    from portal.report import word  # python-docx takes its time to load: not before it is needed

    return word.write(found)


def years(work: Work) -> tuple[int, ...]:
    """Every year with submissions, newest first."""
    return stored.years(work.session)


def subject_of(year: int, district: str) -> str:
    """How a job names what it is about: 2026, or 2026/330110."""
    return f"{year}/{district}" if district else str(year)


def subject(text: str) -> tuple[int, str]:
    """Year and district of a job's subject."""
    year, _, district = text.partition("/")
    return int(year), district


def _today(work: Work) -> date:
    return words.local(work.now).date()


def _check(work: Work, who: Account, year: int, district: str) -> None:
    """Raises NotFound for a year without submissions and for what lies outside one's jurisdiction."""
    if not _is_within(who, district) or year not in stored.years(work.session):
        raise NotFound(subject_of(year, district))


def _is_within(who: Account, district: str) -> bool:
    """The city's edition is the city's; a district's is its own and the city's."""
    is_reviewer = who.role is Role.REVIEWER and who.is_active and who.is_granted
    if not is_reviewer or (district and district not in DISTRICTS):
        return False
    return who.is_city or (district != "" and district == who.jurisdiction)


# ── The queue's side ─────────────────────────────────────────────────────────


def may_have(_work: Work, who: Account, found: ReportState) -> bool:
    """Who may watch and fetch it: whoever may ask for it now."""
    return _is_within(who, subject(found.subject)[1])


def compose_job(work: Work, job: Job) -> Paper:
    """The paper for the worker; raises NotFound when whoever asked for it may not have it any more."""
    year, district = subject(job.subject)
    who = stored_account.find(work.session, job.asked_by)
    if who is None or not _is_within(who, district):
        raise NotFound(job.id)
    return paper(composed(work, year, district, words.local(job.asked_at).date()))


def file_name(_work: Work, _who: Account, found: ReportState) -> str:
    """The name for saving."""
    year, district = subject(found.subject)
    return f"{words.white_paper_file(year, district)}.pdf"


def paper(found: WhitePaper) -> Paper:
    """For print. The identifier follows from the text: the same text is the same file."""
    return Paper(
        template="white_paper.html",
        values={"paper": found},
        made_on=found.printed_on,
        identifier=_digest(found).encode(),
    )


def _digest(found: WhitePaper) -> str:
    return hashlib.sha256(stored_assessment.canonical(_plain(asdict(found))).encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    """The value with days as text, as JSON takes it."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _content_key(work: Work, found: WhitePaper) -> str:
    version = html.version(work.settings.template_folder / "report")
    return hashlib.sha256(f"{_digest(found)}/{version}".encode()).hexdigest()


# ── What goes into it ────────────────────────────────────────────────────────


def composed(work: Work, year: int, district: str, printed_on: date) -> WhitePaper:
    """The paper of a year, worded, whoever asks."""
    return white_paper.compose(_book(work, year, district, printed_on))


def _book(work: Work, year: int, district: str, printed_on: date) -> Yearbook:
    here = Selection(year=year, district=district, jurisdiction=district or CITY)
    city = Selection(year=year)
    progress, points = statistics.progress(work, here), statistics.points(work, here)
    spread, changes = statistics.spread(work, here), statistics.changes(work, here)
    by_district = [one for one in progress.districts if one.registered or one.submitted]
    districts = {one.place[0] for one in by_district}
    moments = [stored.newest(work.session, year, one.id) for one in work.library.newest()]
    return Yearbook(
        year=year,
        district=district,
        printed_on=printed_on,
        as_of=max((one for one in moments if one is not None), default=None),
        total=_stage(progress.total, ""),
        by_sector=tuple(_stage(one, one.place[1]) for one in progress.sectors),
        by_district=tuple(_stage(one, one.place[0]) for one in by_district),
        mean=points.total,
        city_mean=points.total if not district else statistics.points(work, city).total,
        sector_means=points.sectors,
        district_means=tuple(one for one in points.districts if one.place[0] in districts),
        points=spread.points,
        verified=spread.verified,
        grades=spread.grades,
        technologies=tuple(statistics.technologies(work, here, 0)),
        inflated=tuple(statistics.inflation(work, here)),
        change=changes.total,
        sector_changes=changes.sectors,
        district_changes=changes.districts,
        goals=progress.goals,
        reaching=tuple((one.rung, one.count) for one in progress.reaching),
        sectors=tuple(
            _sector(work, one.id, here, mean)
            for one, mean in zip(work.library.newest(), points.sectors, strict=True)
        ),
        library=work.library,
    )


def _stage(found: statistics.Stage, key: str) -> Stage:
    return Stage(
        key=key,
        registered=found.registered,
        begun=found.begun,
        submitted=found.submitted,
        verified=found.verified,
    )


def _sector(work: Work, sector: str, here: Selection, mean: Mean) -> SectorYear:
    place = Selection(year=here.year, sector=sector, district=here.district, jurisdiction=here.jurisdiction)
    city = Selection(year=here.year, sector=sector)
    spread = statistics.spread(work, city)
    return SectorYear(
        questionnaire=work.library.questionnaire(sector),
        mean=mean,
        city=mean if not here.district else statistics.points(work, city).total,
        points=spread.points,
        grades=spread.grades,
        items=tuple(statistics.gaps(work, place)),
        technologies=tuple(statistics.technologies(work, place, 0)),
        change=statistics.changes(work, place).total,
    )
