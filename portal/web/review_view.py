"""The review page item by item: what was declared, what stands beside it, what was said, and what it does to the score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from portal import words, words_bureau
from portal.actions.data_check import Checked
from portal.actions.review import Dossier
from portal.core.answers import MISSING, Answer, NotApplicable, Practised
from portal.core.assessment import Assessment
from portal.core.evidence import Evidence
from portal.core.judging import kinds_for, points_of
from portal.core.library import Library
from portal.core.questionnaire import Activity, Extent, Indicator, Item, ItemId, Practice, Section
from portal.core.review import Objection, Reply, Verdict, VerdictKind
from portal.web.fields import answer_text
from portal.web.review_forms import typed_of
from portal.web.section_view import about, computed_text, is_shown

CHANGED, EVERYTHING, LEFT, FINDINGS = "changed", "all", "left", "findings"
SHOWN = (EVERYTHING, CHANGED, LEFT, FINDINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """An item's points as declared and as verified, worded."""

    declared: str
    verified: str
    difference: str
    is_lower: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """One item on the page."""

    item: Item
    section: Section
    kind: str
    declared: str
    meaning: str  # what the declared extent means for this measure
    computed: str
    before: str  # the round before, when it was another answer
    earlier: str  # last year
    evidence: tuple[Evidence, ...]
    evidence_new: frozenset[str]
    objected: tuple[Evidence, ...]  # what stands beside the objection
    findings: tuple[Checked, ...]
    peers: str
    score: Score | None
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    standing: Verdict | None
    counted: str
    history: tuple[tuple[Verdict, str], ...]
    replies: tuple[Reply, ...]
    objection: Objection | None
    kinds: tuple[VerdictKind, ...]
    choices: tuple[tuple[str, str], ...]  # what a practice can be lowered to
    is_na: bool
    is_wanted: bool
    is_left: bool
    is_changed: bool
    about: Markup

    @property
    def is_own(self) -> bool:
        """Whether the reader's own draft stands in the form."""
        return bool(self.typed["seen"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionGroup:
    """A section with those of its items that are shown."""

    section: Section
    items: tuple[ReviewItem, ...]
    wanted: int
    left: int


def groups_of(
    library: Library,
    dossier: Dossier,
    show: str,
    typed: Mapping[ItemId, Mapping[str, str]] | None = None,
    errors: Mapping[ItemId, Mapping[str, str]] | None = None,
) -> tuple[SectionGroup, ...]:
    """The sections with the items that `show` asks for; `typed` and `errors` stand in for what was refused."""
    wanted, left = frozenset(dossier.wanted), frozenset(dossier.left)
    scores = scores_of(dossier)
    groups = []
    for section in dossier.open.questionnaire.sections:
        here = [item for item in section.items if is_shown(item, dossier.declared)]
        shown = [
            _view(library, dossier, section, item, scores, wanted, left, typed or {}, errors or {})
            for item in here
            if _is_asked_for(dossier, item, show, left) or item.id in (errors or {})
        ]
        groups.append(
            SectionGroup(
                section=section,
                items=tuple(shown),
                wanted=sum(item.id in wanted for item in here),
                left=sum(item.id in left for item in here),
            )
        )
    return tuple(groups)


def _is_asked_for(dossier: Dossier, item: Item, show: str, left: frozenset[ItemId]) -> bool:
    match show:
        case "changed":
            was_sent_back = any(
                one.item == item.id and one.kind is VerdictKind.RETURNED for one in dossier.verdicts
            )
            return item.id in dossier.changed or was_sent_back
        case "left":
            return item.id in left
        case "findings":
            return any(item.id in one.finding.fields for one in dossier.checked)
    return True


def _view(
    library: Library,
    dossier: Dossier,
    section: Section,
    item: Item,
    scores: Mapping[ItemId, Score],
    wanted: frozenset[ItemId],
    left: frozenset[ItemId],
    typed: Mapping[ItemId, Mapping[str, str]],
    errors: Mapping[ItemId, Mapping[str, str]],
) -> ReviewItem:
    answer = dossier.declared.answers.get(item.id, MISSING)
    standing = dossier.standing.get(item.id)
    own = dossier.own.get(item.id)
    return ReviewItem(
        item=item,
        section=section,
        kind=type(item).__name__.lower(),
        declared=answer_text(item, answer),
        meaning=_meaning(item, answer),
        computed=_computed(dossier, item),
        before=_before(dossier, item, answer),
        earlier=_earlier(dossier, item),
        evidence=dossier.evidence.get(item.id, ()),
        evidence_new=_new(dossier, item),
        objected=dossier.objected.get(item.id, ()),
        findings=tuple(one for one in dossier.checked if item.id in one.finding.fields),
        peers=_peers(dossier, item),
        score=scores.get(item.id),
        typed=typed.get(item.id) or typed_of(own),
        errors=errors.get(item.id, {}),
        standing=standing if standing is not own else None,
        counted=counted_text(item, standing),
        history=tuple(
            (one, counted_text(item, one))
            for one in dossier.verdicts
            if one.item == item.id and one is not own
        ),
        replies=tuple(one for one in dossier.replies if one.item == item.id),
        objection=next((one for one in dossier.objections if one.item == item.id), None),
        kinds=kinds_for(dossier.declared, item),
        choices=_choices(item, answer),
        is_na=isinstance(answer, NotApplicable),
        is_wanted=item.id in wanted,
        is_left=item.id in left,
        is_changed=item.id in dossier.changed,
        about=about(library, dossier.open.questionnaire, item),
    )


def counted_text(item: Item, verdict: Verdict | None) -> str:
    """What counts after a lowering verdict, in words."""
    if verdict is None or verdict.counted is None:
        return ""
    return "按未填报计" if verdict.counted == MISSING else answer_text(item, verdict.counted)


def _meaning(item: Item, answer: Answer) -> str:
    return item.extents[answer.extent] if isinstance(item, Practice) and isinstance(answer, Practised) else ""


def _computed(dossier: Dossier, item: Item) -> str:
    if not isinstance(item, Indicator):
        return ""
    reading = dossier.declared.result_of(item.id).reading
    return computed_text(item, reading.computed) if reading is not None else ""


def _before(dossier: Dossier, item: Item, answer: Answer) -> str:
    if dossier.before is None or item.id not in dossier.changed:
        return ""
    then = dossier.before.answers.get(item.id, MISSING)
    if then != answer:
        return answer_text(item, then)
    if isinstance(item, Indicator):
        reading = dossier.before.result_of(item.id).reading
        return computed_text(item, reading.computed if reading is not None else None)
    return ""


def _earlier(dossier: Dossier, item: Item) -> str:
    if dossier.earlier is None or item.id not in dossier.earlier.answers:
        return ""
    return answer_text(item, dossier.earlier.answers[item.id])


def _peers(dossier: Dossier, item: Item) -> str:
    """What the sector declared; nothing while a figure would tell of single plants."""
    line = dossier.peers.get(item.id)
    if line is None:
        return ""
    whole = "全面实施" if isinstance(item, Practice) else "得满分"
    return f"{line.count} 家涉及，{line.in_place}% {whole}，平均自评得分率 {line.mean}%"


def _new(dossier: Dossier, item: Item) -> frozenset[str]:
    """The files that were not there in the round before."""
    if dossier.before is None:
        return frozenset()
    then = {one.id for one in dossier.evidence_before.get(item.id, ())}
    return frozenset(one.id for one in dossier.evidence.get(item.id, ()) if one.id not in then)


_FROM_BEST = (Extent.FULL, Extent.PARTIAL, Extent.PLANNED, Extent.NONE)


def _choices(item: Item, answer: Answer) -> tuple[tuple[str, str], ...]:
    """The extents below the declared one; partial again with a smaller share."""
    if not isinstance(item, Practice):
        return ()
    order = _FROM_BEST
    if isinstance(answer, NotApplicable):
        return (
            ("missing", "不认可“不适用”，按未填报计"),
            *((one.value, words.label(one)) for one in order),
        )
    first = order.index(answer.extent) if isinstance(answer, Practised) else 0
    lower = order[first:] if first == 1 else order[first + 1 :]
    return tuple((one.value, words.label(one)) for one in lower)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What an objection is about: both values in words, and what may be decided between them.

    `choices` are the extents between them; `is_figure`: a value between them is typed.
    """

    title: str
    unit: str
    declared: str
    counted: str
    choices: tuple[tuple[str, str], ...]
    is_figure: bool


def between_of(dossier: Dossier, id: ItemId) -> Between:
    """The room for a decision on one objection."""
    item = dossier.item(id)
    answer = dossier.declared.answers.get(id, MISSING)
    now = dossier.verified.answers.get(id, MISSING)
    least = Extent.NONE if not isinstance(now, Practised) else now.extent
    return Between(
        title=item.title,
        unit=measured_unit(item),
        declared=answer_text(item, answer),
        counted="按未填报计" if now == MISSING else answer_text(item, now),
        choices=tuple(
            (value, text)
            for value, text in _choices(item, answer)
            if value != "missing"
            and (Extent(value) is least is Extent.PARTIAL or _is_above(Extent(value), least))
        ),
        is_figure=isinstance(item, Indicator | Activity),
    )


def _is_above(value: Extent, least: Extent) -> bool:
    return _FROM_BEST.index(value) < _FROM_BEST.index(least)


# ── Scores side by side ──────────────────────────────────────────────────────


def scores_of(dossier: Dossier) -> dict[ItemId, Score]:
    """Every scored item's points, declared and verified."""
    declared, verified = points_of(dossier.declared), points_of(dossier.verified)
    return {
        item: score(declared.get(item), verified.get(item))
        for item in dossier.open.questionnaire.items
        if item in declared or item in verified
    }


def score(declared: Decimal | None, verified: Decimal | None) -> Score:
    """Two figures with their difference, worded."""
    return Score(
        declared=words.number(declared, 2),
        verified=words.number(verified, 2),
        difference=_difference(declared, verified),
        is_lower=(verified or 0) < (declared or 0),
    )


def _difference(declared: Decimal | None, verified: Decimal | None) -> str:
    if declared is None and verified is None:
        return words.NOTHING
    apart = (verified or Decimal(0)) - (declared or Decimal(0))
    text = words.number(abs(apart), 2)
    if not apart or text == "0.00":
        return "0"
    return ("+" if apart > 0 else "−") + text


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Both results side by side, worded, and what made the difference."""

    rows: tuple[tuple[str, str, str, str], ...]
    reasons: tuple[tuple[ItemId, str, str, str], ...]  # item, title, difference, reason
    asked: tuple[tuple[ItemId, str, str], ...]  # to correct in this round: item, title, comment
    wanted: int
    judged: int
    lowered: int


def totals_of(dossier: Dossier) -> Totals:
    """Total and columns, grade, and every item that lost or won points."""
    declared, verified = dossier.declared.points, dossier.verified.points
    rows = [
        (
            "总得分",
            words.points(declared.total),
            words.points(verified.total),
            words_bureau.difference(declared.total, verified.total),
        )
    ]
    rows += [
        (
            words.label(one.column),
            words.points(one.points),
            words.points(other.points),
            words_bureau.difference(one.points, other.points),
        )
        for one, other in zip(declared.columns, verified.columns, strict=True)
    ]
    scores = scores_of(dossier)
    wanted = len(dossier.wanted)
    return Totals(
        rows=tuple(rows),
        reasons=tuple(
            (item, dossier.item(item).title, one.difference, _reason(dossier, item))
            for item, one in scores.items()
            if one.difference not in ("0", words.NOTHING)
        ),
        asked=tuple(
            (one.item, dossier.item(one.item).title, one.comment)
            for one in dossier.verdicts
            if one.kind is VerdictKind.RETURNED
            and one.round == dossier.case.round
            and (one.issued_at is not None or one in dossier.sent_back)
        ),
        wanted=wanted,
        judged=wanted - len(dossier.left),
        lowered=sum(one.kind is VerdictKind.LOWERED for one in dossier.standing.values()),
    )


def _reason(dossier: Dossier, item: ItemId) -> str:
    verdict = dossier.standing.get(item)
    if verdict is None or verdict.kind is not VerdictKind.LOWERED:
        return "随其他项变化"
    return words_bureau.REASONS[verdict.reason] if verdict.reason is not None else ""


def reason_options() -> dict[str, Markup]:
    """The list of reasons with each of them chosen: drawn once for a page, not once for every item."""
    choices = {"": "请选择"} | {one.value: text for one, text in words_bureau.REASONS.items()}
    return {
        chosen: Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                value, Markup(" selected") if value == chosen else "", text
            )
            for value, text in choices.items()
        )
        for chosen in choices
    }


REASON_OPTIONS = reason_options()


def grade_text(assessment: Assessment) -> str:
    """The cleaner-production grade of a result."""
    grade = assessment.grade
    return words.grade(grade.grade, grade.is_rated) if grade is not None else words.NOT_RATED


def default_show(dossier: Dossier) -> str:
    """A bureau that has seen the round before begins with what has changed since."""
    has_seen = any(one.party is dossier.party and one.round < dossier.case.round for one in dossier.verdicts)
    return CHANGED if dossier.before is not None and has_seen else EVERYTHING


def chosen_show(dossier: Dossier, asked: str) -> str:
    """What the address asks for, if it is offered."""
    offered: Sequence[str] = SHOWN
    if asked == CHANGED and dossier.before is None:
        return EVERYTHING
    return asked if asked in offered else default_show(dossier)


def measured_unit(item: Item) -> str:
    """The unit beside a figure."""
    unit = getattr(item, "unit", "")
    return "" if unit == "1" else unit
