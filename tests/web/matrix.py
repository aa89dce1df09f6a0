"""A portal in which every object of three plants bears marks, and who may read each of them.

A mark is a word in Latin letters, because it stays the same in HTML, JSON, addresses and office files. Every object
knows for whom it is there; every mark knows its readers. `test_matrix` walks all routes and compares.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import insert, select, update

from portal.actions import (
    account,
    assessment,
    campaign,
    correction,
    data_check,
    decision,
    evidence,
    firm,
    judging,
    measure,
    papers,
    phrase,
    report,
    review,
    scenario,
    white_paper,
)
from portal.actions.decision import Ruling
from portal.actions.evidence import Upload
from portal.actions.judging import Judgement
from portal.actions.work import Door, Work, new_id
from portal.core.answers import Answer, Measured, NotApplicable, Practised
from portal.core.campaign import LetterState, TypedPlan, TypedRung
from portal.core.evidence import PERIOD_CHECK, Particulars
from portal.core.filing import Change
from portal.core.planning import Entry
from portal.core.printing import BatchState, ItemState
from portal.core.questionnaire import Extent, ItemId
from portal.core.review import Reason, VerdictKind
from portal.core.roles import CITY, Account, Role
from portal.storage import account as stored_account
from portal.storage import review as stored_review
from portal.storage.tables import (
    AccountRow,
    BatchItemRow,
    BatchRow,
    InviteeRow,
    LetterRow,
    MandateRow,
    MeasureRow,
)
from tests import papers as files
from tests.cast import Person, enrol, make_staff
from tests.make import HEAT, SNCR, WASTE, make_answers, make_changes, make_uscc

MARK = re.compile(r"MK[A-Z]\d[a-z]+")
HERE, ELSEWHERE = "330111", "330110"
# The cast. `owner` has plant A, `neighbour` plant B of the same district, `stranger` plant C of another.
NOBODY, OWNER, NEIGHBOUR, STRANGER = "nobody", "owner", "neighbour", "stranger"
DISTRICT, OTHER, CITY_BUREAU = "district", "other district", "city"
OPERATOR, SECURITY, AUDITOR = "operator", "security", "auditor"
# `consultant` may read plant A and nothing else, the one of a firm may do everything for C; the mandates that A and B had
# given the dismissed one are revoked and run out.
CONSULTANT, FIRM, DISMISSED, DISABLED = "consultant", "firm consultant", "dismissed consultant", "disabled"
CAST = (
    NOBODY, OWNER, NEIGHBOUR, STRANGER, DISTRICT, OTHER, CITY_BUREAU, OPERATOR, SECURITY, AUDITOR, CONSULTANT,
    FIRM, DISMISSED, DISABLED,
)  # fmt: skip
Readers = frozenset[str]
STAFF: Readers = frozenset({OPERATOR, SECURITY})
MANAGERS: Readers = frozenset({OWNER, NEIGHBOUR, STRANGER})
REVIEWERS: Readers = frozenset({DISTRICT, OTHER, CITY_BUREAU})


@dataclass(frozen=True, slots=True)
class Object:
    """Something that an address names: its id, for whom it is there, and the ids of what lies inside.

    `narrower` says of which of its routes fewer people get an answer.
    """

    id: str
    readers: Readers
    what: str
    parts: Mapping[str, str] = field(default_factory=dict)
    narrower: Mapping[str, Readers] = field(default_factory=dict)

    def is_for(self, name: str, endpoint: str) -> bool:
        """Whether somebody gets an answer."""
        return name in self.readers and name in self.narrower.get(endpoint, self.readers)


@dataclass(frozen=True, slots=True)
class Plant:
    """One plant with the sets of people around it."""

    letter: str
    manager: Person
    reviewer: Account
    inside: Readers
    bureau: Readers
    printing: Readers  # who of those inside may have reports

    @property
    def all(self) -> Readers:
        """Whoever may read what was submitted."""
        return self.inside | self.bureau


@dataclass(slots=True)
class World:
    """Who there is, what there is, and what may be read by whom."""

    accounts: dict[str, Account] = field(default_factory=dict)
    objects: dict[str, list[Object]] = field(default_factory=dict)
    marks: dict[str, Readers] = field(default_factory=dict)

    def mark(self, letter: str, number: int, kind: str, readers: Readers) -> str:
        """A new mark, or the one there is."""
        found = f"MK{letter}{number}{kind}"
        assert self.marks.setdefault(found, readers) == readers
        return found

    def add(
        self,
        subject: str,
        id: str,
        readers: Readers,
        what: str,
        narrower: Mapping[str, Readers] | None = None,
        **parts: str,
    ) -> str:
        """Note down an object."""
        self.objects.setdefault(subject, []).append(Object(id, readers, what, parts, narrower or {}))
        return id

    def one(self, subject: str, what: str) -> Object:
        """The object that is called so."""
        (found,) = [each for each in self.objects[subject] if each.what == what]
        return found


STORIES = ("reviewing", "closed", "confirmed", "rechecking", "returned", "draft")  # from the oldest year on


def make_world(door: Door, stories: Sequence[str] = STORIES, letters: str = "ABC") -> World:
    """Fill the portal; each of the plants has one self-check for each of the stories."""
    world = World()
    here = make_staff(door, Role.REVIEWER, "here@example.cn", HERE)
    there = make_staff(door, Role.REVIEWER, "there@example.cn", ELSEWHERE)
    city = make_staff(door, Role.REVIEWER, "city@example.cn", CITY)
    world.accounts |= {DISTRICT: here, OTHER: there, CITY_BUREAU: city}
    for name, role in (
        (OPERATOR, Role.OPERATOR), (SECURITY, Role.SECURITY), (AUDITOR, Role.AUDITOR),
        (CONSULTANT, Role.CONSULTANT), (FIRM, Role.CONSULTANT), (DISMISSED, Role.CONSULTANT),
        (DISABLED, Role.REVIEWER),
    ):  # fmt: skip
        place = HERE if role is Role.REVIEWER else ""
        world.accounts[name] = make_staff(door, role, f"{name.split()[0]}@example.cn", place)
    firm_id = _firm(door, world)
    plants = [
        _plant(door, world, letter, name, reviewer, near, inside)
        for letter, name, reviewer, near, inside in (
            ("A", OWNER, here, DISTRICT, {OWNER, CONSULTANT}),
            ("B", NEIGHBOUR, here, DISTRICT, {NEIGHBOUR}),
            ("C", STRANGER, there, OTHER, {STRANGER, FIRM}),
        )
        if letter in letters
    ]
    for plant in plants:
        mandate_id = _mandates(door, world, plant, firm_id)
        _fill(door, world, plant, city, stories, mandate_id)
    _campaigns(door, world, city)
    _phrases(door, world)
    _white_papers(door, world)
    _letters(door, world)
    _batches(door, world)
    with door.writing() as work:
        rows = work.session.execute(select(AccountRow.id)).scalars().all()
        for id in rows:
            world.add("account", id, STAFF, "an account")
    return world


def _plant(
    door: Door, world: World, letter: str, name: str, reviewer: Account, near: str, inside: set[str]
) -> Plant:
    within, bureau = frozenset(inside), frozenset({near, CITY_BUREAU})
    known = within | bureau
    # Whose mandate ended still finds in the list of mandates which enterprise had given it, and nothing else of it.
    named = known | (frozenset({DISMISSED}) if letter in "AB" else frozenset())
    manager = enrol(
        door,
        world.mark(letter, 9, "manager", known | STAFF),
        f"{name}@example.cn",
        name=world.mark(letter, 9, "name", named),
        district=reviewer.jurisdiction,
        products=world.mark(letter, 9, "products", known),
        address=world.mark(letter, 9, "address", known),
        contact_name=world.mark(letter, 9, "contact", known),
    )
    world.accounts[name] = manager.account
    return Plant(letter, manager, reviewer, within, bureau, within - {CONSULTANT})


# ── One plant ────────────────────────────────────────────────────────────────


def _fill(
    door: Door, world: World, plant: Plant, city: Account, stories: Sequence[str], mandate_id: str
) -> None:
    own = plant.manager.enterprise
    measures = {}
    library = _file(door, world, plant, 8, "unused", plant.inside)
    world.add("evidence", library, plant.inside, "a file that was never shown")
    for age, story in enumerate(stories):
        number = len(stories) - 1 - age
        id = _self_check(door, world, plant, number, story)
        parts = {
            "section": "plant",
            "item": str(SNCR),
            "paper": "opinion",
            "scenario_id": "none",
            "round": "none" if story == "draft" else "1",
        }
        if story == "draft":
            world.add("assessment", id, plant.inside, f"{plant.letter}, a draft", **parts)
            world.add("review", id, frozenset(), f"{plant.letter}, a draft", **parts)
            continue
        _judged(door, world, plant, city, number, story, id)
        if story == "confirmed":
            parts["scenario_id"], measures = _planned(door, world, plant, number, id)
            _opinion(door, world, plant, number, id)
        if story in ("closed", "confirmed"):
            _printed(door, world, plant, number, id, story)
        if story == "returned":
            parts["paper"] = "notice-1"
            _paper(door, world, plant, id)
        world.add("assessment", id, plant.all, f"{plant.letter}, {story}", **parts)
        world.add("review", id, plant.bureau, f"{plant.letter}, {story}", **parts)
        with door.reading() as work:
            code = assessment.open_(work, plant.manager.account, id).number
        world.add("report number", code, frozenset(CAST), "a number", number=code)
    world.add("enterprise", own, plant.inside, plant.letter, mandate_id=mandate_id, **measures)


def _self_check(door: Door, world: World, plant: Plant, number: int, story: str) -> str:
    readers = plant.inside if story == "draft" else plant.all
    reason = world.mark(plant.letter, number, "reason", readers)
    who = plant.manager
    with door.writing() as work:
        year = assessment.this_year(work.now) - number
        id = assessment.start(work, who.account, who.enterprise, year)
        given: dict[ItemId, Answer] = {**make_answers(), WASTE: NotApplicable(reason)}
        assessment.keep(work, who.account, id, make_changes(given, None))
    file = _file(door, world, plant, number, "file", readers, issued_on="2011-03-04")
    world.add("evidence", file, readers, f"{plant.letter}, a file of {story}")
    with door.writing() as work:
        assert evidence.attach(work, who.account, id, SNCR, [file]) == ()
        said = world.mark(plant.letter, number, "explained", readers)
        assert data_check.explain(work, who.account, id, PERIOD_CHECK, said) == ()
    if story != "draft":
        with door.writing() as work:
            assessment.submit(work, who.account, id)
    return id


def _file(
    door: Door, world: World, plant: Plant, number: int, kind: str, readers: Readers, **typed: str
) -> str:
    title = world.mark(plant.letter, number, f"{kind}title", readers)
    name = world.mark(plant.letter, number, f"{kind}name", readers)
    if kind == "file" and number < 2:  # a picture has a thumbnail and a page, side doors of their own
        upload = Upload(name=f"{name}.jpg", content=files.make_photo(20 + 40 * number))
    else:
        text = world.mark(plant.letter, number, f"{kind}text", readers)
        upload = Upload(name=f"{name}.docx", content=files.make_office(text=text))
    who = plant.manager
    with door.writing() as work:
        arrivals = evidence.receive(work, who.account, who.enterprise, [upload])
        particulars = Particulars(title=title, kind="test_report" if typed else "", **typed)
        (added,) = evidence.add(work, who.account, who.enterprise, arrivals, particulars)
    assert added.evidence is not None, added.problem
    return added.evidence.id


def _judged(door: Door, world: World, plant: Plant, city: Account, number: int, story: str, id: str) -> None:
    """Bring the case to where the story ends, with a mark in everything that is said."""

    def mark(kind: str, readers: Readers) -> str:
        return world.mark(plant.letter, number, kind, readers)

    first, mine = plant.bureau - {CITY_BUREAU}, plant.inside
    reviewer, manager = plant.reviewer, plant.manager.account
    with door.writing() as work:
        review.take(work, reviewer, id)
    none = Practised(Extent.NONE)
    if story == "reviewing":
        _say(door, reviewer, id, SNCR, VerdictKind.LOWERED, mark("draft", first), counted=none)
        return
    if story == "returned":
        _say(door, reviewer, id, SNCR, VerdictKind.RETURNED, mark("issued", plant.all))
        _say(
            door,
            reviewer,
            id,
            HEAT,
            VerdictKind.LOWERED,
            mark("draft", first),
            counted=Measured(Decimal(109)),
        )
        with door.writing() as work:
            remark = mark("remark", plant.all)
            told = decision.send_for_correction(
                work, reviewer, id, _revision(work, id), days=10, remark=remark
            )
            assert told == ()
        with door.writing() as work:
            item = ItemId(SNCR)
            assert correction.reply(work, manager, id, item, mark("reply", mine), "").problems == ()
            wanted = mark("asking", plant.all)
            assert correction.ask_extension(work, manager, id, 1, wanted) == ()
        fresh = _file(door, world, plant, number, "fresh", mine)
        world.add("evidence", fresh, mine, f"{plant.letter}, a file of a correction under way")
        with door.writing() as work:
            assert evidence.attach(work, manager, id, SNCR, [fresh]) == ()
            new = NotApplicable(mark("corrected", mine))
            assert assessment.keep(work, manager, id, (Change(SNCR, new, None),)).problems == ()
        return
    heard = plant.bureau if story == "rechecking" else plant.all
    _say(door, reviewer, id, SNCR, VerdictKind.LOWERED, mark("lowered", heard), counted=none)
    with door.writing() as work:
        judging.confirm_rest(work, reviewer, id, _revision(work, id))
        opinion = mark("opinion", heard)
        assert decision.forward(work, reviewer, id, _revision(work, id), opinion) == ()
    with door.writing() as work:
        review.take(work, city, id)
    if story == "rechecking":
        own = mark("draft", frozenset({CITY_BUREAU}))
        _say(door, city, id, HEAT, VerdictKind.LOWERED, own, counted=Measured(Decimal(109)))
        return
    with door.writing() as work:
        assert decision.confirm(work, city, id, _revision(work, id), mark("final", plant.all)) == ()
    # Objecting is the enterprise's own business: consultants have no page for it.
    seen = (plant.all if story == "closed" else mine) - {CONSULTANT, FIRM}
    with door.writing() as work:
        kept = correction.draft_objection(work, manager, id, SNCR, mark("objection", seen), "")
        assert kept.problems == ()
    if story == "confirmed":
        return
    with door.writing() as work:
        assert correction.object_(work, manager, id) == ()
    with door.writing() as work:
        ruling = Ruling(item=SNCR, is_granted=False, answer=mark("answer", plant.all))
        opinion = mark("decided", plant.all)
        assert decision.decide(work, city, id, _revision(work, id), [ruling], opinion) == ()


def _say(
    door: Door, who: Account, id: str, item: ItemId, kind: VerdictKind, comment: str, **more: Answer
) -> None:
    with door.writing() as work:
        own = review.open_(work, who, id).own.get(item)
        seen = own.at.isoformat() if own else ""
        reason = Reason.NO_EVIDENCE
        said = Judgement(item=item, kind=kind, seen=seen, comment=comment, reason=reason, **more)  # type: ignore[arg-type]
        assert judging.judge(work, who, id, said) == ()


def _revision(work: Work, id: str) -> int:
    case = stored_review.find(work.session, id)
    assert case is not None
    return case.revision


# ── Plans, papers, mandates ──────────────────────────────────────────────────


def _planned(door: Door, world: World, plant: Plant, number: int, id: str) -> tuple[str, dict[str, str]]:
    who = plant.manager.account
    with door.writing() as work:
        title = world.mark(plant.letter, number, "scenario", plant.inside)
        kept, problems = scenario.create(work, who, id, title, ["precise_sncr"], {})
        assert kept is not None, problems
        scenario.choose(work, who, id, kept)
    with door.writing() as work:
        line = work.session.execute(select(MeasureRow.id).where(MeasureRow.assessment_id == id)).scalar_one()
        owner = world.mark(plant.letter, number, "measureowner", plant.inside)
        note = world.mark(plant.letter, number, "measurenote", plant.inside)
        entry = Entry(owner=owner, note=note)
        assert measure.keep(work, who, plant.manager.enterprise, line, entry) == ()
    return kept, {"measure_id": line}


def _finish(door: Door, text: str) -> None:
    """Print what is queued: the paper's words are composed, its file is a mark."""
    with door.writing() as work:
        job = report.claim(work, "matrix")
        assert job is not None
        work.settings.report_folder.mkdir(parents=True, exist_ok=True)
        printed = work.settings.report_folder / "printed"
        printed.write_text(text)
        assert report.finish(work, job, printed)


