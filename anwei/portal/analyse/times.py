"""Times of a table as numbers, however written: dates, months, quarters, weeks, years, counts, stamps."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np

from anwei.language import gettext as _
from anwei.methods.ranking.earlier import Floats
from anwei.portal.analyse.written_days import (
    CLOCK,
    DOTTED,
    EPOCH,
    YEAR_FIRST,
    YEAR_LAST,
    by_midnight,
    by_number,
    day_in,
    part,
    year_last,
)

DAY, WEEK, MONTH, QUARTER, YEAR, COUNT = "day", "week", "month", "quarter", "year", "count"
CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}
ALONE = re.compile(r"\d{1,2}:\d{2}.*|\d{1,2}\.\d{2}\.\d{2}")  # a clock in a column of its own
NAMED = re.compile(r"(\S.*?\D.*?)" + CLOCK)  # 28-Feb-2024 12:00:00
QUARTERS = (
    re.compile(r"(?P<y>\d{4})\s*[-/年]?\s*[Qq]\s*(?P<q>[1-4])"),
    re.compile(r"[Qq](?P<q>[1-4])\s*[-/]?\s*(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})\s*年?\s*[-/]?\s*第?(?P<q>[1-4一二三四])季度?"),
)
MONTHS = re.compile(r"(\d{4})\s*(?:[-/.年]|[Mm])\s*(\d{1,2})月?")
WEEKS = re.compile(r"(\d{4})\s*[-/年]?\s*(?:[Ww]|第)(\d{1,2})周?")
YEARS = re.compile(r"(\d{4})年")
NAMED_DAYS = [
    f"{day}{gap}{month}{gap}{year}"
    for gap, day, month, year in product(("-", " ", "/"), ("%d",), ("%b", "%B"), ("%Y", "%y"))
] + ["%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"]
NAMED_MONTHS = ["%b %Y", "%B %Y", "%b-%Y", "%B-%Y", "%b-%y"]
MONTH_NAMES, QUARTER_NAMES = ("月", "month"), ("季", "quarter")


class UnreadTime(ValueError):
    """The time of row `row` (from 0) cannot be read, or is written as no other."""

    def __init__(self, row: int) -> None:
        super().__init__(f"row {row}")
        self.row = row


@dataclass(frozen=True)
class Times:
    """Times as numbers in one unit.

    `doubtful`: a cell of them that may be of another month, for no row says whether the day stands first; it
    was read as `is_day_first` says.
    """

    values: Floats
    unit: str
    is_day_first: bool = False
    doubtful: str = ""

    def remarks(self, file: Path) -> list[str]:
        """Return what was taken for granted, for people."""
        if not self.doubtful:
            return []
        read = _("日/月/年") if self.is_day_first else _("月/日/年")
        told = _(
            "{file} 的时间 {cell} 按{read}读：没有一行大于 12 的日；可用 --day-first 或 --no-day-first 写明"
        )
        return [told.format(file=file.name, cell=self.doubtful, read=read)]


Moment = tuple[str, float]


def times_of(
    columns: Sequence[Sequence[str]], names: Sequence[str], first: int, is_day_first: bool | None = None
) -> Times:
    """Return the times that one column tells, or several together (year, quarter). Raises UnreadTime.

    The `first` rows decide how times are written; later ones must be written likewise. `is_day_first`:
    whether 03/04/2020 is of April; None: the rows tell.
    """
    if len(columns) == 1:
        return _single(columns[0], first, is_day_first)
    if len(columns) == 2 and any(ALONE.fullmatch(cell) for cell in columns[1][:1]):
        together = [f"{day} {clock}" for day, clock in zip(*columns, strict=True)]
        return _single(together, first, is_day_first)
    parts = [_single(column, first, is_day_first) for column in columns]
    if parts[0].unit == YEAR and (found := _of_year(parts, names, first)):
        return found
    values = np.unique(np.column_stack([part.values for part in parts]), axis=0, return_inverse=True)[1]
    doubtful = next((part for part in parts if part.doubtful), parts[0])
    return replace(doubtful, values=values.ravel().astype(float), unit=COUNT)


def _of_year(parts: Sequence[Times], names: Sequence[str], first: int) -> Times | None:
    year, within = parts[0].values, parts[1].values
    least, most, name = within[:first].min(), within[:first].max(), names[1].lower()
    if least < 1 or (within % 1).any():
        return None
    if len(parts) == 3 and most <= 12 and _is_within(parts[2].values[:first], 31):
        days = zip(year, within, parts[2].values, strict=True)
        return _single([f"{y:.0f}-{m:.0f}-{d:.0f}" for y, m, d in days], first)
    if len(parts) != 2:
        return None
    is_month = any(word in name for word in MONTH_NAMES)
    if most <= 4 and not is_month:
        return Times(year * 4 + within - 1, QUARTER)
    if most <= 12 and not any(word in name for word in QUARTER_NAMES):
        return Times(year * 12 + within - 1, MONTH)
    return None


def _is_within(values: Floats, most: int) -> bool:
    return bool(values.min() >= 1 and values.max() <= most and not (values % 1).any())


def _single(cells: Sequence[str], first: int, is_day_first: bool | None = None) -> Times:
    plain = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
    deciding, kinds = sorted(set(plain[:first])), sorted(set(plain))
    doubtful = ""
    if is_day_first is None:
        is_day_first = by_number(deciding)
    if is_day_first is None:
        is_day_first = by_number(kinds)
    if is_day_first is None:
        doubtful = next((cell for cell in plain if YEAR_LAST.fullmatch(cell)), "")
        is_day_first = by_midnight(plain[:first])
    if is_day_first is None:  # with full stops the day stands first wherever they are used
        is_day_first = any(DOTTED.match(cell) for cell in deciding)
    read: dict[str, Moment | None] = {cell: _written(cell, is_day_first) for cell in kinds}
    if all(one is None or one[0] == COUNT for one in read.values()):
        read = _counted(read, deciding)
    units = [one[0] if (one := read[cell]) else "" for cell in plain]
    for row, unit in enumerate(units):
        if not unit or unit != units[0]:
            raise UnreadTime(row)
    values = np.array([one[1] for cell in plain if (one := read[cell])])
    return Times(values, units[0], is_day_first, doubtful)


def day_of(cell: str, *, is_day_first: bool = False) -> float | None:
    """Return the day that a cell tells (days since 1970, with the time of day), None for anything else."""
    found = _written(unicodedata.normalize("NFKC", cell).strip(), is_day_first)
    return found[1] if found and found[0] == DAY else None


def _written(cell: str, is_day_first: bool) -> Moment | None:
    try:
        return COUNT, _finite(float(cell))
    except ValueError:
        pass
    for pattern, unit, read in _PATTERNS:
        if found := pattern.fullmatch(cell):
            try:
                return unit, read(found, is_day_first)
            except ValueError:
                return None
    try:
        at = datetime.fromisoformat(cell)  # the forms without dashes: 20200101T0005
    except ValueError:
        return _named(cell)
    return DAY, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) / timedelta(days=1)


def _quarter(found: re.Match[str], _is_day_first: bool) -> float:
    quarter = found["q"]
    return int(found["y"]) * 4 + (CHINESE.get(quarter) or int(quarter)) - 1


def _month(found: re.Match[str], _is_day_first: bool) -> float:
    return int(found[1]) * 12 + part(int(found[2]), 1, 12) - 1


def _week(found: re.Match[str], _is_day_first: bool) -> float:
    return _days(date.fromisocalendar(int(found[1]), int(found[2]), 1)) / 7


_PATTERNS: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str], bool], float]], ...] = (
    (YEAR_FIRST, DAY, lambda found, _is_day_first: day_in(found.groups())),
    (YEAR_LAST, DAY, year_last),
    *((pattern, QUARTER, _quarter) for pattern in QUARTERS),
    (MONTHS, MONTH, _month),
    (WEEKS, WEEK, _week),
    (YEARS, YEAR, lambda found, _is_day_first: float(found[1])),
)


def _named(cell: str) -> Moment | None:
    found = NAMED.fullmatch(cell)
    named = _named_day(found[1]) if found else None
    if found is None or named is None:
        return None
    at, is_day = named
    if is_day:
        return DAY, day_in((str(at.year), str(at.month), str(at.day), *found.groups()[1:]))
    return (MONTH, at.year * 12 + at.month - 1) if found[2] is None else None


@lru_cache(10_000)
def _named_day(words: str) -> tuple[date, bool] | None:
    for form in (*NAMED_DAYS, *NAMED_MONTHS):
        try:
            return datetime.strptime(words, form).replace(tzinfo=UTC).date(), form in NAMED_DAYS
        except ValueError:
            continue
    return None


def _counted(read: dict[str, Moment | None], deciding: Sequence[str]) -> dict[str, Moment | None]:
    """Read plain numbers as what they all can be: 2012, 201203, 20121 (quarter), 20120315, stamps."""
    for unit, convert in PACKED:
        made = {cell: _converted(one, unit, convert) for cell, one in read.items()}
        if all(made[cell] or not read[cell] for cell in deciding):
            return made
    return read


def _converted(one: Moment | None, unit: str, convert: Callable[[int], float]) -> Moment | None:
    if one is None or one[1] % 1:
        return None
    try:
        return unit, float(convert(int(one[1])))
    except (ValueError, OverflowError):
        return None


def _year(value: int) -> int:
    if not 1900 <= value <= 2100:
        raise ValueError(value)
    return value


def _packed_day(value: int) -> float:
    return _days(date(_year(value // 10_000), value // 100 % 100, value % 100))


def _packed_moment(value: int) -> float:
    """Read 202001010005 and 20200101000500."""
    if value < 10**13:
        value *= 100
    of_day = part(value // 10_000 % 100, 0, 24) * 3600
    of_day += part(value // 100 % 100, 0, 59) * 60 + part(value % 100, 0, 60)
    return _packed_day(value // 10**6) + of_day / 86_400


PACKED: tuple[tuple[str, Callable[[int], float]], ...] = (
    (YEAR, _year),
    (MONTH, lambda value: _year(value // 100) * 12 + part(value % 100, 1, 12) - 1),
    (QUARTER, lambda value: _year(value // 10) * 4 + part(value % 10, 1, 4) - 1),
    (DAY, _packed_day),
    (DAY, lambda value: part(value, 10**8 * 5, 10**10 // 2) / 86_400),  # seconds since 1970
    (DAY, lambda value: part(value, 10**11 * 5, 10**13 // 2) / 86_400_000),  # milliseconds
    (DAY, lambda value: part(value, 10**14 * 5, 10**16 // 2) / 86_400_000_000),  # microseconds
    (DAY, lambda value: part(value, 10**17 * 5, 10**19 // 2) / 86_400_000_000_000),  # nanoseconds
    (DAY, _packed_moment),
)


def _days(at: date) -> float:
    return float((at - EPOCH.date()).days)


def _finite(value: float) -> float:
    if not np.isfinite(value):
        raise ValueError(value)
    return value
