"""Playing the county: in demo mode the first visit from this machine is let in, accounts change by a click.

Nothing here works outside demo mode: the first visit is not watched for (see `settings.MIDDLEWARE`) and the
switch does not exist. Only accounts that the demo made a password for can be played.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from anwei.org.holdings import day_of, holdings_on
from anwei.org.models import Holding, Person, Unit
from anwei.org.policy import signed_in
from anwei.org.scope import ADMINISTRATORS

BACKEND = "anwei.org.backends.AccountBackend"
VISITED = "anwei_visited"
OPENING_UNIT = Unit.Kind.COMMITTEE_OFFICE
PLAYED_A_KIND = 2  # how many accounts of each kind of unit the menu offers


@dataclass(frozen=True)
class Part:
    """An account that can be played: its user name, and unit, post and person in words."""

    username: str
    label: str


def _playable() -> list[Holding]:
    held = holdings_on(day_of(timezone.now())).select_related("person", "post__unit").order_by("pk")
    return list(
        held.filter(person__kind=Person.Kind.PERSON).exclude(
            person__password__startswith=UNUSABLE_PASSWORD_PREFIX
        )
    )


def parts() -> list[Part]:
    """Return the accounts offered in the top bar: a few of each kind of unit, the committee office first."""
    chosen: dict[str, list[Holding]] = {OPENING_UNIT: []}
    seen: set[int] = set()
    for holding in _playable():
        administers = holding.post.kind in ADMINISTRATORS
        of_kind = chosen.setdefault(holding.post.kind if administers else holding.post.unit.kind, [])
        if len(of_kind) < PLAYED_A_KIND and holding.person_id not in seen:
            of_kind.append(holding)
            seen.add(holding.person_id)
    return [
        Part(holding.person.username, f"{holding.post} · {holding.person}")
        for of_kind in chosen.values()
        for holding in of_kind
    ]


@signed_in
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Go on as another account of the demo."""
    if not settings.DEMO:
        raise Http404
    wanted = request.POST.get("username", "")
    found = next((holding.person for holding in _playable() if holding.person.username == wanted), None)
    if found is None:
        raise Http404
    login(request, found, BACKEND)
    return redirect("cockpit")


def first_visit(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let the first visit from this machine in as the committee's office, once a browser."""

    def let_in(request: HttpRequest) -> HttpResponseBase:
        if not _is_first(request):
            return get_response(request)
        opening = next((h.person for h in _playable() if h.post.unit.kind == OPENING_UNIT), None)
        if opening is not None:
            login(request, opening, BACKEND)
        response = get_response(request)
        response.set_cookie(VISITED, "1", max_age=365 * 86400, httponly=True, samesite="Lax")
        return response

    return let_in


def _is_first(request: HttpRequest) -> bool:
    """Say whether this is a browser of this very machine, not one behind a proxy, that was never here."""
    return (
        request.method == "GET"
        and request.path == reverse("cockpit")
        and not request.user.is_authenticated
        and VISITED not in request.COOKIES
        and not {"HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA"} & request.META.keys()
        and ip_address(request.META["REMOTE_ADDR"]).is_loopback
    )
