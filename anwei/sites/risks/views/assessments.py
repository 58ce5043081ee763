"""One assessment: its steps, what must be confirmed, who did; the second person's two acts; the paper."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.export import attachment
from anwei.ledgers.listing import number_in
from anwei.ledgers.models import Change
from anwei.ledgers.papers.files import DOCX
from anwei.ledgers.release import Leaving, release
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.sites.models import Assessment
from anwei.sites.risks.assessing import REGISTER
from anwei.sites.risks.confirming import (
    LONGEST_REASON,
    NotConfirmed,
    confirm,
    send_back,
    to_confirm,
    why_not,
)
from anwei.sites.risks.queries import in_place_of
from anwei.sites.risks.record_form import TITLES, conclusion, record_docx

TICKED = "point"  # name of the boxes
N_OTHERS = 5


@signed_in
@require_GET
def risk_assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one assessment."""
    return _page(request, _assessment(request, pk))


@signed_in
@require_POST
def risk_assessment_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm an assessment, every point ticked, or return it with a reason."""
    person, now, shown = person_of(request), timezone.now(), _assessment(request, pk)
    try:
        if act == "confirm":
            places = (number_in(place) for place in request.POST.getlist(TICKED))
            confirm(shown, {place for place in places if place is not None}, actor=person, now=now)
            messages.success(request, _("已复核确认。"))
        elif act == "return":
            send_back(shown, request.POST.get("reason", ""), actor=person, now=now)
            messages.success(request, _("已退回，理由已记入记录。"))
        else:
            raise Http404
    except NotConfirmed as error:
        return _page(request, _assessment(request, pk), str(error))
    return redirect("risk_assessment", pk)


@signed_in
@require_GET
def risk_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out the record of an assessment as DOCX."""
    person, now, shown = person_of(request), timezone.now(), _assessment(request, pk)
    release(Leaving(REGISTER, 1, person, now, query=str(shown.pk)), "docx")
    content = record_docx(shown, by=str(person), at=now)
    return attachment(TITLES[Assessment.Method(shown.method)], "docx", content, DOCX)


def _page(request: HttpRequest, shown: Assessment, refused: str = "") -> HttpResponse:
    person = person_of(request)
    newer = in_place_of(shown).order_by("-assessed_at").first()
    waits = not (shown.confirmed_at or shown.returned_at or newer)
    barred = why_not(person, shown) if waits else ""
    acts = Change.objects.filter(register=REGISTER, row=str(shown.pk)).select_related("actor")
    context = {
        "assessment": shown,
        "conclusion": conclusion(shown),
        "thing": shown.thing,
        "acts": acts.order_by("number"),
        "newer": newer,
        "others": _others(shown, person),
        "may_confirm": waits and not barred,
        "barred": barred,
        "longest": LONGEST_REASON,
        "refused": refused,
    }
    return render(request, "sites/risks/assessment.html", context, status=422 if refused else 200)


def _others(shown: Assessment, person: Person) -> QuerySet[Assessment]:
    """Return what else of the same enterprise waits for the person: a change may ask for several reviews."""
    if shown.owner is None:
        return Assessment.objects.none()
    waiting = to_confirm(person).filter(owner=shown.owner).exclude(pk=shown.pk)
    return waiting.select_related("enterprise__unit", "installation", "point").order_by("pk")[:N_OTHERS]


def _assessment(request: HttpRequest, pk: int) -> Assessment:
    related = ("owner__unit", "enterprise__unit", "installation", "point__site", "assessor", "confirmed_by")
    rows = Assessment.objects.visible_to(person_of(request)).select_related(*related)
    found: Assessment = get_object_or_404(rows, pk=pk)
    return found
