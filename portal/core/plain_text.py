"""Text as people type it, made fit to keep: one form of every character, nothing that no page could show."""

import re
import unicodedata

LONGEST_FILE_PART = 60  # a file name holds 255 bytes, and a Chinese sign takes three
_BREAKS = {"\n", "\t"}
_READ_FOR = str.maketrans("OIL", "011")


def cleaned(text: str) -> str:
    """Unicode NFC without blanks at the ends; line ends become a line feed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def code_form(text: str) -> str:
    """For codes, mails and numbers: full-width becomes half-width (NFKC) and every blank goes."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def number_form(text: str) -> str:
    """A report's number as it is kept, however it was copied: small letters, any dash or none, O for 0, I or L for 1.

    The digits of a number leave out the letters that are read for others on paper (Crockford's base 32).
    """
    plain = re.sub("[^0-9A-Z]", "", code_form(text).upper())
    found = re.fullmatch("(HZ)([0-9OIL]{4})([0-9A-Z]{8})", plain)
    if found is None:
        return ""
    year, serial = (part.translate(_READ_FOR) for part in found.groups()[1:])
    return f"HZ{year}-{serial}"


def file_part(text: str) -> str:
    """The text as part of a file's name: without signs that file systems refuse, and not too long for one."""
    plain = re.sub(r'[\x00-\x1f\x7f\\/:*?"<>|\s]+', " ", text).strip(" .")
    return plain[:LONGEST_FILE_PART].strip(" .")


def is_printable(text: str) -> bool:
    """Whether databases and pages can take it: no control characters (NUL above all), no half surrogates."""
    return not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in _BREAKS for c in text)
