"""What a method found, in sentences that a person can check."""

from __future__ import annotations

from anwei.language import gettext as _
from anwei.methods.plant import PlantFinding
from anwei.methods.sensor import Facts

MOST_TAGS = 3


def of_sensor(facts: Facts) -> str:
    """Return why a row of one sensor is unusual."""
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


def of_plant(found: PlantFinding, n_normal: int) -> str:
    """Return why a row of a plant is unusual, and on how many normal rows that rests."""
    tags = "、".join(list(found.parts)[:MOST_TAGS])
    return _(
        "测点之间的关系与正常时不同（限值的 {ratio:.1f} 倍，依据 {n} 行正常数据）；主要是 {tags}"
    ).format(ratio=found.ratio, n=n_normal, tags=tags)