def _printed(door: Door, world: World, plant: Plant, number: int, id: str, story: str) -> None:
    """The report: of a closed case as it was submitted, of a confirmed one with the plan, which is no bureau's."""
    with door.writing() as work:
        job = report.ask(work, plant.manager.account, id)
    seen, plan = plant.printing | plant.bureau, story == "confirmed"
    readers = plant.printing if plan else seen
    _finish(door, world.mark(plant.letter, number, "report", readers))
    world.add("report", job, seen, f"{plant.letter}, report of {story}", {"report.file": readers})
    if plan or FIRM not in plant.printing:
        return
    with door.writing() as work:
        job = report.ask(work, account.mandated(work, world.accounts[FIRM]), id)
    _finish(door, world.mark(plant.letter, 9, "report", plant.printing))
    only = {"report.file": plant.printing}
    world.add("report", job, seen, f"{plant.letter}, report under a cover", only)


def _opinion(door: Door, world: World, plant: Plant, number: int, id: str) -> None:
    with door.writing() as work:
        opinion = papers.ask(work, plant.reviewer, id, "opinion")
    _finish(door, world.mark(plant.letter, number, "paper", plant.all))
    world.add("report", opinion, plant.all, f"{plant.letter}, an opinion")


def _paper(door: Door, world: World, plant: Plant, id: str) -> None:
    with door.writing() as work:
        job = papers.ask(work, plant.reviewer, id, "notice-1")
    _finish(door, world.mark(plant.letter, 2, "paper", plant.all))
    world.add("report", job, plant.all, f"{plant.letter}, a notice")


