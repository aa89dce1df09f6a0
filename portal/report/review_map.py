"""The table of moves as a page of the docs: `python -m portal.report.review_map > docs/review.md`."""

import sys
from collections.abc import Iterator

from portal import words_bureau
from portal.core.review import (
    DAYS_TO_CORRECT,
    DAYS_TO_OBJECT,
    MOST_DAYS,
    MOVES,
    Deed,
    Move,
    Only,
    Party,
    Reason,
    ReviewState,
    VerdictKind,
)

CONDITIONS = {
    Only.IN_TIME: "期限之内",
    Only.OVERDUE: "期限已过",
    Only.ONCE: "本轮还没有延长过",
    Only.DISPUTABLE: f"复核确认后 {DAYS_TO_OBJECT} 天之内",
    Only.ORPHANED: "原经办人已不能经办",
}
_HEAD = """# 审核：状态和谁能做什么

<!-- 由 `python -m portal.report.review_map` 从 core/review.py 的一张表生成，请勿手改。 -->

一份自评价提交后由区县初审、市级复核；要求补正的项目单独重新开放；被核减的项目企业可以提出一次异议。
表里没有的，服务器一律拒绝，界面上也不出现。
"""
_RULES = f"""
## 几条规矩

- 经办：领取后只有经办人可以审核和决定；经办人停用或调离后，同单位的人可以直接领取。两人同时领取，只有一人成功，另一人看到是谁领走的。
- 草稿：未发出的审核意见，企业看不到；区县的草稿在报市级复核之前市级看不到，市级的草稿在退回初审、发出补正或复核确认之前区县看不到。
- 市级复核可以改动逐项意见、直接要求企业补正（补正后回到市级）、退回初审或确认；每一步写明由哪一级作出，区县和企业都能看到已发出的部分。
- 补正期限：默认 {DAYS_TO_CORRECT} 天（1–{MOST_DAYS} 天），到最后一天结束为止（杭州时间），每轮可以延长一次；期限过后企业不能再改，经办人可以收回，
  收回后按上次提交的内容作为下一轮继续审核。
- 逐项审核：计分的、填“不适用”的和已表态的门槛都要有意见；补正后改过的内容（包括由活动数据算出的指标）要重新审。
- 核定得分：用核定的内容替换填报值，按同一套规则重算；复核确认时连同得分凭据和校验码固定。
- 异议：逐项采纳（按企业填报）、部分采纳（核定为填报与核减之间）或维持核减，都要写答复；答复为最终结果。
- 每一步都记入“办理经过”和审计日志；打开页面之后别人有变化，提交会得到 409 页面，填写的内容保留。
"""


def markdown() -> str:
    """The whole page."""
    return "\n".join((_HEAD, *_diagram(), "", *_table(), _RULES, *_lists())) + "\n"


def _diagram() -> Iterator[str]:
    yield "## 状态图"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in ReviewState:
        yield f"    {state.value}: {words_bureau.REVIEW_STATES[state]}"
    yield f"    [*] --> {ReviewState.WAITING.value}: 企业提交"
    for (before, after), deeds in _arrows().items():
        yield f"    {before.value} --> {after.value}: {'、'.join(dict.fromkeys(deeds))}"
    yield f"    {ReviewState.CLOSED.value} --> [*]"
    yield "```"


def _arrows() -> dict[tuple[ReviewState, ReviewState], list[str]]:
    """Deeds that stay in a state are left to the table: the picture shows the way."""
    found: dict[tuple[ReviewState, ReviewState], list[str]] = {}
    for line in MOVES:
        if line.before is not line.after:
            found.setdefault((line.before, line.after), []).append(words_bureau.DEEDS[line.deed])
    return found


def _table() -> Iterator[str]:
    yield "## 谁在什么状态下能做什么"
    yield ""
    yield "| 状态 | 谁 | 做什么 | 之后的状态 | 条件 |"
    yield "|---|---|---|---|---|"
    for state in ReviewState:
        for line in MOVES:
            if line.before is state:
                yield _row(line)


def _row(line: Move) -> str:
    conditions = [
        *(["仅经办人"] if line.is_holders else []),
        *([CONDITIONS[line.only]] if line.only is not None else []),
    ]
    cells = (
        words_bureau.REVIEW_STATES[line.before],
        words_bureau.PARTIES[line.party],
        words_bureau.DEEDS[line.deed],
        words_bureau.REVIEW_STATES[line.after] if line.after is not line.before else "不变",
        "，".join(conditions),
    )
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _lists() -> Iterator[str]:
    yield "## 用词"
    yield ""
    yield "| 代码 | 状态 | 代码 | 事项 | 代码 | 理由 |"
    yield "|---|---|---|---|---|---|"
    columns = (
        [(one.value, words_bureau.REVIEW_STATES[one]) for one in ReviewState],
        [(one.value, words_bureau.DEEDS[one]) for one in Deed],
        [(one.value, words_bureau.REASONS[one]) for one in Reason],
    )
    for place in range(max(map(len, columns))):
        cells = [cell for column in columns for cell in (column[place] if place < len(column) else ("", ""))]
        yield f"| {' | '.join(f'`{c}`' if c and not n % 2 else c for n, c in enumerate(cells))} |"
    yield ""
    kinds = "、".join(f"{words_bureau.VERDICTS[one]}（`{one.value}`）" for one in VerdictKind)
    parties = "、".join(f"{words_bureau.PARTIES[one]}（`{one.value}`）" for one in Party)
    yield f"审核意见：{kinds}。各方：{parties}。"


if __name__ == "__main__":
    sys.stdout.write(markdown())
