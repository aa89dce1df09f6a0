"""A city's worth of example data: 600 plants, three years, every state of review (`portal demo --large`).

The rows are those that people's actions write, through the same functions of storage, with moments of the past; the
slow part, scoring and advising, is shared among processes. Letters are not written, and the audit trail says in one
line where the data came from. Nothing depends on the clock but the year, and on a year's first months, into which
this year's days are squeezed so that nothing lies in the future.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from portal.actions import demo
from portal.actions.assessment import this_year
from portal.actions.demo_cases import Said, Story, stories
from portal.actions.demo_papers import Shelf, fill_shelf
from portal.actions.demo_plants import Plant, chance, example_id, example_number, plants, script
from portal.actions.passwords import hash_of
from portal.actions.work import Door, Work
from portal.core.campaign import Plan, Rung, local_day
from portal.core.enterprise import EnterpriseProfile, check_digit
from portal.core.levels import Grade
from portal.core.library import Library
from portal.core.participation import Invitee
from portal.core.questionnaire import ItemId
from portal.core.review import Case, Deed, Party, ReviewState, Verdict, VerdictKind, deadline, move
from portal.core.roles import CITY, Account, Role
from portal.core.statistics import Facts
from portal.storage import account as stored_account
from portal.storage import assessment as stored
from portal.storage import bulk
from portal.storage import campaign as stored_campaign
from portal.storage import enterprise as stored_enterprise
from portal.storage import review as stored_review

COUNT = 600
LAST_DAY = 325  # of the year: what happens latest happened on it
# How many days before the last one this year's submissions came in, by where they stand now.
_DAYS_AGO: Mapping[ReviewState, tuple[float, float]] = {
    ReviewState.WAITING: (0.2, 18),
    ReviewState.REVIEWING: (9, 32),
    ReviewState.RETURNED: (9, 22),
    ReviewState.FORWARDED: (14, 45),
    ReviewState.RECHECKING: (18, 50),
    ReviewState.RETURNED_BY_CITY: (20, 50),
}
OnProgress = Callable[[int, str], None]


@dataclass(slots=True)
class City:
    """What is being written: the people, when this year's days were, and the facts to be counted at the end."""

    words: Mapping[str, Any]
    year: int
    pace: float
    now: datetime
    reviewers: dict[str, tuple[Account, ...]]
    shelf: Shelf
    contributions: dict[str, Facts] = field(default_factory=dict)

    def moment(self, year: int, days: float) -> datetime:
        """That many days into the year, in working hours; this year's at its pace."""
        pace = self.pace if year == self.year else 1.0
        return datetime(year, 1, 1, 1, tzinfo=UTC) + timedelta(days=days * pace)


