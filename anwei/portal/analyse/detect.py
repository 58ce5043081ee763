"""`anwei analyse detect FILE.csv`: score each row of one sensor, or of many sensors of one plant."""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anwei.language import gettext as _
from anwei.methods.plant import TooFew
from anwei.methods.plant_detector import PlantDetector
from anwei.methods.plant_normal import NothingMoves
from anwei.methods.same_time import DAY
from anwei.methods.sensor import Reading, SensorDetector
from anwei.monitoring.detect.words import of_sensor
from anwei.portal.analyse.files import Unreadable, spare, write
from anwei.portal.analyse.tables import Table, read
from anwei.portal.analyse.words import of_normal, of_plant
from anwei.portal.analyse.written_days import add_day_first

HEADER = ("row", "raw", "score", "alarm", "columns", "reason")
WORTH_WORDS = 0.9  # of the score in [0, 1], for rows without an alarm
MOST_NAMED = 5  # columns

Row = tuple[float, float, bool, list[str], str]


def main(words: Sequence[str]) -> int:
    """Write one row for each row of the file. Raises Unreadable."""
    options = _options(words)
    names, time = (
        [name.strip() for name in of.split(",") if name.strip()] for of in (options.values, options.time)
    )
    if not names or len(set(names)) < len(names):
        raise Unreadable(_("--values 要写不重复的列名"))
    spare(options.out, [options.file, *options.calibrate])
    table = read(options.file, names, time, options.day_first)
    normal = [read(file, names, time, options.day_first) for file in options.calibrate]
    if options.calibrate_rows:
        n = options.calibrate_rows
        if n >= len(table.values):
            raise Unreadable(_("--calibrate-rows 不能多于文件的 {n} 行").format(n=len(table.values)))
        normal = [table.first(n)]
    for sentence in (remark for one in (table, *normal) for remark in one.remarks):
        sys.stderr.write(f"{sentence}\n")
    if len(names) > 1 and normal:
        rows = _plant(names, table, normal, options.margin)
    else:
        rows = _sensors(names, table, [] if options.calibrate_rows else normal)
    write(
        options.out,
        HEADER,
        [
            (n, f"{raw:.6g}", f"{score:.9f}", int(alarm), "|".join(columns), reason)
            for n, (raw, score, alarm, columns, reason) in sorted(
                zip(table.rows.tolist(), rows, strict=True), key=itemgetter(0)
            )
        ],
    )
    return 0


def _options(words: Sequence[str]) -> Namespace:
    parser = ArgumentParser(
        "anwei analyse detect", description=_("逐行打分：一个测点，或者一套装置的多个测点。")
    )
    parser.add_argument("file", type=Path, help=_("CSV 文件，第一行是列名"))
    parser.add_argument(
        "--time", default="", help=_("时间列；由几列组成的用逗号分隔，如 Date,Time；没有则按行号")
    )
    add_day_first(parser)
    parser.add_argument("--values", required=True, help=_("数值列，逗号分隔"))
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--calibrate", type=Path, nargs="+", default=[], help=_("正常时的数据，一个或者多个文件")
    )
    group.add_argument("--calibrate-rows", type=_rows, default=0, help=_("文件开头多少行是正常的"))
    parser.add_argument("--margin", type=_margin, default=1.0, help=_("装置限值的放宽倍数，默认 1"))
    parser.add_argument("-o", "--out", type=Path, required=True, help=_("结果文件"))
    return parser.parse_args(words)


def _rows(word: str) -> int:
    if (n := int(word)) < 1:
        raise ArgumentTypeError(_("至少 1 行"))
    return n


def _margin(word: str) -> float:
    margin = float(word)
    if not (math.isfinite(margin) and margin > 0):
        raise ArgumentTypeError(_("要大于 0"))
    return margin


def _plant(names: Sequence[str], table: Table, normal: Sequence[Table], margin: float) -> Iterator[Row]:
    """Score the rows of a plant; the score is ratio/(1 + ratio) of statistic and limit: one half at it."""
    try:
        detector = PlantDetector(names, margin).calibrate([run.values for run in normal])
    except TooFew as error:
        raise Unreadable(_("样本不足：至少要 {n} 行正常数据").format(n=error.needed)) from error
    except NothingMoves as error:
        raise Unreadable(_("正常数据里没有一列既有数值又有变化")) from error
    for sentence in of_normal(names, detector.normal):
        sys.stderr.write(f"{sentence}\n")
    for row in table.values:
        found = detector.step(row)
        columns = list(found.parts)[:MOST_NAMED]
        reason = of_plant(found, detector.n_normal) if found.alarm else ""
        yield found.ratio, found.ratio / (1 + found.ratio), found.alarm, columns, reason


def _sensors(names: Sequence[str], table: Table, normal: Sequence[Table]) -> Iterator[Row]:
    """Score each column by itself and give each row its most unusual one."""
    detectors = [SensorDetector() for _name in names]
    for times, run in _before(table.times[0], normal):
        for at, values in zip(times, run, strict=True):
            for detector, value in zip(detectors, values, strict=True):
                detector.learn_one(Reading(at, value))
    for at, values in zip(table.times, table.values, strict=True):
        readings = [Reading(float(at), float(value)) for value in values]
        found = [detector.score_one(row) for detector, row in zip(detectors, readings, strict=True)]
        order = sorted(range(len(names)), key=lambda i: (not found[i].alarm, -found[i].score))
        first = order[0]
        reason = ""
        if found[first].alarm or found[first].score >= WORTH_WORDS:
            reason = of_sensor(detectors[first].explain(readings[first]))
            reason = f"{names[first]}：{reason}" if len(names) > 1 else reason
        for detector, row in zip(detectors, readings, strict=True):
            detector.learn_one(row)
        columns = [names[i] for i in order[:MOST_NAMED] if found[i].raw > 0]
        yield found[first].raw, found[first].score, found[first].alarm, columns, reason


def _before(end: float, normal: Sequence[Table]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return times and values of normal rows in the order of time, each file ending before the next begins.

    They are moved by whole days, so that the time of day stays.
    """
    found = []
    for run in sorted(normal, key=lambda run: float(run.times[0]), reverse=True):
        days = math.ceil(max(0.0, run.times[-1] - end + 1) / DAY)
        times = run.times - days * DAY
        found.append((times, run.values))
        end = times[0]
    return found[::-1]
