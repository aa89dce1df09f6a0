"""The command door: demo | serve | worker | migrate | backup | doctor | fonts | statistics | routes | assess | report | workbook |
white-paper | preview | verify | remind | staff | audit.

Each command imports what it needs when it runs: `portal assess` starts without the database, and nothing here ever
loads Flask – the web is started as a process of its own.
"""

import sys
from datetime import datetime
from pathlib import Path

import click

from portal.config import Settings, SettingsError
from portal.core.errors import PortalError

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(help="企业绿色工厂自评价门户", context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """All commands."""


def main() -> None:
    """Run one command; what went wrong is said in one line, never as a traceback, unless it is a fault of ours."""
    try:
        commands()
    except SettingsError as error:
        stop("环境变量有误：", *error.faults)
    except PortalError as error:
        from portal.cli.wording import lines_of

        stop(*lines_of(error))


def stop(*lines: str) -> None:
    """Say what is wrong and leave with 1."""
    for line in lines:
        click.echo(line, err=True)
    sys.exit(1)


@commands.command("demo", help="带演示数据启动门户（网页与打印程序），按 Ctrl-C 停止")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="被占用时用下一个"
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--db", "database_url", default="", help="PostgreSQL 地址；不写则用数据目录中的 SQLite")
@click.option("--data", "folder", type=_FOLDER, help="数据目录，默认 data/demo 或 data/demo-large")
@click.option("--large", "is_large", is_flag=True, help="600 家示例企业、三个年度，生成需要几分钟")
def demo_command(port: int, host: str, database_url: str, folder: Path | None, *, is_large: bool) -> None:
    """Migrate, seed if empty, start web and worker, print address and sign-ins."""
    from portal.cli.demo import run

    folder = folder or Path("data/demo-large" if is_large else "data/demo")
    sys.exit(run(folder, database_url=database_url, host=host, port=port, is_large=is_large))


@commands.command(help="启动网页服务（先执行 portal migrate）")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="进程数")
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="每个进程的线程数")
def serve(workers: int, threads: int) -> None:
    """Become gunicorn with the portal in it."""
    from portal.cli.serve import become_server

    become_server(Settings.from_environment(), workers=workers, threads=threads)


@commands.command("worker", help="启动打印程序：逐份打印排队的报告")
@click.option("--once", is_flag=True, help="打印完排队的报告就结束")
def worker_command(*, once: bool) -> None:
    """Empty the queue of reports."""
    from portal.cli.worker import work_on

    sys.exit(work_on(Settings.from_environment(), is_once=once))


@commands.command(help="把数据库升级到当前版本")
def migrate() -> None:
    """Bring the database to the present tables."""
    from portal.cli.upkeep import migrate_database

    migrate_database(Settings.from_environment())


