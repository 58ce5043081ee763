"""The sign to print, and the page that everybody sees behind its code."""

from __future__ import annotations

from typing import Any

import segno
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from anwei.ledgers.services import county_setting
from anwei.org.accounts.address import counted_address
from anwei.org.models import Person
from anwei.org.policy import person_of, public, signed_in
from anwei.sites.models import Enterprise, RiskPoint
from anwei.sites.risks.assessing import may_assess, owner_of
from anwei.sites.risks.points import points_seen
from anwei.sites.risks.queries import shown_grades
from anwei.sites.risks.signs import REPORTING, behind, card_of, issue_sign, sign_of

ADDRESS = "notices.address"  # the county's setting: under which address people reach the system
WINDOWS = {"visits": (120, 60), "misses": (20, 3600)}  # of one address: at most so many in so many seconds
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@signed_in
@require_http_methods(["GET", "POST"])
def risk_sign_enterprise(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sign of an enterprise to print; a POST makes its code."""
    rows = Enterprise.objects.visible_to(person_of(request)).select_related("unit")
    return _sign(request, get_object_or_404(rows, pk=pk))


@signed_in
@require_http_methods(["GET", "POST"])
def risk_sign_point(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sign of a risk point to print; a POST makes its code."""
    rows = points_seen(person_of(request)).select_related("site__unit", "site__enterprise__unit")
    return _sign(request, get_object_or_404(rows, pk=pk))


@public
@require_GET
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """Show the public part of what a sign stands for; who guesses codes is soon answered no more."""
    address = counted_address(request)
    if not _has_room("visits", address) or not _has_room("misses", address, count=False):
        return _answer(request, "none", {"busy": True}, 429)
    thing = behind(code)
    if thing is None:
        _has_room("misses", address)
        return _answer(request, "none", {}, 404)
    owner = owner_of(thing)
    grades = shown_grades(Enterprise.objects.filter(pk=owner.pk)) if owner else {}
    context = {
        "card": card_of(thing),
        "is_point": isinstance(thing, RiskPoint),
        "of_enterprise": grades.get(owner.pk, "") if owner else "",
        "reporting": REPORTING,
        "now": timezone.now(),
    }
    return _answer(request, "card", context)


def _answer(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"sites/risks/public_{page}.html", context, status=status)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _sign(request: HttpRequest, thing: Enterprise | RiskPoint) -> HttpResponse:
    person: Person = person_of(request)
    now = timezone.now()
    if request.method == "POST":
        issue_sign(thing, actor=person, now=now)
        return redirect(request.path)
    made = sign_of(thing)
    address = "" if made is None else _public_address(request, made.code)
    drawn = segno.make(address, error="m").svg_data_uri(scale=4, border=2) if made else ""
    context = {
        "thing": thing,
        "is_point": isinstance(thing, RiskPoint),
        "back": reverse("risk_point" if isinstance(thing, RiskPoint) else "risk_enterprise", args=[thing.pk]),
        "card": card_of(thing),
        "sign": made,
        "address": address.partition("://")[2],
        "drawn": drawn,
        "may_make": may_assess(person, thing, now),
        "reporting": REPORTING,
        "now": now,
    }
    return render(request, "sites/risks/sign.html", context)


def _public_address(request: HttpRequest, code: str) -> str:
    path = reverse("sign", args=[code])
    base = str(county_setting(ADDRESS, "") or "").rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def _has_room(what: str, address: str, *, count: bool = True) -> bool:
    """Say whether an address has room for one more, and count it; each window begins with its first."""
    most, seconds = WINDOWS[what]
    key = f"sign:{what}:{address}"
    if not count:
        return int(cache.get(key, 0)) < most
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # the window ended in between
        return True
