"""Batches: every report once, refused where the mandate is over, bundled at the end and not handed out afterwards."""

import io
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text, update

from portal.actions import account, assessment, batch, enterprise, mandate, report
from portal.actions.work import Door, NotFound, Work
from portal.core.batch import file_names
from portal.core.clients import Asked
from portal.core.mandate import Wish
from portal.core.printing import BatchState, ItemState
from portal.core.roles import Account
from portal.core.verification import SignatureState
from portal.report.signing import examine, make_demo
from portal.storage import account as stored_account
from portal.storage.tables import BatchRow
from tests.cast import PASSWORD, Person, enrol, make_consultant
from tests.make import make_answers, make_changes, make_profile
from tests.papers import make_pdf

YEAR = datetime.now(UTC).year
PLANTS = 3


def _grant(door: Door, manager: Person, holder: Person) -> str:
    day = f"{YEAR}-01-01"
    with door.writing() as work:
        wish = Wish(holder=holder.mail, scopes=("read", "print"), starts_on=day, ends_on=f"{YEAR + 1}-12-31")
        id, problems = mandate.grant(work, manager.account, manager.enterprise, wish)
        assert id is not None, problems
    return id


@pytest.fixture
def plants(door: Door) -> list[Person]:
    """Enterprises that have submitted."""
    found = []
    for number in range(PLANTS):
        person = enrol(door, "王示例", f"m{number}@example.cn", name=f"示例/水泥{number}:有限公司")
        with door.writing() as work:
            id = assessment.start(work, person.account, person.enterprise, assessment.this_year(work.now))
            assessment.keep(work, person.account, id, make_changes(make_answers()))
            assessment.submit(work, person.account, id)
        found.append(person)
    return found


@pytest.fixture
def consultant(door: Door, plants: list[Person]) -> Person:
    """Somebody who may print for all of them."""
    one = make_consultant(door)
    for plant in plants:
        _grant(door, plant, one)
    return one


def _now(work: Work, person: Person) -> Account:
    found = stored_account.find(work.session, person.account.id)
    assert found is not None
    return account.mandated(work, found)


def _start(door: Door, consultant: Person) -> str:
    with door.writing() as work:
        id = batch.start(work, _now(work, consultant), Asked(year=assessment.this_year(work.now)), None)
    assert id is not None
    return id


def _print_one(door: Door) -> bool:
    """What a worker does, with a small PDF in place of the report."""
    folder = door.settings.report_folder
    folder.mkdir(parents=True, exist_ok=True)
    with door.writing() as work:
        job = report.claim(work, "here:1")
    if job is None:
        return False
    try:
        with door.reading() as work:
            report.compose_job(work, job)
    except NotFound as error:
        with door.writing() as work:
            report.fail(work, job, f"NotFound: {error}")
        return True
    seal = report.seal_of(door.settings)
    path = folder / f".{job.id}.pdf"
    path.write_bytes(seal.sign(make_pdf()) if seal is not None else make_pdf())
    with door.writing() as work:
        assert report.finish(work, job, path, is_signed=seal is not None)
    return True


def _work_off(door: Door, rounds: int = 80) -> None:
    for _ in range(rounds):
        is_under_way = batch.walk(door)
        if not _print_one(door) and not is_under_way:
            return


def test_the_button_pressed_twice_starts_one_batch(door: Door, consultant: Person) -> None:
    first = _start(door, consultant)
    assert _start(door, consultant) == first
    with door.writing() as work:
        work.session.execute(update(BatchRow).values(created_at=work.now - 2 * batch.TWICE))
    assert _start(door, consultant) != first
    with door.reading() as work:
        assert [one.total for one in batch.mine(work, _now(work, consultant))] == [3, 3]


def _look(door: Door, consultant: Person, id: str) -> batch.Progress:
    with door.reading() as work:
        return batch.progress(work, _now(work, consultant), id)


def _fetch(door: Door, consultant: Person, id: str, kind: str) -> bytes:
    with door.writing() as work:
        return batch.fetch(work, _now(work, consultant), id, kind)[0].read_bytes()


def test_a_batch_comes_out_whole(door: Door, consultant: Person) -> None:
    id = _start(door, consultant)
    _work_off(door)
    found = _look(door, consultant, id)
    assert found.batch.state is BatchState.DONE
    assert found.batch.finished_at is not None
    assert found.batch.counts == {ItemState.PRINTED: PLANTS}
    archive = zipfile.ZipFile(io.BytesIO(_fetch(door, consultant, id, "zip")))
    assert archive.testzip() is None
    names = [one for one in archive.namelist() if one.endswith(".pdf")]
    assert len(names) == PLANTS
    assert all("/" not in one and ":" not in one and one.startswith(f"{YEAR}_示例 水泥") for one in names)
    merged = PdfReader(io.BytesIO(_fetch(door, consultant, id, "pdf")))
    assert len(merged.pages) == len(merged.outline) == PLANTS
    assert _fetch(door, consultant, id, "xlsx").startswith(b"PK")


