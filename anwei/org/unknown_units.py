"""A list names a unit that nobody has registered: a new one, or a known one written otherwise?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from anwei.org.models import Unit
from anwei.org.services.roster import unit_kind_of
from anwei.org.unit_names import near_units


def doubt_unknown_units(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Return for each new row of a roster why its unit is in doubt, "" where it is registered.

    An enterprise must stand in its own register first; another unit is registered with the row when somebody
    has looked at it. Only units that `person` sees are suggested.
    """
    known = set(Unit.objects.values_list("name", flat=True))
    unknown = list(dict.fromkeys(str(row["unit"]) for row in rows if row["unit"] not in known))
    near = near_units(unknown, person) if unknown else {}
    return ["" if row["unit"] in known else _sentence(row, near.get(str(row["unit"]), [])) for row in rows]


def doubt_alike_units(rows: Sequence[Mapping[str, Any]], person: Any) -> list[str]:
    """Return for each new unit which registered ones are named almost alike, "" where there is none."""
    near = near_units([str(row["name"]) for row in rows], person)
    return [_alike(near.get(str(row["name"]), [])) for row in rows]


def _alike(near: Sequence[str]) -> str:
    if not near:
        return ""
    return _("名称相近的单位已经登记：%(near)s；确认是另一个单位才写入") % {"near": _("、").join(near)}


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
    return _("单位“%(name)s”没有登记；确认名称无误才写入，将登记为%(kind)s") % words
