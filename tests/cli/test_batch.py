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

REPORTS, KILLS, PATIENCE = 24, 50, 1200


def _me(door: Door, consultant: Person) -> Account:
    with door.reading() as work:
        found = stored_account.find(work.session, consultant.account.id)
        assert found is not None
        return account.mandated(work, found)


def _worker(settings: Settings) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "PORTAL_DATA_FOLDER": str(settings.data_folder),
        "PORTAL_SECRET": settings.secret,
    }
    command = [sys.executable, "-m", "portal.cli", "worker", "--once"]
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
    settings = make_settings(tmp_path / "data")
    settings.data_folder.mkdir(parents=True)
    database = Database(settings.database_url)
    migrate(database, settings.migration_folder)
    door = Door(database, Door.open(settings).library, settings)
    consultant = make_consultant(door)
    make_clients(door, consultant, REPORTS)
    with door.writing() as work:
        asked = Asked(year=assessment.this_year(work.now))
        id = batch.start(work, _me(door, consultant), asked, None)
        assert id is not None
    draw, killed, deadline = Random(1), 0, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        worker = _worker(settings)
        try:
            _wait_for_work(door, worker)
            worker.wait(draw.uniform(0.0, 4.0) if killed < KILLS else PATIENCE)
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
    assert killed >= 10
    with door.writing() as work:
        shown = batch.progress(work, _me(door, consultant), id)
        path, _ = batch.fetch(work, _me(door, consultant), id, "zip")
        done = work.session.execute(
            text("SELECT assessment_id FROM report_job WHERE state = 'done'")
        ).scalars()
        printed = Counter(done)
    assert shown.batch.counts == {ItemState.PRINTED: REPORTS}
    assert len(printed) == REPORTS
    assert set(printed.values()) == {1}
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    names = [one for one in archive.namelist() if one.endswith(".pdf")]
    assert len(set(names)) == REPORTS
    for one in names:
        assert len(PdfReader(io.BytesIO(archive.read(one))).pages) > 10
    database.close()
