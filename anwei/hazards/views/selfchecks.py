"""Monthly self-checks: the enterprise's form on a phone, and who has reported as its regulators see it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.intake import Upload
from anwei.hazards.models import SelfCheck
from anwei.hazards.services.reports import (
    FAILED,
    MONTHS,
    NOT_APPLICABLE,
    OK,
    Answer,
    due_of,
    items_for,
    keeps,
    months_before,
    report_month,
)
from anwei.ledgers.listing import LedgerFilter, LedgerTable, Listing
from anwei.ledgers.services import county_setting
from anwei.org.models import SECTOR_CHOICES, Person
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant
from anwei.org.scope import grants
from anwei.sites.models import Enterprise
from anwei.sites.queries import enterprises_of
from anwei.sites.statuses import counted_on

SAMPLE = "hazards.self_check_sample"  # key of the county's Setting: {"percent": 10}
PERCENT = 10  # of the zero reports of a month (TEMPLATE)


class SelfCheckFilter(LedgerFilter):
    """Which enterprises, and how they stand this month."""

    state = django_filters.ChoiceFilter(
        method="in_state",
        label=gettext_lazy("报送"),
        choices=(
            ("missing", gettext_lazy("未报")),
            ("zero", gettext_lazy("零报告")),
            ("found", gettext_lazy("查出隐患")),
        ),
        empty_label=gettext_lazy("报送 全部"),
    )
    sector = django_filters.ChoiceFilter(choices=SECTOR_CHOICES, empty_label=gettext_lazy("行业 全部"))

    class Meta:
        model = Enterprise
        fields: tuple[str, ...] = ()

    def in_state(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Narrow to one state."""
        if value == "missing":
            return rows.filter(told=None)
        return rows.filter(n_failed=0) if value == "zero" else rows.filter(n_failed__gt=0)


class SelfCheckTable(LedgerTable):
    """One row an enterprise, whether it has reported or not."""

    enterprise = tables.TemplateColumn(
        template_name="hazards/cells/self_check.html",
        verbose_name=gettext_lazy("企业"),
        accessor="unit__name",
        order_by=("unit__name",),
    )
    sector = tables.Column(verbose_name=gettext_lazy("行业"))
    reported_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("报送时间"), format="m-d H:i", default=gettext_lazy("未报")
    )
    n_items = tables.Column(verbose_name=gettext_lazy("自查项"), default="")
    n_failed = tables.Column(verbose_name=gettext_lazy("不合格"), default="")

    class Meta(LedgerTable.Meta):
        pass

    def value_enterprise(self, record: Enterprise) -> str:
        """Return the name."""
        return record.unit.name


@signed_in
@require_GET
def self_checks(request: HttpRequest) -> HttpResponse:
    """Show one's own months, or who of one's scope has reported in `?month=2026-11`."""
    person, now = person_of(request), timezone.now()
    own = own_enterprise(person)
    if own is not None:
        return render(request, "hazards/self_checks_own.html", _own(own, person, now))
    month = _month(request.GET.get("month", ""), now)
    rows = reporting(Enterprise.objects.visible_to(person), month)
    listing = Listing(request, name="self_checks", rows=rows, filterset=SelfCheckFilter, table=SelfCheckTable)
    if sheet := listing.export(_("企业自查报送")):
        return sheet
    context = {
        "listing": listing,
        "month": month,
        "due_at": due_of(month),
        "is_due": due_of(month) < now,
        "counts": {
            "all": rows.count(),
            "reported": rows.exclude(told=None).count(),
            "zero": rows.filter(n_failed=0).count(),
            "failed": rows.filter(n_failed__gt=0).count(),
        },
        "sampled": sampled(month, rows.filter(n_failed=0).order_by("pk").values_list("pk", flat=True)),
        "percent": _percent(),
    }
    return render(request, "hazards/self_checks.html", context)


def reporting(enterprises: QuerySet[Any], month: date) -> Any:
    """Return the enterprises that count in a month, each with its self-check of that month or None."""
    of_month = SelfCheck.objects.filter(enterprise=OuterRef("pk"), month=month)
    told = {name: Subquery(of_month.values(name)[:1]) for name in ("n_items", "n_failed", "reported_at")}
    rows = counted_on(month, enterprises.select_related("unit"))
    return rows.annotate(told=Subquery(of_month.values("pk")[:1]), **told).order_by("unit__name", "pk")


