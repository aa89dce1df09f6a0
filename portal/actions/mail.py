"""Mails as files: one .eml in the mail folder for each, worded in `templates/mail/`."""

import errno
import os
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime
from string import Template

from portal.actions.work import StorageFull, Work, new_id

SENDER = "portal@localhost.localdomain"


def write(work: Work, template: str, to: str, **values: str) -> None:
    """Word a mail and lay it down. The template's first line is the subject; a missing value is a KeyError."""
    text = (work.settings.template_folder / "mail" / f"{template}.txt").read_text("utf-8")
    subject, _, body = Template(text).substitute(values).partition("\n")
    message = EmailMessage(policy=SMTPUTF8)
    message["From"] = SENDER
    message["To"] = to
    # A name in the subject comes from a person: a line end in it would start another header.
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(work.now)
    message["Message-ID"] = f"<{new_id()}@localhost.localdomain>"
    message.set_content(body.strip() + "\n", cte="8bit")
    try:
        _lay_down(work, message.as_bytes(), work.now, template)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull(str(error)) from error
        raise


def _lay_down(work: Work, content: bytes, now: datetime, template: str) -> None:
    folder = work.settings.mail_folder
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{now:%Y%m%dT%H%M%S%f}-{template}-{new_id().replace('-', '_')}.eml"
    # Written beside and renamed: whoever collects the mails never sees half of one.
    draft = folder / f".{name}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    draft.rename(folder / name)
