"""A worker that is killed in the middle of a batch, again and again: each report comes out once, and all are whole."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from portal.actions import account, assessment, batch
from portal.actions.work import Door
from portal.config import HOME, Settings
from portal.core.clients import Asked
from portal.core.printing import ItemState
from portal.core.roles import Account
from portal.storage import account as stored_account
from portal.storage.migrations import migrate
from portal.storage.session import Database
from tests.cast import Person, make_consultant
from tests.make import make_settings
from tests.mandated import make_clients

PATIENCE = 1200
WORKER = ("-m", "portal.cli", "worker", "--once")
# The same worker with its child, only that each report is one line.
HASTY_WORKER = (
    "-c",
    """
from portal.cli import worker
from portal.config import Settings
from portal.report import html

html.render = lambda document: "<!DOCTYPE html><html lang=zh-CN><title>t</title><p>一"
worker.work_on(Settings.from_environment(), is_once=True)
""",
)


def _me(door: Door, consultant: Person) -> Account:
    with door.reading() as work:
        found = stored_account.find(work.session, consultant.account.id)
        assert found is not None
        return account.mandated(work, found)


def _worker(settings: Settings, program: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "PORTAL_DATA_FOLDER": str(settings.data_folder),
        "PORTAL_SECRET": settings.secret,
    }
    command = [sys.executable, *program]
    return subprocess.Popen(
        command, env=environment, cwd=HOME, stdout=subprocess.DEVNULL, start_new_session=True
    )


def _wait_for_work(door: Door, worker: "subprocess.Popen[bytes]") -> None:
    """Until the worker prints or bundles, or has ended: a blow while it loads its fonts would prove little."""
    query = text("SELECT count(*) FROM report_job WHERE state = 'running'")
    bundling = text("SELECT count(*) FROM batch WHERE state = 'done'")
    while worker.poll() is None:
        with door.reading() as work:
            if work.session.scalar(query) or work.session.scalar(bundling):
                return
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_killed_fifty_times_loses_nothing_and_prints_nothing_twice(tmp_path: Path) -> None:
    killed, sizes = _batter(tmp_path, WORKER, reports=24, kills=50, longest=4.0)
    assert killed >= 10
    assert min(sizes) > 10


def test_a_worker_killed_three_times_loses_nothing_and_prints_nothing_twice(tmp_path: Path) -> None:
    killed, sizes = _batter(tmp_path, HASTY_WORKER, reports=8, kills=3, longest=0.3)
    assert killed == 3
    assert sizes == [1] * 8


def _batter(
    tmp_path: Path, program: tuple[str, ...], *, reports: int, kills: int, longest: float
) -> tuple[int, list[int]]:
    """Print a batch under so many blows, each at most `longest` seconds into the work; how many fell, and pages."""
    settings = make_settings(tmp_path / "data")
    settings.data_folder.mkdir(parents=True)
    database = Database(settings.database_url)
    migrate(database, settings.migration_folder)
    door = Door(database, Door.open(settings).library, settings)
    consultant = make_consultant(door)
    make_clients(door, consultant, reports)
    with door.writing() as work:
        asked = Asked(year=assessment.this_year(work.now))
        id = batch.start(work, _me(door, consultant), asked, None)
        assert id is not None
    draw, killed, deadline = Random(1), 0, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        worker = _worker(settings, program)
        try:
            _wait_for_work(door, worker)
            worker.wait(draw.uniform(0.0, longest) if killed < kills else PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            killed += 1
            # What was given up for good after three tries is asked for again, as a person would.
            with door.writing() as work:
                if batch.progress(work, _me(door, consultant), id).batch.counts.get(ItemState.FAILED):
                    batch.retry(work, _me(door, consultant), id)
            continue
        with door.writing() as work:
            found = batch.progress(work, _me(door, consultant), id).batch
            if found.counts.get(ItemState.FAILED):
                batch.retry(work, _me(door, consultant), id)
                continue
        if found.finished_at is not None:
            break
    with door.writing() as work:
        shown = batch.progress(work, _me(door, consultant), id)
        path, _ = batch.fetch(work, _me(door, consultant), id, "zip")
        done = work.session.execute(
            text("SELECT assessment_id FROM report_job WHERE state = 'done'")
        ).scalars()
        printed = Counter(done)
    assert shown.batch.counts == {ItemState.PRINTED: reports}
    assert len(printed) == reports
    assert set(printed.values()) == {1}
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    names = [one for one in archive.namelist() if one.endswith(".pdf")]
    assert len(set(names)) == reports
    database.close()
    return killed, [len(PdfReader(io.BytesIO(archive.read(one))).pages) for one in names]
