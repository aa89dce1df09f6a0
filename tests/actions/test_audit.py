"""The audit trail: what is noted comes with the commit, writers do not fork it, tampering of every kind shows."""

import json
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.actions import account, audit, enterprise
from portal.actions.audit import SEAL, Asked
from portal.actions.work import Door, NotFound
from portal.core.audit import Outcome
from portal.core.campaign import local_day
from portal.core.roles import Account, Role
from tests.cast import PASSWORD, Person, make_staff
from tests.make import make_profile

WRITERS, ROUNDS = 8, 12


@pytest.fixture
def auditor(door: Door) -> Account:
    return make_staff(door, Role.AUDITOR, "auditor@example.cn")


def _note(door: Door, count: int = 5) -> None:
    for number in range(count):
        with door.writing("127.0.0.1") as work:
            work.note(
                "campaign.create", "campaign", f"c{number}", after=json.dumps({"title": f"示例{number}"})
            )


def _execute(door: Door, statement: str, **values: Any) -> None:
    with door.writing() as work:
        work.session.execute(text(statement), values)


def _verified(door: Door) -> audit.Verification:
    with door.reading() as work:
        return audit.verify(work)


# ── Writing ──────────────────────────────────────────────────────────────────


def test_many_writers_at_once_make_one_chain(door: Door) -> None:
    start, faults = threading.Barrier(WRITERS), []

    def write(me: int) -> None:
        start.wait()
        try:
            for number in range(ROUNDS):
                with door.writing() as work:
                    work.note("campaign.create", "campaign", f"{me}-{number}")
                    work.note("campaign.change", "campaign", f"{me}-{number}")
        except Exception as error:  # noqa: BLE001 - told by the main thread
            faults.append(error)

    threads = [threading.Thread(target=write, args=(me,)) for me in range(WRITERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    found = _verified(door)
    assert (found.checked, found.is_whole) == (WRITERS * ROUNDS * 2, True)
    with door.reading() as work:
        pairs = work.session.execute(text("SELECT subject_id FROM audit ORDER BY number")).scalars().all()
    # The lines of one unit of work stand together.
    assert pairs[::2] == pairs[1::2]


def test_what_is_rolled_back_leaves_no_line(door: Door) -> None:
    def fail() -> None:
        with door.writing() as work:
            work.note("campaign.create", "campaign", "c")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert _verified(door).checked == 0


def test_a_failed_sign_in_is_told_without_what_was_typed(
    door: Door, manager: Person, auditor: Account
) -> None:
    with door.writing("192.0.2.1") as work:
        account.sign_in(work, manager.mail, "wrong password", "192.0.2.1")
        account.sign_in(work, "my-secret-password", "wrong password", "192.0.2.1")
    with door.writing() as work:
        account.sign_in(work, manager.mail, PASSWORD, "192.0.2.1")
    with door.reading() as work:
        found = audit.listed(work, auditor, Asked(deed="account.sign_in")).lines
    assert [(one.event.outcome, one.event.subject_id, one.name) for one in found] == [
        (Outcome.DONE, manager.account.id, "王示例"),
        (Outcome.REFUSED, "", ""),
        (Outcome.REFUSED, manager.account.id, ""),
    ]
    assert found[1].origin == "192.0.2.1"
    assert not [one for one in found if "secret" in repr(one)]


def test_a_changed_profile_is_told_field_by_field(door: Door, manager: Person, auditor: Account) -> None:
    with door.writing() as work:
        before = enterprise.get(work, manager.account, manager.enterprise).profile
        changed = make_profile(uscc=before.uscc, name="示例新名称有限公司")
        assert enterprise.change(work, manager.account, manager.enterprise, changed) == ()
        assert enterprise.change(work, manager.account, manager.enterprise, changed) == ()
    with door.reading() as work:
        (line,) = audit.listed(work, auditor, Asked(deed="enterprise.change")).lines
    assert json.loads(line.event.before) == {"name": before.name}
    assert json.loads(line.event.after) == {"name": "示例新名称有限公司"}


# ── Tampering ────────────────────────────────────────────────────────────────

COLUMNS = (
    "who",
    "name",
    "role",
    "origin",
    "deed",
    "subject_kind",
    "subject_id",
    "before",
    "after",
    "outcome",
    "hash",
)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_found(door: Door, column: str) -> None:
    _note(door)
    value = "refused" if column == "outcome" else "x"
    _execute(door, f"UPDATE audit SET {column} = :value WHERE number = 3", value=value)
    found = _verified(door)
    assert (found.broken, found.is_whole) == (3, False)


def test_a_changed_time_is_found(door: Door) -> None:
    _note(door)
    with door.writing() as work:
        at = work.session.execute(text("SELECT at FROM audit WHERE number = 2")).scalar_one()
        first = work.session.execute(text("SELECT at FROM audit WHERE number = 1")).scalar_one()
        assert at != first
        work.session.execute(text("UPDATE audit SET at = :at WHERE number = 3"), {"at": first})
    assert _verified(door).broken == 3


def test_a_removed_line_is_found_also_when_the_rest_is_renumbered(door: Door) -> None:
    _note(door)
    _execute(door, "DELETE FROM audit WHERE number = 3")
    assert _verified(door).broken == 3
    _execute(door, "UPDATE audit SET number = 3 WHERE number = 4")
    _execute(door, "UPDATE audit SET number = 4 WHERE number = 5")
    assert _verified(door).broken == 3


def test_an_inserted_line_is_found(door: Door) -> None:
    _note(door)
    _execute(
        door,
        "INSERT INTO audit SELECT 6, at, who, name, role, origin, deed, subject_kind, subject_id, before, after,"
        " outcome, 'x', 'y' FROM audit WHERE number = 5",
    )
    assert _verified(door).broken == 6


def test_lines_cut_off_the_end_show_against_the_anchor(door: Door) -> None:
    _note(door)
    with door.reading() as work:
        assert audit.anchor(work)
        assert not audit.anchor(work)
    assert _verified(door).is_whole
    _execute(door, "DELETE FROM audit WHERE number > 3")
    found = _verified(door)
    assert (found.broken, found.lost, found.is_whole) == (None, 5, False)
    # What is written afterwards in their place does not hide it.
    _note(door, 3)
    assert _verified(door).broken == 5
    assert door.settings.audit_file.stat().st_mode & 0o077 == 0


def test_a_part_can_be_checked_by_itself(door: Door) -> None:
    _note(door)
    with door.reading() as work:
        later = work.now + timedelta(hours=1)
        at = work.session.execute(text("SELECT at FROM audit WHERE number = 4")).scalar_one()
        assert at is not None
        assert audit.verify(work, later).checked == 0
        assert audit.verify(work, work.now - timedelta(hours=1)).checked == 5
    _execute(door, "UPDATE audit SET name = 'x' WHERE number = 2")
    with door.reading() as work:
        assert audit.verify(work, later).is_whole
        assert not audit.verify(work).is_whole


def test_an_empty_trail_is_whole(door: Door) -> None:
    found = _verified(door)
    assert (found.checked, found.is_whole, found.head.number) == (0, True, 0)
    with door.reading() as work:
        assert not audit.anchor(work)


# ── Reading ──────────────────────────────────────────────────────────────────


def test_only_the_auditor_reads_checks_and_exports(door: Door, manager: Person) -> None:
    others = [make_staff(door, role, f"{role}@example.cn") for role in (Role.OPERATOR, Role.SECURITY)]
    with door.writing() as work:
        for who in (manager.account, *others):
            for read in (
                lambda who=who: audit.listed(work, who, Asked()),
                lambda who=who: audit.check(work, who),
                lambda who=who: audit.choices(work, who),
                lambda who=who: audit.export_lines(work, who, Asked()),
                lambda who=who: audit.export_sheet(work, who, Asked()),
            ):
                with pytest.raises(NotFound):
                    read()


def test_filters_narrow_the_list_and_days_are_hangzhous(door: Door, auditor: Account) -> None:
    _note(door)
    with door.reading() as work:
        today = local_day(work.now)

        def count(**asked: Any) -> int:
            return audit.listed(work, auditor, Asked(**asked)).count

        assert count() == count(deed="campaign.create") == count(kind="campaign") == 5
        assert count(subject="c3") == count(words="示例3") == 1
        assert count(words="%") == count(outcome="refused") == count(deed="x") == 0
        assert count(first=today, last=today) == 5
        assert count(last=today - timedelta(days=1)) == count(first=date(2100, 1, 1)) == 0
        page = audit.listed(work, auditor, Asked(), offset=4, limit=2).lines
        assert [one.number for one in page] == [1]
        assert audit.choices(work, auditor) == (("campaign.create",), ("campaign",))


def test_answers_stay_sealed_on_the_page_and_in_exports(door: Door, auditor: Account) -> None:
    answer = json.dumps({"coal": {"kind": "measured", "value": "120000"}})
    verdict = json.dumps(
        {"item": "coal", "counted": {"kind": "measured", "value": "777777"}, "reason": "other"}
    )
    with door.writing() as work:
        work.note("answer.save", "assessment", "a", before=answer, after=answer)
        work.note("answer.save", "assessment", "a", before="120000", after="[120000]")
        work.note("review.judge", "assessment", "a", after=verdict)
    with door.reading() as work:
        third, second, first = audit.listed(work, auditor, Asked()).lines
        assert json.loads(first.event.after) == {"coal": SEAL}
        assert (second.event.before, second.event.after) == (SEAL, SEAL)
        assert json.loads(third.event.after) == {"item": "coal", "counted": SEAL, "reason": "other"}
        assert audit.listed(work, auditor, Asked(words="120000")).count == 0
        assert audit.listed(work, auditor, Asked(words="777777")).count == 0
        told = audit.export_lines(work, auditor, Asked()).decode()
        assert len(told.splitlines()) == 3
        assert "120000" not in told
        assert "777777" not in told
        assert audit.export_sheet(work, auditor, Asked())[:2] == b"PK"


def test_what_an_enterprise_says_beside_its_answers_stays_sealed(door: Door, auditor: Account) -> None:
    with door.writing() as work:
        work.note("data_check.explain", "assessment", "a", after=json.dumps({"growth": "wordA"}))
        work.note("review.reply", "assessment", "a", after=json.dumps({"item": "coal", "comment": "wordB"}))
        work.note(
            "objection.draft", "assessment", "a", after=json.dumps({"item": "coal", "comment": "wordC"})
        )
        work.note("verdict.save", "assessment", "a", after=json.dumps({"item": "coal", "comment": "wordD"}))
    with door.reading() as work:
        told = audit.export_lines(work, auditor, Asked()).decode()
        assert [f"word{letter}" in told for letter in "ABCD"] == [False, False, False, True]
        assert told.count("coal") == 3 and "growth" in told
        assert not any(audit.listed(work, auditor, Asked(words=f"word{one}")).count for one in "ABC")


def test_checking_is_itself_in_the_trail(door: Door, auditor: Account) -> None:
    _note(door)
    with door.writing() as work:
        assert audit.check(work, auditor).checked == 5
    with door.reading() as work:
        (line,) = audit.listed(work, auditor, Asked(deed="audit.check")).lines
    assert json.loads(line.event.after) == {"broken": None, "checked": 5, "lost": None}
