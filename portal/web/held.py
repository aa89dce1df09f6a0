"""What was typed before a sign-in ran out or a save failed, told in the words of the form that it was typed into."""

import re
from collections.abc import Iterable, Sequence

from flask import current_app
from werkzeug.datastructures import MultiDict

from portal import words
from portal.actions.work import Door
from portal.core.library import Library
from portal.core.questionnaire import Extent, Questionnaire, Section
from portal.web.fields import NOT_APPLICABLE, ItemField, answer_text
from portal.web.forms import InviteForm, ProfileForm, RegisterForm
from portal.web.item_form import SectionForm

Held = Sequence[tuple[str, str]]
Lines = list[tuple[str, str]]
_SECTION = re.compile(r"/assessments/[^/]+/sections/([^/]+)")
_SUFFIX = re.compile(r"-(?:share|na|reason|rev|confirm|choice)$")
_ABOUT_THE_FORM = {"go", "tab", "clear", "confirm-all"}
_EXPLAINED = "explain-"
_WORDS = {"district": words.district, "scale": words.scale}
_CLEARED = "（清空）"


def held_lines(path: str, held: Held) -> Lines:
    """Title and text of what the person changed in the form at `path`; a name without a title is left out."""
    door: Door = current_app.extensions["door"]
    found = _SECTION.fullmatch(path)
    if found is None:
        return list(_plain(door.library, held))
    names = {_SUFFIX.sub("", name) for name, _ in held} - _ABOUT_THE_FORM
    for questionnaire, section in _sections(door.library, found[1]):
        if names <= {str(item.id) for item in section.items}:
            form = SectionForm(questionnaire, section).read(MultiDict(held))
            return [(field.item.title, _text(field)) for field in form.items() if field.is_changed]
    return []


def _sections(library: Library, id: str) -> Iterable[tuple[Questionnaire, Section]]:
    """The sections of that name, newest questionnaires first: the names of the items tell which one it was."""
    for _, questionnaire in sorted(library.questionnaires.items(), key=lambda one: one[0][1], reverse=True):
        yield from ((questionnaire, section) for section in questionnaire.sections if section.id == id)


def _text(field: ItemField) -> str:
    if field.is_blank:
        return _CLEARED
    if field.answer is not None:
        return answer_text(field.item, field.answer)
    # It could not be read, or something is missing: as typed.
    typed = field.typed
    choices = {extent.value: words.label(extent) for extent in Extent} | {NOT_APPLICABLE: "不适用"}
    first = [choices.get(value, value) for value in typed.values] or ["不适用"]
    return " ".join((*first, typed.share, typed.reason)).strip()


def _plain(library: Library, held: Held) -> Iterable[tuple[str, str]]:
    labels = {
        field.name: field.label.text for form in (InviteForm, RegisterForm, ProfileForm) for field in form()
    }
    for name, value in held:
        if not value:
            continue
        if name.startswith(_EXPLAINED):
            title = _title_of_rule(library, name.removeprefix(_EXPLAINED))
            if title:
                yield title, value
        elif name in labels:
            yield labels[name], _WORDS.get(name, str)(value)


def _title_of_rule(library: Library, rule: str) -> str:
    rules = (check for questionnaire in library.newest() for check in questionnaire.data_checks)
    return next((check.title for check in rules if check.id == rule), "")
