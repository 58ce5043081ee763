"""The list of cases, and the desk of a person."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.desk import Work, advance_all, batch_verbs, desk_of, with_own_rows, works
from anwei.cases.filters import OPEN, CaseFilter
from anwei.cases.forms import TransitionForm
from anwei.cases.lifecycle import Transition
from anwei.cases.models import Case
from anwei.cases.tables import CaseTable
from anwei.ledgers.desk import heaps_of
from anwei.ledgers.listing import ClampedPaginator, Listing, number_in
from anwei.org.policy import person_of, signed_in

WORKS_A_PAGE = 20


@signed_in
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show all cases of a person's scope."""
    visible = Case.objects.visible_to(person_of(request))
    listing = Listing(
        request, name="cases", rows=with_own_rows(visible), filterset=CaseFilter, table=CaseTable
    )
    if sheet := listing.export(_("事项办理")):
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
    rows = with_own_rows(desk[tab])
    if tab == "todo":
        rows = rows.prefetch_related("entries", "children", "parent__entries")  # of an extension
    page = ClampedPaginator(rows, WORKS_A_PAGE).get_page(request.GET.get("page", "1"))
    desk_works = works(list(page), person, now) if tab == "todo" else [Work(case, None) for case in page]
    counts = {name: rows.count() for name, rows in desk.items()}
    heaps = heaps_of(person, now, WORKS_A_PAGE if tab == "todo" and page.number == 1 else 0)
    counts["todo"] += sum(heap.n for heap in heaps)
    context: dict[str, Any] = {
        "tab": tab,
        "counts": counts,
        "heaps": [heap for heap in heaps if heap.lines],
        "n_overdue": desk["todo"].filter(deadline__lt=now).count(),
        "page": page,
        "works": [(work.case, work.act and _button(work.act, work.case)) for work in desk_works],
        "batch": batch_verbs(desk_works),
        "key": secrets.token_hex(16),
        "now": now,
    }
    return render(request, "cases/work.html", context)


@signed_in
@require_POST
def work_batch(request: HttpRequest) -> HttpResponse:
    """Do one verb to the chosen cases of the desk, and say of each what became of it."""
    chosen = [one.partition(":") for one in request.POST.getlist("case")]
    versions = {int(pk): int(version) for pk, _colon, version in chosen if _are_numbers(pk, version)}
    done = list(
        advance_all(
            request.POST.get("verb", ""),
            versions,
            actor=person_of(request),
            now=timezone.now(),
            key=request.POST.get("key", "")[:32],
        )
    )
    if not done:
        messages.warning(request, _("没有选中要办理的事项。"))
    if numbers := [one.number for one in done if not one.fault]:
        messages.success(
            request, _("已办 %(n)s 件：%(numbers)s。") % {"n": len(numbers), "numbers": _("、").join(numbers)}
        )
    for one in done:
        if one.fault:
            words = {"number": one.number, "title": one.title, "fault": one.fault}
            messages.warning(request, _("%(number)s %(title)s 未办：%(fault)s") % words)
    return redirect("work")


def _button(act: Transition, case: Case) -> tuple[Transition, TransitionForm]:
    return act, TransitionForm.fresh(act, case.version)


def _are_numbers(*texts: str) -> bool:
    return all(number_in(text) is not None for text in texts)
