"""The statistics: what a bureau may ask of the city's sums, who is behind a number, and what a plant learns of its peers.

A district's bureau sees its own district and the city-wide sums; the city's sees every district. What a cell does not
show it shows nobody, not even those who may open every self-check behind it: the figures of all papers are the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from portal import words, words_bureau
from portal.actions import assessment as filing
from portal.actions import facts
from portal.actions.work import NotFound, Work
from portal.core import panels
from portal.core.assessment import Assessment
from portal.core.campaign import CampaignState, Rung
from portal.core.disclosure import LEAST, Place, shown, with_sums
from portal.core.enterprise import DISTRICTS
from portal.core.filing import OpenAssessment
from portal.core.goals import Goal
from portal.core.levels import GRADES
from portal.core.library import UnknownQuestionnaire
from portal.core.questionnaire import ItemId, Questionnaire
from portal.core.roles import CITY, Account
from portal.core.scoring import assess
from portal.core.statistics import BINS, GRADE_KEYS, Facts, hundredths
from portal.report import peers as peer_words
from portal.report import sheets
from portal.report import statistics as paper
from portal.report.peers import PeerPart
from portal.storage import assessment as stored_assessment
from portal.storage import campaign as stored_campaign
from portal.storage import statistics as stored
from portal.storage.statistics import Listed, Wanted

__all__ = ["Listed", "Wanted"]

TOP_TECHNOLOGIES = 15
ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a bureau looks at: a year, one sector or all (""), one district or the city ("")."""

    year: int
    sector: str = ""
    district: str = ""
    jurisdiction: str = CITY

    @property
    def place(self) -> Place:
        """The cell of the table."""
        return self.district, self.sector

    @property
    def own(self) -> str:
        """The district whose plants are listed: the one selected, or the only one a district's bureau has."""
        return self.district or ("" if self.jurisdiction == CITY else self.jurisdiction)

    def may_open(self, district: str) -> bool:
        """Whether a district's own figures may be seen; "" are the city's."""
        return district == "" or self.jurisdiction in (CITY, district)


def select(
    work: Work, who: Account, year: int | None = None, sector: str = "", district: str = ""
) -> Selection:
    """The selection, the newest year unless one is named; raises NotFound for what is not there or not one's own."""
    jurisdiction = who.sight.jurisdiction
    known = years(work)
    if not jurisdiction or (year is not None and year not in known):
        raise NotFound(str(year))
    if sector and sector not in {one.id for one in work.library.newest()}:
        raise NotFound(sector)
    if district and (district not in DISTRICTS or jurisdiction not in (CITY, district)):
        raise NotFound(district)
    return Selection(
        year=year if year is not None else known[0],
        sector=sector,
        district=district,
        jurisdiction=jurisdiction,
    )


def years(work: Work) -> tuple[int, ...]:
    """Every year with submissions and this one, newest first."""
    this = filing.this_year(work.now)
    return tuple(sorted({this, *stored.years(work.session)}, reverse=True))


def opened(work: Work, year: int) -> frozenset[Place]:
    """The cells of the year of which anything may be shown; "" stands for all districts or sectors."""
    return shown(_counts(work, year))


def _counts(work: Work, year: int) -> dict[Place, int]:
    return panels.counts_of(_places(work, year), "submitted")


def _places(work: Work, year: int) -> panels.Sums:
    return stored.tallies(work.session, year, kinds=panels.PLACE_KINDS)


