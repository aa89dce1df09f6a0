"""Text as people type it, made fit to keep: one form of every character, nothing that no page could show."""

import unicodedata

_BREAKS = {"\n", "\t"}


def cleaned(text: str) -> str:
    """Unicode NFC without blanks at the ends; line ends become a line feed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def code_form(text: str) -> str:
    """For codes, mails and numbers: full-width becomes half-width (NFKC) and every blank goes."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_printable(text: str) -> bool:
    """Whether databases and pages can take it: no control characters (NUL above all), no half surrogates."""
    return not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in _BREAKS for c in text)
