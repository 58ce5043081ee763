"""What waits of the statistics of hazards: a plant's head reports them, its regulator asks for them.

安全生产事故隐患排查治理暂行规定 第14条: by the 15th after a quarter, by 31 January after a year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anwei.cases.clocks import county_calendar
from anwei.cases.templatetags.cases import due
from anwei.hazards.services.opening import NO_FINDER
from anwei.hazards.statistics import last_over, missing, start_of
from anwei.ledgers.desk import Line, Waiting, contribute_waiting
from anwei.ledgers.services import county_setting
from anwei.org.models import Person, Post, Unit
from anwei.org.scope import standing
from anwei.sites.models import Enterprise
from anwei.standards.deadlines import DEADLINES


def _due(now: datetime, *, yearly: bool) -> datetime:
    return last_over(now, yearly=yearly).due_at(county_setting(DEADLINES, {}), county_calendar())


def _to_report(yearly: bool) -> Callable[[Person, date], QuerySet[Any]]:
    def rows(person: Person, day: date) -> QuerySet[Any]:
        """Return the enterprises whose head has not reported the last period yet."""
        units = {post.unit.whole.pk for post in standing(person).posts if post.kind == Post.Kind.PRINCIPAL}
        if not units:
            return Enterprise.objects.none()
        own = Enterprise.objects.filter(unit__in=units).select_related("unit").order_by("pk")
        found: QuerySet[Any] = missing(last_over(start_of(day), yearly=yearly), own)
        return found

    return rows


def _reports(yearly: bool) -> Callable[[Sequence[Any]], list[Line]]:
    def lines(rows: Sequence[Any]) -> list[Line]:
        now = timezone.now()
        period, by = last_over(now, yearly=yearly), _due(now, yearly=yearly)
        return [
            Line(
                _("%(period)s隐患统计分析表还没有报送") % {"period": period.label},
                reverse("hazard_statistics_of", args=[one.pk, period.year, period.quarter]),
                str(one),
                _("%(due)s 前报送") % {"due": due(by)},
                one,
                urgent=by < now,
            )
            for one in rows
        ]

    return lines


def _to_ask_for(yearly: bool) -> Callable[[Person, date], QuerySet[Any]]:
    def rows(person: Person, day: date) -> QuerySet[Any]:
        """Return the person once where enterprises that their department supervises have not reported."""
        if not any(
            post.unit.kind == Unit.Kind.DEPARTMENT and post.kind not in NO_FINDER
            for post in standing(person).posts
        ):
            return Person.objects.none()
        late = missing(last_over(start_of(day), yearly=yearly), Enterprise.objects.visible_to(person))
        return Person.objects.filter(Exists(late), pk=person.pk).order_by("pk")

    return rows


def _outstanding(yearly: bool) -> Callable[[Sequence[Any]], list[Line]]:
    def lines(rows: Sequence[Any]) -> list[Line]:
        now = timezone.now()
        period, by = last_over(now, yearly=yearly), _due(now, yearly=yearly)
        address = f"{reverse('hazard_statistics')}?year={period.year}&quarter={period.quarter}&state=missing"
        return [
            Line(
                _("%(period)s：%(n)d 家企业没有报送隐患统计分析表")
                % {"period": period.label, "n": missing(period, Enterprise.objects.visible_to(one)).count()},
                address,
                _("请催报；暂行规定第14条"),
                _("%(due)s 前报送") % {"due": due(by)},
                one,
                urgent=by < now,
            )
            for one in rows
        ]

    return lines


for is_yearly, place in ((False, 36), (True, 37)):
    contribute_waiting(
        Waiting(
            label=gettext_lazy("隐患统计分析表"),
            button=gettext_lazy("去报送"),
            place=place,
            rows=_to_report(is_yearly),
            lines=_reports(is_yearly),
            more=lambda n: _("还有 %(n)d 家企业没有报送统计分析表") % {"n": n},
        )
    )
    contribute_waiting(
        Waiting(
            label=gettext_lazy("企业统计分析表未报"),
            button=gettext_lazy("去看未报的"),
            place=place + 4,
            rows=_to_ask_for(is_yearly),
            lines=_outstanding(is_yearly),
            more=lambda n: "",
        )
    )