# ── Progress ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How many enterprises of a place are how far; counts of taking part are no secret."""

    place: Place
    registered: int
    begun: int
    submitted: int
    verified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """How many verified enterprises of the whole city reach the points and grade of a rung; None: under LEAST."""

    rung: Rung
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the year is, beside what the plan wants."""

    total: Stage
    sectors: tuple[Stage, ...]
    districts: tuple[Stage, ...]
    goals: tuple[Goal, ...]
    reaching: tuple[Reaching, ...]


def progress(work: Work, asked: Selection) -> Progress:
    """Registered, begun, submitted, verified: at the place, by sector, and by the districts that may be seen."""
    sums = _places(work, asked.year)
    tables = [
        with_sums(table)
        for table in (
            stored.registered(work.session),
            stored.begun(work.session, asked.year),
            panels.counts_of(sums, "submitted"),
            panels.counts_of(sums, "verified"),
        )
    ]

    def stage(place: Place) -> Stage:
        registered, begun, submitted, verified = (table.get(place, 0) for table in tables)
        return Stage(place=place, registered=registered, begun=begun, submitted=submitted, verified=verified)

    return Progress(
        total=stage(asked.place),
        sectors=tuple(stage((asked.district, sector)) for sector in _sectors(work, asked)),
        districts=tuple(stage((district, asked.sector)) for district in _districts(asked)),
        goals=work.library.goals,
        reaching=_reaching(work, asked),
    )


def _sectors(work: Work, asked: Selection) -> tuple[str, ...]:
    return (asked.sector,) if asked.sector else tuple(one.id for one in work.library.newest())


def _districts(asked: Selection) -> tuple[str, ...]:
    if asked.own:
        return (asked.own,)
    return DISTRICTS


def _reaching(work: Work, asked: Selection) -> tuple[Reaching, ...]:
    """Only for the whole city: the count of one district is not worth what it would tell of few."""
    campaign = stored_campaign.of_year(work.session, asked.year)
    if campaign is None or asked.place != panels.ALL:
        return ()
    found = []
    for rung in campaign.rungs:
        grades = () if rung.grade is None else tuple(g.value for g in GRADES if g.rank <= rung.grade.rank)
        count = stored.reaching(work.session, asked.year, hundredths(rung.points) or 0, grades)
        found.append(Reaching(rung=rung, count=count if count == 0 or count >= LEAST else None))
    return tuple(found)


# ── Panels ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Means at the place, by sector and by district."""

    total: panels.Mean
    sectors: tuple[panels.Mean, ...]
    districts: tuple[panels.Mean, ...]


