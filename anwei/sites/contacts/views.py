"""联系人试拨: whom to call, the number for the call, one touch for what came of it, and the calls of late."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.listing import ClampedPaginator, number_in
from anwei.org.policy import person_of, signed_in
from anwei.org.register_rules import may_keep_registers
from anwei.sites.contacts.trials import NOT_KEEPER, record_trial, uncover_phone, untried
from anwei.sites.models import Contact, ContactTrial, Enterprise
from anwei.sites.queries import township_names

ROWS, TRIALS = 30, 20
UNCOVERED = "uncovered_contact"  # in the session: whose number the next list shows, once


@signed_in
@require_GET
def contact_trials(request: HttpRequest) -> HttpResponse:
    """Show whom to call: never tried and not reached first, then those whose last call is the oldest."""
    person = person_of(request)
    if not may_keep_registers(person):
        raise PermissionDenied(NOT_KEEPER)
    chosen = {name: request.GET.get(name, "") for name in ("state", "township", "enterprise")}
    waiting, seen = _working(untried().visible_to(person)), _working(Contact.objects.visible_to(person))
    shown = waiting if chosen["state"] == "waiting" else seen
    shown = shown.filter(enterprise__unit__territory__startswith=chosen["township"])
    if owner := number_in(chosen["enterprise"]):
        shown = shown.filter(enterprise=owner)
    ordered = shown.select_related("enterprise__unit", "tried_by").order_by(
        F("reached").asc(nulls_first=True), F("tried_at").asc(nulls_first=True), "pk"
    )
    trials = ContactTrial.objects.visible_to(person).select_related("contact__enterprise__unit", "tried_by")
    context = {
        "page": ClampedPaginator(ordered, ROWS).get_page(request.GET.get("page", "1")),
        "n_waiting": waiting.count(),
        "chosen": chosen,
        "townships": township_names(),
        "outcomes": ContactTrial.Outcome.choices,
        "trials": trials[:TRIALS],
        "query": request.GET.urlencode(),
        "uncovered": request.session.pop(UNCOVERED, None),
    }
    return render(request, "sites/contacts/trials.html", context)


@signed_in
@require_POST
def contact_tried(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what came of calling one contact, and go back to the list."""
    person = person_of(request)
    contact = get_object_or_404(Contact.objects.visible_to(person), pk=pk)
    try:
        trial = record_trial(contact, request.POST.get("outcome", ""), actor=person, now=timezone.now())
    except ValueError:
        return HttpResponseBadRequest(_("没有这种试拨结果。"))
    words = {"name": contact.name, "outcome": trial.get_outcome_display()}
    messages.success(request, _("已记录：%(name)s %(outcome)s。") % words)
    return redirect(f"{reverse('contact_trials')}?{request.POST.get('query', '')}")


@signed_in
@require_POST
def contact_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the number of one contact in the list, for the call; who looked is written down."""
    person = person_of(request)
    contact = get_object_or_404(Contact.objects.visible_to(person), pk=pk)
    uncover_phone(contact, actor=person, now=timezone.now())
    request.session[UNCOVERED] = contact.pk
    return redirect(f"{reverse('contact_trials')}?{request.POST.get('query', '')}#contact-{pk}")


def _working(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Leave out the contacts of enterprises that are closed."""
    return contacts.exclude(enterprise__status=Enterprise.Status.CLOSED)
