"""The audit administrator's page: logins, failed attempts, and changes of accounts, posts and rights."""

from __future__ import annotations

from typing import Any

from axes.models import AccessFailureLog, AccessLog
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from anwei.ledgers.listing import Listing
from anwei.ledgers.models import Change
from anwei.org.accounts.administration import administered_units, is_of_the_county
from anwei.org.accounts.tables import ChangeFilter, ChangeTable, FailureTable, LoginFilter, LoginTable
from anwei.org.models import Person, Post
from anwei.org.policy import person_of, posts

AUDITED = (
    "org.person",
    "org.post",
    "org.unit",
    "org.sector",
    "org.delegation",
    "org.apitoken",
    "org.display",
    "ledgers.setting",
)
TABS: dict[str, tuple[type[Any], type[Any], type[Any]]] = {
    "logins": (AccessLog, LoginFilter, LoginTable),
    "failures": (AccessFailureLog, LoginFilter, FailureTable),
    "changes": (Change, ChangeFilter, ChangeTable),
}


@posts(Post.Kind.AUDIT_ADMIN)
@require_GET
def account_audit(request: HttpRequest, tab: str = "logins") -> HttpResponse:
    """Show one of the three records, within the reach of the audit administrator's unit."""
    if tab not in TABS:
        raise Http404
    model, filterset, table = TABS[tab]
    rows = _rows(tab, model, person_of(request))
    listing = Listing(request, name=f"audit-{tab}", rows=rows, filterset=filterset, table=table)
    if sheet := listing.export(f"audit-{tab}"):
        return sheet
    return render(request, "org/accounts/audit.html", {"listing": listing, "tab": tab})


def _rows(tab: str, model: type[Any], auditor: Person) -> QuerySet[Any]:
    """Return everything for the county's auditor, else what concerns people of the auditor's units."""
    now = timezone.now()
    rows: QuerySet[Any] = model.objects.all()
    if tab == "changes":
        rows = rows.filter(register__in=AUDITED).select_related("actor").order_by("-pk")
    else:
        rows = rows.order_by("-attempt_time")
    if is_of_the_county(auditor, now, Post.Kind.AUDIT_ADMIN):
        return rows
    units = administered_units(auditor, now, Post.Kind.AUDIT_ADMIN)
    people = Person.objects.filter(holdings__post__unit__in=units)
    if tab == "changes":
        rows_of_people = [str(pk) for pk in people.values_list("pk", flat=True)]
        return rows.filter(register="org.person", row__in=rows_of_people)
    return rows.filter(username__in=people.values("username"))
