"""Changes that wait for confirmation: the list of them, and one with both versions side by side."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anwei.ledgers.children import address_of
from anwei.ledgers.declaration import ledger_of
from anwei.ledgers.importing import sentence_of
from anwei.ledgers.listing import ClampedPaginator
from anwei.ledgers.models import Proposal
from anwei.ledgers.proposals.overtaking import overtaken
from anwei.ledgers.proposals.queries import (
    WAITING,
    mine_first,
    proposals_seen,
    row_of,
    thing_of,
    titles_of,
    waiting_for,
)
from anwei.ledgers.proposals.services import (
    Overtaken,
    confirm,
    may_decide,
    may_withdraw,
    send_back,
    withdraw,
)
from anwei.ledgers.proposals.values import differences_of

ROWS_A_PAGE = 50


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what waits, and with `?state=answered` what was answered; first what waits for the person."""
    answered = request.GET.get("state") == "answered"
    rows, mine = proposals_seen(request.user), waiting_for(request.user)
    rows = mine_first(rows.exclude(WAITING) if answered else rows.filter(WAITING), mine)
    page = ClampedPaginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page", "1"))
    titles = titles_of([*page])
    context = {
        "lines": [(one, ledger_of(one.ledger).label, titles[one.pk], one.is_mine) for one in page],
        "page": page,
        "answered": answered,
        "n_mine": mine.count(),
    }
    return render(request, "ledgers/proposals.html", context)


@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one change side by side, with what the person may do about it."""
    return _shown(request, get_object_or_404(proposals_seen(request.user), pk=pk))


@require_POST
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm, return or withdraw; 409 with both versions where somebody else was faster.

    Who confirmed is led on to what the change asks of them next.
    """
    found = get_object_or_404(proposals_seen(request.user), pk=pk)
    now, note = timezone.now(), request.POST.get("note", "")
    try:
        if act == "confirm":
            row = confirm(found, actor=request.user, now=now)
            messages.success(request, _("已确认，变更已写入台账，提出和确认两方都已记入变更记录。"))
            if address := ledger_of(found.ledger).leads_on(row, request.user):
                messages.info(request, _("这项变更引起的下一步如下，请接着办理。"))
                return redirect(address)
        elif act == "return":
            send_back(found, actor=request.user, now=now, note=note)
            messages.success(request, _("已退回，提出人会收到通知。"))
        elif act == "withdraw":
            withdraw(found, actor=request.user, now=now)
            messages.success(request, _("已撤回。"))
        else:
            raise Http404(act)
    except Overtaken as error:
        found.refresh_from_db()
        return _shown(request, found, str(error), 409)
    except PermissionDenied:
        raise
    except ledger_of(found.ledger).refusals as error:
        return _shown(request, found, sentence_of(error), 422)
    return redirect("proposal", found.pk)


def _shown(request: HttpRequest, found: Proposal, fault: str = "", status: int = 200) -> HttpResponse:
    ledger, row = ledger_of(found.ledger), row_of(found, request.user)
    waits = found.is_waiting
    thing = thing_of(found)
    since = overtaken(ledger, found, row) if row is not None and waits else {}
    parts = differences_of([found], request.user, since)[found.pk]
    context: dict[str, Any] = {
        "proposal": found,
        "ledger": ledger,
        "row": row,
        "title": titles_of([found])[found.pk],
        "thing_address": address_of(thing),
        "parts": parts,
        "stale": bool(since),
        "may_decide": waits and may_decide(found, request.user),
        "may_withdraw": waits and may_withdraw(found, request.user) and not may_decide(found, request.user),
        "fault": fault,
    }
    return render(request, "ledgers/proposal.html", context, status=status)
