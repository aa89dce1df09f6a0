"""Batches: how far they are, how fast, and what their files are called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portal.core.batch import Batch, Item, file_names, pace
from portal.core.printing import BatchState, ItemState

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ITEM = Item(
    position=1, assessment_id="a", job_id="", state=ItemState.WAITING, error="", changed_at=NOW, year=2026,
    number="HZ2026-1", enterprise="示例", enterprise_id="e", uscc="", file="",
)  # fmt: skip


def test_what_waits_has_not_ended() -> None:
    batch = Batch(
        id="b", account_id="a", title="2026", state=BatchState.RUNNING, created_at=NOW, changed_at=NOW,
        finished_at=None, counts={ItemState.WAITING: 3, ItemState.PRINTED: 2, ItemState.FAILED: 1},
    )  # fmt: skip
    assert (batch.total, batch.ended) == (6, 3)
    assert replace(batch, counts={ItemState.PRINTED: 2}).ended == 2


def test_a_pace_needs_three_reports_at_different_times() -> None:
    printed = [
        replace(ITEM, position=n, state=ItemState.PRINTED, changed_at=NOW + timedelta(seconds=10 * n))
        for n in range(3)
    ]
    assert pace([*printed[:2], ITEM]) is None
    assert pace([replace(one, changed_at=NOW) for one in printed]) is None
    found = pace([*printed, ITEM, ITEM])
    assert found is not None
    assert (found.a_minute, found.left) == (6, timedelta(seconds=20))


def test_names_lose_what_file_systems_refuse_and_stay_apart() -> None:
    found = file_names(
        [
            replace(ITEM, enterprise='示例/水泥:"一"厂.'),
            replace(ITEM, position=2, enterprise="示例 水泥 一 厂"),
        ]
    )
    assert found == {1: "2026_示例 水泥 一 厂_HZ2026-1.pdf", 2: "2026_示例 水泥 一 厂_HZ2026-1_2.pdf"}
