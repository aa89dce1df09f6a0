"""A reviewer's own quick phrases."""

from portal.actions.work import NotFound, Work, new_id
from portal.core.errors import Problem
from portal.core.plain_text import cleaned, is_printable
from portal.core.review import LONGEST_PHRASE, MOST_PHRASES, Phrase
from portal.core.roles import Account
from portal.storage import phrase as stored


def mine(work: Work, who: Account) -> tuple[Phrase, ...]:
    """In the order in which they were added."""
    return stored.of(work.session, who.id)


def add(work: Work, who: Account, text: str) -> tuple[Problem, ...]:
    """Keep a phrase; one that is there already is not added twice."""
    text = cleaned(text)
    there = mine(work, who)
    if not text:
        return (Problem(place="text", code="required"),)
    if len(text) > LONGEST_PHRASE:
        return (Problem(place="text", code="too_long", details=(str(LONGEST_PHRASE),)),)
    if not is_printable(text):
        return (Problem(place="text", code="unprintable"),)
    if len(there) >= MOST_PHRASES:
        return (Problem(place="text", code="too_many_phrases", details=(str(MOST_PHRASES),)),)
    if text in {one.text for one in there}:
        return ()
    id = new_id()
    stored.add(work.session, id, account_id=who.id, text=text, now=work.now)
    work.note("phrase.add", "phrase", id, after=text)
    return ()


def remove(work: Work, who: Account, id: str) -> None:
    """Drop one of one's own; raises NotFound."""
    text = stored.remove(work.session, id, account_id=who.id)
    if text is None:
        raise NotFound(id)
    work.note("phrase.remove", "phrase", id, before=text)
