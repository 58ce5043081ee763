"""Penalties inside: the list with the counter of art. 113, the record of a decision, taking a text down."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.counted import within
from anwei.cases.errors import CaseError, NotYourTurn
from anwei.cases.lifecycle import Phase
from anwei.hazards.forms_listed import AnnulForm, PenaltyForm
from anwei.hazards.models import STANDS, Annulled, Hazard, Penalty
from anwei.hazards.penalties.annulling import Unseen, annul, may_annul
from anwei.hazards.penalties.closure import closure_of
from anwei.hazards.penalties.publishing import take_down
from anwei.hazards.penalties.recording import laws_at, record_penalty, why_not_recorded
from anwei.ledgers.listing import number_in
from anwei.org.holdings import day_of
from anwei.org.models import Person
from anwei.org.policy import person_of, signed_in
from anwei.org.responsibility import Vacant
from anwei.sites.models import Enterprise

A_PAGE = 20


@signed_in
@require_GET
def penalties(request: HttpRequest) -> HttpResponse:
    """List the penalties of one's scope, of `?enterprise=` alone with what art. 113 says of it."""
    person, today = person_of(request), day_of(timezone.now())
    rows = Penalty.objects.visible_to(person)
    enterprise = _enterprise(request, person)
    if enterprise is not None:
        rows = rows.filter(enterprise=enterprise)
    states = {
        "waiting": (_("待公示"), ~Q(phase=Phase.CLOSED)),
        "standing": (_("决定有效"), STANDS),
        "annulled": (_("决定已撤销或者确认违法、无效"), ~STANDS),
        "varied": (_("决定已变更"), Q(annul_kind=Annulled.VARIED)),
        "public": (_("公示中"), Q(withdraw_on__gt=today)),
        "ended": (_("已撤下或者不公示"), Q(phase=Phase.CLOSED) & ~Q(withdraw_on__gt=today)),
    }
    rows = within(rows, request.GET, "decided_on")
    state = request.GET.get("state", "")
    counts = [(key, label, rows.filter(query).count()) for key, (label, query) in states.items()]
    if state in states:
        rows = rows.filter(states[state][1])
    rows = rows.select_related("enterprise__unit", "on_hazard", "body").order_by("-decided_on", "-pk")
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "counts": counts,
        "state": state if state in states else "",
        "enterprise": enterprise,
        "reached": None if enterprise is None else closure_of(enterprise, today),
        "now": timezone.now(),
    }
    return render(request, "hazards/penalties.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def penalty_new(request: HttpRequest) -> HttpResponse:
    """Record a penalty on `?hazard=` or `?enterprise=`; what was typed stays where it is refused."""
    person, now = person_of(request), timezone.now()
    where = _where(request, person)
    if why := why_not_recorded(where, person):
        raise PermissionDenied(why)
    form = PenaltyForm(request.POST if request.method == "POST" else None, laws=laws_at(where))
    if form.is_bound and form.is_valid():
        try:
            made = record_penalty(where, form.decision(), actor=person, now=now)
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except (CaseError, Vacant) as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("处罚%(number)s已登记，请核对公示文本后送审。") % {"number": made.number}
            )
            return redirect("case", pk=made.pk)
    context = {"form": form, "where": where, "is_hazard": isinstance(where, Hazard)}
    return render(request, "hazards/penalty_new.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def penalty_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw a publication before its day, with the reason."""
    penalty = get_object_or_404(Penalty.objects.visible_to(person_of(request)), pk=pk)
    try:
        take_down(
            penalty,
            actor=person_of(request),
            now=timezone.now(),
            reason=request.POST.get("reason", ""),
        )
    except NotYourTurn as error:
        raise PermissionDenied(str(error)) from error
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已撤下公示。"))
    return redirect("case", pk=pk)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def penalty_annul(request: HttpRequest, pk: int) -> HttpResponse:
    """Write that review or court annulled a decision: day, document, reason; refused words stay."""
    person, now = person_of(request), timezone.now()
    penalty = get_object_or_404(Penalty.objects.visible_to(person).select_related("body"), pk=pk)
    if not may_annul(penalty, person, now):
        raise PermissionDenied(_("由批准公示的岗位登记；已经撤销、确认违法或者无效的不能再登记。"))
    form = AnnulForm(request.POST if request.method == "POST" else None)
    preview: Unseen | None = None
    if form.is_bound and form.is_valid():
        try:
            annul(penalty, form.annulment(), actor=person, now=now, seen=request.POST.get("seen", ""))
        except NotYourTurn as error:
            raise PermissionDenied(str(error)) from error
        except Unseen as error:
            preview = error
            form.add_error(None, str(error))
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记；公示的同时撤下，并公开说明理由。"))
            return redirect("case", pk=pk)
    context = {"form": form, "penalty": penalty, "preview": preview}
    return render(request, "hazards/penalty_annul.html", context, status=422 if form.errors else 200)


def _enterprise(request: HttpRequest, person: Person) -> Enterprise | None:
    key = number_in(request.GET.get("enterprise", ""))
    if not key:
        return None
    rows = Enterprise.objects.visible_to(person).select_related("unit")
    found: Enterprise = get_object_or_404(rows, pk=key)
    return found


def _where(request: HttpRequest, person: Person) -> Hazard | Enterprise:
    if key := number_in(request.GET.get("hazard", "")):
        hazard: Hazard = get_object_or_404(Hazard.objects.visible_to(person), pk=key)
        return hazard
    enterprise = _enterprise(request, person)
    if enterprise is None:
        raise Http404
    return enterprise
