"""Technology cards against questionnaires: every gap has a card, every card closes something and can be used there."""

from collections.abc import Iterable

from portal.catalog.editions import Edition, may_be_used
from portal.catalog.formats import Include
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.catalog.unit_checks import check_technology
from portal.core.questionnaire import Condition, Indicator, ItemId, Questionnaire, Scored, Trait
from portal.core.technology import Lowers, Reaches, Saves, SavesShare, Technology


def check_cards(content: Content, editions: tuple[Edition, ...], notes: Notes) -> None:
    """Every rule of this file; quiet about names as long as a file that could bear them was not read whole."""
    are_whole = all(edition.is_whole for edition in editions) and "questionnaire" not in content.broken
    carriers = {carrier.id: carrier for carrier in content.carriers}
    shared = {item.id for _, section in content.shared.values() for item in section.items}
    for card in content.technologies:
        if not card.backing and not notes.has_lost(card, "sources"):
            notes.add(notes.place(card, "sources"), "card_without_source", card.id)
        if not card.closes and not notes.has_lost(card, "closes"):
            notes.add(notes.place(card, "closes"), "closes_nothing", card.id)
        if "factors" not in content.broken:
            _check_carriers(card, set(carriers), notes)
        if are_whole:
            _check_closes(card, editions, shared, notes)
            homes = tuple(one.questionnaire for one in editions if may_be_used(card, one.questionnaire))
            _check_items(card, homes, notes)
            check_technology(card, homes, carriers, notes)
    if "technologies" not in content.broken:
        for edition in editions:
            _check_closed(edition, content.technologies, notes)


def _check_carriers(card: Technology, known: set[str], notes: Notes) -> None:
    for effect in card.effects:
        if isinstance(effect, Saves | SavesShare) and effect.carrier and effect.carrier not in known:
            key = "saves" if isinstance(effect, Saves) else "saves_share"
            notes.add(notes.place(effect, key), "unknown_carrier", effect.carrier)


def _check_closes(card: Technology, editions: tuple[Edition, ...], shared: set[ItemId], notes: Notes) -> None:
    """Each item closed is scored somewhere or at least shared, and the conditions of use speak of plants that exist there.

    A card may serve sectors that ask different traits: `when` then simply does not hold where a trait is not asked, so
    it must be known somewhere. `unless` must be known wherever the card may be used, else it would warn nobody there.
    """
    candidates = []
    for index, name in enumerate(card.closes):
        asking = [one.questionnaire for one in editions if _scores(one.questionnaire, name)]
        candidates += asking
        if name and not asking and name not in shared:
            notes.add(notes.place(card, "closes", index), "unknown_item", name)
    if not candidates:
        return
    _check_somewhere(card.when, candidates, notes)
    if card.unless is not None:
        _check_somewhere(card.unless, candidates, notes)
        for home in candidates:
            for name in card.unless.any_of if may_be_used(card, home) else ():
                if not isinstance(home.items.get(name), Trait):
                    notes.add(notes.place(card.unless, name), "unknown_trait", name, home.id)


def _scores(questionnaire: Questionnaire, name: ItemId) -> bool:
    return isinstance(questionnaire.items.get(name), Scored)


def _check_somewhere(condition: Condition, homes: Iterable[Questionnaire], notes: Notes) -> None:
    for name, options in condition.any_of.items():
        traits = [trait for home in homes if isinstance(trait := home.items.get(name), Trait)]
        known = {option.id for trait in traits for option in trait.options}
        if not traits:
            notes.add(notes.place(condition, name), "trait_nowhere", name)
        elif not options:
            notes.add(notes.place(condition, name), "no_option", name)
        else:
            for index, option in enumerate(options):
                if option and option not in known:
                    notes.add(notes.place(condition, name, index), "option_nowhere", option, name)


def _check_items(card: Technology, homes: tuple[Questionnaire, ...], notes: Notes) -> None:
    for effect in card.effects:
        if not isinstance(effect, Lowers | Reaches) or not effect.item or not homes:
            continue
        if not any(isinstance(home.items.get(effect.item), Indicator) for home in homes):
            key = "lowers" if isinstance(effect, Lowers) else "reaches"
            notes.add(notes.place(effect, key), "unknown_indicator", effect.item)


def _check_closed(edition: Edition, cards: Iterable[Technology], notes: Notes) -> None:
    """Every item that can show a gap has a card, or says that plan and standards name no technology."""
    closed = {name for card in cards if may_be_used(card, edition.questionnaire) for name in card.closes}
    shared = {name for part in edition.file.sections if isinstance(part, Include) for name in part.weights}
    for item in edition.questionnaire.scored():
        is_binding = isinstance(item, Indicator) and item.binding is not None
        if item.id in closed:
            if item.no_technology and item.id not in shared:  # another sector may well have none
                notes.add(notes.place(item, "no_technology"), "has_technology", item.id)
        elif not item.no_technology and (item.weight or is_binding):
            notes.add(notes.place(item), "without_technology", item.id)
