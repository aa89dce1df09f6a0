"""The client desk as a sheet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal import words, words_bureau
from portal.core.clients import Line
from portal.report.sheets import POINTS, WHOLE, Cell, Column, Sheet

_COLUMNS = (
    Column(title="企业名称", width=30),
    Column(title="统一社会信用代码", width=21),
    Column(title="行业", width=10),
    Column(title="区、县（市）", width=11),
    Column(title="状态", width=11),
    Column(title="截止", width=12),
    Column(title="得分", width=8, form=POINTS),
    Column(title="等级", width=9),
    Column(title="门槛", width=24),
    Column(title="最大差距", width=24),
    Column(title="未填", width=7, form=WHOLE),
    Column(title="缺佐证", width=8, form=WHOLE),
    Column(title="下一步", width=16),
    Column(title="编号", width=17),
    Column(title="提交时间", width=16),
)


def sheet(lines: Sequence[Line], sectors: Mapping[str, str], year: int, now: datetime) -> Sheet:
    """One row for each client; `sectors` are the names of the questionnaires."""
    return Sheet(
        title=f"{year} 年度客户",
        columns=_COLUMNS,
        rows=[_row(line, sectors) for line in lines],
        notes=(
            f"导出时间 {words.minute(now)}，共 {words.number(len(lines))} 家。填报中的得分按已填内容计算。",
        ),
    )


def _row(line: Line, sectors: Mapping[str, str]) -> tuple[Cell, ...]:
    one, score = line.client, line.score
    profile = one.enterprise.profile
    return (
        profile.name,
        profile.uscc,
        sectors.get(profile.sector, profile.sector),
        words.district(profile.district),
        words_bureau.REVIEW_STATES[one.review] if one.review else words.CLIENT_STAGES[one.stage],
        line.deadline,
        line.points,
        words.grade(score.grade, score.is_rated) if score else "",
        words.verdict(score.verdict) if score else "",
        score.gap.title if score and score.gap else "",
        score.missing if score else None,
        line.lacks if score else None,
        words.CLIENT_STEPS[line.step],
        one.number,
        one.submitted_at,
    )
