"""Screens on walls: an official issues a one-time code; the browser that uses the code is bound to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anwei.org.accounts.recent import recent
from anwei.org.display import bind_display, issue_display, remember, revoke_display
from anwei.org.models import Display
from anwei.org.policy import person_of, public, signed_in
from anwei.org.scope import sees_the_county
from anwei.org.services import OrgError


@signed_in
@require_POST
@recent
def wall_issue(request: HttpRequest) -> HttpResponse:
    """Make a display and show its code once."""
    try:
        display, code = issue_display(person_of(request), now=timezone.now())
    except OrgError as error:
        raise PermissionDenied(str(error)) from error
    return render(request, "wall/issued.html", {"display": display, "code": code})


@public
@require_http_methods(["GET", "POST"])
def wall_bind(request: HttpRequest) -> HttpResponse:
    """Ask for a code on the wall's own browser; the right one binds this browser."""
    error = ""
    if request.method == "POST":
        try:
            _display, secret = bind_display(request.POST.get("code", "").strip(), now=timezone.now())
        except OrgError as refused:
            error = str(refused)
        else:
            response = redirect("wall")
            remember(response, secret)
            return response
    return render(request, "wall/bind.html", {"error": error}, status=422 if error else 200)


@signed_in
@require_POST
@recent
def wall_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a display; like opening one, the affair of those who see the whole county."""
    display = get_object_or_404(Display, pk=pk, revoked_at__isnull=True)
    if not sees_the_county(person_of(request)):
        raise PermissionDenied(_("只有同级单位的人员可以停用此大屏。"))
    revoke_display(display, actor=person_of(request), now=timezone.now())
    messages.success(request, _("大屏已停用，该屏幕下次刷新即退出。"))
    return redirect("status")