def _white_papers(door: Door, world: World) -> None:
    with door.writing() as work:
        year = assessment.this_year(work.now) - 1
    for number, (name, district, readers) in enumerate(
        ((CITY_BUREAU, "", frozenset({CITY_BUREAU})), (OTHER, ELSEWHERE, frozenset({OTHER, CITY_BUREAU})))
    ):
        who = world.accounts[name]
        with door.writing() as work:
            job = white_paper.ask(work, who, white_paper.order(work, who, year, district))
        _finish(door, world.mark("W", number, "paper", readers))
        world.add("white paper", job, readers, f"a white paper of {district or 'the city'}")
        world.add("report", job, readers, f"a white paper of {district or 'the city'}")


def _firm(door: Door, world: World) -> str:
    """The firm of one of the consultants."""
    who = world.accounts[FIRM]
    fields = {
        "name": world.mark("F", 0, "name", frozenset({FIRM, STRANGER})),
        "signatory": world.mark("F", 0, "signatory", frozenset({FIRM, STRANGER})),
        "uscc": make_uscc(),
    }
    with door.writing() as work:
        assert firm.keep(work, who, fields) == ()
        own = firm.mine(work, who)
    assert own is not None
    return own.id


def _mandates(door: Door, world: World, plant: Plant, firm_id: str) -> str:
    """What the plant granted to consultants, in force and not any more; the id of the newest that is in force."""
    kept = "none"
    with door.writing() as work:
        today = work.now.date()
        for name, scopes, revoked, last in {
            "A": ((CONSULTANT, "read", False, 90), (DISMISSED, "read fill print", True, 90)),
            "B": ((DISMISSED, "read fill print", False, -3),),
            "C": ((FIRM, "read fill print", False, 90),),
        }[plant.letter]:
            id = new_id()
            work.session.execute(
                insert(MandateRow).values(
                    id=id,
                    enterprise_id=plant.manager.enterprise,
                    account_id=None if name == FIRM else world.accounts[name].id,
                    firm_id=firm_id if name == FIRM else None,
                    scopes=scopes,
                    starts_on=today - timedelta(days=9),
                    ends_on=today + timedelta(days=last),
                    granted_by=plant.manager.account.id,
                    granted_at=work.now - timedelta(days=9),
                    revoked_at=work.now - timedelta(minutes=5) if revoked else None,
                    revoked_by=plant.manager.account.id if revoked else None,
                )
            )
            kept = id if name != DISMISSED else kept
    return kept


