"""Looking into the XML of a Word file: children, values, switches."""

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def local(element: Any) -> str:
    """The element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""  # a remark has none


def child_of(element: Any | None, name: str) -> Any | None:
    """The first child with that name; None also where there is no element."""
    return element.find(f"{W}{name}") if element is not None else None


def value_of(element: Any | None, name: str) -> str:
    """The `val` of that child; empty where there is none."""
    found = child_of(element, name)
    return str(found.get(f"{W}val") or "") if found is not None else ""


def whole_of(element: Any | None, name: str) -> int:
    """The `val` of that child as a number; 0 where it is none."""
    value = value_of(element, name)
    return int(value) if value.isdigit() else 0


def twips_of(element: Any | None, name: str) -> float:
    """An attribute that measures, in twentieths of a point."""
    value = element.get(f"{W}{name}") if element is not None else None
    return float(value) if value and value.lstrip("-").isdigit() else 0.0


def is_on(settings: Any, name: str) -> bool:
    """Whether a switch is there and not turned off."""
    found = child_of(settings, name)
    return found is not None and found.get(f"{W}val", "1") not in {"0", "false", "off", "none"}
