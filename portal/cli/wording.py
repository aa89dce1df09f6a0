"""Our exceptions as lines for a terminal."""

from portal import words
from portal.catalog.library import CatalogError
from portal.catalog.messages import sentence
from portal.core.answers import AnswersError
from portal.core.errors import PortalError
from portal.core.library import UnknownQuestionnaire
from portal.core.workbook import WorkbookRefused


def lines_of(error: PortalError) -> tuple[str, ...]:
    """What went wrong and where, one line for each problem."""
    match error:
        case AnswersError(problems=problems):
            return ("填报值有误：", *(f"  {one.place}：{words.problem(one)}" for one in problems))
        case WorkbookRefused(problems=problems):
            told = ("：".join(filter(None, (one.place, words.problem(one)))) for one in problems)
            return ("填报表有误，什么也没有写出：", *(f"  {line}" for line in told))
        case CatalogError(problems=problems):
            return ("问卷数据有误：", *(f"  {one.place}: {sentence(one)}" for one in problems))
        case UnknownQuestionnaire():
            return (f"没有这份问卷：{' '.join(str(part) for part in error.args if part)}",)
        case _:
            return (f"{type(error).__name__}: {error}",)
