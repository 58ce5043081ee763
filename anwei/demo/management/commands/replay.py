"""`anwei replay`: publish a recording through MQTT with a registered device's key."""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from anwei.datafolder import DataFolder
from anwei.demo.keys import NoBroker, device_keys, mqtt_listener
from anwei.demo.recording import BadRecording, Recording, read_recording
from anwei.demo.refused import in_words, reject_counts, split
from anwei.demo.replaying import NotConnected, replay, shifted
from anwei.monitoring.stream.samples import Reason

SHOWN_BAD_ROWS = 20


def _speed(text: str) -> float:
    """Read "max", or how many recorded seconds pass in one."""
    if text == "max":
        return float("inf")
    speed = float(text)
    if not speed > 0:
        raise argparse.ArgumentTypeError(_("应为正数或 max"))
    return speed


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError):
        raise argparse.ArgumentTypeError(_("没有时区 %s") % text) from None


class Command(BaseCommand):
    """Knows the file, MQTT and one device's key."""

    help = _("把一份 CSV 记录通过 MQTT 重放到已登记设备的一个测点")
    requires_system_checks: list[str] = []  # a device has no pages

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the file, whose reading it is, and how fast."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--device", required=True, help=_("设备编码"))
        parser.add_argument("--tag", required=True, help=_("测点编码"))
        parser.add_argument("--time-column", default="", help=_("时间列（默认按常用名识别）"))
        parser.add_argument("--value-column", default="", help=_("数值列（默认按常用名识别）"))
        parser.add_argument("--speed", type=_speed, required=True, help=_("倍速，或 max"))
        parser.add_argument("--shift-to-now", action="store_true", help=_("平移到当前时间"))
        parser.add_argument(
            "--tz", type=_zone, default=ZoneInfo("Asia/Shanghai"), help=_("无时区时间所在时区")
        )
        parser.add_argument("--key", default="", help=_("设备密钥（默认 ANWEI_DEVICE_KEY 或演示密钥文件）"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, publish, report; the exit status is 1 unless everything was acknowledged and taken."""
        folder, device, speed = DataFolder.from_environment(), options["device"], options["speed"]
        recording = self._read(options)
        readings, pace = recording.readings, speed
        if options["shift_to_now"]:
            readings = shifted(readings, now_ms=round(time.time() * 1000), speed=speed)
            pace = speed if speed == float("inf") else 1.0  # the times are those of sending now
        key = options["key"] or os.environ.get("ANWEI_DEVICE_KEY", "") or device_keys(folder).get(device, "")
        if not key:
            raise CommandError(_("没有设备 %s 的密钥；请用 --key 或 ANWEI_DEVICE_KEY 给出。") % device)
        started, since = time.monotonic(), round(time.time() * 1000)
        elsewhere = "ANWEI_MQTT" in os.environ  # a broker whose counts are out of our reach
        before = None if elsewhere else reject_counts(folder, device, since=since)
        try:
            outcome = replay(
                readings,
                listener=mqtt_listener(folder),
                device=device,
                key=key,
                tag=options["tag"],
                pace=pace,
                say=self._say,
            )
        except (NoBroker, NotConnected) as error:
            raise CommandError(str(error)) from None
        found = {
            "readings": f"{outcome.readings:,}",
            "messages": f"{outcome.messages:,}",
            "acknowledged": f"{outcome.acknowledged:,}",
            "bad": f"{len(recording.bad):,}",
            "seconds": f"{time.monotonic() - started:.1f}",
        }
        sentence = _(
            "已发布 %(readings)s 个读数（%(messages)s 条消息），已确认 %(acknowledged)s 条，"
            "坏行 %(bad)s，用时 %(seconds)s 秒"
        )
        self.stdout.write(sentence % found)
        if outcome.acknowledged < outcome.messages:
            raise CommandError(_("有 %d 条消息未获确认。") % (outcome.messages - outcome.acknowledged))
        after = None if before is None else reject_counts(folder, device, since=since)
        if before is None or after is None:
            self.stderr.write(_("没有核对是否有数据被拒收：请看“拒收与存疑数据”页。"))
        else:
            self._tell_refused(after - before)

    def _tell_refused(self, counts: Counter[Reason]) -> None:
        refused, marked = split(counts)
        if marked:
            self.stdout.write(_("其中已保存但加了标记的：%(words)s") % {"words": in_words(marked)})
        if refused:
            found = {"n": f"{sum(refused.values()):,}", "words": in_words(refused)}
            raise CommandError(_("有 %(n)s 个被拒收，没有保存：%(words)s。") % found)

    def _say(self, readings: int, acknowledged: int) -> None:
        found = {"readings": f"{readings:,}", "acknowledged": f"{acknowledged:,}"}
        self.stdout.write(_("已发布 %(readings)s 个读数，已确认 %(acknowledged)s 条消息") % found)

    def _read(self, options: dict[str, Any]) -> Recording:
        try:
            recording = read_recording(
                options["file"],
                zone=options["tz"],
                time_column=options["time_column"],
                value_column=options["value_column"],
            )
        except (BadRecording, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None
        for row in recording.bad[:SHOWN_BAD_ROWS]:
            found = {"number": row.number, "reason": row.reason}
            self.stderr.write(_("第 %(number)d 行跳过：%(reason)s") % found)
        if len(recording.bad) > SHOWN_BAD_ROWS:
            self.stderr.write(_("……另有 %d 行") % (len(recording.bad) - SHOWN_BAD_ROWS))
        if not recording.readings:
            raise CommandError(_("文件中没有可用的读数。"))
        return recording
