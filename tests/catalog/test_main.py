"""The command of the authors: what it prints and how it ends."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from portal.catalog import messages, tables
from portal.catalog.__main__ import main, run
from portal.catalog.schema import FOLDER, schemas, written
from tests.catalog.author import BRICKS, PLAN, SOUND, Author

CONTENT = Path(__file__).parents[2] / "questionnaires"


def test_a_sound_folder_prints_its_tables_and_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(SOUND)]) == 0

    printed = capsys.readouterr().out
    assert "没有问题：1 份问卷，2 张技术卡片，3 个来源。" in printed
    row = next(line for line in printed.splitlines() if line.startswith("brickworks"))
    assert row.split() == [
        "brickworks",
        "2026-1",
        "6",
        "2",
        "4",
        "1",
        "3",
        "2",
        "3",
        "0%",
        "100%",
        "0%",
        "5",
        "3/3",
        "未发布",
    ]
    assert "专栏4-1  矿渣      brickworks  slag 掺用矿渣" in printed


def test_problems_are_printed_a_line_each_and_end_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    author = Author(tmp_path)
    author.change(BRICKS, "title: 窑炉\n", "title: 窑炉\n    title: 窑\n")
    author.change(
        PLAN,
        "[brickworks]}\n  - {place: 专栏4-1, term: 粉煤灰",
        "[brickworks, x]}\n  - {place: 专栏4-1, term: 粉煤灰",
    )

    assert main([str(author.folder)]) == 1

    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        f"{author.folder / BRICKS}:32: 键“title”在第 31 行已经写过，同一处只能写一次。",
        f"{author.folder / PLAN}:3: 规划条款表里的行业“x”没有问卷。",
    ]
    assert printed.err == "发现 2 个问题。\n"


def test_the_command_ends_with_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["portal.catalog", str(SOUND)])

    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(Path(messages.__file__).with_name("__main__.py")), run_name="__main__")

    assert end.value.code == 0


def test_the_command_needs_neither_app_nor_database() -> None:
    code = (
        "import sys, portal.catalog.__main__\n"
        "unwanted = {'flask', 'sqlalchemy', 'weasyprint', 'pydantic', 'portal.web', 'portal.storage'}\n"
        "sys.exit(', '.join(unwanted & set(sys.modules)))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip() == ""


def test_a_folder_without_plan_or_levels_still_prints(tmp_path: Path) -> None:
    author = Author(tmp_path)
    (author.folder / PLAN).unlink()
    author.write(
        "tiles/2026-1.yaml",
        "id: tiles\nversion: 2026-1\nsector: 瓦\ntitle: 瓦\nsections: []\nrulebooks: []\n",
    )

    rows = tables.sector_rows(author.read())

    assert tables.plan_rows(author.read()) == []
    assert rows[1][:3] == ("tiles", "2026-1", "0")
    assert rows[1][9:12] == ("", "", "")


def test_a_measure_that_nothing_asks_stands_in_the_table(tmp_path: Path) -> None:
    author = Author(tmp_path)
    author.change(PLAN, "term: 低氮燃烧", "term: 分级燃烧")

    assert tables.plan_rows(author.read())[0] == ("专栏3-1", "分级燃烧", "brickworks", messages.NOT_COVERED)


def test_the_schemas_for_editors_are_written_where_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--schema"]) == 0

    names = sorted(path.name for path in (tmp_path / FOLDER).iterdir())
    assert names == sorted(schemas())
    assert capsys.readouterr().out.count("已写入") == len(names)


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_schemas_in_the_repository_are_up_to_date(name: str) -> None:
    assert (CONTENT / FOLDER / name).read_text("utf-8") == written(schemas()[name])


def test_a_schema_names_required_keys_choices_and_nothing_unknown() -> None:
    schema = schemas()["technologies.json"]

    card = schema["$defs"]["Technology"]
    assert {"id", "title", "closes", "sources", "cost_class"} <= set(card["required"])
    assert card["additionalProperties"] is False
    assert card["properties"]["cost_class"] == {"enum": ["low", "medium", "high"]}
    references = set(json.dumps(schema).split('"#/$defs/')[1:])
    assert {text.split('"')[0] for text in references} <= set(schema["$defs"])


def test_the_readme_lists_every_message_with_its_words() -> None:
    readme = (CONTENT / "README.md").read_text("utf-8")

    missing = [code for code, text in messages.SENTENCES.items() if f"| `{code}` | {text} |" not in readme]

    assert missing == []


def test_a_reader_who_stops_early_hears_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as pipe:  # noqa: PTH123 - a descriptor, not a path
        monkeypatch.setattr(sys, "stdout", pipe)
        monkeypatch.setattr(sys, "argv", ["portal.catalog", str(SOUND)])

        assert run() == 1


def test_a_pipe_into_head_ends_quietly() -> None:
    command = f'"{sys.executable}" -m portal.catalog questionnaires/ | head -n 1'

    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=CONTENT.parent, check=True)

    assert done.stdout.startswith("没有问题")
    assert done.stderr == ""