def test_the_same_reports_are_printed_once(door: Door, consultant: Person) -> None:
    first, second = _start(door, consultant), _start(door, consultant)
    _work_off(door)
    jobs = [{one.job_id for one in _look(door, consultant, id).items} for id in (first, second)]
    assert jobs[0] == jobs[1]


def test_a_mandate_that_ends_in_the_middle_refuses_the_rest(
    door: Door, consultant: Person, plants: list[Person]
) -> None:
    id = _start(door, consultant)
    with door.writing() as work:
        (given,) = mandate.granted(work, plants[2].account, plants[2].enterprise)
        mandate.revoke(work, plants[2].account, plants[2].enterprise, given.id)
    _work_off(door)
    counts = _look(door, consultant, id).batch.counts
    assert counts == {ItemState.PRINTED: PLANTS - 1, ItemState.REFUSED: 1}
    assert _fetch(door, consultant, id, "zip")


def test_a_mandate_that_ends_between_asking_and_printing_stops_the_paper(
    door: Door, consultant: Person, plants: list[Person]
) -> None:
    id = _start(door, consultant)
    for _ in range(PLANTS):
        batch.walk(door)
    with door.writing() as work:
        (given,) = mandate.granted(work, plants[0].account, plants[0].enterprise)
        mandate.revoke(work, plants[0].account, plants[0].enterprise, given.id)
    _work_off(door)
    assert _look(door, consultant, id).batch.counts == {ItemState.PRINTED: PLANTS - 1, ItemState.REFUSED: 1}


def test_files_are_not_handed_out_after_a_revocation(
    door: Door, consultant: Person, plants: list[Person]
) -> None:
    id = _start(door, consultant)
    _work_off(door)
    with door.writing() as work:
        (given,) = mandate.granted(work, plants[1].account, plants[1].enterprise)
        mandate.revoke(work, plants[1].account, plants[1].enterprise, given.id)
    found = _look(door, consultant, id)
    assert not found.is_whole
    # The number opens the public record: it is told of clients only.
    lost = [one.number for one in found.items if one.enterprise_id == plants[1].enterprise]
    assert lost == [""] and all(
        one.number for one in found.items if one.enterprise_id != plants[1].enterprise
    )
    for kind in batch.KINDS:
        with pytest.raises(NotFound):
            _fetch(door, consultant, id, kind)
    with door.writing() as work:
        batch.retry(work, _now(work, consultant), id)
    _work_off(door)
    archive = zipfile.ZipFile(io.BytesIO(_fetch(door, consultant, id, "zip")))
    assert len([one for one in archive.namelist() if one.endswith(".pdf")]) == PLANTS - 1


def test_pause_cancel_and_retry(door: Door, consultant: Person) -> None:
    id = _start(door, consultant)
    with door.writing() as work:
        batch.pause(work, _now(work, consultant), id)
    assert not batch.walk(door)
    assert not _print_one(door)
    with door.writing() as work:
        batch.resume(work, _now(work, consultant), id)
        batch.cancel(work, _now(work, consultant), id)
    _work_off(door)
    found = _look(door, consultant, id).batch
    assert found.counts == {ItemState.CANCELLED: PLANTS}
    with door.writing() as work:
        batch.retry(work, _now(work, consultant), id)
    _work_off(door)
    assert _look(door, consultant, id).batch.counts == {ItemState.PRINTED: PLANTS}


def test_a_failed_report_says_why_and_is_tried_again(door: Door, consultant: Person) -> None:
    id = _start(door, consultant)
    batch.walk(door)
    with door.writing() as work:
        job = report.claim(work, "here:1")
        assert job is not None
        report.fail(work, job, report.CRASHED)
    _work_off(door)
    found = _look(door, consultant, id)
    assert found.batch.counts == {ItemState.PRINTED: PLANTS - 1, ItemState.FAILED: 1}
    assert found.items[0].error == report.CRASHED
    with door.writing() as work:
        batch.retry(work, _now(work, consultant), id)
    _work_off(door)
    assert _look(door, consultant, id).batch.counts == {ItemState.PRINTED: PLANTS}


def test_nobody_looks_into_another_ones_batch(door: Door, consultant: Person) -> None:
    id = _start(door, consultant)
    other = make_consultant(door, "c2@example.cn")
    with door.writing() as work, pytest.raises(NotFound):
        batch.cancel(work, other.account, id)
    with pytest.raises(NotFound):
        _look(door, other, id)


def test_names_are_short_and_never_the_same_twice(door: Door, consultant: Person) -> None:
    found = _look(door, consultant, _start(door, consultant)).items
    names = file_names([*found, *found])
    assert len(set(names.values())) == len(names)


