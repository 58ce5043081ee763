"""The sign to print, and the page that everybody sees behind its code."""

from __future__ import annotations

import re
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from anwei.org.accounts.address import counted_address
from anwei.org.models import Person
from anwei.org.policy import person_of, public, signed_in
from anwei.sites.models import Enterprise, RiskPoint
from anwei.sites.public_pages import answered, has_room, public_address
from anwei.sites.risks.assessing import may_assess, owner_of
from anwei.sites.risks.points import points_seen
from anwei.sites.risks.queries import shown_grades
from anwei.sites.risks.signs import REPORTING, behind, card_of, issue_sign, sign_of
from anwei.sites.sign_doors import SignDoor, doors_at

DOOR = "sign"
LOOPBACK = re.compile(r"(localhost|127\.[\d.]+|\[::1\])(:|/|$)")  # what only this very machine reaches


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
    if not has_room(DOOR, "visits", address) or not has_room(DOOR, "misses", address, count=False):
        return _answer(request, "none", {"busy": True}, 429)
    thing = behind(code)
    if thing is None:
        has_room(DOOR, "misses", address)
        return _answer(request, "none", {}, 404)
    owner = owner_of(thing)
    grades = shown_grades(Enterprise.objects.filter(pk=owner.pk)) if owner else {}
    context = {
        "card": card_of(thing),
        "is_point": isinstance(thing, RiskPoint),
        "of_enterprise": grades.get(owner.pk, "") if owner else "",
        "reporting": REPORTING,
        "now": timezone.now(),
        "doors": _doors(request, owner, code),
    }
    return _answer(request, "card", context)


def _doors(request: HttpRequest, owner: Enterprise | None, code: str) -> list[SignDoor]:
    if owner is None or not request.user.is_authenticated:
        return []
    return doors_at(person_of(request), owner, code, timezone.now())


def _answer(request: HttpRequest, page: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return answered(request, f"sites/risks/public_{page}.html", context, status)


def _sign(request: HttpRequest, thing: Enterprise | RiskPoint) -> HttpResponse:
    person: Person = person_of(request)
    now = timezone.now()
    if request.method == "POST":
        issue_sign(thing, actor=person, now=now)
        return redirect(request.path)
    made = sign_of(thing)
    address = "" if made is None else public_address(request, reverse("sign", args=[made.code]))
    drawn = segno.make(address, error="m").svg_data_uri(scale=4, border=2) if made else ""
    context = {
        "thing": thing,
        "is_point": isinstance(thing, RiskPoint),
        "back": reverse("risk_point" if isinstance(thing, RiskPoint) else "risk_enterprise", args=[thing.pk]),
        "card": card_of(thing),
        "sign": made,
        "address": address.partition("://")[2],
        "is_loopback": bool(LOOPBACK.match(address.partition("://")[2])),
        "drawn": drawn,
        "may_make": may_assess(person, thing, now),
        "reporting": REPORTING,
        "now": now,
    }
    return render(request, "sites/risks/sign.html", context)