@commands.command(help="备份数据库到一个文件，并验证备份可以恢复")
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Copy the database as it stands, and prove that the copy can be used."""
    from portal.cli.upkeep import back_up

    back_up(Settings.from_environment(), file)


@commands.command(help="补写并发出今天应发的催报提醒（打印程序运行时会自动进行）")
def remind() -> None:
    """Do at once what the worker does by itself."""
    from portal.cli.bureau import remind_now

    sys.exit(remind_now(Settings.from_environment()))


@commands.command(help="建立第一个系统管理员、安全管理员或审计管理员账号")
@click.option("--role", type=click.Choice(["operator", "security", "auditor"]), required=True)
@click.option("--name", required=True, help="姓名")
@click.option("--mail", required=True, help="电子邮箱，用来登录")
@click.option("--office", required=True, help="单位和科室")
def staff(role: str, name: str, mail: str, office: str) -> None:
    """The first of each; the next are made on the pages, by two persons."""
    from portal.cli.bureau import add_first

    sys.exit(add_first(Settings.from_environment(), role, name=name, mail=mail, office=office))


@commands.group(help="审计日志")
def audit() -> None:
    """Commands about the audit trail."""


@audit.command(help="逐行校验审计日志；完整时退出码为 0，否则为 1")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="只校验这一天（北京时间）及以后的部分")
def verify(since: datetime | None) -> None:
    """Check the chain and the kept ends."""
    from portal.cli.bureau import verify_trail

    sys.exit(verify_trail(Settings.from_environment(), since))


@commands.command(
    "verify", help="核验一份 PDF：是否为本门户出具、有无改动；未改动且有效时退出码为 0，否则为 1"
)
@click.argument("file", type=_THERE)
def verify_command(file: Path) -> None:
    """Look at a file that came back."""
    from portal.cli.verify import verify_file

    sys.exit(verify_file(Settings.from_environment(), file))


@commands.command("doctor", help="检查运行环境，说明问题和解决办法")
def doctor_command() -> None:
    """Look at everything the portal stands on."""
    from portal.cli.doctor import examine

    sys.exit(examine(Settings.from_environment()))


@commands.command("fonts", help="制作精简字体：报告文件更小，打印占用的内存更少（./run setup 会自动制作）")
def fonts_command() -> None:
    """Cut the typeface."""
    from portal.cli.fonts import make_cut

    make_cut(Settings.from_environment())


@commands.group("statistics", help="统计")
def statistics_commands() -> None:
    """What concerns the statistics."""


@statistics_commands.command("rebuild", help="按全部提交重新统计（升级后，或题库更新后执行一次）")
def rebuild_statistics() -> None:
    """Count every submission anew."""
    from portal.cli.statistics import rebuild

    rebuild(Settings.from_environment())


@commands.command(help="列出全部网页地址及其权限")
@click.option("--json", "is_json", is_flag=True, help="输出 JSON")
def routes(*, is_json: bool) -> None:
    """The access table, told by the web itself in a process of its own."""
    from portal.cli.serve import print_routes

    sys.exit(print_routes(is_json=is_json))


@commands.command(help="按填报值计算得分，输出得分凭据（JSON），不需要数据库")
@click.option("--questionnaire", required=True, help="问卷，如 cement 或 cement/2026-1")
@click.option("--answers", type=_THERE, required=True, help="填报值（JSON）")
def assess(questionnaire: str, answers: Path) -> None:
    """Score a file of answers."""
    from portal.cli.offline import print_receipt

    print_receipt(Settings.from_environment(), questionnaire, answers)


@commands.command(help="按填报值打印改进报告（PDF），不需要数据库")
@click.option("--questionnaire", required=True, help="问卷，如 cement 或 cement/2026-1")
@click.option("--answers", type=_THERE, required=True, help="填报值（JSON）")
@click.option("--out", type=_FILE, required=True, help="输出文件")
@click.option("--name", default="", help="企业名称，默认取填报文件中的")
@click.option("--uscc", default="", help="统一社会信用代码，默认取填报文件中的")
@click.option("--year", type=click.IntRange(2000, 2100), help="评价年度，默认取填报文件或报告日期")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="报告日期，默认今天；日期相同则文件逐字节相同"
)
def report(
    questionnaire: str, answers: Path, out: Path, name: str, uscc: str, year: int | None, day: datetime | None
) -> None:
    """Print the report of a file of answers."""
    from portal.cli.offline import print_pdf

    print_pdf(
        Settings.from_environment(),
        questionnaire,
        answers,
        out,
        name=name,
        uscc=uscc,
        year=year,
        day=day.date() if day else None,
    )


@commands.group("workbook", help="离线填报表（Excel），不需要数据库")
def workbook_commands() -> None:
    """The workbook of a questionnaire, out and in."""


@workbook_commands.command("export", help="写出填报表：空白的，或按填报值（JSON）填好的")
@click.option("--questionnaire", required=True, help="问卷，如 cement 或 cement/2026-1")
@click.option("--answers", type=_THERE, help="填报值（JSON）；不写则为空白表")
@click.option("--out", type=_FILE, required=True, help="输出的 .xlsx 文件")
def export_workbook(questionnaire: str, answers: Path | None, out: Path) -> None:
    """Write a workbook."""
    from portal.cli.offline import write_workbook

    write_workbook(Settings.from_environment(), questionnaire, answers, out)


@workbook_commands.command("import", help="读出填好的填报表，写成填报值（JSON）；有误则逐格列出，什么也不写")
@click.argument("file", type=_THERE)
@click.option("--out", type=_FILE, required=True, help="输出的 JSON 文件，可用于 portal assess 和 report")
def import_workbook(file: Path, out: Path) -> None:
    """Read a workbook."""
    from portal.cli.offline import read_workbook

    read_workbook(Settings.from_environment(), file, out)


@commands.command("white-paper", help="打印年度白皮书（PDF，可另写 Word）：全市，或用 --district 指定区县")
@click.option("--year", type=click.IntRange(2020, 2100), help="默认最近一个有提交的年度")
@click.option("--district", default="", help="区县代码，如 330110；不写则为全市")
@click.option("--out", type=_FILE, required=True, help="输出的 PDF 文件")
@click.option("--word", type=_FILE, help="另写一份 Word 文件")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="编印日期，默认今天；日期和数据相同则文件逐字节相同",
)
def white_paper_command(
    year: int | None, district: str, out: Path, word: Path | None, day: datetime | None
) -> None:
    """Print a year's white paper."""
    from portal.cli.white_paper import print_white_paper

    print_white_paper(
        Settings.from_environment(),
        year=year,
        district=district,
        out=out,
        word=word,
        day=day.date() if day else None,
    )


@commands.command(help="给数据作者：把一份问卷写成预览网页和可手工填写的空白表（PDF），不需要数据库")
@click.argument("questionnaire")
@click.option(
    "--out", "folder", type=_FOLDER, default=Path("preview"), show_default=True, help="写到哪个目录"
)
def preview(questionnaire: str, folder: Path) -> None:
    """Show a questionnaire, such as cement or cement/2026-1, to its author."""
    from portal.cli.preview import write_preview

    write_preview(Settings.from_environment(), questionnaire, folder)
