"""The list of cases, and the desk of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anwei.cases.filters import OPEN, CaseFilter
from anwei.cases.forms import TransitionForm
from anwei.cases.kinds import kinds
from anwei.cases.lifecycle import Transition
from anwei.cases.models import Case
from anwei.cases.queries import transitions_for, work_list
from anwei.cases.tables import CaseTable
from anwei.ledgers.listing import Listing
from anwei.org.holdings import posts_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in

WORKS_A_PAGE = 20
RELATED = ("enterprise__unit", "site", "responsible__unit", "supervisor__unit", "implementer__unit")


def with_own_rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases with the row of their kind's own model at hand: one join a kind, no query a case."""
    return cases.select_related(*RELATED, *(str(kind.model._meta.model_name) for kind in kinds()))


@signed_in
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show all cases of a person's scope."""
    visible = Case.objects.visible_to(person_of(request))
    listing = Listing(
        request, name="cases", rows=with_own_rows(visible), filterset=CaseFilter, table=CaseTable
    )
    if sheet := listing.export(_("预警处置")):
        return sheet
    unclosed = visible.filter(OPEN)
    counts = {
        "open": unclosed.count(),
        "overdue": unclosed.filter(deadline__lt=timezone.now()).count(),
    }
    return render(request, "cases/list.html", {"listing": listing, "counts": counts})


@signed_in
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, overdue first, and what they did, supervise and follow."""
    person, now = person_of(request), timezone.now()
    desk = desk_of(person, now)
    tab = request.GET.get("tab", "todo")
    tab = tab if tab in desk else "todo"
    page = Paginator(with_own_rows(desk[tab]), WORKS_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "tab": tab,
        "counts": {name: rows.count() for name, rows in desk.items()},
        "n_overdue": desk["todo"].filter(deadline__lt=now).count(),
        "page": page,
        "works": [(case, _one_click(case, person) if tab == "todo" else None) for case in page],
        "now": now,
    }
    return render(request, "cases/work.html", context)


def desk_of(person: Person, now: datetime) -> dict[str, QuerySet[Case]]:
    """Return the rows of each tab.

    待办: their turn. 已办: they acted. 督办: they supervise and another is at work. 知会: what else is
    open in their scope, so that a township or a leader knows of it.
    """
    desk = work_list(person, now)
    supervised = desk.informed.filter(supervisor__in=posts_of(person, now))
    elsewhere = Case.objects.visible_to(person).filter(OPEN)
    known = (desk.todo.values("pk"), supervised.values("pk"))
    informed = elsewhere.exclude(pk__in=known[0]).exclude(pk__in=known[1])
    return {
        "todo": desk.todo,
        "done": desk.done,
        "supervised": supervised.order_by(F("deadline").asc(nulls_last=True), "pk"),
        "informed": informed.order_by(F("deadline").asc(nulls_last=True), "pk"),
    }


def _one_click(case: Case, person: Person) -> tuple[Transition, TransitionForm] | None:
    """Return the verb that needs no paper, with its form, when it is the way on; None: open the case."""
    for transition in transitions_for(case, person, now=timezone.now()):
        if not transition.needs and transition.target is not transition.source:
            return transition, TransitionForm.fresh(transition, case.version)
    return None
