"""What was found, in sentences that a person can check; `say` translates."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from anwei.language import gettext
from anwei.methods.sensor import Facts

Say = Callable[[str], str]


def of_sensor(facts: Facts, say: Say = gettext) -> str:
    """Return why a row of one sensor is unusual."""
    _ = say
    words = {
        "value": f"{facts.value:.4g}",
        "usual": f"{facts.usual:.4g}",
        "deviation": f"{facts.deviation:.2g}",
        "rows": facts.rows,
        "pattern": facts.pattern,
    }
    if facts.part == "shape":
        return _("最近 {pattern} 行的走势在此前 {rows} 行里没有见过").format(**words)
    if facts.part == "same_time":
        return _("现在是 {value}，前 {rows} 天同一时刻的中位数是 {usual}").format(**words)
    if facts.part == "jump":
        return _("从 {usual} 一步变到 {value}，变化比平时大得多").format(**words)
    if facts.value >= facts.usual:
        return _("现在是 {value}，高于平时（前 {rows} 行平均 {usual}，标准差 {deviation}）").format(**words)
    return _("现在是 {value}，低于平时（前 {rows} 行平均 {usual}，标准差 {deviation}）").format(**words)


class DriftFacts(NamedTuple):
    """Numbers for a sentence about a drift; `slope` a minute, times in minutes from now."""

    value: float
    limit: float
    slope: float
    likely: float
    earliest: float
    latest: float
    rows: int


def of_drift(facts: DriftFacts, say: Say = gettext) -> str:
    """Return why a limit is expected to be reached."""
    _ = say
    value, limit, slope, likely, earliest, latest, rows = facts
    sentence = (
        _("最近 {rows} 行持续上升，每分钟 {slope}；现在 {value}，按此约 {likely} 分钟后到达限值 {limit}")
        if slope > 0
        else _("最近 {rows} 行持续下降，每分钟 {slope}；现在 {value}，按此约 {likely} 分钟后到达限值 {limit}")
    )
    sentence += (
        _("（{earliest} 至 {latest} 分钟）") if latest <= FAR_MINUTES else _("（最早 {earliest} 分钟）")
    )
    return sentence.format(
        rows=rows,
        slope=f"{abs(slope):.2g}",
        value=f"{value:.4g}",
        limit=f"{limit:.4g}",
        likely=f"{likely:.0f}",
        earliest=f"{earliest:.0f}",
        latest=f"{latest:.0f}",
    )


FAR_MINUTES = 24 * 60.0  # a latest time beyond it says nothing
