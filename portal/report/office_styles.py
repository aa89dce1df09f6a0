"""How Word's styles make a paragraph look: each with all that it takes over from those it is based on."""

from dataclasses import replace
from typing import Any

from portal.report.office import Look, Paragraph, Setter
from portal.report.office_numbering import Numbering
from portal.report.word_xml import W, child_of, is_on, twips_of, value_of, whole_of

_TWIPS = 56.7  # in a millimetre
_ALIGN = {"center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify"}


class Style:
    """A style with all that it takes over from those it is based on."""

    def __init__(self, id: str, chain: list[Any], usual: Look) -> None:
        self.id, self.chain = id, chain
        self.look = self.over(usual)

    def over(self, look: Look) -> Look:
        """A look with what this style changes in it."""
        for one in reversed(self.chain):
            look = looked(child_of(one, "rPr"), look)
        return look

    def _settings(self, own: Any | None) -> list[Any]:
        """Paragraph settings, the nearest first."""
        some = [own, *(child_of(one, "pPr") for one in self.chain)]
        return [one for one in some if one is not None]

    def paragraph(self, own: Any | None, numbering: Numbering, setter: Setter) -> Paragraph:
        """The paragraph without its letters; its number is counted here, so once for each."""
        settings = self._settings(own)
        align = next((value for one in settings if (value := value_of(one, "jc"))), "")
        indent = next((one for each in settings if (one := child_of(each, "ind")) is not None), None)
        left = twips_of(indent, "left") or twips_of(indent, "start")
        first = twips_of(indent, "firstLine") or twips_of(indent, "firstLineChars")
        return Paragraph(
            runs=(),
            level=self._level(settings),
            align=_ALIGN.get(align, ""),
            mark=setter.text(self._mark(settings, numbering)),
            indent=max(0, min(round(left / _TWIPS), 60)),
            is_indented=first > 100,
            starts_page=any(is_on(one, "pageBreakBefore") for one in settings[:1]),
        )

    def _mark(self, settings: list[Any], numbering: Numbering) -> str:
        for one in settings:
            listed = child_of(one, "numPr")
            if listed is None:
                continue
            depth = child_of(listed, "ilvl")
            id = value_of(listed, "numId")
            if not id or id == "0":
                return ""
            return numbering.mark(id, whole_of(listed, "ilvl") if depth is not None else None, self.id)
        return ""

    def _level(self, settings: list[Any]) -> int:
        for one in settings:
            if (level := child_of(one, "outlineLvl")) is not None:
                value = int(level.get(f"{W}val") or 9)
                return value + 1 if value < 6 else 0
        for one in self.chain:
            name = value_of(one, "name").lower()
            if name.startswith("heading ") and name[8:].isdigit():
                return min(int(name[8:]), 6)
        return 0


class Styles:
    """The styles of a document, each put together once."""

    def __init__(self, root: Any) -> None:
        self._elements = {one.get(f"{W}styleId"): one for one in root.findall(f"{W}style")}
        self.usual = next(
            (
                id
                for id, one in self._elements.items()
                if one.get(f"{W}type") == "paragraph" and one.get(f"{W}default") in {"1", "true"}
            ),
            "",
        )
        self._base = looked(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"), Look(size=10))
        self._made: dict[str, Style] = {}

    def of(self, id: str) -> Style:
        """The style with that id; one that is not there changes nothing."""
        if id not in self._made:
            chain: list[Any] = []
            at = id
            while (one := self._elements.get(at)) is not None and len(chain) < 12:
                chain.append(one)
                at = value_of(one, "basedOn")
            self._made[id] = Style(id, chain, self._base)
        return self._made[id]


def looked(settings: Any | None, look: Look) -> Look:
    """The look with the changes that run properties ask for."""
    if settings is None or not len(settings):
        return look
    changes: dict[str, Any] = {}
    for name, what in (
        ("b", "is_bold"), ("i", "is_slanted"), ("strike", "is_struck"), ("dstrike", "is_struck"), ("vanish", "is_hidden"),
    ):  # fmt: skip
        if child_of(settings, name) is not None:
            changes[what] = is_on(settings, name)
    if child_of(settings, "u") is not None:
        changes["is_underlined"] = value_of(settings, "u") not in {"none", ""}
    if size := whole_of(settings, "sz"):
        changes["size"] = min(max(size / 2, 6.5), 26)
    if child_of(settings, "vertAlign") is not None:
        changes["raised"] = {"superscript": "super", "subscript": "sub"}.get(
            value_of(settings, "vertAlign"), ""
        )
    return replace(look, **changes) if changes else look
