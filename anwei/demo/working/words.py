"""What invented people write down, drawn from the table of hazards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from anwei.demo.tables import table


@dataclass(frozen=True)
class Defect:
    """What may be wrong somewhere; `item` is of the checklist, `major` a criterion of 重大 or ""."""

    sector: str
    item: str
    place: str
    what: str
    asked: str
    done: str
    major: str = ""


@cache
def defects_of(sector: str) -> tuple[Defect, ...]:
    """Return what is found in plants of a sector."""
    return tuple(Defect(**row) for row in table("hazards")["defect"] if row["sector"] == sector)


def words(kind: str, chance: Random, n: int = 1) -> str:
    """Return `n` different sentences of a kind, joined."""
    return "，".join(chance.sample(table("hazards")["words"][kind], n))
