"""The bureau's papers on one submission: the notice of each round and the opinion, as Word and PDF."""

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from portal.actions import papers
from portal.actions.work import Work
from portal.core.roles import Account
from portal.web.access import MANAGER, REVIEWER, Pages, require_account
from portal.web.downloads import attachment

pages = Pages("paper", __name__)
SUBJECT = "assessment"
READERS = MANAGER | REVIEWER
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.page("/assessments/<id>/papers/<paper>/word", roles=READERS, subject=SUBJECT)
def word(work: Work, who: Account | None, id: str, paper: str) -> ResponseReturnValue:
    """The Word file, filled in from the bureau's own template where there is one."""
    content, name = papers.word(work, require_account(who), id, paper)
    return attachment(Response(content, content_type=WORD), name, "paper.docx")


@pages.page("/assessments/<id>/papers/<paper>", roles=READERS, methods=("POST",), subject=SUBJECT)
def ask(work: Work, who: Account | None, id: str, paper: str) -> ResponseReturnValue:
    """Ask for the PDF; one that is printed already comes again at once."""
    return redirect(f"/reports/{papers.ask(work, require_account(who), id, paper)}")
