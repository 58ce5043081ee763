"""What was found, in sentences that a person can check; `say` translates."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from anwei.language import gettext
from anwei.methods.sensor import Facts

HOUR, DAY = 60.0, 1440.0  # minutes

Say = Callable[[str], str]


def of_sensor(facts: Facts, say: Say = gettext, spacing: float = 0.0) -> str:
    """Return why a row of one sensor is unusual; `spacing`: minutes between two rows, 0 says rows."""
    _ = say
    words = {
        "value": f"{facts.value:.4g}",
        "usual": f"{facts.usual:.4g}",
        "deviation": f"{facts.deviation:.2g}",
        "days": facts.rows,
        "past": _past(facts.rows, spacing, say),
        "course": _past(facts.pattern, spacing, say),
    }
    if facts.part == "shape":
        return _("最近 {course}的走势在此前 {past}里没有见过").format(**words)
    if facts.part == "same_time":
        return _("现在是 {value}，前 {days} 天同一时刻的中位数是 {usual}").format(**words)
    if facts.part == "jump":
        return _("从 {usual} 一步变到 {value}，变化比平时大得多").format(**words)
    if facts.value >= facts.usual:
        return _("现在是 {value}，高于平时（前 {past}平均 {usual}，标准差 {deviation}）").format(**words)
    return _("现在是 {value}，低于平时（前 {past}平均 {usual}，标准差 {deviation}）").format(**words)


def _past(rows: int, spacing: float, say: Say) -> str:
    _ = say
    return span(rows * spacing, say) if spacing else _("{n} 行").format(n=rows)


def span(minutes: float, say: Say = gettext) -> str:
    """Return a length of time as people say it."""
    _ = say
    if minutes < 2 * HOUR:
        return _("{n} 分钟").format(n=f"{minutes:.0f}")
    if minutes < 2 * DAY:
        return _("{n} 小时").format(n=f"{minutes / HOUR:.0f}")
    return _("{n} 天").format(n=f"{minutes / DAY:.0f}")


class DriftFacts(NamedTuple):
    """Numbers for a sentence about a drift, as its last row has them; `slope` a minute.

    `lasted`: minutes of the rows it was fitted to; `ahead`: minutes looked ahead.
    """

    value: float
    limit: float
    slope: float
    lasted: float
    ahead: float


def of_drift(facts: DriftFacts, say: Say = gettext) -> str:
    """Return what the sensor does and what that leads to; when, is told beside it by the clock."""
    _ = say
    sentence = (
        _("最近 {lasted}持续上升，每分钟 {slope}，发现时 {value}，按此将达到限值 {limit}")
        if facts.slope > 0
        else _("最近 {lasted}持续下降，每分钟 {slope}，发现时 {value}，按此将达到限值 {limit}")
    )
    return sentence.format(
        lasted=span(facts.lasted, say),
        slope=f"{abs(facts.slope):.2g}",
        value=f"{facts.value:.4g}",
        limit=f"{facts.limit:.4g}",
    )
