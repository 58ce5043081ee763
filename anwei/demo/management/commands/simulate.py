"""`anwei simulate`: play the fictional county's plants over MQTT, history first, then live."""

from __future__ import annotations

import argparse
import selectors
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from anwei.datafolder import DataFolder
from anwei.demo.keys import Listener, NoBroker, device_keys, mqtt_listener
from anwei.demo.simulator.fleet import Fleet, Member, Progress
from anwei.demo.simulator.ledger import HistoryLedger
from anwei.demo.simulator.link import Link
from anwei.demo.simulator.script import Script
from anwei.demo.simulator.station import stations
from anwei.demo.simulator.surroundings import DAY

BROKER_WAIT_S = 30.0


class Command(BaseCommand):
    """Knows MQTT and the device keys file, and nothing of the database."""

    help = _("模拟演示县的设备：先补 30 天历史，再按周期实时上报（只用 MQTT）")
    requires_system_checks: list[str] = []  # a device has no pages

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare days of history and the cap on its speed."""
        parser.add_argument("--days", type=float, default=30.0, help=_("历史天数（默认 30，0 为不补）"))
        parser.add_argument("--rate", type=float, default=150_000.0, help=_("历史数据每秒样本数上限"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGINT or SIGTERM."""
        stopping: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, _frame: stopping.append(received))
        folder = DataFolder.from_environment()
        fleet = self._fleet(folder, options["days"], options["rate"])
        fleet.run(lambda: bool(stopping))

    def _fleet(self, folder: DataFolder, days: float, rate: float) -> Fleet:
        keys = device_keys(folder)
        if not keys:
            raise CommandError(_("没有演示设备密钥；请先执行 anwei demo。"))
        listener = self._broker(folder)
        ledger, selector, now = HistoryLedger(folder), selectors.DefaultSelector(), time.time()
        members = []
        for station in stations(Script()):
            link = Link(station.code, keys[station.code], listener, selector)
            wanted = station.code not in ledger.loaded and days > 0
            members.append(Member(station, link, station.history(now - days * DAY, now) if wanted else None))
        return Fleet(members, selector, rate, say=self._say, loaded=ledger.record)

    def _say(self, progress: Progress) -> None:
        found = {
            "live": progress.live,
            "stations": progress.stations,
            "samples": f"{progress.history_samples:,}",
            "seconds": f"{progress.seconds:.0f}",
        }
        line = _("模拟：%(live)d/%(stations)d 个站点已在线，历史样本 %(samples)s，%(seconds)s 秒") % found
        if progress.refused:
            line += _("；等待连接：%s") % progress.refused
        self.stdout.write(line)
        self.stdout.flush()

    def _broker(self, folder: DataFolder) -> Listener:
        """Return where the broker listens; it may be starting beside us."""
        deadline = time.monotonic() + BROKER_WAIT_S
        while True:
            try:
                return mqtt_listener(folder)
            except NoBroker as error:
                if time.monotonic() > deadline:
                    raise CommandError(str(error)) from None
                time.sleep(0.2)
