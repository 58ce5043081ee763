"""责任真空 of monitoring: alarms whose warning waits, because no post exists that could answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anwei.monitoring.models import Alarm
from anwei.org.gaps import Gap, GapKind, cure, register_gap_source
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import Vacant, posts_for
from anwei.org.rights import may_arrange, may_fill
from anwei.org.roster import Roster
from anwei.org.scope import COUNTY_DIGITS
from anwei.standards.calendar import COUNTY_TIME


def waiting_warnings(roster: Roster) -> Iterator[Gap]:
    """Yield one gap an enterprise whose warnings wait; setting up the post opens them."""
    noon = datetime.combine(roster.on, time(12), COUNTY_TIME)
    rows = Alarm.objects.filter(waits=True).select_related("enterprise__unit").order_by("enterprise", "pk")
    of_enterprise: dict[int, list[Alarm]] = {}
    for alarm in rows:
        of_enterprise.setdefault(alarm.enterprise_id, []).append(alarm)
    for pk, alarms in of_enterprise.items():
        unit = alarms[0].enterprise.unit
        try:
            posts_for(alarms[0].enterprise, noon, held=False)
            reason = _("岗位已设，即将开启")
        except Vacant as vacant:
            reason = str(vacant)
        form, label, may_cure = _cure(unit, roster)
        yield Gap(
            GapKind.NO_HOLDER,
            f"waiting_warnings:{pk}",
            gettext_noop("%(n)d 起报警的预警没有发出，等待设岗。%(reason)s"),
            {"n": len(alarms), "reason": reason},
            form,
            label,
            may_cure,
            territory=unit.territory,
            sector=alarms[0].sector,
            enterprise=pk,
            unit=unit.pk,
        )


def _cure(unit: Unit, roster: Roster) -> tuple[Callable[[], str], str, Callable[[Person], bool]]:
    """Return the form that sets up the county's duty post where that is missing, else the enterprise."""
    county = unit.territory[:COUNTY_DIGITS]
    bodies = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT, territory=county)
    authority = bodies.filter(name__contains="应急管理").first() or bodies.order_by("pk").first()
    if roster.duty_posts(county) or authority is None:
        shown = partial(reverse, "unit", args=[unit.pk])
        return shown, gettext_noop("去设岗"), partial(may_arrange, unit=unit)
    post = Post(unit=authority, kind=Post.Kind.DUTY)
    appoint = partial(cure, "appoint", unit=authority.pk, kind=post.kind)
    return appoint, gettext_noop("设岗并任命"), partial(may_fill, post=post)


register_gap_source(waiting_warnings)
