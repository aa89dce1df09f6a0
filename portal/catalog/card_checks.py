"""Technology cards against questionnaires: every gap has a card, every card closes something and can be used there."""

from collections.abc import Iterable

from portal.catalog.editions import Edition
from portal.catalog.notes import Notes
from portal.catalog.questionnaire_checks import check_condition
from portal.catalog.reader import Content
from portal.catalog.unit_checks import check_technology
from portal.core.questionnaire import Indicator, Questionnaire, Scored
from portal.core.technology import Lowers, Reaches, Saves, SavesShare, Technology


def check_cards(content: Content, editions: tuple[Edition, ...], notes: Notes) -> None:
    """Every rule of this file; quiet about names as long as a file that could bear them was not read whole."""
    are_whole = all(edition.is_whole for edition in editions) and "questionnaire" not in content.broken
    carriers = {carrier.id: carrier for carrier in content.carriers}
    for card in content.technologies:
        if not card.backing:
            notes.add(notes.place(card, "sources"), "card_without_source", card.id)
        if not card.closes:
            notes.add(notes.place(card, "closes"), "closes_nothing", card.id)
        if "factors" not in content.broken:
            _check_carriers(card, set(carriers), notes)
        if are_whole:
            homes = tuple(used_in(card, editions))
            _check_names(card, editions, homes, notes)
            check_technology(card, homes, carriers, notes)
    if "technologies" not in content.broken:
        for edition in editions:
            _check_closed(edition, content.technologies, notes)


def _check_carriers(card: Technology, known: set[str], notes: Notes) -> None:
    for effect in card.effects:
        if isinstance(effect, Saves | SavesShare) and effect.carrier and effect.carrier not in known:
            key = "saves" if isinstance(effect, Saves) else "saves_share"
            notes.add(notes.place(effect, key), "unknown_carrier", effect.carrier)


def used_in(card: Technology, editions: Iterable[Edition]) -> Iterable[Questionnaire]:
    """The questionnaires of which the card closes an item."""
    for edition in editions:
        if any(isinstance(edition.questionnaire.items.get(name), Scored) for name in card.closes):
            yield edition.questionnaire


def _check_names(
    card: Technology, editions: tuple[Edition, ...], homes: tuple[Questionnaire, ...], notes: Notes
) -> None:
    for index, name in enumerate(card.closes):
        if name and not any(isinstance(one.questionnaire.items.get(name), Scored) for one in editions):
            notes.add(notes.place(card, "closes", index), "unknown_item", name)
    for home in homes:
        check_condition(card.when, home, notes)
        if card.unless is not None:
            check_condition(card.unless, home, notes)
    for effect in card.effects:
        if not isinstance(effect, Lowers | Reaches) or not effect.item:
            continue
        if not any(isinstance(home.items.get(effect.item), Indicator) for home in homes):
            key = "lowers" if isinstance(effect, Lowers) else "reaches"
            notes.add(notes.place(effect, key), "unknown_indicator", effect.item)


def _check_closed(edition: Edition, cards: Iterable[Technology], notes: Notes) -> None:
    """Every item that can show a gap has a card, or says that plan and standards name no technology."""
    closed = {name for card in cards for name in card.closes}
    for item in edition.questionnaire.scored():
        is_binding = isinstance(item, Indicator) and item.binding is not None
        if item.id in closed and item.no_technology:
            notes.add(notes.place(item, "no_technology"), "has_technology", item.id)
        elif item.id not in closed and not item.no_technology and (item.weight or is_binding):
            notes.add(notes.place(item), "without_technology", item.id)
