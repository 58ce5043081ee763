"""Which planned visits of several bodies to one enterprise should be one (综合查一次)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from anwei.hazards.models import State, Visit
from anwei.hazards.planning.capping import own_figures
from anwei.org.models import Person
from anwei.sites.models import Enterprise
from anwei.standards.inspections.rules import figure


@dataclass(frozen=True)
class Proposal:
    """Visits to one enterprise within the days that make them one, the earliest first."""

    enterprise: Enterprise
    visits: tuple[Visit, ...]

    @property
    def keys(self) -> str:
        """Their primary keys, as the form sends them."""
        return ",".join(str(visit.pk) for visit in self.visits)


def proposals(person: Person) -> list[Proposal]:
    """Return what a person may see of visits that should be one."""
    rows = Visit.objects.visible_to(person).filter(begun_at=None, cancelled_at=None, enterprise__isnull=False)
    rows = rows.select_related("enterprise__unit", "body").prefetch_related("bodies")
    days = timedelta(days=figure("merge_days", own_figures()))
    found = []
    ordered = rows.order_by("enterprise", "announced", "planned_on", "pk")
    for _key, group in groupby(ordered, key=lambda visit: (visit.enterprise_id, visit.announced)):
        near: list[Visit] = []
        for visit in group:
            if near and visit.planned_on - near[0].planned_on > days:
                found.append(near)
                near = []
            near.append(visit)
        found.append(near)
    return [
        Proposal(near[0].enterprise, tuple(near))
        for near in found
        if near[0].enterprise is not None
        and len(near) > 1
        and len({unit.pk for visit in near for unit in visit.bodies.all()}) > 1
    ]


def may_be_one(visits: Sequence[Visit]) -> str:
    """Return the sentence why planned visits, the earliest first, cannot be one; "" where they can."""
    if len(visits) < 2:
        return _("合并须有两次以上的检查。")
    if any(visit.state != State.PLANNED for visit in visits):
        return _("已经开始或者取消的检查不能合并。")
    if len({visit.enterprise_id for visit in visits}) > 1 or visits[0].enterprise_id is None:
        return _("只能合并对同一企业的检查。")
    if len({visit.announced for visit in visits}) > 1:
        return _("事先告知的和不告知的检查不能合并。")
    days = figure("merge_days", own_figures())
    if (visits[-1].planned_on - visits[0].planned_on).days > days:
        return _("日期相隔超过 %(n)d 天，不能合并为一次。") % {"n": days}
    return ""
