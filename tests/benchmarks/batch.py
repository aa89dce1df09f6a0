"""A batch as consultants print it: reports a minute and memory, with one worker for each of two cores."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from portal.actions import account, assessment, batch
from portal.actions.work import Door
from portal.config import HOME
from portal.core.clients import Asked
from portal.core.printing import ItemState
from portal.storage import account as stored_account
from portal.storage.migrations import migrate
from portal.storage.session import Database
from tests.benchmarks.measuring import Line, absolute
from tests.cast import make_consultant
from tests.make import make_settings
from tests.mandated import make_clients

REPORTS = int(os.environ.get("BENCH_REPORTS", "40"))
WORKERS = 2


def lines() -> Iterator[Line]:
    """The batch's part of the table; BENCH_REPORTS sets how many reports."""
    with tempfile.TemporaryDirectory() as name:
        settings = make_settings(Path(name) / "data")
        settings.data_folder.mkdir(parents=True)
        database = Database(settings.database_url)
        migrate(database, settings.migration_folder)
        door = Door(database, Door.open(settings).library, settings)
        consultant = make_consultant(door)
        make_clients(door, consultant, REPORTS)
        with door.writing() as work:
            found = stored_account.find(work.session, consultant.account.id)
            assert found is not None
            me = account.mandated(work, found)
            id = batch.start(work, me, Asked(year=assessment.this_year(work.now)), None)
            assert id is not None
        environment = os.environ | {
            "PORTAL_DATA_FOLDER": str(settings.data_folder),
            "PORTAL_SECRET": settings.secret,
        }
        command = [sys.executable, "-m", "portal.cli", "worker", "--once"]
        start, peak, watched = time.monotonic(), 0, _Watched()
        workers = [
            subprocess.Popen(command, env=environment, cwd=HOME, stdout=subprocess.DEVNULL)
            for _ in range(WORKERS)
        ]
        while any(one.poll() is None for one in workers):
            peak = max(peak, sum(_mebibytes(one.pid) for one in workers))
            for one in workers:
                watched.look(one.pid)
            time.sleep(0.2)
        seconds = time.monotonic() - start
        with door.reading() as work:
            done = batch.progress(work, me, id).batch
        zipped = settings.report_folder / f"batch-{id}.zip"
        size = zipped.stat().st_size / 1024**2 if zipped.is_file() else 0
        database.close()
    count = done.counts.get(ItemState.PRINTED, 0)
    yield _line(f"batch of {REPORTS}, {WORKERS} workers: printed and bundled", f"{count}")
    yield _line("batch, reports a minute, loading and bundling included", f"{60 * count / seconds:.1f}")
    yield _line("batch, memory of all workers and their children, peak", f"{peak} MiB")
    yield absolute("batch, growth of a worker from its first child to its end", watched.growth, "MiB", 5)
    yield absolute("batch, memory of a printing child", watched.child, "MiB", 350)
    yield _line("batch, size of the ZIP", f"{size:.1f} MiB")


class _Watched:
    """How much a worker grows while its children print, and the most that a child holds (resident, shared included)."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self._lately: dict[int, set[int]] = {}
        self.growth = self.child = 0.0

    def look(self, worker: int) -> None:
        """Sample a worker; its first sample counts once it has a child."""
        now = _resident(worker)
        # A fork shares what its parent holds; what is small, or gone at the next look, is a program that asks for fonts.
        children = {one: size for one in _children(worker) if (size := _resident(one)) > now / 2}
        lasting = children.keys() & self._lately.get(worker, set())
        self._lately[worker] = set(children)
        if now and (lasting or worker in self._first):
            self.growth = max(self.growth, now - self._first.setdefault(worker, now))
        self.child = max([self.child, *children.values()])


def _children(process: int) -> list[int]:
    try:
        return [
            int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
        ]
    except OSError:
        return []  # it has ended meanwhile


def _resident(process: int) -> float:
    """Mebibytes."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _line(what: str, ours: str) -> Line:
    return Line(what=what, ours=ours, baseline="", ratio="", goal="", is_met=None)


def _mebibytes(process: int) -> int:
    """What a process and its children hold for themselves, shared pages divided among those that share them."""
    try:
        total = 0
        for line in Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total = int(line.split()[1]) // 1024
        return total + sum(_mebibytes(child) for child in _children(process))
    except OSError:
        return 0  # it has ended meanwhile
