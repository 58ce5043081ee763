"""`anwei run`: prepares the data folder, then keeps the family of processes running.

nats-server, gate, stream, detect, worker and web; in demo mode also the simulator and a duty officer.
Ends within 5 s of Ctrl-C.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import resource
import signal
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import anwei
from anwei.datafolder import DataFolder
from anwei.language import gettext as _
from anwei.monitoring.stream import broker, heartbeat
from anwei.monitoring.stream.log_room import most_bytes
from anwei.monitoring.stream.tail import Position, Tail
from anwei.portal.broker_mending import keep_mending
from anwei.portal.journal import Journal
from anwei.portal.network import WEB_PORT, Network
from anwei.portal.supervisor import Child, Program, die_with_parent, ended

PACKAGE_PARENT = Path(anwei.__file__).resolve().parent.parent
MEMBERS = ("gate", "stream", "detect", "worker", "web")
DEMO_MEMBERS = ("simulate", "attend")
MEMBER_GRACE, BROKER_GRACE = 2.5, 1.0  # s between SIGTERM and SIGKILL; together below five
LOOK_S = 0.5  # a start waits as long for whoever only looks whether a family runs
WATCH = 2.0  # s between two looks at the heartbeats
_NOT_OURS = re.compile(r" - mid:\d+ - |Auth callout service|Plaintext passwords")  # the gate tells of devices


class AlreadyRunning(RuntimeError):
    """Another `anwei run` holds the data folder; the message says where it listens."""


@dataclass(frozen=True)
class Ports:
    """Where to listen; the next free port is taken when one is in use."""

    web: int = WEB_PORT
    mqtt: int = broker.MQTT_PORT


def run(folder: DataFolder, *, demo: bool, ports: Ports) -> int:
    """Run the family until SIGINT or SIGTERM; return the exit status."""
    network = Network.from_environment()
    os.umask(0o077)  # what the family writes is nobody else's to read
    folder.require_private_secrets()
    most_bytes(folder)  # an unreadable bound of the log is said here, not by a process that starts for ever
    with _locked(folder):
        _allow_many_connections()
        return asyncio.run(Family(folder, network, demo=demo, ports=ports).live())


class Family:
    """The processes of one installation."""

    def __init__(self, folder: DataFolder, network: Network, *, demo: bool, ports: Ports) -> None:
        self._folder = folder
        self._network = network
        self._demo = demo
        self._journal = Journal(folder.folder("log") / "anwei.log")
        self._web_port = self._chosen(ports.web, network.web_host)
        self._endpoint = self._chosen_endpoint(ports.mqtt)
        self._children: dict[str, Child] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stuck: set[str] = set()

    async def live(self) -> int:
        """Prepare, start, watch, and stop on a signal."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        starting = asyncio.create_task(self._start())
        signalled = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, signalled}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done() and starting.result() == 0:
                await signalled
        finally:
            starting.cancel()
            await asyncio.wait({starting})
            await self._stop()
        return 0 if starting.cancelled() else starting.result()

    async def _start(self) -> int:
        """Bring everything up; return 0, or the status of the step that failed."""
        if status := await self._prepare():
            return status
        self._web_port = self._chosen(self._web_port, self._network.web_host)  # taken since, by another start
        if self._endpoint:
            await self._start_broker(self._endpoint)
        for name in (*members(), *(DEMO_MEMBERS if self._demo else ())):
            self._launch(Program(name, anwei_command(name), self._environment))
        self._tasks.append(asyncio.create_task(self._watch()))
        await _until_open(self._network.local_host, self._web_port)
        self._announce()
        return 0

    async def _prepare(self) -> int:
        """Run `anwei prepare` (migrations, static files, the demo county) and pass its output on."""
        options = ["--demo"] if self._demo else []
        process = await asyncio.create_subprocess_exec(
            *anwei_command("prepare", *options),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        try:
            return await process.wait()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise

    async def _start_broker(self, endpoint: broker.Endpoint) -> None:
        certificate = self._network.certificate
        command = broker.command(
            self._folder, endpoint, certificate=(certificate.chain, certificate.key) if certificate else None
        )
        log = broker.log_file(self._folder)
        end = Position(log.stat().st_ino, log.stat().st_size) if log.exists() else None
        self._tasks.append(asyncio.create_task(self._echo_broker(Tail(log, end))))
        child = self._launch(Program("broker", command, self._environment))
        await _until_open(endpoint.host, endpoint.client_port)
        endpoint.publish(self._folder)
        mending = keep_mending(self._folder, child, self._journal, grace=BROKER_GRACE)
        self._tasks.append(asyncio.create_task(mending))

    def _launch(self, program: Program) -> Child:
        child = self._children[program.name] = Child(program, self._journal, self._write_run_file)
        self._tasks.append(asyncio.create_task(child.keep_running()))
        return child

    async def _stop(self) -> None:
        if self._children:
            self._journal.write("anwei", _("正在停止……"))
        members = [child for name, child in self._children.items() if name != "broker"]
        await asyncio.gather(*(child.stop(MEMBER_GRACE) for child in members))
        if "broker" in self._children:  # last: the others end their work through it
            await self._children["broker"].stop(BROKER_GRACE)
        await ended(self._tasks)
        self._folder.run_file.unlink(missing_ok=True)

    async def _watch(self) -> None:
        """Say so when a process is alive but does not work: stopped, or stuck in its loop."""
        while True:
            if self._endpoint and await _answers(self._endpoint):
                heartbeat.beat(self._folder, "broker")
            for name, child in self._children.items():
                grown_up = time.time() - child.started_at > heartbeat.LATE
                if name in heartbeat.BEATING and child.pid and grown_up:
                    self._judge(name)
            await asyncio.sleep(WATCH)

    def _judge(self, name: str) -> None:
        silence = heartbeat.silence(self._folder, name)
        stuck = silence is None or silence > heartbeat.LATE
        if stuck and name not in self._stuck:
            self._stuck.add(name)
            seconds = heartbeat.LATE if silence is None else silence
            self._journal.write(name, _("进程无响应已 {seconds:.0f} 秒").format(seconds=seconds))
        elif not stuck and name in self._stuck:
            self._stuck.remove(name)
            self._journal.write(name, _("进程已恢复响应"))

    async def _echo_broker(self, tail: Tail) -> None:
        """Show warnings and errors of the broker's own log, except what concerns single devices."""
        while True:
            for line in tail.read():
                if re.search(r"\[(WRN|ERR|FTL)\]", line) and not _NOT_OURS.search(line):
                    self._journal.write("broker", line.partition("] ")[2])
            await asyncio.sleep(1)

    def _announce(self) -> None:
        say = self._journal.write
        say("anwei", _("已就绪：{address}").format(address=self._network.web_address(self._web_port)))
        if self._endpoint:
            scheme = "mqtts" if self._endpoint.mqtt_tls else "mqtt"
            address = f"{scheme}://{self._endpoint.mqtt_host}:{self._endpoint.mqtt_port}"
            say("anwei", _("设备接入：{address}").format(address=address))
        say("anwei", _("数据目录：{folder}。按 Ctrl-C 停止。").format(folder=self._folder.root))

    def _write_run_file(self) -> None:
        content = {
            "pid": os.getpid(),
            "version": anwei.__version__,
            "demo": self._demo,
            "web": self._network.web_address(self._web_port),
            "web_port": self._web_port,
            "mqtt": f"{self._endpoint.mqtt_host}:{self._endpoint.mqtt_port}" if self._endpoint else None,
            "processes": {
                name: {"pid": child.pid, "starts": child.starts, "started_at": child.started_at}
                for name, child in self._children.items()
            },
        }
        try:
            self._folder.write_private(self._folder.run_file, json.dumps(content).encode())
        except OSError as error:  # a full disk must not end the watch over the children
            self._journal.write("anwei", str(error))

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self._network.environment,
            "ANWEI_DATA": str(self._folder.root),
            "ANWEI_DEMO": "1" if self._demo else "",
            "ANWEI_PORT": str(self._web_port),
            "PYTHONUNBUFFERED": "1",
            "PYTHONSAFEPATH": "1",  # the current folder is nobody's import path
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PACKAGE_PARENT), os.environ.get("PYTHONPATH")])),
        }

    def _chosen(self, port: int, host: str, avoid: tuple[int, ...] = ()) -> int:
        chosen = broker.free_port(port, host, avoid)
        if port and chosen != port:
            self._journal.write(
                "anwei", _("端口 {port} 已被占用，改用 {chosen}").format(port=port, chosen=chosen)
            )
        return chosen

    def _chosen_endpoint(self, mqtt_port: int) -> broker.Endpoint | None:
        """Return where our own broker shall listen; None when ANWEI_NATS_URL names another."""
        if os.environ.get("ANWEI_NATS_URL"):
            return None
        host = self._network.mqtt_host
        mqtt = self._chosen(mqtt_port, host, (self._web_port,))
        # Nobody types this port: spread by data folder, so that two starts at once do not race for it.
        first = broker.CLIENT_PORT + zlib.crc32(str(self._folder.root).encode()) % 1000
        client = broker.free_port(first, avoid=(self._web_port, mqtt))
        return broker.Endpoint("127.0.0.1", client, mqtt, mqtt_host=host, mqtt_tls=self._network.mqtt_tls)