# ── The bureau's own ─────────────────────────────────────────────────────────


def _campaigns(door: Door, world: World, city: Account) -> None:
    with door.writing() as work:
        year = assessment.this_year(work.now)
        for number, (at, readers) in enumerate(
            ((year, REVIEWERS | MANAGERS), (year + 1, frozenset({CITY_BUREAU})))
        ):
            plan = TypedPlan(
                year=str(at),
                title=world.mark("P", number, "title", readers),
                sectors=("cement",),
                opens_on=f"{at}-01-01",
                closes_on=f"{at}-12-31",
                rungs=(TypedRung(title="市级", points="1", grade=""),),
                notice=world.mark("P", number, "notice", readers),
            )
            id, problems = campaign.create(work, city, plan)
            assert id is not None, problems
            if number == 0:
                campaign.publish(work, city, id)
                for place, name, uscc in ((HERE, DISTRICT, "A"), (ELSEWHERE, OTHER, "C")):
                    seen = frozenset({name, CITY_BUREAU})
                    work.session.execute(
                        insert(InviteeRow).values(
                            campaign_id=id,
                            uscc=world.mark("I", 0 if uscc == "A" else 1, "code", seen),
                            name=world.mark("I", 0 if uscc == "A" else 1, "name", seen),
                            district=place,
                            sector="cement",
                            mail=f"invitee{uscc.lower()}@example.cn",
                            mobile="",
                        )
                    )
            world.add("campaign", id, readers & REVIEWERS, f"the campaign of {at}")


