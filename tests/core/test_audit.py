"""The chain of the audit trail: any change of any field shows, and a part can be checked by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.audit import FIRST, Event, Line, Outcome, first_break, hash_of

NOW = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)


def make_chain(count: int) -> list[Line]:
    """Lines as the database would keep them."""
    lines: list[Line] = []
    previous = FIRST
    for number in range(1, count + 1):
        event = Event(
            deed="answer.save", subject_kind="assessment", subject_id=f"a{number}", before="1", after="2"
        )
        hash = hash_of(number, NOW, "w", "王示例", "manager", "127.0.0.1", event, previous)
        lines.append(
            Line(
                number=number,
                at=NOW,
                who="w",
                name="王示例",
                role="manager",
                origin="127.0.0.1",
                event=event,
                previous=previous,
                hash=hash,
            )
        )
        previous = hash
    return lines


def test_an_untouched_chain_holds() -> None:
    assert first_break([]) is None
    assert first_break(make_chain(5)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOW + timedelta(microseconds=1)},
        {"who": "x"},
        {"name": "李示例"},
        {"role": "operator"},
        {"origin": ""},
        {"previous": FIRST},
        {"hash": FIRST},
        {"number": 9},
    ],
)
def test_a_changed_line_breaks_it(change: dict[str, object]) -> None:
    lines = make_chain(5)
    lines[2] = replace(lines[2], **change)  # type: ignore[arg-type]
    assert first_break(lines) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"deed": "x"},
        {"subject_kind": "x"},
        {"subject_id": "x"},
        {"before": ""},
        {"after": ""},
        {"outcome": Outcome.REFUSED},
    ],
)
def test_a_changed_event_breaks_it(change: dict[str, object]) -> None:
    lines = make_chain(5)
    lines[2] = replace(lines[2], event=replace(lines[2].event, **change))  # type: ignore[arg-type]
    assert first_break(lines) == 3


def test_a_line_removed_or_inserted_breaks_it() -> None:
    lines = make_chain(5)
    assert first_break(lines[:2] + lines[3:]) == 3
    assert first_break([*lines[:2], lines[1], *lines[2:]]) == 3
    assert first_break(lines[1:]) == 1


def test_a_part_is_checked_from_where_it_begins() -> None:
    lines = make_chain(5)
    assert first_break(lines[3:], start=4, previous=lines[2].hash) is None
    assert first_break(lines[3:], start=4, previous=FIRST) == 4
