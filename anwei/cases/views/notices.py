"""What a person was told, what their acts told others, how they want to be told; and how the channels are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anwei.cases.models import Delivery
from anwei.cases.notices.forms import PreferenceForm
from anwei.cases.notices.preferences import preference_of
from anwei.cases.notices.queries import channel_states, notices_of, sent_by
from anwei.cases.notices.services import mark_read, set_preference
from anwei.ledgers.listing import ClampedPaginator
from anwei.org.models import Post
from anwei.org.policy import county_administrators, person_of, signed_in

A_PAGE = 20


@signed_in
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Show what a person was told, or with `?tab=sent` what their acts told others and whether it arrived."""
    person = person_of(request)
    sent = request.GET.get("tab") == "sent"
    received = notices_of(person)
    rows = sent_by(person) if sent else received
    context = {
        "tab": "sent" if sent else "received",
        "n_unread": received.filter(read_at=None).count(),
        "page": ClampedPaginator(rows, A_PAGE).get_page(request.GET.get("page", "1")),
    }
    return render(request, "cases/notices.html", context)


@signed_in
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Open what a notice tells of; from now on it is read."""
    mine = notices_of(person_of(request))
    opened = get_object_or_404(mine, pk=pk)
    mark_read(mine.filter(pk=pk), now=timezone.now())
    inside = url_has_allowed_host_and_scheme(opened.url, allowed_hosts=None)
    return redirect(opened.url if inside and opened.url.startswith("/") else "notices")


@signed_in
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark everything a person was told as read."""
    mark_read(notices_of(person_of(request)), now=timezone.now())
    return redirect("notices")


@signed_in
@require_http_methods(["GET", "POST"])
def notice_settings(request: HttpRequest) -> HttpResponse:
    """Let a person choose how to be told, and where their day begins."""
    person = person_of(request)
    form = PreferenceForm(person, request.POST or None, instance=preference_of(person))
    if form.is_valid():
        set_preference(form.instance, email=form.cleaned_data["email"], now=timezone.now())
        return redirect("notices")
    return render(request, "cases/notice_settings.html", {"form": form, "person": person})


@county_administrators(Post.Kind.SYSTEM_ADMIN)
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show the administrator how the channels are and what did not get through; not what it says."""
    now = timezone.now()
    rows = Delivery.objects.select_related("notice__person")
    state = request.GET.get("state", "")
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    context = {
        "states": [(one, one.is_stuck(now)) for one in channel_states(now)],
        "filters": [("", _("全部")), *Delivery.State.choices],
        "state": state,
        "page": ClampedPaginator(rows, A_PAGE).get_page(request.GET.get("page", "1")),
    }
    return render(request, "cases/deliveries.html", context)
