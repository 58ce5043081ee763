"""A recording: readings with their times from a CSV file, in the file's own order, bad rows set aside."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

TIME_NAMES = ("timestamp", "time", "ts", "datetime", "date", "时间")
VALUE_NAMES = ("value", "reading", "数值", "值")
EARLIEST_MS = 100_000_000_000  # numbers below are seconds: 1973 in ms, the year 5138 in s


class BadRecording(ValueError):
    """The file cannot be read as a recording; the message says why."""


@dataclass(frozen=True)
class Reading:
    """One value at one time (ms since 1970 UTC)."""

    ts: int
    value: float


@dataclass(frozen=True)
class BadRow:
    """A row that holds no reading: its number in the file (the header is 1) and why."""

    number: int
    reason: str


@dataclass(frozen=True)
class Recording:
    """What a file held."""

    readings: list[Reading]
    bad: list[BadRow]


def read_recording(path: Path, *, zone: ZoneInfo, time_column: str = "", value_column: str = "") -> Recording:
    """Read a CSV file with a header; times without a zone are taken as of `zone`.

    Columns are found by their usual names, else the first is the time and the second the value. Raises
    BadRecording where the file has no header, or lacks a column that was asked for.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = next(rows, None)
        if not header or len(header) < 2:
            raise BadRecording(_("文件没有表头，或少于两列。"))
        time_index = _column(header, time_column, TIME_NAMES, 0)
        value_index = _column(header, value_column, VALUE_NAMES, 1)
        readings: list[Reading] = []
        bad: list[BadRow] = []
        for number, row in enumerate(rows, start=2):
            if not row:
                continue
            try:
                readings.append(Reading(_time(row[time_index], zone), _value(row[value_index])))
            except IndexError:
                bad.append(BadRow(number, _("列数不足")))
            except ValueError as error:
                bad.append(BadRow(number, str(error)))
    return Recording(readings, bad)


def _column(header: list[str], wanted: str, usual: tuple[str, ...], otherwise: int) -> int:
    names = [name.strip().lower() for name in header]
    if wanted:
        if wanted.strip().lower() not in names:
            found = {"wanted": wanted, "header": "、".join(header)}
            raise BadRecording(_("表头中没有“%(wanted)s”列；现有：%(header)s") % found)
        return names.index(wanted.strip().lower())
    return next((names.index(name) for name in usual if name in names), otherwise)


def _time(text: str, zone: ZoneInfo) -> int:
    """Return milliseconds since 1970 UTC of an ISO time or of a number of seconds or milliseconds."""
    text = text.strip()
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        if not math.isfinite(number):
            raise ValueError(_("时间不是数字：%s") % text[:40])
        return round(number if number >= EARLIEST_MS else number * 1000)
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise ValueError(_("时间无法识别：%s") % text[:40]) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return round(moment.timestamp() * 1000)


def _value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(_("数值无法识别：%s") % (text.strip()[:40] or _("空"))) from None
    if not math.isfinite(value):
        raise ValueError(_("数值不是有限数：%s") % text.strip()[:40])
    return value
