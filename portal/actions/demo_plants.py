"""Plants that do not exist, spread as a city's are: who they are, and what they answer from year to year.

Everything follows from one seed and the plant's number, so that the same plants come out on every machine. Answers are
drawn around those of two example plants a sector: amounts grow with the plant's size, what is consumed and in place
with its quality, and quality rises a little from year to year.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from portal.core.answers import (
    Answer,
    Answers,
    Declared,
    Measured,
    Practised,
    check,
    read_answers,
    usual_range_warning,
)
from portal.core.enterprise import EnterpriseProfile, check_digit
from portal.core.levels import Direction
from portal.core.questionnaire import Activity, Extent, Indicator, Item, Practice, Questionnaire, Requirement

# What grows with the plant; prices, heat values and factors do not.
_AMOUNTS = frozenset({"t", "万kWh", "m³", "万元", "GJ", "万m³", "m²", "tce", "万m", "kg/h"})
_CONSUMED = frozenset({"万kWh", "m³", "GJ", "万m³", "tce"})
_SIZES = {"large": 3.0, "medium": 1.0, "small": 0.35, "micro": 0.12}
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One plant: `quality` is 0–1, `size` a factor on its example's amounts, `years` those it takes part in."""

    number: int
    profile: EnterpriseProfile
    base: str
    size: float
    quality: float
    years: tuple[int, ...]


@cache
def script(folder: Path) -> dict[str, Any]:
    """The words and weights of `large.json`."""
    found: dict[str, Any] = json.loads((folder / "large.json").read_text("utf-8"))
    return found


def chance(seed: str, *parts: object) -> Random:
    """The same random numbers for the same parts, whatever was drawn before."""
    return Random("/".join([seed, *map(str, parts)]))  # noqa: S311 - examples, not secrets


def example_id(seed: str, *parts: object) -> str:
    """An id in the form of every other, but the same each time."""
    draw = chance(seed, "id", *parts)
    return "".join(draw.choice(_SIGNS) for _ in range(12))


def example_number(seed: str, year: int, *parts: object) -> str:
    """A report's number, the same each time."""
    draw = chance(seed, "number", year, *parts)
    return f"HZ{year}-" + "".join(draw.choice(_DIGITS) for _ in range(8))


def plants(words: Mapping[str, Any], count: int, this_year: int) -> tuple[Plant, ...]:
    """So many plants; the sectors' shares are met as exactly as whole plants can."""
    sectors = words["sectors"]
    counts = _shared([one["weight"] for one in sectors], count)
    found: list[Plant] = []
    for sector, many in zip(sectors, counts, strict=True):
        for place in range(1, many + 1):
            found.append(_plant(words, sector, len(found) + 1, place, this_year))
    return tuple(found)


def _shared(weights: Sequence[int], count: int) -> list[int]:
    whole = sum(weights)
    exact = [weight * count / whole for weight in weights]
    given = [int(one) for one in exact]
    by_rest = sorted(range(len(weights)), key=lambda place: (given[place] - exact[place], place))
    for place in by_rest[: count - sum(given)]:
        given[place] += 1
    return given


def _plant(
    words: Mapping[str, Any], sector: Mapping[str, Any], number: int, place: int, this_year: int
) -> Plant:
    seed = words["seed"]
    draw = chance(seed, "plant", sector["id"], place)
    district = _one_of(draw, sector["districts"])
    scale = _one_of(draw, words["scales"])
    first = f"91{district}MA2E{number:05d}"
    here = words["places"][district]
    profile = EnterpriseProfile(
        name=words["name"].format(place=here, stem=sector["stem"], number=place),
        uscc=first + check_digit(first),
        district=district,
        sector=sector["id"],
        scale=scale,
        products=sector["products"],
        address=words["address"].format(place=here, number=number),
        contact_name=words["contact"].format(number=number),
        contact_phone=f"0571-{10000000 + number}",
        contact_mail=f"plant{number:04d}@example.cn",
    )
    quality = min(max(draw.betavariate(2.4, 2.4), 0.05), 0.95)
    shares = words["taking_part"]
    # Who takes part early rather keeps taking part: better plants have less to fear.
    keen = draw.random() * 0.75 + (1 - quality) * 0.25
    first_year = this_year - len(shares) + 1
    return Plant(
        number=number,
        profile=profile,
        base=draw.choices(sector["bases"], sector["mix"])[0],
        size=_SIZES[scale] * math.exp(draw.gauss(0, 0.25)),
        quality=quality,
        years=tuple(first_year + step for step, share in enumerate(shares) if _takes_part(keen, share, draw)),
    )


