"""Mails as files, one .eml in the mail folder for each, or over SMTP; worded in `templates/mail/`, SMS in `templates/sms/`."""

import errno
import json
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from pathlib import Path
from string import Template

from portal.actions.work import StorageFull, Work, new_id
from portal.config import Settings

SENDER = "portal@localhost.localdomain"
SMTP_SECONDS = 20


def write(work: Work, template: str, to: str, **values: str) -> None:
    """Word a mail and lay it down. The template's first line is the subject; a missing value is a KeyError."""
    subject, body = worded(work.settings, template, values)
    message = _message(work.settings, to, subject, body, work.now, is_file=True)
    try:
        _lay_down(work.settings, message.as_bytes(), work.now, template)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(str(error)) from error
        raise


def worded(
    settings: Settings, template: str, values: Mapping[str, str], folder: str = "mail"
) -> tuple[str, str]:
    """The subject and the text; a short message has its text in the first line."""
    text = (settings.template_folder / folder / f"{template}.txt").read_text("utf-8")
    subject, _, body = Template(text).substitute(values).partition("\n")
    # A name in the subject comes from a person: a line end in it would start another header.
    return " ".join(subject.split()), body.strip() + "\n"


def _message(
    settings: Settings, to: str, subject: str, body: str, now: datetime, *, is_file: bool, id: str = ""
) -> EmailMessage:
    """A file is read by people and tests, so it is plain UTF-8; on the wire everything is ASCII."""
    message = EmailMessage(policy=SMTPUTF8 if is_file else SMTP)
    message["From"] = settings.mail_sender or SENDER
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    host = (settings.mail_sender or SENDER).rpartition("@")[2]
    message["Message-ID"] = f"<{id or new_id()}@{host}>"
    message.set_content(body, cte="8bit" if is_file else "base64")
    return message


def _lay_down(settings: Settings, content: bytes, now: datetime, template: str) -> None:
    """One file in the mail folder, whole or not at all."""
    folder = settings.mail_folder
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{now:%Y%m%dT%H%M%S%f}-{template}-{new_id().replace('-', '_')}.eml"
    # Written beside and renamed: whoever collects the mails never sees half of one.
    draft = folder / f".{name}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    draft.rename(folder / name)


# ── The worker's side ────────────────────────────────────────────────────────


class Post:
    """Delivers letters: over SMTP where a host is named, else as files. Raises OSError when it cannot."""

    def __init__(self, settings: Settings, server: smtplib.SMTP | None) -> None:
        self._settings, self._server = settings, server

    def mail(self, id: str, to: str, template: str, values: Mapping[str, str], now: datetime) -> None:
        """Deliver a mail; `id` makes its Message-ID, so that a second delivery is known as the same."""
        subject, body = worded(self._settings, template, values)
        if self._server is None:
            message = _message(self._settings, to, subject, body, now, is_file=True, id=id)
            _lay_down(self._settings, message.as_bytes(), now, template)
        else:
            self._server.send_message(_message(self._settings, to, subject, body, now, is_file=False, id=id))

    def sms(self, id: str, to: str, template: str, values: Mapping[str, str], now: datetime) -> None:
        """Demonstration only: write the short message into a file instead of sending it to a gateway."""
        text, _ = worded(self._settings, template, values, folder="sms")
        folder = self._settings.data_folder / "sms"
        folder.mkdir(parents=True, exist_ok=True)
        line = {"id": id, "at": now.isoformat(timespec="seconds"), "to": to, "text": text, "is_demo": True}
        with (folder / "sms.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def forward(self, file: Path, now: datetime) -> None:
        """Send a mail that lies in the folder, and take it away."""
        assert self._server is not None
        found = message_from_bytes(file.read_bytes(), policy=SMTPUTF8)
        id = str(found["Message-ID"]).strip("<>").partition("@")[0]
        body = found.get_content()  # EmailMessage under this policy
        self._server.send_message(
            _message(self._settings, str(found["To"]), str(found["Subject"]), body, now, is_file=False, id=id)
        )
        file.unlink(missing_ok=True)


@contextmanager
def post(settings: Settings) -> Iterator[Post]:
    """A connection to the mail server for a handful of letters, or to none; raises OSError when it does not answer."""
    if not settings.smtp_host:
        yield Post(settings, None)
        return
    server = _connected(settings)
    try:
        yield Post(settings, server)
    finally:
        try:
            server.quit()
        except OSError:
            server.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server
