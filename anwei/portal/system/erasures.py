"""The page on which two administrators erase personal text: find the line, propose, confirm."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.cases.erasures import ARTICLE, ERASABLE, ERASING, answer, hand_of, propose, row_of, why_not
from anwei.cases.errors import CaseError
from anwei.cases.models import Entry
from anwei.ledgers.listing import number_in
from anwei.ledgers.models import Change, ErasureRequest, SealedRow
from anwei.org.accounts.recent import recent
from anwei.org.policy import person_of, posts

SHOWN = 50


@posts(*ERASING)
@require_GET
def erasures(request: HttpRequest) -> HttpResponse:
    """Show the requests, and the lines of one case (`?case=`) or one register row (`?register=`, `?row=`)."""
    try:
        hand_of(person_of(request), timezone.now())
    except CaseError as error:  # an administrator of a township or an enterprise reads no timelines
        raise PermissionDenied(str(error)) from error
    asked = ErasureRequest.objects.select_related("proposed_by", "answered_by")
    open_ones = asked.filter(state=ErasureRequest.State.PROPOSED)
    searched = {name: request.GET.get(name, "").strip() for name in ("case", "register", "row")}
    context = {
        "open": [(one, row_of(one), one.proposed_by_id != request.user.pk) for one in open_ones],
        "past": asked.exclude(state=ErasureRequest.State.PROPOSED)[:SHOWN],
        "searched": searched,
        "lines": [(row, row._meta.label_lower, why_not(row)) for row in _lines(**searched)],
        "article": ARTICLE,
    }
    return render(request, "system/erasures.html", context)


@posts(*ERASING)
@require_POST
@recent
def erasure_propose(request: HttpRequest) -> HttpResponse:
    """Propose that the text of one line be erased."""
    model, pk = ERASABLE.get(request.POST.get("model", "")), number_in(request.POST.get("pk", ""))
    if model is None or pk is None:
        raise Http404
    row = get_object_or_404(model._default_manager, pk=pk)
    try:
        propose(
            row,
            actor=person_of(request),
            now=timezone.now(),
            reason=request.POST.get("reason", "")[:200],
            citation=request.POST.get("citation", "")[:120],
        )
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已提出，待另一位管理员确认。"))
    return redirect("erasures")


@posts(*ERASING)
@require_POST
@recent
def erasure_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or refuse a request."""
    asked = get_object_or_404(ErasureRequest, pk=pk)
    agreed = request.POST.get("answer") == "agree"
    try:
        answer(asked, actor=person_of(request), now=timezone.now(), agreed=agreed)
    except CaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("内容已抹除，经过写入变更记录。") if agreed else _("已答复：不同意抹除。")
        )
    return redirect("erasures")


def _lines(case: str, register: str, row: str) -> QuerySet[Entry] | QuerySet[Change] | list[SealedRow]:
    if case:
        entries = Entry.objects.filter(case__number=case).select_related("case", "actor")
        return entries.order_by("number")
    if register and row:
        changes = Change.objects.filter(register=register, row=row).select_related("actor")
        return changes.order_by("-number")[:SHOWN]
    return []
