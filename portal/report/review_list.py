"""The bureau's queue as a sheet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal import words, words_bureau
from portal.core.review_queue import Line
from portal.report.sheets import POINTS, WHOLE, Cell, Column, Sheet

_COLUMNS = (
    Column(title="编号", width=17),
    Column(title="企业名称", width=30),
    Column(title="统一社会信用代码", width=21),
    Column(title="行业", width=10),
    Column(title="区、县（市）", width=11),
    Column(title="年度", width=7, form="0"),
    Column(title="状态", width=11),
    Column(title="轮次", width=6, form=WHOLE),
    Column(title="提交时间", width=16),
    Column(title="等待天数", width=9, form=WHOLE),
    Column(title="补正截止", width=12),
    Column(title="是否逾期", width=9),
    Column(title="自评得分", width=9, form=POINTS),
    Column(title="核定得分", width=9, form=POINTS),
    Column(title="核定与自评之差", width=10, form=POINTS),
    Column(title="体检发现", width=9, form=WHOLE),
    Column(title="经办人", width=10),
)


def sheet(lines: Sequence[Line], sectors: Mapping[str, str], now: datetime) -> Sheet:
    """One row for each submission; `sectors` are the names of the questionnaires."""
    return Sheet(
        title="审核清单",
        columns=_COLUMNS,
        rows=[_row(line, sectors, now) for line in lines],
        notes=(f"导出时间 {words.minute(now)}，共 {words.number(len(lines))} 份。",),
    )


def _row(line: Line, sectors: Mapping[str, str], now: datetime) -> tuple[Cell, ...]:
    case = line.case
    apart = line.verified - line.points if line.verified is not None and line.points is not None else None
    return (
        line.number,
        line.enterprise,
        line.uscc,
        sectors.get(line.sector, line.sector),
        words.district(case.district),
        line.year,
        words_bureau.REVIEW_STATES[case.state],
        case.round,
        line.submitted_at,
        line.waiting_days(now),
        case.due_on,
        "逾期" if case.is_overdue(now) else "",
        line.points,
        line.verified,
        apart,
        line.findings,
        case.holder,
    )