def sampled(month: date, zero_reports: Iterable[int]) -> list[int]:
    """Return which zero reports of a month are looked at again: the county's share, the same for everybody.

    Those whose sha256 of month and key is smallest; anybody can reckon it again.
    """
    keys = sorted(zero_reports, key=lambda pk: hashlib.sha256(f"{month:%Y-%m}|{pk}".encode()).hexdigest())
    return sorted(keys[: -(-len(keys) * _percent() // 100)])


def own_enterprise(person: Person) -> Enterprise | None:
    """Return the enterprise of somebody who only belongs to one, None for officials."""
    if not grants(person) or any(grant.enterprise is None for grant in grants(person)):
        return None
    return enterprises_of(person).first()


def _percent() -> int:
    return int(county_setting(SAMPLE, {}).get("percent", PERCENT))


def _month(text: str, now: datetime) -> date:
    """Return the month that is asked for, else this one."""
    today = timezone.localtime(now).date().replace(day=1)
    try:
        return min(date.fromisoformat(f"{text}-01"), today) if text else today
    except ValueError:
        return today


def _own(enterprise: Enterprise, person: Person, now: datetime) -> dict[str, Any]:
    month = _month("", now)
    first = SelfCheck.objects.aggregate(month=Min("month"), at=Min("reported_at"))
    begun = month
    if first["at"] is not None:  # nobody owes what the county had not begun, though one reported it later
        begun = max(first["month"], months_before(timezone.localdate(first["at"]), 1))
    months = [one for n in range(MONTHS) if (one := months_before(month, n)) >= min(begun, month)]
    reported = {one.month: one for one in SelfCheck.objects.filter(enterprise=enterprise, month__in=months)}
    return {
        "enterprise": enterprise,
        "months": [(one, reported.get(one), due_of(one)) for one in months],
        "special": enterprise.special_checks.select_related("campaign").order_by("-asked_at")[:MONTHS],
        "keeps": keeps(person, enterprise),
        "now": now,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def self_check_new(request: HttpRequest) -> HttpResponse:
    """Report a month: each item with one touch, what failed with a word and a photo."""
    person, now = person_of(request), timezone.now()
    enterprise = own_enterprise(person)
    if enterprise is None or not keeps(person, enterprise):
        raise PermissionDenied(_("自查由本企业的主要负责人或者安全管理人员报送。"))
    month = _month(request.GET.get("month", ""), now)
    items, errors = items_for(enterprise), []
    if request.method == "POST":
        try:
            answers = [answer for item in items if (answer := _answer(request, item)) is not None]
            report_month(enterprise, month, answers, actor=person, now=now)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except (CaseError, Vacant) as error:
            errors = [str(error)]
        else:
            messages.success(request, _("%(month)s自查已报送。") % {"month": f"{month:%Y-%m}"})
            return redirect("self_checks")
    lines = [(item, _typed(request, item.id)) for item in items]
    context = {"enterprise": enterprise, "month": month, "due_at": due_of(month), "lines": lines}
    return render(
        request, "hazards/self_check_new.html", context | {"errors": errors}, status=422 if errors else 200
    )


@signed_in
@require_GET
def self_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one report with its answers and the hazards that came of it."""
    shown = get_object_or_404(SelfCheck.objects.visible_to(person_of(request)), pk=pk)
    return render(request, "hazards/self_check.html", {"report": shown, "hazards": shown.hazards.all()})


def _answer(request: HttpRequest, item: Any) -> Answer | None:
    typed = _typed(request, item.id)
    if typed["result"] not in (OK, FAILED, NOT_APPLICABLE):
        return None
    photos = [
        Upload(file.name or "", file.read(), taken_at=None, place=typed["place"])
        for file in request.FILES.getlist(f"{item.id}_photo")
    ]
    return Answer(item, typed["result"], typed["note"], typed["place"], photos, typed["no_photo"])


def _typed(request: HttpRequest, key: str) -> dict[str, str]:
    return {
        "result": request.POST.get(f"{key}_result", ""),
        "note": request.POST.get(f"{key}_note", "")[:2000],
        "place": request.POST.get(f"{key}_place", "")[:120],
        "no_photo": request.POST.get(f"{key}_no_photo", "")[:200],
    }
