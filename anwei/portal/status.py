"""`anwei status`: addresses, versions, each process's health, rates and lag of the running installation."""

from __future__ import annotations

import asyncio
import platform
import subprocess
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

import psutil
from nats.errors import Error as NatsError

import anwei
from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.monitoring.detect.doors import DetectDoors
from anwei.monitoring.stream import broker, heartbeat
from anwei.monitoring.stream.bus import connect
from anwei.monitoring.stream.disk import Disk, Growth
from anwei.monitoring.stream.doors import Doors, StoreAway
from anwei.monitoring.stream.log import LogUnavailable, log_information
from anwei.monitoring.stream.log_room import LogRoom
from anwei.portal.family import is_running
from anwei.portal.room import sentences

Figures = dict[str, Any] | None
PATIENCE = 3.0  # s for everything that is asked over the broker


@dataclass(frozen=True)
class ProcessState:
    """One member of the family."""

    name: str
    state: str  # "working", "stuck" (alive, no heartbeat), "down"
    pid: int | None
    starts: int
    silence: float | None  # s since the last heartbeat
    cpu_seconds: float | None
    memory_bytes: int | None


def process_states(folder: DataFolder) -> list[ProcessState]:
    """Return the state of every process that `anwei run` keeps, from its file and the heartbeats."""
    members: dict[str, dict[str, Any]] = folder.running().get("processes", {})
    return [_process_state(folder, name, member) for name, member in members.items()]


def collect(folder: DataFolder) -> dict[str, Any]:
    """Return all that `anwei status` shows; {"running": False} when nothing runs on this folder."""
    running = folder.running()
    if not running or not is_running(folder):
        return {"running": False, "data_folder": str(folder.root), "disk": disk_figures(folder)}
    states = process_states(folder)
    stream, log, detect = asyncio.run(_ask(folder))
    return {
        "running": True,
        "healthy": all(state.state == "working" for state in states)
        and stream is not None
        and not stream["full"]
        and not (log and log["full"]),
        "data_folder": str(folder.root),
        "web": running["web"],
        "mqtt": running["mqtt"],
        "demo": running["demo"],
        "versions": _versions(),
        "processes": [asdict(state) for state in states],
        "stream": stream,
        "log": log,
        "detect": detect,
        "disk": disk_figures(folder),
    }


def _process_state(folder: DataFolder, name: str, member: dict[str, Any]) -> ProcessState:
    silence = heartbeat.silence(folder, name)
    try:
        process = psutil.Process(member["pid"] or -1)
        cpu, memory = sum(process.cpu_times()[:2]), process.memory_info().rss
    except (psutil.Error, ValueError):
        return ProcessState(name, "down", None, member["starts"], silence, None, None)
    grown_up = time.time() - member["started_at"] > heartbeat.LATE
    quiet = silence is None or silence > heartbeat.LATE
    state = "stuck" if grown_up and quiet and name in heartbeat.BEATING else "working"
    return ProcessState(name, state, process.pid, member["starts"], silence, cpu, memory)


async def _ask(folder: DataFolder) -> tuple[Figures, Figures, Figures]:
    """Return figures of the stream, the log and detect; None for what does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            nc = await connect(folder, name="status")
    except TimeoutError:
        return None, None, None
    stream = log = detect = None
    try:
        async with asyncio.timeout(PATIENCE):
            log = _log_figures(await log_information(nc))
            stream = await Doors(nc).status()
            detect = await DetectDoors(nc).status()
    except (TimeoutError, NatsError, LogUnavailable, StoreAway):
        pass
    await nc.close()
    return stream, log, detect


def _log_figures(information: dict[str, Any]) -> dict[str, Any]:
    room = LogRoom.of(information, time.time())
    return {**information["state"], **asdict(room), "hours": room.hours}


def disk_figures(folder: DataFolder) -> dict[str, Any]:
    """Return the bytes of the data folder's disk, what is kept free, and days until samples are refused."""
    disk = Disk.of(folder.root)
    days = Growth(folder).days_left(disk, time.time())
    return {**asdict(disk), "reserve": disk.reserve, "log_reserve": disk.log_reserve, "days_left": days}


