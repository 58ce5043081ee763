"""The conditions of an accident or a hazard, by which others are found: only what its record says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.emergency.models import Accident
from anwei.hazards.models import Hazard
from anwei.sites.models import Chemical, Equipment, Process
from anwei.standards.accidents import type_name
from anwei.standards.hazards.criteria import criterion, industries
from anwei.standards.sectors import sectors

CHEMICAL, EQUIPMENT, PROCESS, CLAUSE, TYPE = "chemical", "equipment", "process", "clause", "type"
SECTOR, APPLIES = "sector", "applies"  # the sector itself; the sectors to which a clause applies
LABELS = {
    CHEMICAL: gettext_lazy("危险化学品"),
    EQUIPMENT: gettext_lazy("设备设施"),
    PROCESS: gettext_lazy("工艺、作业"),
    CLAUSE: gettext_lazy("判定条款"),
    TYPE: gettext_lazy("事故类型"),
    SECTOR: gettext_lazy("同行业"),
    APPLIES: gettext_lazy("条款适用的行业"),
}
WORKS = (  # special work by GB 30871-2022 ch. 4, and what 工贸 calls by other names (应急管理部令第13号)
    *("动火", "受限空间", "有限空间", "盲板抽堵", "高处作业", "吊装", "临时用电", "动土", "断路"),
    *("粉尘", "爆破"),
)
SAME_WORK = ({"灌装", "充装"},)  # one work by its names
SHORTEST = (
    2  # characters of a name that is looked for in a text; chemicals of one (氨, 氯) are looked up whole
)
_PARTS = re.compile(r"[、，,;；\n/]+")


@dataclass(frozen=True)
class Condition:
    """One thing that others may have too; `value` is a name, or the code of a clause or type."""

    kind: str
    value: str

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"{self.kind}:{self.value}"

    @property
    def label(self) -> str:
        """What kind of thing it is."""
        return str(LABELS[self.kind])

    @property
    def words(self) -> str:
        """What it is, for people."""
        if self.kind == TYPE:
            return type_name(self.value)
        if self.kind == CLAUSE:
            return f"{self.value} {criterion(self.value).text}"
        if self.kind in {SECTOR, APPLIES}:
            return str(_("、").join(_(sectors()[code].name) for code in self.sectors))
        return self.value

    @property
    def sectors(self) -> tuple[str, ...]:
        """The codes of the sectors that it asks for; none where it asks for something else."""
        if self.kind == APPLIES:
            return criterion(self.value).sectors
        return (self.value,) if self.kind == SECTOR else ()


def condition(key: str) -> Condition | None:
    """Return the condition that an address names, None where there is no such thing."""
    kind, _colon, value = key.partition(":")
    value = value.strip()[:60]
    if kind not in LABELS or not value:
        return None
    try:
        Condition(kind, value).words  # noqa: B018  a code that is in no standard raises
    except KeyError:
        return None
    return Condition(kind, value)


def conditions_of_accident(accident: Accident) -> list[Condition]:
    """Return what the ledger says: each chemical, piece of equipment, process, clause, type and sector."""
    found = [Condition(CHEMICAL, one) for one in _parted(accident.chemicals)]
    found += [Condition(EQUIPMENT, one) for one in _parted(accident.equipment)]
    found += [Condition(PROCESS, one) for one in _parted(accident.process)]
    found += [Condition(CLAUSE, accident.criterion)] if accident.criterion else []
    found += [Condition(TYPE, accident.type)]
    found += [Condition(SECTOR, accident.sector)] if accident.sector else []
    return [*dict.fromkeys(found)]


def conditions_of_hazard(hazard: Hazard) -> list[Condition]:
    """Return its clause and to whom it applies, and what its description names: of registers, of works.

    A clause of every sector narrows nothing: there, and without a clause, it is the hazard's own sector.
    Only whole names in its own words: whatever is not written there is not looked for.
    """
    text = f"{hazard.description}\n{hazard.place}"
    found = [Condition(CLAUSE, hazard.criterion)] if hazard.criterion else []
    for kind, names in (
        (CHEMICAL, Chemical._base_manager.values_list("name", flat=True)),
        (EQUIPMENT, Equipment._base_manager.exclude(kind="").values_list("kind", flat=True)),
        (PROCESS, Process._base_manager.exclude(regulated="").values_list("regulated", flat=True)),
    ):
        found += [Condition(kind, name) for name in _named(text, names.order_by().distinct())]
    found += [Condition(PROCESS, name) for name in _named(text, WORKS)]
    industry = industries()[criterion(hazard.criterion).industry] if hazard.criterion else None
    if industry is not None and industry.sectors and not industry.every_sector:
        found.append(Condition(APPLIES, hazard.criterion))
    elif hazard.sector:
        found.append(Condition(SECTOR, hazard.sector))
    return [*dict.fromkeys(found)]


def typed(told: Any) -> list[Condition]:
    """Return the conditions of a form: names parted by 、, codes of a clause and of a type."""
    keys = [
        f"{kind}:{one}"
        for kind in (CHEMICAL, EQUIPMENT, PROCESS)
        for one in _parted(told.get(kind, "")[:200])
    ]
    keys += [f"{CLAUSE}:{told.get(CLAUSE, '').strip().upper()}", f"{TYPE}:{told.get(TYPE, '')}"]
    return [one for one in map(condition, dict.fromkeys(keys)) if one is not None]


def _parted(text: str) -> list[str]:
    return [one.strip() for one in _PARTS.split(text) if one.strip()]


def _named(text: str, names: Iterable[str]) -> Sequence[str]:
    """Return the names in a text, those alone that are no part of another that is there too."""
    there = [name for name in names if len(name) >= SHORTEST and name in text]
    return sorted(name for name in there if not any(name != other and name in other for other in there))
