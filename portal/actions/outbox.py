"""The outbox: a letter is written in the same unit of work as the deed it tells of, and leaves afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

from portal.actions import mail
from portal.actions.work import Door, NotFound, Work, new_id
from portal.core.campaign import Channel, LetterState
from portal.core.letter import Letter
from portal.core.roles import Account
from portal.storage import letter as stored

AT_ONCE = 50  # letters sent over one connection
# Mails to set a password lie in the folder until the mail server takes them; older ones are put aside.
KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A page of the outbox."""

    letters: tuple[Letter, ...]
    count: int


def put(
    work: Work,
    *,
    occasion: str,
    channel: Channel,
    address: str,
    template: str,
    enterprise_id: str = "",
    campaign_id: str = "",
    **fields: str,
) -> bool:
    """Write a letter; False when the occasion had one already, however often it is asked for."""
    return stored.add(
        work.session,
        new_id(),
        occasion=occasion,
        channel=channel,
        address=address,
        template=template,
        fields=fields,
        enterprise_id=enterprise_id,
        campaign_id=campaign_id,
        now=work.now,
    )


def listed(
    work: Work,
    who: Account,
    *,
    state: LetterState | None = None,
    campaign_id: str = "",
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> Listing:
    """The outbox as the city sees it; raises NotFound for everybody else."""
    _city_only(who)
    letters, count = stored.listed(
        work.session, state=state, campaign_id=campaign_id, words=words, offset=offset, limit=limit
    )
    return Listing(letters=letters, count=count)


def retry(work: Work, who: Account, id: str) -> bool:
    """Begin again with a letter that was given up; False when it was not. Raises NotFound."""
    _city_only(who)
    if stored.find(work.session, id) is None:
        raise NotFound(id)
    is_begun = stored.retry(work.session, id, work.now)
    if is_begun:
        work.note("letter.retry", "letter", id)
    return is_begun


def _city_only(who: Account) -> None:
    if not who.is_city:
        raise NotFound("outbox")


# ── The worker's side ────────────────────────────────────────────────────────


def deliver(door: Door) -> tuple[int, int]:
    """Send what is due: how many letters left, how many could not. No unit of work is open while a server answers."""
    with door.reading() as work:
        letters, now = stored.due(work.session, work.now, limit=AT_ONCE), work.now
    files = _waiting_files(door, now) if door.settings.smtp_host else []
    if not letters and not files:
        return 0, 0
    sent = failed = 0
    try:
        with mail.post(door.settings) as post:
            for letter in letters:
                is_sent = _deliver(door, post, letter)
                sent, failed = sent + (is_sent is True), failed + (is_sent is False)
            for file in files:
                is_sent = _forward(post, file, now)
                sent, failed = sent + is_sent, failed + (not is_sent)
    except SMTPServerDisconnected:
        failed += 1
    except OSError as error:
        # The server does not answer at all: every letter of this turn has had an attempt.
        failed += sum(_note_failure(door, letter, error) for letter in letters)
    return sent, failed


def _deliver(door: Door, post: mail.Post, letter: Letter) -> bool | None:
    """Whether it left; None when another worker has it."""
    with door.writing() as work:
        now = work.now
        if not stored.claim(work.session, letter, now):
            return None
    send = post.mail if letter.channel is Channel.MAIL else post.sms
    try:
        send(letter.id, letter.address, letter.template, letter.fields, now)
    except (OSError, KeyError) as error:
        with door.writing() as work:
            stored.note_failure(work.session, letter, f"{type(error).__name__}: {error}")
        if isinstance(error, SMTPServerDisconnected):
            raise  # the others of this turn would only lose an attempt
        return False
    with door.writing() as work:
        stored.note_sent(work.session, letter.id, work.now)
    return True


def _forward(post: mail.Post, file: Path, now: datetime) -> bool:
    """Whether the mail in the folder left; one that the server refuses for good is put aside."""
    try:
        post.forward(file, now)
    except (SMTPRecipientsRefused, SMTPDataError, ValueError):
        _put_aside(file)
        return False
    return True


def _put_aside(file: Path) -> None:
    folder = file.parent / "failed"
    folder.mkdir(exist_ok=True)
    file.rename(folder / file.name)


def _note_failure(door: Door, letter: Letter, error: OSError) -> bool:
    with door.writing() as work:
        if not stored.claim(work.session, letter, work.now):
            return False
        stored.note_failure(work.session, letter, f"{type(error).__name__}: {error}")
    return True


def _waiting_files(door: Door, now: datetime) -> list[Path]:
    """The mails in the folder, oldest first; what has lain too long is put aside."""
    folder = door.settings.mail_folder
    if not folder.is_dir():
        return []
    files = sorted(path for path in folder.glob("*.eml") if not path.name.startswith("."))
    old = [path for path in files if path.stat().st_mtime < (now - KEPT).timestamp()]
    for path in old:
        _put_aside(path)
    return [path for path in files if path not in old][:AT_ONCE]
