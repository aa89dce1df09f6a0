"""整改台账 as a sheet."""

from datetime import datetime

from portal import words
from portal.core.evidence import Evidence
from portal.core.planning import Measure
from portal.report.sheets import FIGURE, Cell, Column, Sheet

_COLUMNS = (
    Column(title="措施", width=32),
    Column(title="状态", width=9),
    Column(title="负责人", width=12),
    Column(title="计划完成", width=12),
    Column(title="开始日期", width=12),
    Column(title="实际完成", width=12),
    Column(title="预算（万元）", width=11, form=FIGURE),
    Column(title="实际投入（万元）", width=11, form=FIGURE),
    Column(title="实际年节约（万元/a）", width=11, form=FIGURE),
    Column(title="实测效果", width=11, form=FIGURE),
    Column(title="单位", width=9),
    Column(title="佐证", width=28),
    Column(title="说明", width=30),
)


def sheet(enterprise: str, lines: list[tuple[str, Measure, tuple[Evidence, ...]]], now: datetime) -> Sheet:
    """One row for each measure, with the titles of what proves it."""
    return Sheet(
        title=f"{enterprise} 整改台账",
        columns=_COLUMNS,
        rows=[_row(*line) for line in lines],
        notes=(f"导出时间 {words.minute(now)}，共 {len(lines)} 项。",),
    )


def _row(title: str, one: Measure, files: tuple[Evidence, ...]) -> tuple[Cell, ...]:
    return (
        title,
        words.MEASURE_STATES[one.state],
        one.owner,
        one.due_on,
        one.started_on,
        one.finished_on,
        one.budget,
        one.spent,
        one.saving,
        one.effect,
        one.effect_unit,
        "；".join(file.title for file in files),
        one.note,
    )
