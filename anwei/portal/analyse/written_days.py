"""Days written in numbers, and whether 03/04/2020 is of April."""

from __future__ import annotations

import re
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from anwei.language import gettext as _

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK = r"(?:[T\s]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}(?:[.,]\d+)?))?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + CLOCK)
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + CLOCK)
DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.")


def add_day_first(parser: ArgumentParser) -> None:
    """Add the option by which people say whether 03/04/2020 is of April: None where they do not."""
    parser.add_argument(
        "--day-first",
        action=BooleanOptionalAction,
        help=_("03/04/2020 是 4 月 3 日；--no-day-first：是 3 月 4 日；都不写则看数据"),
    )


def by_number(cells: Sequence[str]) -> bool | None:
    """Say whether 03/04/2012 is of April: some first number is too great for a month; None if none is."""
    found = [one for cell in cells if (one := YEAR_LAST.fullmatch(cell))]
    if any(int(one[1]) > 12 for one in found):
        return True
    return False if any(int(one[2]) > 12 for one in found) else None


def by_midnight(cells: Sequence[str]) -> bool | None:
    """Say so by the first two rows of different days between which, one way alone, lies less than a day.

    Rows behind them decide nothing, so that a tail cut off changes no time before it.
    """
    for one, other in pairwise(map(YEAR_LAST.fullmatch, cells)):
        if one is None or other is None or one.groups()[:3] == other.groups()[:3]:
            continue
        if (near := _is_near(one, other, True)) != _is_near(one, other, False):
            return near
    return None


def _is_near(one: re.Match[str], other: re.Match[str], is_day_first: bool) -> bool:
    try:
        return abs(year_last(other, is_day_first) - year_last(one, is_day_first)) < 1
    except ValueError:
        return False


def year_last(found: re.Match[str], is_day_first: bool) -> float:
    """Return what YEAR_LAST found in days since 1970. Raises ValueError."""
    first, second, year, *clock = found.groups()
    month, day = (second, first) if is_day_first else (first, second)
    return day_in((year, month, day, *clock))


def day_in(parts: Sequence[str | None]) -> float:
    """Return what year, month, day and the groups of CLOCK tell in days since 1970. Raises ValueError."""
    year, month, day, hour, minute, second, half, zone = parts
    at = datetime(int(year or 0), int(month or 0), int(day or 0), tzinfo=UTC)
    of_day = int(hour or 0)
    if half:
        of_day = of_day % 12 + (12 if half.lower() == "pm" else 0)
    at += timedelta(
        hours=part(of_day, 0, 24), minutes=int(minute or 0), seconds=float((second or "0").replace(",", "."))
    )
    if zone and zone != "Z":
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        at -= away if zone[0] == "+" else -away
    return (at - EPOCH) / timedelta(days=1)


def part(value: int, least: int, most: int) -> int:
    """Return a value between two. Raises ValueError."""
    if not least <= value <= most:
        raise ValueError(value)
    return value
