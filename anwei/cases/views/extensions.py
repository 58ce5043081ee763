"""More time: the part of a case's page that asks for it, and the list of who signed until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anwei.cases.extension import APPROVED, REFUSED, extendable, latest_day, signer_of, terms_of
from anwei.cases.forms import ExtensionForm
from anwei.cases.lifecycle import Phase
from anwei.cases.models import Case, Clock, Entry, Extension
from anwei.org.holdings import Acting
from anwei.org.policy import person_of, signed_in

A_PAGE = 20
STATES = ("open", APPROVED, REFUSED)


@signed_in
@require_GET
def extensions(request: HttpRequest) -> HttpResponse:
    """List every extension of one's scope: what for, from when to when, why, and who signed."""
    rows = Extension.objects.visible_to(person_of(request)).select_related(
        "parent", "clock", "enterprise__unit", "implementer__unit"
    )
    counts = {
        "open": rows.exclude(phase=Phase.CLOSED).count(),
        APPROVED: rows.filter(outcome=APPROVED).count(),
        REFUSED: rows.filter(outcome=REFUSED).count(),
    }
    state = request.GET.get("state", "")
    if state == "open":
        rows = rows.exclude(phase=Phase.CLOSED)
    elif state in STATES:
        rows = rows.filter(outcome=state)
    page = Paginator(rows.order_by("-opened_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    signed = _signers([row.pk for row in page])
    context = {
        "page": page,
        "rows": [(row, signed.get(row.pk, "")) for row in page],
        "counts": counts,
        "state": state,
    }
    return render(request, "cases/extensions.html", context)


def extension_part(
    case: Case, clocks: Sequence[Clock], actings: Mapping[int, Acting], filled: ExtensionForm | None = None
) -> dict[str, Any]:
    """Return what the page of a case says about its extensions, and the form where one may be asked for.

    `filled` is a form that was refused: it stands there again with what was typed, and why.
    """
    requests = list(Extension.objects.filter(parent=case.pk).order_by("pk"))
    signed = _signers([request.pk for request in requests])
    return {
        "extensions": [(request, signed.get(request.pk, "")) for request in requests],
        "extension_form": _form(case, actings, filled),
        "fixed": _is_fixed(case, clocks),
    }


def _is_fixed(case: Case, clocks: Sequence[Clock]) -> bool:
    """Say whether clocks run of which no rule lets any be extended."""
    running = [clock for clock in clocks if clock.met_at is None and case.phase != Phase.CLOSED]
    return bool(running) and all(terms_of(case, clock) is None for clock in running)


def _form(case: Case, actings: Mapping[int, Acting], filled: ExtensionForm | None) -> dict[str, Any] | None:
    """Return the form for whoever acts for the implementer, with how far each clock may be extended."""
    clocks = extendable(case) if case.implementer_id in actings else []
    if not clocks and filled is None:
        return None
    limits = [(clock, terms, latest_day(clock, terms)) for clock, terms in clocks]
    return {"form": filled or ExtensionForm([clock for clock, _terms in clocks]), "limits": limits}


def _signers(requests: list[int]) -> dict[int, str]:
    """Return who decided each request."""
    entries = Entry.objects.filter(case__in=requests, verb__in=("approve", "refuse")).select_related("actor")
    return {entry.case_id: signer_of(entry) for entry in entries}
