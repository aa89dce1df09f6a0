"""The worker: claims reports from the queue, prints each in a forked child, writes down how far it is."""

import os
import signal
import socket
import time
from pathlib import Path
from types import FrameType

import click

from portal.actions import batch, package, report
from portal.actions.work import Door
from portal.cli.rounds import Rounds
from portal.config import Settings
from portal.core.errors import PortalError
from portal.core.printing import Job, JobKind
from portal.report import signing
from portal.report.press import Limits, PrintingFailed, is_draft, print_report, warm_up
from portal.storage.session import StorageBusy, StorageError

PAUSE = 0.5  # seconds between looks into an empty queue
SWEEP = 10.0  # seconds between looks for abandoned reports
PACKAGE_TIMES = 5  # a package of three thousand pages may take so many times as long as a report
STRIDE = 0.4  # seconds between two notes of progress: each is a durable write


class _Stopped(Exception):
    """The worker was asked to stop, or the job is no longer its own."""


def work_on(settings: Settings, *, is_once: bool) -> int:
    """Print until told to stop; `is_once` until the queue is empty."""
    stop = _StopSign()
    door = Door.open(settings)
    settings.report_folder.mkdir(parents=True, exist_ok=True)
    if report.seal_of(settings) is not None:
        signing.warm_up()
    warm_up()
    click.echo("打印程序已就绪")
    swept = 0.0
    rounds = Rounds(door)
    while not stop.is_up:
        try:
            if time.monotonic() - swept > SWEEP or not swept:
                sweep(door)
                swept = time.monotonic()
            rounds.walk()
            is_batch = _walk_batches(door)
            is_found = _print_next(door, stop)
        except StorageError as error:
            # Another writer took too long, or the disk is full: the queue is where it was, so look again.
            _tell(error)
            time.sleep(PAUSE)
            continue
        if not is_found and is_once and not is_batch:
            break
        if not is_found:
            time.sleep(PAUSE)
    door.database.close()
    return 0


def _walk_batches(door: Door) -> bool:
    """Do the next thing for every batch; a database that is busy is asked again."""
    try:
        return batch.walk(door)
    except (PortalError, OSError) as error:
        _tell(error)
        return True


def _tell(error: Exception) -> None:
    click.echo(f"{type(error).__name__}: {error}", err=True)


class _StopSign:
    """Goes up at SIGTERM or SIGINT; the report at hand is put back into the queue."""

    def __init__(self) -> None:
        self.is_up = False
        signal.signal(signal.SIGTERM, self._put_up)
        signal.signal(signal.SIGINT, self._put_up)

    def _put_up(self, _number: int, _frame: FrameType | None) -> None:
        self.is_up = True


def me() -> str:
    """How this worker signs its jobs."""
    return f"{socket.gethostname()}:{os.getpid()}"


def sweep(door: Door) -> None:
    """Put back what dead workers left: those of this machine at once, others when their lease has run out."""
    with door.reading() as work:
        lost = [name for name in report.workers(work) if _is_dead(name)]
    with door.writing() as work:
        report.put_back_abandoned(work, lost)


def _is_dead(name: str) -> bool:
    host, _, process = name.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _print_next(door: Door, stop: _StopSign) -> bool:
    with door.reading() as work:
        if not report.has_queued(work):
            return False
    with door.writing() as work:
        job = report.claim(work, me())
    if job is None:
        return False
    try:
        _print(door, job, stop)
    except _Stopped:
        with door.writing() as work:
            report.put_back(work, job)
    except PrintingFailed as error:
        _fail(door, job, str(error))
    except PortalError as error:
        _fail(door, job, f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - the worker's door: one bad report must not stop all others
        _fail(door, job, f"{report.CRASHED} {type(error).__name__}: {error}")
    return True


def _fail(door: Door, job: Job, error: str) -> None:
    click.echo(f"报告 {job.id} 未能打印：{error}", err=True)
    with door.writing() as work:
        report.fail(work, job, error)


def _print(door: Door, job: Job, stop: _StopSign) -> None:
    with door.reading() as work:
        document = report.compose_job(work, job)
    settings = door.settings
    path = _draft(settings, job)
    seconds = settings.report_seconds * (PACKAGE_TIMES if job.kind is JobKind.PACKAGE else 1)
    limits = Limits(cpu_seconds=seconds, seconds=seconds, mebibytes=settings.report_mebibytes)
    seal = None if is_draft(document) else report.seal_of(settings)
    sign = seal.sign if seal is not None else None
    try:
        with package.gathered(settings, document) as whole:
            print_report(whole, path, _Progress(door, job, stop), limits, sign)
        with door.writing() as work:
            report.finish(work, job, path, is_signed=sign is not None)
    finally:
        path.unlink(missing_ok=True)


def _draft(settings: Settings, job: Job) -> Path:
    return settings.report_folder / f".{job.id}-{job.attempt}{job.kind.suffix}"


class _Progress:
    """Writes progress into the job's row now and then; stops the printing when it must stop."""

    def __init__(self, door: Door, job: Job, stop: _StopSign) -> None:
        self._door, self._job, self._stop = door, job, stop
        self._noted = 0.0

    def __call__(self, percent: int, step: str) -> None:
        if self._stop.is_up:
            raise _Stopped
        if time.monotonic() - self._noted < STRIDE:
            return
        self._noted = time.monotonic()
        try:
            with self._door.writing() as work:
                is_ours = report.note_progress(work, self._job, min(percent, 99), step)
        except StorageBusy:
            return  # a note of progress is not worth a lost report
        if not is_ours:
            raise _Stopped
