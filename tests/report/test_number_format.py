"""Values shown as Excel shows them: figures, money, dates of a Chinese Excel, sections, times that passed a day."""

from datetime import date, datetime, time, timedelta

import pytest

from portal.report.number_format import BUILT_IN, is_moment, shown

MONEY = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '
NOON, MARCH = datetime.fromisoformat("2025-03-01T14:05:09"), datetime.fromisoformat("2025-03-01")


@pytest.mark.parametrize(
    ("value", "code", "wanted"),
    [
        (12, "General", "12"),
        (0.1 + 0.2, "General", "0.3"),
        (330100123456789, "General", "330100123456789"),
        (5, 'General"吨"', "5吨"),
        (5, "", "5"),
        (1.5, "@", "1.5"),
        (True, "General", "TRUE"),
        ("甲", "General", "甲"),
        ("甲", MONEY, "甲"),
        (None, "0", ""),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.567, "#,##0", "-1,235"),
        (2.5, "0", "3"),
        (-0.001, "0.0", "0.0"),
        (7, "000", "007"),
        (0.5, "#.##", ".5"),
        (3.14159, "0.0##", "3.142"),
        (3, "0.0##", "3.0"),
        (0.1234, "0.0%", "12.3%"),
        (1234567, '0.0,"千"', "1234.6千"),
        (12345.678, "0.00E+00", "1.23E+04"),
        (0.25, "# ?/?", "0.25"),
        (13800001111, "000-0000-0000", "138-0000-1111"),
        (-5, "0.00_);(0.00)", "(5.00)"),
        (-5.5, "[$¥-804]#,##0.00;[Red]\\-[$¥-804]#,##0.00", "-¥5.50"),
        (-5.5, MONEY, "-5.50"),
        (0, MONEY, "-"),
        (0, "#,##0.00;;", ""),
        (95, '[>=90]"优";[>=60]"良";"差"', "优"),
        (70, '[>=90]"优";[>=60]"良";"差"', "良"),
        (1e40, "0", "1E+40"),
        (date(2025, 3, 1), "yyyy/m/d", "2025/3/1"),
        (MARCH, 'yyyy"年"m"月";@', "2025年3月"),
        (MARCH, "aaaa", "星期六"),
        (MARCH, "[$-F800]dddd, mmmm dd, yy", "Saturday, March 01, 25"),
        (NOON, "yyyy-mm-dd hh:mm:ss", "2025-03-01 14:05:09"),
        (NOON, BUILT_IN[55], "下午2时05分"),
        (time(8, 30), "h:mm AM/PM", "8:30 AM"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (MARCH, "General", "2025-03-01"),
        (NOON, "0.00", "2025-03-01 14:05"),
    ],
)
def test_a_value_is_shown_by_its_format(value: object, code: str, wanted: str) -> None:
    assert shown(value, code) == wanted


def test_a_format_tells_whether_it_shows_a_day() -> None:
    assert all(is_moment(code) for code in BUILT_IN.values())
    assert not any(is_moment(code) for code in ("General", "0.00", '0"d"', "[Red]0", MONEY))
