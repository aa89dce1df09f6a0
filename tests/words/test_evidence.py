"""The words of evidence: sizes as file managers write them, a word for every kind and every refusal."""

import ast
from datetime import date
from pathlib import Path

import pytest

from portal import words
from portal.core.data_check import Finding
from portal.core.evidence import EvidenceKind, Order, Shelf
from portal.core.questionnaire import DataCheck, OfTheYear
from portal.storage import intake

MIB = 1024**2


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 KB"),
        (1536, "2 KB"),
        (1024 * 999, "999 KB"),
        (MIB, "1.0 MB"),
        (int(2.5 * MIB), "2.5 MB"),
        (2048 * MIB, "2 GB"),
        (1536 * MIB, "1.5 GB"),
    ],
)
def test_sizes_are_written_as_people_read_them(count: int, text: str) -> None:
    assert words.file_size(count) == text


def test_every_kind_shelf_and_order_has_a_word() -> None:
    assert set(words.EVIDENCE_KINDS) == set(EvidenceKind)
    assert set(words.SHELVES) == set(Shelf) and set(words.ORDERS) == set(Order)


def test_every_refusal_has_a_sentence() -> None:
    folder = Path(intake.__file__).parent
    codes = {
        node.value
        for name in ("intake.py", "pictures.py")
        for node in ast.walk(ast.parse((folder / name).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("file_")
    } - {"file_size"}
    assert len(codes) > 12
    assert not [code for code in codes if not words.knows(code)]


def test_many_files_of_another_year_are_named_in_part() -> None:
    found = tuple((f"报告 {number}", date(2025, 1, number)) for number in range(1, 8))
    check = DataCheck(id="x", title="x", look_at="x", rule=OfTheYear(year=2026, found=found))
    text = words.finding(Finding(check=check, fields=(), figures=()))
    assert text.startswith("“报告 1”（2025-01-01）、") and text.endswith("等 7 个文件的日期不在 2026 年度内")
    assert "报告 6" not in text