def seed(
    door: Door, on_progress: OnProgress, *, count: int = COUNT, processes: int | None = None
) -> tuple[demo.Person, ...]:
    """Add the small example data and the city to an empty database; the people to sign in as.

    All or nothing: what is interrupted leaves an empty database behind.
    """
    folder = door.settings.demo_folder
    words = script(folder)
    with door.reading() as work:
        is_new, now = stored_account.is_empty(work.session), work.now
    year = this_year(now)
    known = (*demo.seed(door), *_people(words))
    if not is_new:
        return known
    found = plants(words, count, year)
    with _worked_out(folder, door.library, found, year, processes) as told, door.writing() as work:
        city = _prepared(work, words, year)
        _campaigns(work, city, found)
        manager_hash = hash_of(demo.password(folder))
        for done, (plant, its_stories) in enumerate(told, 1):
            _settle(work, city, plant, its_stories, manager_hash)
            work.session.expunge_all()
            if done % 10 == 0 or done == len(found):
                on_progress(90 * done // len(found), plant.profile.name)
        on_progress(92, "")
        bulk.count_all(work.session, city.contributions)
        work.note("demo.seed", "demo", "large", after=stored.canonical({"plants": count, "year": year}))
    on_progress(100, "")
    return known


class _worked_out:
    """The plants with their stories, in order: worked out by several processes, or here when there is one."""

    def __init__(
        self, folder: Path, library: Library, found: Sequence[Plant], year: int, processes: int | None
    ) -> None:
        self._given = (folder, library, year)
        self._plants = found
        many = processes if processes is not None else (os.cpu_count() or 1)
        # Forked before the database is opened for writing: no child inherits a transaction.
        context = get_context("fork")
        self._pool = (
            ProcessPoolExecutor(many, mp_context=context, initializer=_remember, initargs=self._given)
            if many > 1
            else None
        )

    def __enter__(self) -> Iterator[tuple[Plant, tuple[Story, ...]]]:
        if self._pool is None:
            _remember(*self._given)
            return zip(self._plants, map(_stories_of, self._plants), strict=True)
        return zip(self._plants, self._pool.map(_stories_of, self._plants, chunksize=4), strict=True)

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


_GIVEN: dict[str, Any] = {}


def _remember(folder: Path, library: Library, year: int) -> None:
    _GIVEN.update(folder=folder, library=library, year=year)


def _stories_of(plant: Plant) -> tuple[Story, ...]:
    folder: Path = _GIVEN["folder"]
    return stories(script(folder), folder, _GIVEN["library"], plant, _GIVEN["year"])


# ── People and campaigns ─────────────────────────────────────────────────────


def _staff(words: Mapping[str, Any]) -> Iterator[tuple[Account, str]]:
    """The people of the bureaus and of the portal's administration, each with a word about them."""
    for one in words["staff"]:
        office = words["offices"]["city"] if one["jurisdiction"] == CITY else ""
        yield _official(words, one, office), one["about"]
    for district, place in words["places"].items():
        for turn in (1, 2):
            said = {
                key: text.format(district=district, turn=turn, place=place)
                for key, text in words["reviewer"].items()
            }
            said |= {"role": Role.REVIEWER.value, "jurisdiction": district}
            yield _official(words, said, words["offices"]["district"].format(place=place)), said["about"]


def _official(words: Mapping[str, Any], one: Mapping[str, str], office: str) -> Account:
    return Account(
        id=example_id(words["seed"], "account", one["mail"]),
        name=one["name"],
        mail=one["mail"],
        mobile="",
        role=Role(one["role"]),
        enterprises=(),
        jurisdiction=one["jurisdiction"],
        office=office,
    )


def _people(words: Mapping[str, Any]) -> tuple[demo.Person, ...]:
    return tuple(
        demo.Person(name=one.name, mail=one.mail, about=about)
        for one, about in _staff(words)
        if not one.mail.endswith("-2@example.cn")
    )


def _prepared(work: Work, words: Mapping[str, Any], year: int) -> City:
    days = (local_day(work.now) - date(year, 1, 1)).days
    city = City(
        words=words,
        year=year,
        pace=min(1.0, days / (LAST_DAY + 1)),
        now=work.now,
        reviewers={},
        shelf=fill_shelf(work.settings, words["evidence"]),
    )
    password = hash_of(demo.password(work.settings.demo_folder))
    first = city.moment(year - len(words["taking_part"]) + 1, 5)
    for one, _ in _staff(words):
        stored_account.add(work.session, one, password, first)
        if one.role is Role.REVIEWER:
            city.reviewers[one.jurisdiction] = (*city.reviewers.get(one.jurisdiction, ()), one)
    return city


def _campaigns(work: Work, city: City, found: Sequence[Plant]) -> None:
    said = city.words["campaign"]
    by = city.reviewers[CITY][0].id
    for year in range(city.year - len(city.words["taking_part"]) + 1, city.year + 1):
        opens = local_day(city.moment(year, (date(year, *said["opens"]) - date(year, 1, 1)).days))
        plan = Plan(
            year=year,
            title=said["title"].format(year=year),
            sectors=tuple(sorted(one["id"] for one in city.words["sectors"])),
            opens_on=opens,
            closes_on=date(year, 12, 31),
            rungs=tuple(
                Rung(
                    id=one["id"],
                    title=one["title"],
                    points=Decimal(one["points"]),
                    grade=Grade(one["grade"]) if one["grade"] else None,
                )
                for one in said["rungs"]
            ),
            notice=said["notice"].format(year=year),
        )
        id = example_id(city.words["seed"], "campaign", year)
        day = city.moment(year, 20)
        if stored_campaign.add(work.session, id, plan, by=by, now=day):
            stored_campaign.publish(work.session, id, day + timedelta(hours=2))
        else:  # the small example data have one for this year
            there = stored_campaign.of_year(work.session, year)
            assert there is not None
            id = there.id
            stored_campaign.change(work.session, id, plan, work.now)
        absent = plants({**city.words, "seed": "absent"}, city.words["unregistered"], city.year)
        strangers = [replace(one, number=50_000 + one.number) for one in absent] if year == city.year else []
        stored_campaign.invite(
            work.session,
            id,
            [_invitee(one.profile) for one in found] + [_stranger(city, one) for one in strangers],
        )


def _invitee(profile: EnterpriseProfile) -> Invitee:
    return Invitee(
        uscc=profile.uscc,
        name=profile.name,
        district=profile.district,
        sector=profile.sector,
        mail=profile.contact_mail,
        mobile="",
    )


def _stranger(city: City, plant: Plant) -> Invitee:
    """An enterprise that the city invites and that has not registered: a name and a code of its own."""
    first = f"91{plant.profile.district}MA2F{plant.number:05d}"
    return replace(
        _invitee(plant.profile),
        uscc=first + check_digit(first),
        name=city.words["absent_name"].format(number=plant.number - 50_000),
        mail=f"invitee{plant.number}@example.cn",
    )


# ── One plant ────────────────────────────────────────────────────────────────


def _settle(work: Work, city: City, plant: Plant, its_stories: Sequence[Story], password: str) -> None:
    """The plant registers before its first campaign and files year by year."""
    seed = city.words["seed"]
    first_year = min([*plant.years, city.year])
    registered = city.moment(first_year, chance(seed, "registered", plant.number).uniform(22, 55))
    manager = Account(
        id=example_id(seed, "manager", plant.number),
        name=plant.profile.contact_name,
        mail=plant.profile.contact_mail,
        mobile="",
        role=Role.MANAGER,
        enterprises=(),
    )
    enterprise = example_id(seed, "enterprise", plant.number)
    stored_account.add(work.session, manager, password, registered)
    stored_enterprise.add(work.session, enterprise, plant.profile, registered)
    stored_enterprise.add_member(work.session, manager.id, enterprise, registered)
    before: Story | None = None
    for story in its_stories:
        _Filing(work, city, plant, enterprise, manager, story).write(before)
        before = story


class _Filing:
    """One self-check of one plant, from its first field to where it stands."""

    def __init__(
        self, work: Work, city: City, plant: Plant, enterprise: str, manager: Account, story: Story
    ) -> None:
        self.session, self.city, self.plant = work.session, city, plant
        self.questionnaire = work.library.questionnaire(plant.profile.sector)
        self.enterprise, self.manager, self.story = enterprise, manager, story
        seed = city.words["seed"]
        self.id = example_id(seed, "assessment", plant.number, story.year)
        self.draw = chance(seed, "days", plant.number, story.year)
        self.number = example_number(seed, story.year, plant.number)
        self.day = self._submission_day()
        self._known: Case | None = None

    def _submission_day(self) -> float:
        """The day of submission: who is further along has filed earlier."""
        state = self.story.state
        if self.story.year < self.city.year:
            return self.draw.uniform(75, 290)
        if state is None:
            return LAST_DAY
        least, most = _DAYS_AGO.get(state, (26, 220))
        return LAST_DAY - self.draw.uniform(least, most)

    def _later(self, least: float, most: float) -> datetime:
        self.day += self.draw.uniform(least, most)
        return self.city.moment(self.story.year, min(self.day, LAST_DAY) if self._is_now else self.day)

    @property
    def _is_now(self) -> bool:
        return self.story.year == self.city.year

    def write(self, before: Story | None) -> None:
        """Every row of it."""
        story = self.story
        begun = self.city.moment(story.year, max(self.day - self.draw.uniform(6, 30), 60))
        stored.add(
            self.session,
            self.id,
            enterprise_id=self.enterprise,
            year=story.year,
            questionnaire=(self.questionnaire.id, self.questionnaire.version),
            by=self.manager.id,
            now=begun,
        )
        first = story.rounds[0].answers if story.rounds else story.given
        revision = self._carry_over(before, begun)
        self._save(first, revision, begun + timedelta(hours=3))
        if not story.rounds:
            return
        submitted = self._later(0, 0)
        paper = self.city.shelf.lay_out(self, submitted - timedelta(hours=1))
        self._freeze(1, paper, submitted)
        stored_review.add(
            self.session,
            self.id,
            district=self.plant.profile.district,
            findings=story.findings,
            now=submitted,
        )
        assert story.contribution is not None  # whatever was submitted is counted
        self.city.contributions[self.id] = story.contribution
        if story.state is not ReviewState.WAITING:
            self._review(revision, paper)

    def _carry_over(self, before: Story | None, now: datetime) -> Mapping[ItemId, int]:
        if before is None:
            return {}
        savings = [
            stored.Saving(item=item, answer=answer, revision=1, is_carried_over=True)
            for item, answer in sorted(before.given.items())
        ]
        stored.save(self.session, self.id, savings, by=self.manager.id, now=now)
        return dict.fromkeys(before.given, 1)

    def _save(self, answers: Mapping[ItemId, Any], revisions: Mapping[ItemId, int], now: datetime) -> None:
        savings = [
            stored.Saving(item=item, answer=answer, revision=revisions.get(item, 0) + 1)
            for item, answer in answers.items()
        ]
        stored.save(self.session, self.id, savings, by=self.manager.id, now=now)

    def _freeze(self, round: int, paper: Mapping[ItemId, Sequence[str]], now: datetime) -> None:
        frozen = replace(self.story.rounds[round - 1], number=self.number, evidence=paper)
        stored.freeze(self.session, self.id, frozen, round=round, by=self.manager.id, now=now)

    # ── in the bureau's hands ──

    def _review(self, revisions: Mapping[ItemId, int], paper: Mapping[ItemId, Sequence[str]]) -> None:
        story, words = self.story, self.city.words
        district = self.draw.choice(self.city.reviewers[self.plant.profile.district])
        self._do(Deed.TAKE, Party.DISTRICT, district, self._later(1, 6), holder=district.id)
        if story.returned:
            self._return(district)
            if story.state is ReviewState.RETURNED:
                return
            self._resubmit(district, revisions, paper)
        self._say(story.judged, Party.DISTRICT, district, self._later(0.5, 2))
        if story.state is ReviewState.REVIEWING:
            return
        now, opinion = self._later(0.5, 2), self.draw.choice(words["opinions"]["district"])
        self._do(
            Deed.FORWARD, Party.DISTRICT, district, now, remark=opinion, holder=None, waiting_since=now,
            district_opinion=opinion, district_by=district.id, district_at=now,
        )  # fmt: skip
        if story.state is ReviewState.FORWARDED:
            return
        city = self.draw.choice(self.city.reviewers[CITY])
        self._do(Deed.TAKE, Party.CITY, city, self._later(1, 4), holder=city.id)
        if story.state is ReviewState.RECHECKING:
            return
        if story.asked:
            self._say(story.asked, Party.CITY, city, self._later(0.3, 1))
            self._send_back(story.asked, Party.CITY, city)
            return
        self._confirm(city)
        if story.objected:
            self._object(city)

    @property
    def _case(self) -> Case:
        """The case as it stands; read once, then followed: nobody else is at it."""
        if self._known is None:
            self._known = stored_review.find(self.session, self.id)
        assert self._known is not None  # it was added at submission
        return self._known

    def _do(
        self,
        deed: Deed,
        party: Party,
        who: Account,
        now: datetime,
        *,
        remark: str = "",
        due_at: datetime | None = None,
        **columns: Any,
    ) -> None:
        """A move as the table allows it; raises NotAllowed."""
        case = self._case
        after = move(case, deed, party, who.id, now=now)
        step = stored_review.Step(deed=deed, party=party, by=who.id, at=now, remark=remark, due_at=due_at)
        if due_at is not None or deed is Deed.RESUBMIT:
            columns["due_at"] = due_at
        stored_review.advance(self.session, case, after, step, **columns)
        followed = ("round", "due_at", "is_extended", "waiting_since")
        seen = {name: columns[name] for name in followed if name in columns}
        holder = (columns["holder"] or "") if "holder" in columns else case.holder_id
        self._known = replace(case, state=after, revision=case.revision + 1, holder_id=holder, **seen)

    def _say(self, said: Sequence[Said], party: Party, who: Account, now: datetime) -> None:
        """Draft verdicts: each that lowers or sends back by itself, the rest confirmed together."""
        if not said:
            return
        round = self._case.round
        verdicts = [
            Verdict(
                item=one.item,
                round=round,
                party=party,
                kind=one.kind,
                counted=one.counted,
                reason=one.reason,
                comment=one.comment,
                by=who.name,
                at=now,
            )
            for one in said
        ]
        stored_review.keep_verdicts(self.session, self.id, verdicts, by=who.id)
        singly = sum(one.kind is not VerdictKind.CONFIRMED for one in said)
        for _ in range(singly + (singly < len(said))):
            self._do(Deed.JUDGE, party, who, now)

    def _issue(self, items: Sequence[Said], party: Party, now: datetime) -> None:
        """From now on the plant sees what that bureau said to these items."""
        meant = {one.item for one in items}
        there = stored_review.verdicts(self.session, self.id, is_issued=False)
        drafts = [one for one in there if one.item in meant and one.party is party]
        stored_review.issue(self.session, self.id, drafts, now)

    def _send_back(self, items: Sequence[Said], party: Party, who: Account) -> datetime:
        """From now on the plant sees what that bureau asks it to correct."""
        now = self._later(0.1, 1)
        self._issue(items, party, now)
        days = 10 if self.draw.random() < 0.8 else 20
        self._do(
            Deed.RETURN, party, who, now, remark=self.city.words["opinions"]["returned"],
            due_at=deadline(now, days), is_extended=False, waiting_since=now,
        )  # fmt: skip
        return now

    def _return(self, district: Account) -> None:
        words, story = self.city.words, self.story
        besides = story.judged if story.state is ReviewState.RETURNED else ()
        self._say((*story.returned, *besides), Party.DISTRICT, district, self._later(0.3, 2))
        now = self._send_back(story.returned, Party.DISTRICT, district)
        bulk.insert_rows(
            self.session,
            "reply",
            [
                {
                    "assessment_id": self.id,
                    "item": one.item,
                    "round": 1,
                    "text": self.draw.choice(words["replies"]),
                    "made_by": self.manager.id,
                    "made_at": now + timedelta(hours=20) * min(self.city.pace, 1),
                }
                for one in (story.returned[:1] if story.state is ReviewState.RETURNED else story.returned)
            ],
        )

    def _resubmit(
        self, district: Account, revisions: Mapping[ItemId, int], paper: Mapping[ItemId, Sequence[str]]
    ) -> None:
        first, second = self.story.rounds[0].answers, self.story.rounds[1].answers
        now = self._later(2, 5)
        changed = {item: answer for item, answer in second.items() if first.get(item) != answer}
        self._save(changed, {item: revisions.get(item, 0) + 1 for item in changed}, now - timedelta(hours=1))
        self._freeze(2, paper, now)
        self._do(
            Deed.RESUBMIT, Party.ENTERPRISE, self.manager, now,
            round=2, is_extended=False, waiting_since=now, findings=self.story.findings_after,
        )  # fmt: skip

    def _confirm(self, city: Account) -> None:
        now, opinion = self._later(0.5, 3), self.draw.choice(self.city.words["opinions"]["city"])
        self._issue(self.story.judged, Party.DISTRICT, now)
        self._do(
            Deed.CONFIRM, Party.CITY, city, now, remark=opinion, waiting_since=now,
            city_opinion=opinion, city_by=city.id, city_at=now, **_kept(self.story.verified_columns),
        )  # fmt: skip

    def _object(self, city: Account) -> None:
        words, story = self.city.words["objection"], self.story
        now = self._later(1, 3)
        rows: list[dict[str, Any]] = [
            {
                "assessment_id": self.id,
                "item": one.item,
                "text": self.draw.choice(words["texts"]),
                "made_by": self.manager.id,
                "made_at": now,
                "is_granted": None,
                "counted": None,
                "answer": "",
                "decided_by": None,
                "decided_at": None,
            }
            for one in story.objected
        ]
        self._do(Deed.OBJECT, Party.ENTERPRISE, self.manager, now, waiting_since=now)
        if story.state is ReviewState.CLOSED:
            now = self._later(1, 4)
            for place, row in enumerate(rows):
                granted = story.is_granted and place == 0
                row |= {
                    "is_granted": granted,
                    "answer": words["granted" if granted else "kept"],
                    "decided_by": city.id,
                    "decided_at": now,
                }
            self._do(
                Deed.DECIDE, Party.CITY, city, now, remark=self.city.words["opinions"]["decided"],
                waiting_since=now, **_kept(story.decided_columns),
            )  # fmt: skip
        bulk.insert_rows(self.session, "objection", rows)


def _kept(found: Mapping[str, Any] | None) -> dict[str, Any]:
    assert found is not None  # whatever was confirmed has a result
    return {
        "verified_answers": stored.canonical(stored.answers_json(found["answers"])),
        "verified_receipt": stored.canonical(found["receipt"]),
        "verified_checksum": found["checksum"],
        "verified_points": found["points"],
        "verified_grade": found["grade"],
    }
