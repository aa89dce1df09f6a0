"""`portal demo`: everything on one machine in one go – tables, example data, web and worker; Ctrl-C ends it cleanly."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import click

from portal.actions import demo, demo_large
from portal.actions.work import Door
from portal.cli.serve import environment, web_command
from portal.config import Settings
from portal.report.signing import make_demo
from portal.storage.migrations import migrate

PORTS_TRIED = 50
PATIENCE = 120.0  # seconds until the web must answer, on a slow machine too; one that ends is told at once
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def run(folder: Path, *, database_url: str, host: str, port: int, is_large: bool = False) -> int:
    """Start everything and stay until Ctrl-C; 0 when it was ended on purpose."""
    chosen = _free_port(host, port)
    if chosen != port:
        click.echo(f"端口 {port} 已被占用，改用 {chosen}")
    certificate, password_file = make_demo(folder.resolve() / "signing", datetime.now(UTC))
    changes: dict[str, object] = {
        "signing_certificate": certificate,
        "signing_password_file": password_file,
        **({"database_url": database_url} if database_url else {}),
    }
    settings = Settings.of_folder(folder, host=host, port=chosen, **changes)
    click.echo("准备数据库和演示数据……")
    door = Door.open(settings)
    migrate(door.database, settings.migration_folder)
    people = demo_large.seed(door, _show) if is_large else demo.seed(door)
    door.database.close()
    # SIGTERM ends it like Ctrl-C, so that a supervisor stops it cleanly too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    children = [
        _start(web_command(settings, workers=1, threads=8), settings),
        _start([sys.executable, "-m", "portal.cli", "worker"], settings),
    ]
    try:
        if not _answers(settings, children[0]):
            click.echo("网页服务没有启动，原因见上。可执行 portal doctor 检查环境", err=True)
            return 1
        _welcome(settings, people)
        return _watch(children)
    except KeyboardInterrupt:
        click.echo("\n正在停止……")
        return 0
    finally:
        _end(children)
        click.echo("已停止")


def _show(percent: int, name: str) -> None:
    """One line that is written over on a terminal, one in ten where nobody watches."""
    if sys.stdout.isatty():
        click.echo(f"\r  {percent:3d}% {name:\u3000<24}", nl=percent == 100)
    elif percent % 10 == 0:
        click.echo(f"  {percent:3d}% {name}".rstrip())


def _free_port(host: str, wanted: int) -> int:
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise click.ClickException(f"{wanted} 起的 {PORTS_TRIED} 个端口都被占用，请用 --port 另选")


def _start(command: list[str], settings: Settings) -> "subprocess.Popen[bytes]":
    # In a session of its own: Ctrl-C reaches only us, and we end the children in order.
    return subprocess.Popen(  # noqa: S603 - our own programs
        command, env=environment(settings), start_new_session=True, preexec_fn=_die_with_parent
    )


def _die_with_parent() -> None:
    """Should we be killed, the children shall not go on holding the port (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def _answers(settings: Settings, web: "subprocess.Popen[bytes]") -> bool:
    url = f"http://{settings.host}:{settings.port}/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and web.poll() is None:
        try:
            with opener.open(url, timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            click.echo(f"{url} 返回 {error.code}", err=True)
            return False
        except OSError:
            time.sleep(0.1)
    return False


def _welcome(settings: Settings, people: tuple[demo.Person, ...]) -> None:
    lines = [
        "",
        "企业绿色工厂自评价门户（演示）已启动",
        f"  地址：{settings.address}",
        f"  数据：{settings.data_folder}",
        f"  邮件：{settings.mail_folder}（重置密码、邀请同事的邮件以 .eml 文件写在这里）",
        "",
        f"演示账号（密码都是 {demo.password()}）：",
        *(f"  {person.mail}  {person.name}  {person.about}" for person in people),
        "",
        "按 Ctrl-C 停止",
    ]
    click.echo("\n".join(lines))


def _watch(children: "list[subprocess.Popen[bytes]]") -> int:
    while all(child.poll() is None for child in children):
        time.sleep(0.5)
    click.echo("有程序意外退出", err=True)
    return 1


def _end(children: "list[subprocess.Popen[bytes]]") -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