def _versions() -> dict[str, str]:
    server = subprocess.run([broker.executable(), "--version"], capture_output=True, text=True, check=False)
    packages = {name: version(name) for name in ("Django", "duckdb", "pyarrow", "numpy", "pysqlite3")}
    return {
        "anwei": anwei.__version__,
        "python": platform.python_version(),
        "nats-server": server.stdout.strip().removeprefix("nats-server: v"),
        **packages,
    }


def text(found: dict[str, Any]) -> str:
    """Return what `collect` found, for people."""
    return "\n".join(_lines(found))


def _lines(found: dict[str, Any]) -> list[str]:
    if not found["running"]:
        return [_("未运行。数据目录：{folder}").format(folder=found["data_folder"])]
    states = {"working": _("正常"), "stuck": _("无响应"), "down": _("未运行")}
    lines = [
        _("网页    {address}").format(address=found["web"]),
        _("设备    {address}").format(address=found["mqtt"] or _("外部消息服务器")),
        _("数据    {folder}").format(folder=found["data_folder"]),
        _("版本    {versions}").format(versions=", ".join(f"{k} {v}" for k, v in found["versions"].items())),
        "",
    ]
    for process in found["processes"]:
        memory = (process["memory_bytes"] or 0) / 1024**2
        lines.append(
            _(
                "{name:<9} {state}  进程号 {pid}，启动 {starts} 次，CPU {cpu:.1f} 秒，内存 {memory:.0f} MiB"
            ).format(
                name=process["name"],
                state=states[process["state"]],
                pid=process["pid"] or "-",
                starts=process["starts"],
                cpu=process["cpu_seconds"] or 0,
                memory=memory,
            )
        )
    lines += ["", *(sentence.text for sentence in sentences(found, _))]
    lines += _stream_lines(found["stream"]) if found["stream"] else [_("数据流没有应答")]
    lines += _detect_lines(found["detect"])
    return lines + _room_lines(found["log"], found["disk"])


def _detect_lines(detect: Figures) -> list[str]:
    if not detect:
        return [_("早期预警没有应答")]
    line = _("早期预警  看 {tags} 个测点（重点 {important}），积压 {lag} 条消息，已发现 {findings} 条")
    lines = [line.format(**{name: detect[name] for name in ("tags", "important", "lag", "findings")})]
    if detect["unmarked"]:
        lines.append(_("超出上限的重点测点 {n} 个按一般测点看").format(n=detect["unmarked"]))
    return lines


def _stream_lines(stream: dict[str, Any]) -> list[str]:
    """Return one line for each figure the stream gives, whatever they are."""
    titles = {
        "samples_per_s": _("采样写入（条/秒）"),
        "events_per_s": _("报警事件（条/秒）"),
        "samples_stored": _("已存采样（条）"),
        "lag": _("积压（条消息）"),
        "oldest_unstored_ms": _("最早未入库消息的年龄（毫秒）"),
        "register_version": _("登记版本"),
        "bytes": _("占用空间（字节）"),
        "free": _("剩余空间（字节）"),
    }
    lines = [f"{title}  {stream[name]}" for name, title in titles.items() if name in stream]
    if stream.get("heaviest"):
        shares = ", ".join(f"{device} {share:.0%}" for device, share in stream["heaviest"])
        lines.append(_("近期数据最多的设备  {shares}").format(shares=shares))
    return lines


def _room_lines(log: dict[str, Any] | None, disk: dict[str, Any]) -> list[str]:
    lines = []
    if log:
        line = _("消息日志（字节，上限 {most}，最早 {hours:.1f} 小时前）")
        lines.append(f"{line.format(most=log['max_bytes'], hours=log['age_h'])}  {log['n_bytes']}")
    if disk["days_left"] is not None:
        lines.append(_("按最近一天的速率写满磁盘（天）") + f"  {disk['days_left']:.0f}")
    return lines
