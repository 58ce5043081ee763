"""The audit administrator's page: logins, failed attempts, changes of rights, delegations."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessFailureLog, AccessLog
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from anwei.ledgers.listing import Listing
from anwei.ledgers.models import Change
from anwei.org.accounts.administration import administered_units, is_of_the_county
from anwei.org.accounts.forms import ReasonForm
from anwei.org.accounts.recent import recent
from anwei.org.accounts.resets import audits, confirm_factor, last_reset, settles_at
from anwei.org.accounts.tables import (
    ChangeFilter,
    ChangeTable,
    DelegationFilter,
    DelegationTable,
    FailureTable,
    LoginFilter,
    LoginTable,
)
from anwei.org.models import Delegation, Person, Post
from anwei.org.policy import person_of, posts

AUDITED = (
    "org.person",
    "org.post",
    "org.unit",
    "org.sector",
    "org.delegation",
    "org.apitoken",
    "org.display",
    "org.signing",
    "ledgers.setting",
    "ledgers.export",
    "ledgers.erasure",
    "ledgers.paper",
    "system.channel",
    "system.check",
)
TABS: dict[str, tuple[type[Any], type[Any], type[Any]]] = {
    "logins": (AccessLog, LoginFilter, LoginTable),
    "failures": (AccessFailureLog, LoginFilter, FailureTable),
    "changes": (Change, ChangeFilter, ChangeTable),
    "delegations": (Delegation, DelegationFilter, DelegationTable),
}


@posts(Post.Kind.AUDIT_ADMIN)
@require_GET
def account_audit(request: HttpRequest, tab: str = "logins") -> HttpResponse:
    """Show one of the four records, within the reach of the audit administrator's unit."""
    if tab not in TABS:
        raise Http404
    model, filterset, table = TABS[tab]
    rows = _rows(tab, model, person_of(request))
    listing = Listing(request, name=f"audit-{tab}", rows=rows, filterset=filterset, table=table)
    if sheet := listing.export(f"audit-{tab}"):
        return sheet
    return render(request, "org/accounts/audit.html", {"listing": listing, "tab": tab})


@posts(Post.Kind.AUDIT_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
@recent
def account_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the last reset of an account; a POST says that the person was asked, so that the factor counts."""
    auditor, now = person_of(request), timezone.now()
    person = get_object_or_404(Person, pk=pk, kind=Person.Kind.PERSON)
    if not audits(auditor, person, now):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        confirm_factor(person, actor=auditor, now=now, reason=form.cleaned_data["reason"])
        messages.success(request, _("已核实放行，%(person)s可以办理重要事项。") % {"person": person})
        return redirect("account_reset", pk=pk)
    context = {
        "person": person,
        "form": form,
        "reset": last_reset(person),
        "settles_at": settles_at(person, now),
        "factor": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first(),
    }
    return render(request, "org/accounts/reset.html", context, status=422 if form.errors else 200)


def _rows(tab: str, model: type[Any], auditor: Person) -> QuerySet[Any]:
    """Return everything for the county's auditor, else what concerns people of the auditor's units."""
    now = timezone.now()
    rows: QuerySet[Any] = model.objects.all()
    if tab == "changes":
        rows = rows.filter(register__in=AUDITED).select_related("actor").order_by("-pk")
    elif tab == "delegations":
        rows = rows.select_related("post__unit", "principal", "deputy", "granted_by")
        rows = rows.order_by("-from_at", "-pk")
    else:
        rows = rows.order_by("-attempt_time")
    if is_of_the_county(auditor, now, Post.Kind.AUDIT_ADMIN):
        return rows
    units = administered_units(auditor, now, Post.Kind.AUDIT_ADMIN)
    if tab == "delegations":
        return rows.filter(post__unit__in=units)
    people = Person.objects.filter(holdings__post__unit__in=units)
    if tab == "changes":
        rows_of_people = [str(pk) for pk in people.values_list("pk", flat=True)]
        return rows.filter(register="org.person", row__in=rows_of_people)
    return rows.filter(username__in=people.values("username"))