def _takes_part(keen: float, share: float, draw: Random) -> bool:
    return keen + draw.gauss(0, 0.06) < 0.12 + 0.76 * share


def _one_of(draw: Random, weights: Mapping[str, int]) -> str:
    return draw.choices(list(weights), list(weights.values()))[0]


# ── What they answer ─────────────────────────────────────────────────────────


@cache
def _example(folder: Path, name: str) -> tuple[str, Any]:
    raw = json.loads((folder / "large" / f"{name}.json").read_text("utf-8"))
    return raw["scale"], raw["answers"]


def answers(
    words: Mapping[str, Any], folder: Path, plant: Plant, questionnaire: Questionnaire, year: int
) -> Answers:
    """What the plant answers in that year: valid, in the questionnaire's order, here and there with a gap."""
    seed, sector = words["seed"], questionnaire.id
    scale, raw = _example(folder, plant.base)
    base = read_answers(questionnaire, raw)
    quality = _quality(seed, plant, year)
    size = plant.size / _SIZES[scale] * math.exp(chance(seed, "growth", plant.number, year).gauss(0.01, 0.04))
    thirst = math.exp((0.5 - quality) * 0.4)
    given: dict[Any, Answer] = {}
    for item in questionnaire.items.values():
        if item.id not in base:
            continue
        lasting = chance(seed, sector, plant.number, item.id)
        yearly = chance(seed, sector, plant.number, item.id, year)
        if isinstance(item, Practice | Indicator) and yearly.random() < 0.06 * (1 - quality):
            continue  # left blank
        answer = _answer(item, base[item.id], quality, size, thirst, lasting, yearly)
        is_fit = not check(item, answer) and usual_range_warning(item, answer) is None
        given[item.id] = answer if is_fit else base[item.id]
    return given


def _quality(seed: str, plant: Plant, year: int) -> float:
    """How good the plant is in that year: it learns with each year in which it took part."""
    taken = sum(1 for one in plant.years if one < year)
    return min(
        max(plant.quality + 0.055 * taken + chance(seed, "q", plant.number, year).gauss(0, 0.02), 0), 1
    )


def _answer(
    item: Item, base: Answer, quality: float, size: float, thirst: float, lasting: Random, yearly: Random
) -> Answer:
    match item, base:
        case Practice(), Practised():
            return _practised(base, quality, lasting, yearly)
        case Requirement(), Declared():
            return Declared(lasting.random() > 0.03 * (1 - quality) * 2)
        case Activity(), Measured(value=value) if value:
            is_fuel = item.unit in _CONSUMED or "coal" in item.id
            factor = (size if item.unit in _AMOUNTS else 1.0) * (thirst if is_fuel else 1.0)
            return _measured(item, float(value) * factor * math.exp(yearly.gauss(0, 0.01)))
        case Indicator(), Measured(value=value) if value:
            worse = math.exp((0.5 - quality) * 0.5 + lasting.gauss(0, 0.08))
            is_small = item.direction is Direction.SMALLER
            return _measured(item, float(value) * (worse if is_small else 1 / worse))
    return base


def _practised(base: Practised, quality: float, lasting: Random, yearly: Random) -> Practised:
    share = float(base.share) / 100 if base.share is not None else 0.5
    there = {Extent.FULL: 1.0, Extent.PARTIAL: share, Extent.PLANNED: 0.2, Extent.NONE: 0.0}[base.extent]
    level = 0.35 * there + 0.65 * quality + lasting.gauss(0, 0.2) + yearly.gauss(0, 0.02)
    if level > 0.66:
        return Practised(Extent.FULL)
    if level > 0.4:
        return Practised(Extent.PARTIAL, Decimal(10 + 5 * int((level - 0.4) / 0.26 * 16)))
    return Practised(Extent.PLANNED if level > 0.3 else Extent.NONE)


def _measured(item: Activity | Indicator, value: float) -> Measured:
    most = float(item.most) if item.most is not None else 100.0 if item.unit == "%" else math.inf
    digits = 4 if abs(value) < 10_000 else 6
    return Measured(Decimal(format(Decimal(f"{min(value, most):.{digits}g}"), "f")))
