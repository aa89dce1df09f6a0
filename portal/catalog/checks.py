"""Rules across files, all of them, on everything that was read."""

from portal.catalog.card_checks import check_cards
from portal.catalog.coverage import check_coverage
from portal.catalog.editions import Edition
from portal.catalog.frame_checks import check_frames
from portal.catalog.notes import Notes
from portal.catalog.published import check_published, check_renamed
from portal.catalog.questionnaire_checks import check_questionnaire
from portal.catalog.reader import Content
from portal.catalog.record_checks import check_records
from portal.catalog.unit_checks import check_carriers, check_units


def check(content: Content, editions: tuple[Edition, ...], notes: Notes) -> None:
    """Note everything that is wrong beyond the form of single values."""
    check_records(content, notes)
    check_units(notes)
    for edition in editions:
        check_questionnaire(edition, content, notes)
    check_carriers(content, editions, notes)
    check_cards(content, editions, notes)
    check_coverage(content, editions, notes)
    check_published(content, editions, notes)
    check_renamed(editions, notes)
    check_frames(content, editions, notes)
