"""The cut typeface: nobody can tell it from the whole one, but by the size of the file."""

import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portal.config import HOME
from portal.report import typeface
from tests.report.test_pdf import run

# In a process of its own: fontconfig reads its settings once.
PRINT = """
import sys
from datetime import date
from pathlib import Path
from portal.report import typeface
typeface.FONT_SETTINGS = Path(sys.argv[1])
from portal.report import pdf
text = Path(sys.argv[2]).read_text("utf-8")
imprint = pdf.Imprint(made_on=date(2026, 1, 1), identifier=b"test")
Path(sys.argv[3]).write_bytes(pdf.write(text, imprint=imprint))
"""
PAGE = """<!DOCTYPE html><html lang="zh-CN"><title>字体</title>
<h1>绿色工厂</h1><p>%s示例水泥有限公司，Avoid Taxation，12 m³，吨标准煤当量的单位产品综合能耗按限定值与先进值逐项比较。"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """fonts.conf in a folder of its own, with the cuts beside it."""
    folder = tmp_path_factory.mktemp("fontconfig")
    typeface.cut(typeface.usual_letters([]), folder / "cut")
    file = folder / "fonts.conf"
    file.write_bytes(typeface.FONT_SETTINGS.read_bytes())
    return file


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """fonts.conf with no cuts beside it."""
    file = tmp_path_factory.mktemp("whole") / "fonts.conf"
    file.write_bytes(typeface.FONT_SETTINGS.read_bytes())
    return file


def _printed(settings: Path, folder: Path, name: str = "") -> Path:
    page, path = folder / "page.html", folder / f"{settings.parent.name}.pdf"
    page.write_text(PAGE % name, "utf-8")
    subprocess.run([sys.executable, "-c", PRINT, settings, page, path], check=True, cwd=HOME)
    return path


def _fonts(path: Path) -> list[str]:
    return [line.split()[0].partition("+")[2] for line in run("pdffonts", str(path)).splitlines()[2:]]


def test_a_cut_holds_the_usual_letters_as_wide_as_they_were(settings: Path) -> None:
    file, number = typeface._installed("regular")
    folder = settings.parent / "cut"
    with (
        TTFont(folder / typeface.cuts(folder)[1]) as small,
        TTFont(file, fontNumber=number, lazy=True) as large,
    ):
        named, named_before = small.getBestCmap(), large.getBestCmap()
        usual = {ord(letter) for letter in typeface.usual_letters([])}
        assert usual & named_before.keys() == named.keys()
        assert len(small.getGlyphOrder()) < 9_000
        for code, name in named.items():
            assert small["hmtx"][name][0] == large["hmtx"][named_before[code]][0]


def test_the_portals_own_rare_letters_are_among_the_usual(tmp_path: Path) -> None:
    (tmp_path / "cement.yaml").write_text("title: 二噁英", "utf-8")
    assert "噁" not in typeface.usual_letters([])
    assert "噁" in typeface.usual_letters([tmp_path])


def test_cutting_again_makes_the_same_files_and_removes_older_ones(settings: Path) -> None:
    folder = settings.parent / "cut"
    before = typeface.cuts(folder)
    old = folder / "noto-sc-common-bold-0123456789ab.otf"
    old.write_bytes(b"")
    typeface.cut(typeface.usual_letters([]), folder)
    assert typeface.cuts(folder) == before
    assert len(before) == 2


def test_a_page_looks_the_same_from_the_cut_and_is_smaller(
    settings: Path, whole: Path, tmp_path: Path
) -> None:
    small, large = _printed(settings, tmp_path), _printed(whole, tmp_path)
    assert _fonts(small) == ["Noto-Sans-CJK-SC-Common-Bold", "Noto-Sans-CJK-SC-Common"]
    assert _fonts(large) == ["Noto-Sans-CJK-SC-Bold", "Noto-Sans-CJK-SC"]
    assert run("pdftotext", "-bbox", str(small), "-") == run("pdftotext", "-bbox", str(large), "-")
    assert small.stat().st_size < large.stat().st_size - 100_000


def test_a_rare_name_is_set_from_the_whole_font(settings: Path, tmp_path: Path) -> None:
    path = _printed(settings, tmp_path, "龘㐂")
    assert _fonts(path).count("Noto-Sans-CJK-SC") == 1
    assert "龘㐂示例水泥有限公司" in run("pdftotext", str(path), "-")


def test_a_font_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(empty))
    with pytest.raises(typeface.FontNotCut, match="Noto Sans CJK SC regular"):
        typeface.cut("一", tmp_path / "cut")
