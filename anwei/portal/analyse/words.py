"""What a method found, in sentences that a person can check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from anwei.language import gettext as _
from anwei.methods.plant import PlantFinding
from anwei.methods.plant_normal import IMPOSSIBLE, NormalRows

MOST_TAGS = 3


def of_plant(found: PlantFinding, n_normal: int) -> str:
    """Return why a row of a plant is unusual, and on how many normal rows that rests."""
    tags = "、".join(list(found.parts)[:MOST_TAGS])
    return _(
        "测点之间的关系与正常时不同（限值的 {ratio:.1f} 倍，依据 {n} 行正常数据）；主要是 {tags}"
    ).format(ratio=found.ratio, n=n_normal, tags=tags)


def of_normal(names: Sequence[str], normal: NormalRows) -> Iterator[str]:
    """Yield what of the normal rows could not be learned as it stands."""
    for tag in normal.missing.tolist():
        yield _("列 {column} 在正常数据里大多没有数值，不参与").format(column=names[tag])
    for tag in normal.still.tolist():
        yield _("列 {column} 在正常数据里几乎没有变化，不参与").format(column=names[tag])
    for tag in np.flatnonzero(normal.n_errors).tolist():
        yield _("列 {column} 有 {n} 个正常数据离中位数超过 {far:.0f} 倍偏差，按没有数值处理").format(
            column=names[tag], n=int(normal.n_errors[tag]), far=IMPOSSIBLE
        )
