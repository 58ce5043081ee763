"""Units as a tree, one unit with its posts, one post with its duties and record, one person."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.services import record_change
from anwei.org.accounts.resets import last_reset
from anwei.org.duty_record import Deed, Question, deeds
from anwei.org.holdings import holdings_on
from anwei.org.models import PUBLIC_BODIES, Holding, Person, Post, Territory, Unit
from anwei.org.policy import person_of, signed_in
from anwei.org.post_acts import post_acts
from anwei.org.register_rules import may_keep_registers
from anwei.org.rights import (
    ARRANGED,
    may_appoint_in,
    may_arrange,
    may_fill,
    may_oversee,
    may_see_phone,
    people_seen,
    units_seen,
)
from anwei.standards.calendar import COUNTY_TIME

LEADERS = (Unit.Kind.PARTY, Unit.Kind.GOVERNMENT)
YEAR = timedelta(days=365)


@signed_in
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """Show the public bodies a person may look at, each with its head, in the order of the county."""
    today = timezone.localdate()
    bodies = list(units_seen(person_of(request)).filter(kind__in=PUBLIC_BODIES).order_by("territory", "pk"))
    heads: dict[int, list[Holding]] = defaultdict(list)
    held = holdings_on(today).filter(post__unit__in=bodies, post__kind=Post.Kind.PRINCIPAL)
    for holding in held.select_related("person", "post"):
        heads[holding.post.unit_id].append(holding)
    places = dict(Territory.objects.values_list("pk", "name"))
    groups = [
        (
            kind.label,
            [
                (unit, places.get(unit.territory, unit.territory), heads[unit.pk])
                for unit in bodies
                if unit.kind == kind
            ],
        )
        for kind in Unit.Kind
    ]
    context = {"groups": [(label, rows) for label, rows in groups if rows], "n_units": len(bodies)}
    return render(request, "org/units.html", context)


@signed_in
@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one unit: its posts and who holds them, what it answers for, what lies below it."""
    person, today = person_of(request), timezone.localdate()
    shown = get_object_or_404(units_seen(person).select_related("parent"), pk=pk)
    holders: dict[int, list[Holding]] = defaultdict(list)
    for holding in holdings_on(today).filter(post__unit=shown).select_related("person"):
        holders[holding.post_id].append(holding)
    rows = shown.posts.exclude(kind=Post.Kind.DISPLAY)
    context = {
        "unit": shown,
        "place": Territory.objects.filter(pk=shown.territory).first(),
        "posts": [(post, holders[post.pk]) for post in rows],
        "arrange": may_appoint_in(person, shown),
        "oversee": may_oversee(person, shown),
        "new_kinds": [kind for kind in Post.Kind if kind in ARRANGED],
        "duties": shown.sector_duties.on(today).order_by("-lead", "pk"),
        "designations": shown.designations.on(today).select_related("post__unit"),
        "children": units_seen(person).filter(parent=shown).order_by("kind", "pk")[:200],
    }
    return render(request, "org/unit.html", context)


@signed_in
@require_GET
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one post: who held it when, its duties with their articles, its key tasks, its record."""
    person, today = person_of(request), timezone.localdate()
    seen = Post.objects.filter(unit__in=units_seen(person)).select_related("unit")
    shown = get_object_or_404(seen, pk=pk)
    tasks = list(shown.tasks.filter(Q(year=today.year) | Q(done_on__isnull=True)))
    context = {
        "post": shown,
        "holdings": shown.holdings.select_related("person").order_by("-from_on", "-pk"),
        "duties": shown.duties.all(),
        "tasks": tasks,
        "has_tasks": bool(tasks) or (shown.kind == Post.Kind.PRINCIPAL and shown.unit.kind in LEADERS),
        "designations": shown.designations.on(today)
        .filter(unit__in=units_seen(person))
        .select_related("unit"),
        "deeds": _record(person, post=shown),
        "paper": reverse("post_record", args=[pk]),
        "year_ago": today - YEAR + timedelta(days=1),
        "arrange": shown.kind in ARRANGED and may_arrange(person, shown.unit),
        "fill": may_fill(person, shown),
        "acts": post_acts(shown, person, timezone.now()),
        "has_successor": holdings_on(today + timedelta(days=1)).filter(post=shown).exists(),
        "today": today,
    }
    return render(request, "org/post.html", context)


@signed_in
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person: the posts from when to when, and the record of what was done."""
    viewer, today = person_of(request), timezone.localdate()
    shown = get_object_or_404(people_seen(viewer), pk=pk)
    held = shown.holdings.filter(post__unit__in=units_seen(viewer))
    in_scope = may_see_phone(viewer, shown)
    context = {
        "shown": shown,
        "holdings": held.select_related("post__unit").order_by("-from_on", "-pk"),
        "deeds": _record(viewer, person=shown),
        "paper": reverse("person_record", args=[pk]),
        "year_ago": today - YEAR + timedelta(days=1),
        "desks": Unit.objects.filter(
            kind__in=PUBLIC_BODIES, pk__in=holdings_on(today).filter(person=shown).values("post__unit")
        ),
        "may_enter": may_keep_registers(viewer),
        "may_see_phone": in_scope,
        "reset": last_reset(shown) if in_scope else None,
        "today": today,
    }
    return render(request, "org/person.html", context)


@signed_in
@require_POST
def person_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Uncover a phone number for somebody in whose scope its owner works; who looked is written down."""
    viewer = person_of(request)
    shown = get_object_or_404(people_seen(viewer), pk=pk)
    if not may_see_phone(viewer, shown):
        raise PermissionDenied(_("号码只对管辖范围内的在任人员显示。"))
    record_change(
        "org.person", pk, actor=viewer, now=timezone.now(), verb="show_phone", content={"viewer": viewer.pk}
    )
    number = format_html('<a href="tel:{0}">{0}</a>', shown.phone)
    messages.info(request, format_html(_("{person}的手机号：{phone}"), person=shown, phone=number))
    return redirect("person", pk)


def _record(viewer: Person, *, post: Post | None = None, person: Person | None = None) -> list[Deed]:
    """Return what was done within a year, as far as `viewer` may see it."""
    until = datetime.combine(timezone.localdate() + timedelta(days=1), time(), COUNTY_TIME)
    return deeds(Question(post, person, until - YEAR, until, viewer))