# ── Signed reports ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_signed_reports_stay_signed_in_the_zip_and_the_merged_file_says_that_it_is_a_copy(
    door: Door, consultant: Person, tmp_path: Path
) -> None:
    certificate, password = make_demo(tmp_path / "seal", datetime.now(UTC))
    settings = replace(door.settings, signing_certificate=certificate, signing_password_file=password)
    door = replace(door, settings=settings)
    seal = report.seal_of(settings)
    id = _start(door, consultant)
    _work_off(door)
    archive = zipfile.ZipFile(io.BytesIO(_fetch(door, consultant, id, "zip")))
    singles = [archive.read(one) for one in archive.namelist() if one.endswith(".pdf")]
    assert [examine(one, seal).state for one in singles] == [SignatureState.OURS] * PLANTS
    content = _fetch(door, consultant, id, "pdf")
    assert examine(content, seal).state is SignatureState.NONE
    merged = PdfReader(io.BytesIO(content))
    assert "/AcroForm" not in merged.root_object
    assert not any("/Annots" in page and page["/Annots"] for page in merged.pages)
    assert "不带数字签名" in merged.pages[0].extract_text()
    assert len(merged.pages) == len(merged.outline) == 1 + PLANTS
    starts = [merged.get_destination_page_number(one) for one in merged.outline]
    assert starts == list(range(1 + PLANTS))


# ── Forty ────────────────────────────────────────────────────────────────────

FORTY, PRINTED, TAKEN_BACK = 40, 20, 4


def _forty(door: Door, consultant: Person) -> tuple[Account, list[str]]:
    """One manager with forty submitted plants, who lets the consultant print for all of them."""
    ids = []
    with door.writing() as work:
        who, _ = account.register(work, name="孙示例", mail="forty@example.cn", mobile="", password=PASSWORD)
        assert who is not None
        for number in range(FORTY):
            id, problems = enterprise.create(work, who, make_profile(name=f"示例造纸{number:02d}有限公司"))
            assert id is not None, problems
            ids.append(id)
    known = Person(account=_again(door, who), enterprise="")
    for id in ids:
        with door.writing() as work:
            one = assessment.start(work, known.account, id, assessment.this_year(work.now))
            assessment.keep(work, known.account, one, make_changes(make_answers()))
            assessment.submit(work, known.account, one)
        _grant(door, replace(known, enterprise=id), consultant)
    return known.account, ids


def _again(door: Door, who: Account) -> Account:
    with door.reading() as work:
        found = stored_account.find(work.session, who.id)
    assert found is not None
    return found


def _revoke(door: Door, owner: Account, ids: list[str]) -> None:
    with door.writing() as work:
        for id in ids:
            for given in mandate.granted(work, owner, id):
                mandate.revoke(work, owner, id, given.id)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_of_forty_the_rest_stops_where_mandates_end_and_the_zip_is_handed_out_no_more(door: Door) -> None:
    consultant = make_consultant(door, "forty-consultant@example.cn")
    owner, _ = _forty(door, consultant)
    id = _start(door, consultant)
    while _look(door, consultant, id).batch.counts.get(ItemState.PRINTED, 0) < PRINTED:
        batch.walk(door)
        _print_one(door)
    items = _look(door, consultant, id).items
    printed = [one.enterprise_id for one in items if one.state is ItemState.PRINTED]
    waiting = [one.enterprise_id for one in items if one.state is ItemState.WAITING]
    assert (len(printed), len(waiting)) == (PRINTED, FORTY - PRINTED)

    _revoke(door, owner, [*printed[:TAKEN_BACK], *waiting[-TAKEN_BACK:]])
    _work_off(door)
    found = _look(door, consultant, id)
    assert found.batch.counts == {ItemState.PRINTED: FORTY - TAKEN_BACK, ItemState.REFUSED: TAKEN_BACK}
    assert not found.is_whole
    for kind in batch.KINDS:
        with pytest.raises(NotFound):
            _fetch(door, consultant, id, kind)
    with door.writing() as work:
        batch.retry(work, _now(work, consultant), id)
    _work_off(door)
    archive = zipfile.ZipFile(io.BytesIO(_fetch(door, consultant, id, "zip")))
    assert len([one for one in archive.namelist() if one.endswith(".pdf")]) == FORTY - 2 * TAKEN_BACK

    _revoke(door, owner, [*printed, *waiting])
    for kind in batch.KINDS:
        with pytest.raises(NotFound):
            _fetch(door, consultant, id, kind)
    with door.writing() as work:
        assert (
            batch.start(work, _now(work, consultant), Asked(year=assessment.this_year(work.now)), None)
            is None
        )
    with door.reading() as work:
        jobs = work.session.execute(text("SELECT assessment_id, state FROM report_job")).all()
    assert set(Counter(one for one, _ in jobs).values()) == {1}
    assert sum(state == "done" for _, state in jobs) == FORTY - TAKEN_BACK
