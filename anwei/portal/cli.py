"""The command `anwei`.

Commands of the process family start without Django, which keeps gate, stream and the supervisor small; every
other word is a Django management command of a room.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import anwei
from anwei.datafolder import DataFolder, UnsafeSecret
from anwei.language import gettext as _
from anwei.portal.database import UnreadableAddress

Arguments = Sequence[str]
UNREAD = 128 + signal.SIGPIPE  # what a shell makes of a program that a closed pipe ended


def main(arguments: Arguments | None = None) -> int:
    """Run the command line; return the exit status. Ends quietly when nobody reads on (`| head`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            return _command(words)
        finally:
            sys.stdout.flush()  # here, where it can be caught, and not at the interpreter's end
    except BrokenPipeError:
        if not _silence_what_nobody_reads():
            raise  # some other pipe: a fault
        return UNREAD


def _silence_what_nobody_reads() -> bool:
    """Lead output whose reader is gone to nowhere; say whether there was any."""
    gone = False
    for stream in (sys.stdout, sys.stderr):
        poll = select.poll()
        poll.register(stream.fileno(), 0)
        if any(event & select.POLLERR for _fd, event in poll.poll(0)):
            gone = True
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())
    return gone


def _command(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if words[0] == "--version":
        print(anwei.__version__)
        return 0
    command = LIGHT.get(words[0])
    try:
        return command(words[1:]) if command else _django(words)
    except (UnsafeSecret, UnreadableAddress) as error:
        print(error, file=sys.stderr)
        return 1


def overview() -> str:
    """Return the list of commands in the user's language."""
    titles = {
        "run": _("启动全部进程（--demo：演示县）"),
        "status": _("显示地址、端口、版本、各进程状态与积压（--json）"),
        "backup": _("备份到一个新目录，并当场验证；backup drill：恢复演练"),
        "restore": _("从备份恢复到一个空的数据目录，并验证"),
        "verify": _("验证时间线与变更记录的哈希链"),
        "verify-dossier": _("核验一案一档（不需要数据库；--key：重算每条封印）"),
        "assess": _("按标准计算：assess gb18218 文件.csv（重大危险源辨识与分级）"),
        "analyse": _("分析任意表格：analyse detect（测点异常）、analyse rank（先查哪一家）"),
        "territory": _("登记区划的代码和名称"),
        "account": _("开设账号、重置密码、停用账号"),
        "ledger": _("台账的导入、导出和清单（JSON 结果）"),
        "provision": _("从 CSV 或 XLSX 批量登记企业、设备、测点和限值"),
        "replay": _("把一份记录通过 MQTT 重放"),
        "token": _("为用户签发 API 令牌"),
        "demo": _("写入演示县"),
        "simulate": _("运行演示县的设备"),
        "attend": _("扮演演示县的值班员"),
        "gate": _("只启动设备准入进程"),
        "stream": _("只启动数据流进程"),
        "detect": _("只启动早期预警进程"),
        "worker": _("只启动后台任务进程"),
        "tasks": _("执行排队的后台任务（导入等），做完即退出"),
        "web": _("只启动网页进程"),
    }
    lines = [f"  anwei {name:<10} {title}" for name, title in titles.items()]
    return "\n".join(
        [
            _("用法：anwei 命令 [参数]；各命令的说明见 anwei 命令 --help"),
            "",
            *lines,
            "",
            _("数据目录：环境变量 ANWEI_DATA，默认 ./var"),
        ]
    )


def _run(words: Arguments) -> int:
    from anwei.portal.family import AlreadyRunning, Ports, run
    from anwei.portal.network import UnsafeNetwork

    parser = ArgumentParser("anwei run", description=_("启动全部进程，直到 Ctrl-C。"))
    parser.add_argument("--demo", action="store_true", help=_("演示县和模拟设备"))
    parser.add_argument("--port", type=int, default=Ports.web, help=_("网页端口，被占用时取下一个"))
    parser.add_argument("--mqtt-port", type=int, default=Ports.mqtt, help=_("设备端口，被占用时取下一个"))
    options = parser.parse_args(words)
    ports = Ports(web=options.port, mqtt=options.mqtt_port)
    try:
        return run(DataFolder.from_environment(), demo=options.demo, ports=ports)
    except (AlreadyRunning, UnsafeNetwork) as error:
        print(error, file=sys.stderr)
        return 1


def _gate(words: Arguments) -> int:
    from anwei.monitoring.stream import gate

    _no_options("gate", words)
    gate.main()
    return 0


def _stream(words: Arguments) -> int:
    from anwei.monitoring.stream import process

    _no_options("stream", words)
    process.main()
    return 0


def _detect(words: Arguments) -> int:
    from anwei.monitoring.detect import process

    _no_options("detect", words)
    process.main()
    return 0


def _web(words: Arguments) -> int:
    from anwei.portal import web

    _no_options("web", words)
    web.main()
    return 0


def _status(words: Arguments) -> int:
    from anwei.portal import status

    parser = ArgumentParser("anwei status", description=_("显示正在运行的系统的状态。"))
    parser.add_argument("--json", action="store_true", help=_("以 JSON 输出"))
    as_json = parser.parse_args(words).json
    found = status.collect(DataFolder.from_environment())
    print(json.dumps(found, ensure_ascii=False, indent=2) if as_json else status.text(found))
    return 0 if found.get("healthy") else 1


def _backup(words: Arguments) -> int:
    from anwei.portal.backup import BackupFailed, back_up
    from anwei.portal.system.backups import new_backup_path

    if words[:1] == ["drill"]:
        return _drill(words[1:])
    parser = ArgumentParser(
        "anwei backup", description=_("备份到一个新目录；系统可以在运行。备份会被试恢复以验证。")
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", help=_("备份写入的目录，必须为空或不存在；默认在备份目录中新建一份")
    )
    chosen, now, data = parser.parse_args(words).folder, datetime.now(UTC), DataFolder.from_environment()
    target = chosen.resolve() if chosen else new_backup_path(data, now)
    try:
        back_up(data, target, now=now, say=print)
    except (BackupFailed, OSError) as error:
        print(_("备份失败：{error}").format(error=error), file=sys.stderr)
        return 1
    return 0


def _drill(words: Arguments) -> int:
    from anwei.portal.system.backups import backups
    from anwei.portal.system.drill import drill

    parser = ArgumentParser(
        "anwei backup drill", description=_("恢复演练：把最新的备份恢复到临时目录并核对，结果留存。")
    )
    parser.add_argument("folder", type=Path, nargs="?", help=_("备份所在的目录，默认最新的一份"))
    parser.add_argument("--json", action="store_true", help=_("以 JSON 输出"))
    options = parser.parse_args(words)
    data = DataFolder.from_environment()
    newest = next((backup.path for backup in backups(data)), None)
    source: Path | None = options.folder.resolve() if options.folder else newest
    if source is None:
        print(_("还没有备份，无从演练；先执行 anwei backup。"), file=sys.stderr)
        return 1
    result = drill(data, source, now=datetime.now(UTC), say=_silent if options.json else print)
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    elif result["ok"]:
        print(
            _("演练成功，用时 {seconds} 秒：{detail}").format(
                seconds=result["seconds"], detail=result["steps"][0]["detail"]
            )
        )
    else:
        print(_("演练失败：{detail}").format(detail=result["steps"][-1]["detail"]), file=sys.stderr)
    return 0 if result["ok"] else 1


def _silent(sentence: str) -> None:
    """Say nothing."""


def _restore(words: Arguments) -> int:
    from anwei.portal.backup import BackupFailed, restore

    parser = ArgumentParser("anwei restore", description=_("从备份恢复到 ANWEI_DATA 所指的空目录，并核对。"))
    parser.add_argument("folder", type=Path, help=_("备份所在的目录"))
    source = parser.parse_args(words).folder.resolve()
    try:
        restore(source, DataFolder.from_environment(), say=print)
    except (BackupFailed, OSError) as error:
        print(_("恢复失败：{error}").format(error=error), file=sys.stderr)
        return 1
    return 0


def _verify_dossier(words: Arguments) -> int:
    from anwei.cases.dossier.command import main

    return main(words)


def _assess(words: Arguments) -> int:
    from anwei.portal.assess import main

    return main(words)


def _analyse(words: Arguments) -> int:
    from anwei.portal.analyse import main

    return main(words)


def _no_options(name: str, words: Arguments) -> Namespace:
    return ArgumentParser(f"anwei {name}").parse_args(words)


def _django(words: Arguments) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anwei.portal.settings")
    from django.core.management import execute_from_command_line

    if words[0] == "migrate":  # each step makes the models anew: looked through rarely, a fifth less
        gc.set_threshold(50_000, 20, 100)
    execute_from_command_line(["anwei", *words])
    return 0


LIGHT: dict[str, Callable[[Arguments], int]] = {
    "run": _run,
    "gate": _gate,
    "stream": _stream,
    "detect": _detect,
    "web": _web,
    "status": _status,
    "backup": _backup,
    "restore": _restore,
    "verify-dossier": _verify_dossier,
    "assess": _assess,
    "analyse": _analyse,
}
