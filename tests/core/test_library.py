"""The library: the newest version unless one is named."""

from dataclasses import replace

import pytest

from portal.core.library import Library, UnknownQuestionnaire
from tests.trade import make_practice, make_questionnaire

OLD = make_questionnaire(make_practice("a"))
NEW = replace(OLD, version="2027-1")
LIBRARY = Library(
    questionnaires={("sample", "2026-1"): OLD, ("sample", "2027-1"): NEW},
    technologies=(),
    sources={},
    factors={},
    carriers={},
    checksum="",
)


def test_the_newest_version_is_given_unless_one_is_named():
    assert LIBRARY.questionnaire("sample") is NEW
    assert LIBRARY.questionnaire("sample", "2026-1") is OLD
    assert LIBRARY.newest() == (NEW,)


@pytest.mark.parametrize(("id", "version"), [("ghost", None), ("sample", "2025-1")])
def test_an_unknown_questionnaire_is_refused(id, version):
    with pytest.raises(UnknownQuestionnaire):
        LIBRARY.questionnaire(id, version)
