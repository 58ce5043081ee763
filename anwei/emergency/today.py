"""What the ledger of accidents says about today, for the cockpit and the morning report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from anwei.cases.today import Sentence, contribute_today
from anwei.emergency.models import Accident
from anwei.emergency.services.months import COUNTED
from anwei.org.holdings import day_of
from anwei.org.models import Person, Post, Unit
from anwei.org.responsibility import Vacant, posts_for
from anwei.org.scope import COUNTY_DIGITS
from anwei.standards.accidents import AT_LEAST_LARGER

LOOK_BACK = timedelta(days=2)  # beside the day itself: what happened over a weekend is news on Monday


def _accidents(person: Person, now: datetime) -> Iterator[Sentence]:
    """Tell the gravest accident of the last days, and how many there were."""
    rows = Accident.objects.visible_to(person).filter(COUNTED, happened_on__gte=day_of(now) - LOOK_BACK)
    gravest = (
        rows.select_related("enterprise__unit")
        .order_by("-deaths", "-missing", "-serious_injuries", "-pk")
        .first()
    )
    if gravest is None:
        return
    text = format_html(
        _("{unit} {day} 发生{type}：死亡 <b>{deaths}</b> 人{missing}、重伤 {injured} 人，{grade}（{facts}）"),
        unit=gravest.enterprise or gravest.unit_name or gravest.place,
        day=f"{gravest.happened_on:%m-%d}",
        type=gravest.type_name,
        deaths=gravest.deaths,
        missing=_("、下落不明 %(n)d 人") % {"n": gravest.missing} if gravest.missing else "",
        injured=gravest.serious_injuries,
        grade=gravest.get_grade_display(),
        facts=gravest.get_facts_display(),
    )
    if (n := rows.count()) > 1:
        text += format_html(_("；近 3 天共 <b>{n}</b> 起事故"), n=n)
    is_grave = gravest.deaths or gravest.missing or gravest.grade in AT_LEAST_LARGER
    yield Sentence(
        "red" if is_grave else "orange",
        format_html("{}{}", text, _("。")),
        reverse("accident", args=[gravest.pk]),
        None,
        gravest.enterprise_id,
        *_whom(gravest, now),
    )


def _whom(accident: Accident, now: datetime) -> tuple[Post | None, Post | None]:
    """Return whom to call: the enterprise's supervisor, then itself; else the county's duty desk."""
    if accident.enterprise is not None:
        with suppress(Vacant):
            posts = posts_for(accident.enterprise, now)
            return posts.supervisor, posts.implementer
    desks = Post.objects.filter(unit__kind=Unit.Kind.COMMITTEE_OFFICE, kind=Post.Kind.DUTY)
    of_county = desks.filter(unit__territory=accident.territory[:COUNTY_DIGITS], unit__closed_on=None)
    return of_county.select_related("unit").order_by("pk").first(), None


contribute_today(_accidents)
