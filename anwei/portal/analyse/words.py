"""What a method found, in sentences that a person can check."""

from __future__ import annotations

from anwei.language import gettext as _
from anwei.methods.plant import PlantFinding

MOST_TAGS = 3


def of_plant(found: PlantFinding, n_normal: int) -> str:
    """Return why a row of a plant is unusual, and on how many normal rows that rests."""
    tags = "、".join(list(found.parts)[:MOST_TAGS])
    return _(
        "测点之间的关系与正常时不同（限值的 {ratio:.1f} 倍，依据 {n} 行正常数据）；主要是 {tags}"
    ).format(ratio=found.ratio, n=n_normal, tags=tags)
