"""One section → a form; form data → the changes that it asks for."""

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from portal.core.answers import MISSING
from portal.core.filing import Change, StoredAnswer
from portal.core.questionnaire import Item, ItemId, Questionnaire, Section
from portal.web.fields import KINDS, ItemField, typed_of

# Item ids are the names of the fields, so the form is built from a mapping: as attributes of a class, an item
# called `data` or `errors` would hide the form's own.
_BLANK = typed_of(MISSING)
_fields: dict[tuple[str, str, str], Mapping[str, Any]] = {}


def fields_for(questionnaire: Questionnaire, section: Section) -> Mapping[str, Any]:
    """The unbound fields of a section, made once per published version."""
    key = (questionnaire.id, questionnaire.version, section.id)
    if key not in _fields:
        _fields[key] = {item.id: KINDS[type(item)](item) for item in section.items}
    return _fields[key]


class SectionForm(BaseForm):
    """A section's items as form fields."""

    def __init__(self, questionnaire: Questionnaire, section: Section) -> None:
        super().__init__(fields_for(questionnaire, section))

    @classmethod
    def of_items(cls, items: Iterable[Item]) -> "SectionForm":
        """Items of any sections: those that were sent back."""
        form = cls.__new__(cls)
        BaseForm.__init__(form, {item.id: KINDS[type(item)](item) for item in items})
        return form

    def items(self) -> Iterable[ItemField]:
        """The fields in the section's order."""
        return self._fields.values()  # type: ignore[no-any-return]

    def show(self, stored: Mapping[ItemId, StoredAnswer]) -> "SectionForm":
        """Fill in the stored answers."""
        for field in self.items():
            kept = stored.get(ItemId(field.name))
            field.process(None)
            if kept is not None:
                field.show(kept.answer, kept.revision)
            else:
                field.typed = _BLANK
        return self

    def read(self, formdata: MultiDict[str, str]) -> "SectionForm":
        """Fill in what was typed."""
        self.process(formdata)
        return self

    def changes(self, confirms_all: bool = False, tab: str = "") -> tuple[Change, ...]:
        """What the person changed or confirmed, as far as it can be read; `tab` is where it was typed."""
        return tuple(
            Change(ItemId(field.name), field.answer, field.typed.revision, tab)
            for field in self.items()
            if field.answer is not None
            and field.typed.choice != "theirs"
            and (field.is_changed or (confirms_all and field.is_sent and not field.is_blank))
        )


def field_of(item: Item, typed: Mapping[str, Any]) -> ItemField:
    """One item's field from the autosave's JSON object: value, share, reason, na."""
    value = typed.get("value", "")
    values = value if isinstance(value, list) else [value]
    data: MultiDict[str, str] = MultiDict([(str(item.id), _text(one)) for one in values])
    for suffix in ("share", "reason"):
        data[f"{item.id}-{suffix}"] = _text(typed.get(suffix, ""))
    if typed.get("na") is True:
        data[f"{item.id}-na"] = "1"
    form = BaseForm({item.id: KINDS[type(item)](item)})
    form.process(data)
    return form._fields[item.id]  # type: ignore[no-any-return]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
