"""A list names a unit that nobody has registered: a new one, or a known one written otherwise?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from anwei.ledgers.declaration import seen
from anwei.org.models import Territory, Unit
from anwei.org.scope import COUNTY_DIGITS
from anwei.org.services.roster import unit_kind_of

COMMON = ("有限责任公司", "股份有限公司", "有限公司", "人民政府", "街道办事处", "政府")
N_NEAR, ALIKE = 3, 0.7  # two characters of three in common, in their order
N_ASKED = 200  # names that get suggestions: each is compared with every unit (some 20 ms at 5,000)


def doubt_unknown_units(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Return for each new row of a roster why its unit is in doubt, "" where it is not.

    An enterprise must stand in its own register first; another unit is in doubt where a known one is named
    almost alike, else it is registered with the row. Only units that `person` sees are suggested.
    """
    known = {name for pair in Unit.objects.values_list("name", "short_name") for name in pair if name}
    unknown = dict.fromkeys(str(row["unit"]) for row in rows if row["unit"] not in known)
    if not unknown:
        return [""] * len(rows)
    counties = [place.name for place in Territory.objects.all() if len(place.pk) == COUNTY_DIGITS]
    cores: dict[str, list[str]] = {}
    for unit in seen(Unit, person):
        cores.setdefault(_core(unit.name, counties), []).append(unit.name)
    near: dict[str, list[str]] = {}
    for name in list(unknown)[:N_ASKED]:
        found = get_close_matches(_core(name, counties), cores, n=N_NEAR, cutoff=ALIKE)
        near[name] = [unit for core in found for unit in cores[core]][:N_NEAR]
    return [
        _sentence(row, near.get(str(row["unit"]), [])) if str(row["unit"]) in unknown else "" for row in rows
    ]


def _sentence(row: Mapping[str, Any], near: list[str]) -> str:
    kind = row.get("unit_kind") or unit_kind_of(str(row["unit"]))
    words = {"name": row["unit"], "near": _("、").join(near), "kind": Unit.Kind(kind).label}
    if kind == Unit.Kind.ENTERPRISE:
        if near:
            return (
                _("企业“%(name)s”没有登记，名称相近的有：%(near)s；改成已登记的名称，或先在企业台账登记")
                % words
            )
        return _("企业“%(name)s”没有登记，须先在企业台账登记才能写入") % words
    if near:
        return (
            _("单位“%(name)s”没有登记，名称相近的有：%(near)s；确认是新单位才写入，将登记为%(kind)s") % words
        )
    return ""


def _core(name: str, counties: Sequence[str]) -> str:
    """Return what tells a name from others: without the county it begins with and its common ending."""
    county = next((county for county in counties if name.startswith(county)), "")
    core = name.removeprefix(county)
    ending = next((ending for ending in COMMON if core.endswith(ending)), "")
    return core.removesuffix(ending) or name