def _phrases(door: Door, world: World) -> None:
    with door.writing() as work:
        for number, name in enumerate((DISTRICT, OTHER, CITY_BUREAU)):
            text = world.mark("Q", number, "phrase", frozenset({name}))
            assert phrase.add(work, world.accounts[name], text) == ()
            (kept,) = phrase.mine(work, world.accounts[name])
            world.add("phrase", kept.id, frozenset({name}), f"a phrase of {name}")


def _letters(door: Door, world: World) -> None:
    """One letter was given up, so that it can be tried again; the city sees all of them."""
    with door.writing() as work:
        id = work.session.execute(select(LetterRow.id).order_by(LetterRow.occasion)).scalars().first()
        assert id is not None
        work.session.execute(
            update(LetterRow).where(LetterRow.id == id).values(state=LetterState.FAILED, error="example")
        )
        world.add("letter", id, frozenset({CITY_BUREAU}), "a letter")


def _batches(door: Door, world: World) -> None:
    """A batch of two consultants with a report of a client, asked for while both had a mandate."""
    with door.writing() as work:
        for number, (name, letter) in enumerate(((FIRM, "C"), (DISMISSED, "A"))):
            id, readers = new_id(), frozenset({name})
            work.session.execute(
                insert(BatchRow).values(
                    id=id, account_id=world.accounts[name].id, title=world.mark("T", number, "batch", readers),
                    state=BatchState.PAUSED, created_at=work.now, changed_at=work.now,
                )
            )  # fmt: skip
            work.session.execute(
                insert(BatchItemRow).values(
                    batch_id=id, position=1, assessment_id=world.one("assessment", f"{letter}, confirmed").id,
                    state=ItemState.WAITING, error="", changed_at=work.now,
                )
            )  # fmt: skip
            world.add("batch", id, readers, f"a batch of the {name}", kind="none", deed="pause")


def disable(door: Door, world: World) -> None:
    """Close the account of whoever is to be disabled, with the browser still open."""
    with door.writing() as work:
        one = world.accounts[DISABLED]
        stored_account.set_standing(
            work.session, one.id, role=one.role, jurisdiction=one.jurisdiction, is_active=False
        )
