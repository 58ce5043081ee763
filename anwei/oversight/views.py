"""Supervision orders: the list, and the form for a leader's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case
from anwei.ledgers.columns import Label
from anwei.org.committee_office import is_of_the_office
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant
from anwei.org.scope import COUNTY_DIGITS, standing
from anwei.oversight.forms import InstructionForm
from anwei.oversight.models import Morning, SupervisionOrder
from anwei.oversight.services.instructing import (
    About,
    acting_for_the_county,
    bodies_of,
    instruct,
    may_instruct,
)
from anwei.oversight.services.morning import asks
from anwei.sites.models import Enterprise

A_PAGE = 20
N_MORNINGS = 31


@signed_in
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """List the orders in one's scope, the latest deadline first to end, with the number of each state."""
    person = person_of(request)
    now = timezone.now()
    seen = SupervisionOrder.objects.visible_to(person)
    states: dict[str, tuple[Label, Q]] = {
        "open": (_("在办"), ~Q(phase=Phase.CLOSED)),
        "late": (_("逾期"), Q(deadline__lt=now)),
        "closed": (_("已办结"), Q(phase=Phase.CLOSED)),
    }
    state = request.GET.get("state", "")
    chosen = seen.filter(states[state][1]) if state in states else seen
    chosen = chosen.select_related(
        "responsible__unit", "supervisor__unit", "implementer__unit", "instructed_by"
    )
    rows = chosen.order_by(F("closed_at").desc(nulls_first=True), F("deadline").asc(nulls_last=True), "-pk")
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "counts": [(key, label, seen.filter(query).count()) for key, (label, query) in states.items()],
        "state": state if state in states else "",
        "may_instruct": may_instruct(person, now),
    }
    return render(request, "oversight/orders.html", context)


@signed_in
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show the morning report of a day (`?day=`), the newest first; each line can be answered in words."""
    person, now = person_of(request), timezone.now()
    if not may_instruct(person, now):
        raise PermissionDenied(_("今日要情供县领导和安委办查看。"))
    mornings = list(_mornings(person)[:N_MORNINGS])
    asked = request.GET.get("day", "")
    chosen = next((one for one in mornings if str(one) == asked), mornings[0] if mornings else None)
    context = {"morning": chosen, "mornings": mornings, "orders": _answers(chosen)}
    return render(request, "oversight/today.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: HttpRequest) -> HttpResponse:
    """Take a leader's words about a case, an enterprise or the county; what was typed stays if refused."""
    person, now = person_of(request), timezone.now()
    if not may_instruct(person, now):
        raise PermissionDenied(_("督办单由县领导批示，或者由安委办按批示、会议决定登记。"))
    line = _line(request, person)
    about = _about(request, person, line)
    county = (about.thing.subject().territory if about.thing else about.territory)[:COUNTY_DIGITS]
    form = InstructionForm(
        request.POST if request.method == "POST" else None,
        bodies=bodies_of(county),
        named=about.thing is not None,
        office=is_of_the_office(person, now),
        initial={"key": uuid4().hex},
    )
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        about = About(about.case, about.enterprise, about.territory, about.sector, told["unit"])
        extra = {name: told[name] for name in ("origin", "document") if name in told}
        try:
            order = instruct(
                told["words"],
                about,
                actor=person,
                now=now,
                answers=line.place if line else None,
                key=told["key"],
                **extra,
            )
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except (CaseError, Vacant) as error:
            form.add_error(None, str(error))
        else:
            sentence = _("已登记督办%(number)s，由“%(office)s”下达，“%(charged)s”承办。")
            values = {"number": order.number, "office": order.supervisor, "charged": order.implementer}
            messages.success(request, sentence % values)
            return redirect("case", pk=order.pk)
    return render(
        request,
        "oversight/order_new.html",
        {"form": form, "about": about, "line": line},
        status=422 if form.errors else 200,
    )


@dataclass(frozen=True)
class _Line:
    """A line of a morning report."""

    morning: Morning
    number: int

    @property
    def place(self) -> tuple[Morning, int]:
        """The report and the number of the line."""
        return self.morning, self.number

    @property
    def told(self) -> dict[str, Any]:
        """What the line says."""
        found: dict[str, Any] = self.morning.lines[self.number - 1]
        return found


def _mornings(person: Person) -> QuerySet[Morning]:
    posts = acting_for_the_county(person, timezone.now())
    return Morning.objects.filter(territory__in={post.unit.territory for post in posts})


def _answers(morning: Morning | None) -> dict[int, SupervisionOrder]:
    """Return the first order that answers each line, by the line's number."""
    rows = SupervisionOrder._base_manager.filter(morning=morning).exclude(morning=None)
    return {order.line: order for order in rows.order_by("-pk") if order.line is not None}


def _line(request: HttpRequest, person: Person) -> _Line | None:
    """Return the line of a morning report that is answered: `?morning=` and `?line=`, or None."""
    if not (key := request.GET.get("morning", "")):
        return None
    morning = get_object_or_404(_mornings(person), pk=_number(key))
    number = _number(request.GET.get("line", ""))
    if not 1 <= number <= len(morning.lines) or not asks(morning.lines[number - 1]):
        raise Http404
    return _Line(morning, number)


def _about(request: HttpRequest, person: Person, line: _Line | None) -> About:
    """Return what the words are about: a line's matter, `?case=`, `?enterprise=`, or the writer's county."""
    case = line.told["case"] if line else request.GET.get("case", "")
    enterprise = line.told["enterprise"] if line else request.GET.get("enterprise", "")
    if case:
        return About(case=get_object_or_404(Case.objects.visible_to(person), pk=_number(str(case))))
    if enterprise:
        rows = Enterprise.objects.visible_to(person).select_related("unit")
        return About(enterprise=get_object_or_404(rows, pk=_number(str(enterprise))))
    territory = next((post.unit.territory for post in standing(person).posts), "")
    return About(territory=territory[:COUNTY_DIGITS])


def _number(key: str) -> int:
    return int(key) if key.isdecimal() and len(key) < 18 else 0