def members() -> list[str]:
    """Return the processes beside the broker; ANWEI_DETECT=0 leaves the early warning out."""
    return [name for name in MEMBERS if name != "detect" or os.environ.get("ANWEI_DETECT") != "0"]


def anwei_command(*words: str) -> list[str]:
    """Return the command line of `anwei WORDS` with this interpreter."""
    return [sys.executable, "-m", "anwei", *words]


def is_running(folder: DataFolder) -> bool:
    """Return whether an `anwei run` holds the data folder."""
    with _lock_file(folder) as file:
        return not _locks(file, fcntl.LOCK_SH)  # shared: two that look do not take each other for a family


def _locked(folder: DataFolder) -> IO[str]:
    """Return the locked lock file of a data folder; the lock ends with the process. Raises AlreadyRunning."""
    file = _lock_file(folder)
    patience = time.monotonic() + LOOK_S
    while not _locks(file, fcntl.LOCK_EX):
        if time.monotonic() > patience:
            file.close()
            web = folder.running().get("web", "")
            raise AlreadyRunning(
                _("数据目录 {folder} 已有一个安危系统在运行 {web}")
                .format(folder=folder.root, web=web)
                .strip()
            )
        time.sleep(LOOK_S / 10)
    return file


def _lock_file(folder: DataFolder) -> IO[str]:
    return (folder.folder("run") / "lock").open("w")


def _locks(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _allow_many_connections() -> None:
    """Raise the limit of open files as far as allowed: the broker holds one per device."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _until_open(host: str, port: int) -> None:
    """Return when something accepts connections there."""
    while True:
        try:
            _reader, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


async def _answers(endpoint: broker.Endpoint) -> bool:
    """Return whether the broker greets a new connection."""
    try:
        async with asyncio.timeout(WATCH):
            reader, writer = await asyncio.open_connection(endpoint.host, endpoint.client_port)
            greeting = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return greeting.startswith(b"INFO")
