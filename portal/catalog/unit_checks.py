"""Units across files: every unit is known, and carriers, prices, savings and costs work out dimensionally."""

from collections.abc import Iterable, Mapping

from portal.catalog.editions import Edition
from portal.catalog.notes import Notes
from portal.catalog.reader import Content
from portal.core.quantity import ONE, Unit, UnitError, parse_unit
from portal.core.questionnaire import Activity, Derived, Factor, Indicator, ItemId, Questionnaire
from portal.core.technology import Carrier, Cost, Saves, SavesShare, Technology

MONEY = "元"
_WITH_UNIT = Activity | Indicator | Derived | Factor | Carrier | Saves | Cost


def check_units(notes: Notes) -> None:
    """Every unit that the files write is known."""
    for record in notes.records(object):
        if isinstance(record, _WITH_UNIT) and record.unit and parsed_unit(record.unit) is None:
            notes.add(notes.place(record, "unit"), "unknown_unit", record.unit)


def check_carriers(content: Content, editions: tuple[Edition, ...], notes: Notes) -> None:
    """A carrier's factors give standard coal and CO₂, its price is money per its unit in every questionnaire."""
    factors = {factor.id: factor for factor in content.factors}
    questionnaires = [edition.questionnaire for edition in editions]
    are_whole = all(edition.is_whole for edition in editions) and "questionnaire" not in content.broken
    for carrier in content.carriers:
        for key, wanted in (("standard_coal", "kgce"), ("co2", "kgCO2")):
            name: str = getattr(carrier, key)
            if name in factors:
                check_product(carrier, key, (carrier.unit, factors[name].unit), wanted, notes)
            elif name and "factors" not in content.broken:
                notes.add(notes.place(carrier, key), "unknown_factor", name)
        if not carrier.price:
            continue
        prices = [one.items.get(ItemId(carrier.price)) for one in questionnaires]
        for price in prices:
            if isinstance(price, Activity):
                check_product(carrier, "price", (carrier.unit, price.unit), MONEY, notes)
        is_known = any(isinstance(price, Activity) for price in prices)
        if not is_known and are_whole:
            notes.add(notes.place(carrier, "price"), "unknown_activity", carrier.price)


def check_technology(
    card: Technology, homes: Iterable[Questionnaire], carriers: Mapping[str, Carrier], notes: Notes
) -> None:
    """Savings come out in the carrier's unit and costs in money, in every questionnaire that knows what they count by.

    A quantity that none of them knows is told; that only some know it is how a card serves several sectors.
    """
    quantities = [_quantities(home) for home in homes]
    for effect in card.effects:
        if not isinstance(effect, Saves | SavesShare):
            continue
        carrier = carriers.get(effect.carrier)
        key, name = ("per", effect.per) if isinstance(effect, Saves) else ("of", effect.of)
        for unit in _units_of(effect, key, name, quantities, notes):
            if carrier is not None:
                each = (effect.unit, unit) if isinstance(effect, Saves) else (unit,)
                check_product(effect, key, each, carrier.unit, notes)
    for cost in card.investments:
        _check_cost(cost, quantities, notes)
    for cost in card.running:
        if cost.per:
            _check_cost(cost, quantities, notes)
        elif (paid := parsed_unit(cost.unit)) is not None and (MONEY, 1) not in paid.dimension:
            # Without `per` it is only quoted: money a year, or by whatever the source counts.
            notes.add(notes.place(cost, "unit"), "not_money", cost.unit)


def _check_cost(cost: Cost, quantities: list[Mapping[str, str]], notes: Notes) -> None:
    for unit in _units_of(cost, "per", cost.per, quantities, notes) if cost.per else ("",):
        check_product(cost, "unit", (cost.unit, unit), MONEY, notes)


def _quantities(questionnaire: Questionnaire) -> Mapping[str, str]:
    """Unit by name of what effects and costs may count by."""
    activities = {
        str(item.id): item.unit for item in questionnaire.items.values() if isinstance(item, Activity)
    }
    return activities | {derived.id: derived.unit for derived in questionnaire.derived}


def _units_of(
    record: object, key: str, name: str, quantities: list[Mapping[str, str]], notes: Notes
) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(known[name] for known in quantities if name in known))
    if not found and name and quantities:
        notes.add(notes.place(record, key), "unknown_quantity", name)
    return found


def check_product(record: object, key: str, units: tuple[str, ...], wanted: str, notes: Notes) -> None:
    """The product of `units` measures what `wanted` measures; units that are unknown are told elsewhere."""
    parsed, goal = [parsed_unit(unit) for unit in units], parsed_unit(wanted)
    product = ONE
    for unit in parsed:
        if unit is None:
            return
        product = product.times(unit)
    if goal is not None and goal.dimension != product.dimension:
        written = " × ".join(f"({unit})" for unit in units if unit)
        notes.add(notes.place(record, key), "wrong_product", written, wanted)


def parsed_unit(text: str) -> Unit | None:
    """The unit, or None when it is unknown; that is told once, where it is written (`check_units`)."""
    try:
        return parse_unit(text)
    except UnitError:
        return None


def dimension(unit: Unit) -> str:
    """What a unit measures, as an author would write it, for example ``kgce·kg^-1``."""
    return "·".join(symbol if power == 1 else f"{symbol}^{power}" for symbol, power in unit.dimension) or "1"
