"""Deputies: who acts for whom, granted and revoked on one page."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anwei.cases.delegation_form import DelegationForm, holdings_lendable
from anwei.org.accounts.recent import recent
from anwei.org.models import Delegation
from anwei.org.policy import person_of, signed_in
from anwei.org.services import OrgError, delegate, revoke
from anwei.org.services.delegation import may_grant

N_PAST = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@recent
def delegations(request: HttpRequest) -> HttpResponse:
    """Show the delegations one has given, holds, or may end, and let one name a deputy."""
    person, now = person_of(request), timezone.now()
    form = DelegationForm(person, now, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            lent = delegate(actor=person, now=now, **form.terms)
        except OrgError as error:
            form.add_error(None, str(error))
        else:
            words = {"deputy": lent.deputy, "principal": lent.principal, "post": lent.post}
            messages.success(request, _("%(deputy)s将代%(principal)s在“%(post)s”办理。") % words)
            return redirect("delegations")
    lendable = holdings_lendable(person, now)
    mine = Q(principal=person) | Q(deputy=person) | Q(granted_by=person)
    known = Delegation.objects.filter(mine | Q(post__in=lendable.values("post"))).select_related(
        "post__unit", "principal", "deputy", "granted_by"
    )
    running = Q(revoked_at=None, to_at__gt=now)
    context = {
        "form": form if lendable.exists() else None,
        "running": known.filter(running),
        "past": known.exclude(running)[:N_PAST],
        "now": now,
    }
    return render(request, "cases/delegations.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
@recent
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a delegation at once."""
    person = person_of(request)
    lent = get_object_or_404(Delegation.objects.select_related("post", "principal"), pk=pk)
    if lent.deputy_id != person.pk and not may_grant(person, lent.post, lent.principal, timezone.now()):
        raise Http404
    try:
        revoke(lent, actor=person, now=timezone.now(), reason=_("提前结束"))
    except OrgError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("代理已结束。"))
    return redirect("delegations")
