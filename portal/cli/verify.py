"""`portal verify FILE`: whether a file is as the portal handed it out."""

from pathlib import Path

import click

from portal import words, words_bureau
from portal.actions import verify
from portal.actions.work import Door
from portal.config import Settings
from portal.core.verification import FileVerdict


def verify_file(settings: Settings, file: Path) -> int:
    """Say what the record and the signature tell; 0 only for a file that is unchanged and valid."""
    door = Door.open(settings)
    with door.reading() as work:
        found = verify.look(work, file.read_bytes())
    door.database.close()
    title, advice = words_bureau.FILE_VERDICTS[found.verdict]
    lines = [f"{title}。{advice}"]
    if found.paper is not None:
        part = f"里的“{found.part}”" if found.part else ""
        lines.append(f"文件种类：{words_bureau.PAPERS[found.paper.kind]}{part}")
        lines.append(f"出具日期：{words.day(found.paper.finished_at)}")
        if found.paper.revoked_at is not None:
            lines.append(f"撤销：{words.day(found.paper.revoked_at)}，{found.paper.revoked_why}")
    if found.record is not None:
        record = found.record
        lines += [
            f"报告编号：{record.number}",
            f"企业：{record.enterprise_name}",
            f"提交日期：{words.day(record.submitted_at)}",
            f"自评得分：{words.points(record.points)}",
        ]
        if not record.is_valid:
            lines.append("门户记录与提交时不一致，请联系出具单位")
    if found.is_superseded:
        lines.append("这份报告打印之后，企业又提交过一次，请以新的报告为准")
    signer = f"：{found.signature.signer}" if found.signature.signer else ""
    lines.append(f"数字签名：{words_bureau.SIGNATURES[found.signature.state]}{signer}")
    lines.append(f"SHA-256：{found.sha256}")
    click.echo("\n".join(lines))
    return 0 if found.verdict is FileVerdict.UNCHANGED else 1