def points(work: Work, asked: Selection) -> Points:
    """Means of declared and verified points, and how far the first lie above the second."""
    found = panels.means(_places(work, asked.year))

    def line(place: Place) -> panels.Mean:
        return found.get(place) or panels.no_mean(place)

    return Points(
        total=line(asked.place),
        sectors=tuple(line((asked.district, sector)) for sector in _sectors(work, asked)),
        districts=tuple(line((district, asked.sector)) for district in _districts(asked)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How points and grades spread at the place; None where it may not be shown."""

    points: panels.Distribution | None
    verified: panels.Distribution | None
    grades: panels.Distribution | None
    verified_grades: panels.Distribution | None


def spread(work: Work, asked: Selection) -> Spread:
    """The distributions: of the city, a sector or a district; a sector within a district has none."""
    found = spreads(work, asked.year)
    return Spread(**{name: table.get(asked.place) for name, table in found.items()})


def spreads(work: Work, year: int) -> dict[str, dict[Place, panels.Distribution]]:
    """All distributions of a year that may be shown, by the names of `Spread`."""
    kinds = ("submitted", "verified", "points", "grade", "verified_points", "verified_grade")
    sums = stored.tallies(work.session, year, kinds=kinds)
    open_ = shown(panels.counts_of(sums, "submitted"))
    checked = shown(panels.counts_of(sums, "verified"), open_)
    return {
        "points": panels.distributions(sums, "points", BINS, open_),
        "verified": panels.distributions(sums, "verified_points", BINS, checked),
        "grades": panels.distributions(sums, "grade", GRADE_KEYS, open_),
        "verified_grades": panels.distributions(sums, "verified_grade", GRADE_KEYS, checked),
    }


def gaps(work: Work, asked: Selection) -> list[panels.ItemLine]:
    """The items of the sector, or of every sector, at the district or the city; the commonest gap first."""
    kinds = ("item", "gap", "in_place")
    counts, sums = stored.by_item(
        work.session, asked.year, kinds, district=asked.district, sector=asked.sector
    )
    return panels.item_lines(counts, sums, asked.district, opened(work, asked.year))


def inflation(work: Work, asked: Selection) -> list[panels.Inflated]:
    """The items whose declared share was lowered by review, the most inflated first."""
    kinds = ("inflation", "lowered")
    counts, sums = stored.by_item(
        work.session, asked.year, kinds, district=asked.district, sector=asked.sector
    )
    checked = _places(work, asked.year)
    open_ = shown(panels.counts_of(checked, "submitted"))
    return panels.inflated(counts, sums, asked.district, shown(panels.counts_of(checked, "verified"), open_))


def technologies(work: Work, asked: Selection, limit: int = TOP_TECHNOLOGIES) -> list[panels.TechnologyLine]:
    """The technologies recommended most often at the place, with money and CO₂ as ranges; `limit` 0 means all."""
    found = stored.largest(
        work.session, asked.year, "technology", district=asked.district, sector=asked.sector, limit=limit
    )
    names = tuple(name for name, count in found if count >= LEAST)
    if not names:
        return []
    counts = stored.counts_by_place(work.session, asked.year, panels.COUNT_KINDS, names)
    money = stored.totals(
        work.session,
        asked.year,
        panels.MONEY_KINDS,
        district=asked.district,
        sector=asked.sector,
        keys=names,
    )
    return panels.technology_lines(counts, money, names, asked.place, opened(work, asked.year))


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """This year against last, at the place, by sector and by district."""

    total: panels.Change | None
    sectors: tuple[panels.Change, ...]
    districts: tuple[panels.Change, ...]


def changes(work: Work, asked: Selection) -> Changes:
    """Means of both years, and the mean difference of those that submitted in both."""
    now, before = _places(work, asked.year), _places(work, asked.year - 1)
    found = panels.changes(now, before) if before else {}
    return Changes(
        total=found.get(asked.place),
        sectors=tuple(
            found[place] for one in _sectors(work, asked) if (place := (asked.district, one)) in found
        ),
        districts=tuple(found[place] for one in _districts(asked) if (place := (one, asked.sector)) in found),
    )


# ── Who is behind a number ───────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of enterprises, and how many there are."""

    found: tuple[Listed, ...]
    count: int


def listing(
    work: Work, who: Account, wanted: Wanted, *, page: int = 1, on_a_page: int = ON_A_PAGE
) -> Listing:
    """The submissions behind a number, of one's own jurisdiction only; `on_a_page` 0 means all."""
    if not who.sight.jurisdiction:
        raise NotFound("statistics")
    found, count = stored.listed(
        work.session, who.sight, wanted, offset=(page - 1) * on_a_page, limit=on_a_page
    )
    return Listing(found=found, count=count)


# ── Names ────────────────────────────────────────────────────────────────────


class Titles:
    """What items and technologies are called: an item by the newest questionnaire that has it."""

    def __init__(self, work: Work) -> None:
        self._library = work.library

    def item(self, sector: str, item: str) -> str:
        """The item's title, or its id once no questionnaire has it any more."""
        return self._items.get((sector, item), item)

    def technology(self, id: str) -> str:
        """The card's title, or its id once the card is gone."""
        return self._technologies.get(id, id)

    def sector(self, id: str) -> str:
        """The sector's name."""
        try:
            return self._library.questionnaire(id).sector
        except UnknownQuestionnaire:
            return id

    @cached_property
    def _items(self) -> Mapping[tuple[str, str], str]:
        ordered: Iterable[tuple[tuple[str, str], Questionnaire]] = sorted(
            self._library.questionnaires.items(), key=lambda one: one[0]
        )
        return {
            (questionnaire.id, item.id): item.title
            for _, questionnaire in ordered
            for item in questionnaire.items.values()
        }

    @cached_property
    def _technologies(self) -> Mapping[str, str]:
        return {one.id: one.title for one in self._library.technologies}


# ── On paper ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that the page shows of a selection, with its charts as SVG."""

    progress: Progress
    points: Points
    spread: Spread
    gaps: list[panels.ItemLine]
    technologies: list[panels.TechnologyLine]
    changes: Changes
    inflation: list[panels.Inflated]
    charts: Mapping[str, str]
    titles: Titles
    campaign: str  # the year's campaign, where there is one that the reader may open


def overview(work: Work, asked: Selection) -> Overview:
    """All panels of a selection."""
    titles = Titles(work)
    found, spread_, gaps_ = points(work, asked), spread(work, asked), gaps(work, asked)
    campaign = stored_campaign.of_year(work.session, asked.year)
    is_open = campaign is not None and (
        asked.jurisdiction == CITY or campaign.state is CampaignState.PUBLISHED
    )
    return Overview(
        progress=progress(work, asked),
        points=found,
        spread=spread_,
        gaps=gaps_,
        technologies=technologies(work, asked),
        changes=changes(work, asked),
        inflation=inflation(work, asked),
        charts=_charts(found, spread_, gaps_, titles, asked),
        titles=titles,
        campaign=campaign.id if campaign is not None and is_open else "",
    )


def _charts(
    found: Points, spread_: Spread, gaps_: list[panels.ItemLine], titles: Titles, asked: Selection
) -> dict[str, str]:
    draw = {"points": paper.points_chart, "verified": paper.points_chart}
    draw |= {"grades": paper.grades_chart, "verified_grades": paper.grades_chart}
    charts = {
        name: draw[name](words_bureau.SPREADS[name], one)
        for name in draw
        if (one := getattr(spread_, name)) is not None
    }
    if not asked.sector and any(one.count for one in found.sectors):
        charts["sectors"] = paper.means_chart(
            words_bureau.BY_SECTOR, found.sectors, lambda place: titles.sector(place[1])
        )
    if len(found.districts) > 1 and any(one.count for one in found.districts):
        charts["districts"] = paper.means_chart(
            words_bureau.BY_DISTRICT, found.districts, lambda place: words.district(place[0])
        )
    if any(line.gap for line in gaps_):
        charts["heat"] = paper.heat_chart(words_bureau.HEAT, gaps_, titles)
    return charts


SHEETS = ("progress", "points", "spread", "gaps", "technologies", "summary", "changes", "inflation")


def workbook(work: Work, asked: Selection, name: str = "") -> bytes:
    """One figure as an Excel file, or all of them; raises NotFound for a figure that is not there."""
    if name and name not in SHEETS:
        raise NotFound(name)
    titles = Titles(work)
    return sheets.workbook(
        [_sheet(work, asked, one, titles) for one in ((name,) if name else SHEETS)], at=work.now
    )


def _sheet(work: Work, asked: Selection, name: str, titles: Titles) -> sheets.Sheet:
    match name:
        case "progress":
            stages = progress(work, asked)
            return paper.progress_sheet(_once(stages.total, stages.sectors, stages.districts), titles)
        case "points":
            found = points(work, asked)
            return paper.points_sheet(_once(found.total, found.sectors, found.districts), titles)
        case "spread":
            one = spread(work, asked)
            return paper.spread_sheet({key: getattr(one, key) for key in words_bureau.SPREADS})
        case "gaps":
            return paper.gaps_sheet(gaps(work, asked), titles)
        case "technologies":
            return paper.technologies_sheet(technologies(work, asked, limit=0), titles)
        case "summary":
            by_sector = {
                sector: technologies(work, replace(asked, sector=sector), limit=0)
                for sector in _sectors(work, asked)
            }
            return paper.summary_sheet(by_sector, technologies(work, asked, limit=0), titles)
        case "changes":
            change = changes(work, asked)
            lines = _once(*((change.total,) if change.total else ()), change.sectors, change.districts)
            return paper.changes_sheet(lines, titles, asked.year)
        case _:
            return paper.inflation_sheet(inflation(work, asked), titles)


def _once(*groups: Any) -> list[Any]:
    """The lines of several tables one below the other, each place once."""
    lines = [line for group in groups for line in (group if isinstance(group, tuple) else (group,))]
    return list({line.place: line for line in lines}.values())


def list_workbook(work: Work, who: Account, wanted: Wanted) -> bytes:
    """The submissions behind a number as an Excel file."""
    entries = [
        paper.Entry(
            name=one.name,
            district=one.district,
            sector=one.sector,
            points=in_points(one.points),
            verified=in_points(one.verified),
            grade=one.grade,
            verified_grade=one.verified_grade,
        )
        for one in listing(work, who, wanted, on_a_page=0).found
    ]
    return sheets.workbook([paper.list_sheet(entries, Titles(work))], at=work.now)


def in_points(hundredths_: int | None) -> Decimal | None:
    """Points as they are written."""
    return None if hundredths_ is None else Decimal(hundredths_) / 100


# ── Peers ────────────────────────────────────────────────────────────────────


def peers(
    work: Work, sector: str, year: int, points: int | None, *, is_in: bool = True
) -> panels.Peers | None:
    """Where a plant with these points (hundredths) stands in its sector; None where too few others submitted.

    `is_in` says whether it is counted itself. Five others are asked for, not five in all: it knows itself, and could
    take itself away from what it is shown.
    """
    counts = _counts(work, year)
    count = sum(size for (_, its), size in counts.items() if its == sector)
    if count - is_in < LEAST or ("", sector) not in shown(counts):
        return None
    lines = gaps(work, Selection(year=year, sector=sector))
    in_all = count if is_in else count + 1
    above, last = stored.above(work.session, year, sector, points or 0)
    return panels.Peers(
        count=count,
        band=None if points is None else panels.band(in_all, above),
        in_place={line.item: line.in_place for line in lines if line.count > LEAST},
        as_of=last,
    )


def peers_of(work: Work, assessment: Assessment, open_: OpenAssessment) -> panels.Peers | None:
    """The peers of a self-check; a draft is not counted yet."""
    return peers(
        work,
        assessment.questionnaire.id,
        open_.year,
        hundredths(assessment.points.total),
        is_in=not open_.is_editable,
    )


def peer_part(work: Work, assessment: Assessment, open_: OpenAssessment) -> PeerPart | None:
    """The same in words, for page and print."""
    return peer_words.part(assessment, peers_of(work, assessment, open_))


def item_spread(work: Work, sector: str, year: int) -> dict[ItemId, panels.ItemLine]:
    """For the review page: of each item how many of the sector have it, have it whole, and the mean share declared."""
    return {line.item: line for line in gaps(work, Selection(year=year, sector=sector))}


# ── Counting anew ────────────────────────────────────────────────────────────


def rebuild(work: Work) -> int:
    """Count every submission anew, in the present content: how many there are."""
    contributions: dict[str, Facts] = {}
    for id in stored.submissions(work.session):
        record = stored_assessment.find(work.session, id, sight=None)
        assert record is not None  # it was listed a moment ago
        questionnaire = work.library.questionnaire(record.questionnaire_id, record.questionnaire_version)
        case, confirmed, profile = record.case, record.confirmed, record.enterprise.profile
        contributions[id] = facts.of(
            work.library,
            assess(questionnaire, record.frozen, record.year),
            year=record.year,
            district=case.district if case is not None else profile.district,
            scale=profile.scale,
            verified=confirmed.answers if confirmed is not None else None,
        )
    stored.rebuild(work.session, contributions)
    work.note("statistics.rebuild", "statistics", "all", after=str(len(contributions)))
    return len(contributions)
